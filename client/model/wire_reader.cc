#include "client/model/wire_reader.h"

#include "absl/strings/str_cat.h"

namespace sinter::client {
namespace {

constexpr int kLongestVarint = 10;

}  // namespace

bool WireReader::Next() {
  if (!ok() || position_ == message_.size()) return false;
  field_start_ = position_;
  bytes_ = {};
  varint_ = 0;
  uint64_t tag = 0;
  if (!ReadVarint(&tag)) return Fail("has a tag that is cut off or too long");
  number_ = static_cast<uint32_t>(tag >> 3);
  if (number_ == 0 || (tag >> 3) > 0x1fffffff) return Fail("has no valid number");
  kind_ = static_cast<Kind>(tag & 7);
  return ReadValue();
}

bool WireReader::ReadValue() {
  absl::string_view skipped;
  switch (kind_) {
    case Kind::kVarint:
      return ReadVarint(&varint_) || Fail("holds a number that is cut off or too long");
    case Kind::kFixed64:
      return Take(8, &skipped);
    case Kind::kFixed32:
      return Take(4, &skipped);
    case Kind::kBytes: {
      uint64_t size = 0;
      if (!ReadVarint(&size)) return Fail("has a length that is cut off or too long");
      return Take(size, &bytes_);
    }
  }
  return Fail(
      absl::StrCat("has the wire type ", static_cast<int>(kind_), ", which ONNX never uses"));
}

bool WireReader::ReadVarint(uint64_t* value) {
  *value = 0;
  for (int i = 0; i < kLongestVarint && position_ < message_.size(); ++i) {
    const uint8_t byte = static_cast<uint8_t>(message_[position_++]);
    *value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) == 0) return true;
  }
  return false;
}

bool WireReader::Take(uint64_t count, absl::string_view* piece) {
  const uint64_t left = message_.size() - position_;
  if (count > left) return Fail(absl::StrCat("says ", count, " bytes, ", left, " are left"));
  *piece = message_.substr(position_, count);
  position_ += count;
  return true;
}

bool WireReader::Fail(absl::string_view what) {
  const std::string name = number_ == 0 ? "a field" : absl::StrCat("field ", number_);
  error_ = absl::StrCat(name, " at byte ", field_start_, " ", what);
  return false;
}

}  // namespace sinter::client
