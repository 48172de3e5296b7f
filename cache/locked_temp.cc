#include "cache/locked_temp.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/errno_status.h"
#include "base/file_util.h"
#include "base/status_macros.h"

namespace sinter::cache {

absl::StatusOr<LockedTemp> LockedTemp::CreateFile(const std::string& parent) {
  return Create(parent, false);
}

absl::StatusOr<LockedTemp> LockedTemp::CreateDirectory(const std::string& parent) {
  return Create(parent, true);
}

absl::StatusOr<LockedTemp> LockedTemp::Create(const std::string& parent, bool is_directory) {
  while (true) {
    std::string path = absl::StrCat(parent, "/", is_directory ? "dir-" : "file-", "XXXXXX");
    base::UniqueFd fd;
    if (is_directory && mkdtemp(path.data()) != nullptr) {
      fd = base::UniqueFd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    } else if (!is_directory) {
      fd = base::UniqueFd(mkostemp(path.data(), O_CLOEXEC));
    }
    // Recovery in another process may remove the new entry before it is locked: then try again.
    if (!fd && is_directory && errno == ENOENT && access(parent.c_str(), F_OK) == 0) continue;
    if (!fd) return base::ErrnoStatus(errno, absl::StrCat("creating `", path, "`"));
    if (flock(fd.get(), LOCK_SH | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK || errno == EINTR) continue;
      return base::ErrnoStatus(errno, absl::StrCat("locking `", path, "`"));
    }
    if (access(path.c_str(), F_OK) == 0) return LockedTemp(std::move(path), std::move(fd));
  }
}

LockedTemp::~LockedTemp() {
  // What can't be removed is found by RemoveStaleTemps.
  if (!path_.empty()) base::RemoveTree(path_).IgnoreError();
}

LockedTemp::LockedTemp(LockedTemp&& other) noexcept
    : path_(std::exchange(other.path_, std::string())), fd_(std::move(other.fd_)) {}

LockedTemp& LockedTemp::operator=(LockedTemp&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(fd_, other.fd_);
  return *this;
}

absl::StatusOr<int64_t> RemoveStaleTemps(const std::string& parent) {
  SINTER_ASSIGN_OR_RETURN(const std::vector<std::string> names, base::ListDirectory(parent));
  int64_t removed = 0;
  for (const std::string& name : names) {
    const std::string path = absl::StrCat(parent, "/", name);
    const base::UniqueFd fd(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd || flock(fd.get(), LOCK_EX | LOCK_NB) != 0) continue;  // gone, or its owner lives
    if (base::RemoveTree(path).ok()) ++removed;
  }
  return removed;
}

}  // namespace sinter::cache
