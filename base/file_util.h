// Files as a store needs them: whole, durable, and with the path in every error.
//
// All functions are thread-safe. ERRORS: the system's, mapped by errno_status.h (NOT_FOUND,
// PERMISSION_DENIED, RESOURCE_EXHAUSTED when the disk is full, ...).
#ifndef SINTER_BASE_FILE_UTIL_H_
#define SINTER_BASE_FILE_UTIL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"
#include "base/unique_fd.h"

namespace sinter::base {

// open(2) with O_CLOEXEC; `mode` matters with O_CREAT only.
absl::StatusOr<UniqueFd> OpenFile(const std::string& path, int flags, int mode = 0666);

// Writes all of `bytes` at the descriptor's position. `path` is for the error.
absl::Status WriteAll(int fd, absl::string_view bytes, const std::string& path);

// Reads exactly `size` bytes from `offset` without moving the position; DATA_LOSS if the file ends
// before. `path` is for the error.
absl::Status ReadExactly(int fd, int64_t offset, int64_t size, char* buffer,
                         const std::string& path);

// The file's whole content. For files that are small by nature; see mapped_file.h for others.
absl::StatusOr<std::string> ReadFile(const std::string& path);

absl::StatusOr<int64_t> FileSize(const std::string& path);

// Replaces the file at `path` so that a reader, or a restart after a crash, sees either the old
// content or the new, never a part: writes a temporary file beside it, fsync, rename, fsync of the
// folder. Nothing is left behind on error.
absl::Status WriteFileAtomically(const std::string& path, absl::string_view bytes);

// Copies all bytes of `source` from offset 0 to `target`'s position, inside the kernel where it can
// (sharing blocks on file systems that can do that). `path` is for the error.
absl::Status CopyBytes(int source, int target, const std::string& path);

// Makes what was renamed or created in `directory` survive a crash.
absl::Status SyncDirectory(const std::string& directory);

// mkdir -p; new folders get mode 0700.
absl::Status CreateDirectories(const std::string& path);

// Names in `directory` other than "." and "..", sorted.
absl::StatusOr<std::vector<std::string>> ListDirectory(const std::string& directory);

// rm -rf; does not follow links; OK if there is nothing.
absl::Status RemoveTree(const std::string& path);

}  // namespace sinter::base

#endif  // SINTER_BASE_FILE_UTIL_H_
