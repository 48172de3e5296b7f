// Walks the fields of one serialized protobuf message without building it.
//
//   WireReader fields(bytes);
//   while (fields.Next()) {
//     if (fields.number() == 7) graph = fields.bytes();
//   }
//   if (!fields.ok()) return malformed(fields.error());
//
// A model may be larger than memory should hold twice; this reads a mapped file and copies nothing.
// Not thread-safe. The bytes must outlive the reader and what bytes() returned.
#ifndef SINTER_CLIENT_MODEL_WIRE_READER_H_
#define SINTER_CLIENT_MODEL_WIRE_READER_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace sinter::client {

class WireReader {
 public:
  explicit WireReader(absl::string_view message) : message_(message) {}

  // Moves to the next field. RETURNS: false at the end, and when the bytes are no message; ok()
  // tells which.
  bool Next();

  bool ok() const { return error_.empty(); }
  // What is wrong and where, e.g. "field 7 at byte 120 says 4000 bytes, 12 are left"; "" if
  // nothing.
  const std::string& error() const { return error_; }

  uint32_t number() const { return number_; }
  bool is_bytes() const { return kind_ == Kind::kBytes; }
  bool is_varint() const { return kind_ == Kind::kVarint; }
  // The field's value; empty or 0 if it is of another kind.
  absl::string_view bytes() const { return bytes_; }
  uint64_t varint() const { return varint_; }

 private:
  enum class Kind { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

  bool ReadVarint(uint64_t* value);
  bool ReadValue();
  bool Take(uint64_t count, absl::string_view* piece);
  bool Fail(absl::string_view what);

  const absl::string_view message_;
  size_t position_ = 0;
  size_t field_start_ = 0;
  uint32_t number_ = 0;
  Kind kind_ = Kind::kVarint;
  absl::string_view bytes_;
  uint64_t varint_ = 0;
  std::string error_;
};

}  // namespace sinter::client

#endif  // SINTER_CLIENT_MODEL_WIRE_READER_H_
