#include "compiler_core/codegen/weights/mapped_output.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"

namespace sinter::codegen {
namespace {

// Giving back less than this at a time is not worth the system call.
constexpr int64_t kReleaseBytes = 16 << 20;
constexpr int64_t kPage = 4096;

absl::Status Failure(int error, const std::string& path, int64_t bytes) {
  const std::string what = absl::StrCat("making `", path, "` of ", bytes, " bytes");
  if (error == ENOSPC || error == EFBIG || error == EDQUOT) {
    return absl::ResourceExhaustedError(absl::StrCat(what, ": there is no room on the disk"));
  }
  return absl::ErrnoToStatus(error, what);
}

}  // namespace

absl::StatusOr<MappedOutput> MappedOutput::Create(const std::string& path, int64_t bytes) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return Failure(errno, path, bytes);
  void* data = MAP_FAILED;
  int error = posix_fallocate(fd, 0, bytes);
  if (error == 0) {
    data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    error = errno;
  }
  close(fd);
  if (data == MAP_FAILED) return Failure(error, path, bytes);
  return MappedOutput(static_cast<char*>(data), bytes);
}

MappedOutput::MappedOutput(MappedOutput&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      bytes_(other.bytes_),
      released_(other.released_) {}

MappedOutput::~MappedOutput() {
  if (data_ != nullptr) munmap(data_, bytes_);
}

void MappedOutput::Release(int64_t end) {
  if (end - released_ < kReleaseBytes) return;
  const int64_t whole_pages = end / kPage * kPage;
  madvise(data_ + released_, whole_pages - released_, MADV_DONTNEED);
  released_ = whole_pages;
}

}  // namespace sinter::codegen
