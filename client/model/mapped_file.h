// A file's bytes in the address space, read-only, without reading them all into memory.
#ifndef SINTER_CLIENT_MODEL_MAPPED_FILE_H_
#define SINTER_CLIENT_MODEL_MAPPED_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sinter::client {

// Movable. Another process that truncates the file under a mapping kills this one (SIGBUS), as with
// any mapped file.
class MappedFile {
 public:
  // ERRORS: NOT_FOUND, PERMISSION_DENIED and the like, as the system says; FAILED_PRECONDITION for
  // what is no regular file.
  static absl::StatusOr<MappedFile> Open(const std::string& path);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  absl::string_view bytes() const { return {static_cast<const char*>(data_), size_}; }

 private:
  MappedFile(void* data, size_t size) : data_(data), size_(size) {}

  void* data_;  // null if the file is empty
  size_t size_;
};

}  // namespace sinter::client

#endif  // SINTER_CLIENT_MODEL_MAPPED_FILE_H_
