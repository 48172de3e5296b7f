// A file's bytes without reading the file: mapped, and handed out as a Cord.
#ifndef SINTER_BASE_MAPPED_FILE_H_
#define SINTER_BASE_MAPPED_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"

namespace sinter::base {

// Owns a read-only mapping of a whole file. The file may be renamed or removed meanwhile, but
// REQUIRES that nobody shortens it: touching a page that is gone kills the process. So this is for
// files that are written once. Thread-safe once opened.
class MappedFile {
 public:
  // ERRORS: as file_util.h.
  static absl::StatusOr<MappedFile> Open(const std::string& path);

  // Maps `size` bytes of an open file, which may be closed afterwards. `path` is for the error.
  static absl::StatusOr<MappedFile> Map(int fd, int64_t size, const std::string& path);

  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  absl::string_view bytes() const { return absl::string_view(data_, size_); }

  // A Cord over the mapping, which lives as long as any copy or part of the Cord.
  absl::Cord ToCord() &&;

 private:
  MappedFile(const char* data, size_t size) : data_(data), size_(size) {}

  const char* data_ = nullptr;  // null when there is nothing to unmap
  size_t size_ = 0;
};

}  // namespace sinter::base

#endif  // SINTER_BASE_MAPPED_FILE_H_
