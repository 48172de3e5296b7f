#include "base/file_util.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "base/errno_status.h"
#include "base/status_macros.h"

namespace sinter::base {
namespace {

absl::Status FileError(absl::string_view doing, const std::string& path) {
  const int error_number = errno;
  return ErrnoStatus(error_number, absl::StrCat(doing, " `", path, "`"));
}

// For kernels and file systems that can't copy by themselves.
absl::Status CopyThroughBuffer(int source, int64_t offset, int target, const std::string& path) {
  constexpr size_t kBufferBytes = 256 << 10;
  const auto buffer = std::make_unique<char[]>(kBufferBytes);
  while (true) {
    const ssize_t count = pread(source, buffer.get(), kBufferBytes, offset);
    if (count == 0) return absl::OkStatus();
    if (count < 0) {
      if (errno == EINTR) continue;
      return FileError("reading", path);
    }
    const absl::string_view chunk(buffer.get(), static_cast<size_t>(count));
    SINTER_RETURN_IF_ERROR(WriteAll(target, chunk, path));
    offset += count;
  }
}

}  // namespace

absl::StatusOr<UniqueFd> OpenFile(const std::string& path, int flags, int mode) {
  int fd = -1;
  do {
    fd = open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return FileError("opening", path);
  return UniqueFd(fd);
}

absl::Status WriteAll(int fd, absl::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = write(fd, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<size_t>(count));
    } else if (errno != EINTR) {
      return FileError("writing", path);
    }
  }
  return absl::OkStatus();
}

absl::Status ReadExactly(int fd, int64_t offset, int64_t size, char* buffer,
                         const std::string& path) {
  while (size > 0) {
    const ssize_t count = pread(fd, buffer, static_cast<size_t>(size), offset);
    if (count > 0) {
      buffer += count;
      offset += count;
      size -= count;
    } else if (count == 0) {
      return absl::DataLossError(absl::StrCat("`", path, "` ends ", size, " bytes too early"));
    } else if (errno != EINTR) {
      return FileError("reading", path);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  SINTER_ASSIGN_OR_RETURN(const UniqueFd fd, OpenFile(path, O_RDONLY));
  std::string content;
  char buffer[16 << 10];
  while (true) {
    const ssize_t count = read(fd.get(), buffer, sizeof buffer);
    if (count == 0) return content;
    if (count > 0) {
      content.append(buffer, static_cast<size_t>(count));
    } else if (errno != EINTR) {
      return FileError("reading", path);
    }
  }
}

absl::StatusOr<int64_t> FileSize(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return FileError("reading the size of", path);
  return static_cast<int64_t>(info.st_size);
}

absl::Status WriteFileAtomically(const std::string& path, absl::string_view bytes) {
  std::string temporary = absl::StrCat(path, ".tmp-XXXXXX");
  const UniqueFd fd(mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) return FileError("creating", temporary);
  absl::Cleanup remove = [&] { unlink(temporary.c_str()); };
  SINTER_RETURN_IF_ERROR(WriteAll(fd.get(), bytes, temporary));
  if (fchmod(fd.get(), 0644) != 0) return FileError("setting the mode of", temporary);
  if (fsync(fd.get()) != 0) return FileError("writing", temporary);
  if (rename(temporary.c_str(), path.c_str()) != 0) return FileError("renaming to", path);
  std::move(remove).Cancel();
  return SyncDirectory(std::filesystem::path(path).parent_path());
}

absl::Status CopyBytes(int source, int target, const std::string& path) {
  constexpr size_t kChunkBytes = 64 << 20;
  off_t offset = 0;
  while (true) {
    const ssize_t count = copy_file_range(source, &offset, target, nullptr, kChunkBytes, 0);
    if (count > 0) continue;
    // Some file systems answer 0 for a file they can't copy, so 0 at offset 0 proves nothing.
    if (count == 0 && offset > 0) return absl::OkStatus();
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG || errno == EIO)) {
      return FileError("writing", path);
    }
    return CopyThroughBuffer(source, offset, target, path);
  }
}

absl::Status SyncDirectory(const std::string& directory) {
  const std::string path = directory.empty() ? "." : directory;
  SINTER_ASSIGN_OR_RETURN(const UniqueFd fd, OpenFile(path, O_RDONLY | O_DIRECTORY));
  // EINVAL: a file system that keeps no folder on disk has nothing to lose.
  if (fsync(fd.get()) != 0 && errno != EINVAL) return FileError("writing folder", path);
  return absl::OkStatus();
}

absl::Status CreateDirectories(const std::string& path) {
  for (size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string prefix = path.substr(0, end);
    if (mkdir(prefix.c_str(), 0700) != 0 && errno != EEXIST && errno != EROFS && errno != EISDIR) {
      return FileError("creating folder", prefix);
    }
    if (end == std::string::npos) break;
  }
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return FileError("creating folder", path);
  if (S_ISDIR(info.st_mode)) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("`", path, "` is not a folder"));
}

absl::StatusOr<std::vector<std::string>> ListDirectory(const std::string& directory) {
  DIR* const stream = opendir(directory.c_str());
  if (stream == nullptr) return FileError("listing", directory);
  const absl::Cleanup close = [&] { closedir(stream); };
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(stream)) {
    const absl::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) return FileError("listing", directory);
  std::sort(names.begin(), names.end());
  return names;
}

absl::Status RemoveTree(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) return ErrnoStatus(error.value(), absl::StrCat("removing `", path, "`"));
  return absl::OkStatus();
}

}  // namespace sinter::base
