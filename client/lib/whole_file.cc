#include "client/lib/whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace sinter::client {
namespace {

absl::Status SystemError(const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("`", path, "` can't be written"));
}

// The permissions that a newly made file gets from the user's umask, which can only be read by
// setting it.
mode_t NewFileMode(bool executable) {
  const mode_t mask = umask(0);
  umask(mask);
  return (executable ? 0777 : 0666) & ~mask;
}

}  // namespace

absl::StatusOr<WholeFile> WholeFile::Create(const std::string& path, bool executable) {
  struct stat info;
  if (stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat("`", path, "` is a folder, not a file"));
  }
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash + 1);
  std::string hidden_path = absl::StrCat(folder, ".sinter-XXXXXX");
  const int fd = mkostemp(hidden_path.data(), O_CLOEXEC);
  if (fd < 0) return SystemError(path);
  WholeFile file(fd, path, std::move(hidden_path));
  if (fchmod(fd, NewFileMode(executable)) != 0) return SystemError(path);
  return file;
}

WholeFile::WholeFile(int fd, std::string path, std::string hidden_path)
    : fd_(fd), path_(std::move(path)), hidden_path_(std::move(hidden_path)) {}

WholeFile::WholeFile(WholeFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::move(other.path_)),
      hidden_path_(std::exchange(other.hidden_path_, "")) {}

WholeFile::~WholeFile() {
  if (fd_ >= 0) close(fd_);
  if (!hidden_path_.empty()) unlink(hidden_path_.c_str());
}

absl::Status WholeFile::Write(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemError(path_);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status WholeFile::Publish() {
  if (close(std::exchange(fd_, -1)) != 0) return SystemError(path_);
  if (rename(hidden_path_.c_str(), path_.c_str()) != 0) return SystemError(path_);
  hidden_path_.clear();
  return absl::OkStatus();
}

}  // namespace sinter::client
