#include "base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/errno_status.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "base/unique_fd.h"

namespace sinter::base {

absl::StatusOr<MappedFile> MappedFile::Open(const std::string& path) {
  SINTER_ASSIGN_OR_RETURN(const UniqueFd fd, OpenFile(path, O_RDONLY));
  struct stat info;
  if (fstat(fd.get(), &info) != 0) {
    return ErrnoStatus(errno, absl::StrCat("reading the size of `", path, "`"));
  }
  return Map(fd.get(), info.st_size, path);
}

absl::StatusOr<MappedFile> MappedFile::Map(int fd, int64_t size, const std::string& path) {
  if (size == 0) return MappedFile(nullptr, 0);  // mmap refuses an empty range
  void* const data = mmap(nullptr, static_cast<size_t>(size), PROT_READ, MAP_SHARED, fd, 0);
  if (data == MAP_FAILED) return ErrnoStatus(errno, absl::StrCat("mapping `", path, "`"));
  return MappedFile(static_cast<const char*>(data), static_cast<size_t>(size));
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(const_cast<char*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

absl::Cord MappedFile::ToCord() && {
  const absl::string_view view = bytes();
  return absl::MakeCordFromExternal(view, [owned = std::move(*this)](absl::string_view) {});
}

}  // namespace sinter::base
