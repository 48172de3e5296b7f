// Where things are in a cache folder. docs/reference/disk_format.md has it to the byte.
#ifndef SINTER_CACHE_DISK_LAYOUT_H_
#define SINTER_CACHE_DISK_LAYOUT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/digest.h"

namespace sinter::cache {

// Immutable, cheap to copy.
class DiskLayout {
 public:
  // Makes the folder if absent, and checks that it is of the format that this program writes.
  // ERRORS: FAILED_PRECONDITION if it is of another; those of base/file_util.h.
  static absl::StatusOr<DiskLayout> Open(const std::string& root);

  std::string BlobRoot() const { return root_ + "/cas"; }
  std::string ActionRoot() const { return root_ + "/ac"; }
  std::string TempRoot() const { return root_ + "/tmp"; }
  std::string QuarantineRoot() const { return root_ + "/quarantine"; }
  std::string CountersPath() const { return root_ + "/counters"; }
  std::string LockPath() const { return root_ + "/lock"; }

  // "`parent`/ab/abcd...-SIZE". REQUIRES: IsWellFormed(digest).
  static std::string EntryPath(const std::string& parent, const base::Digest& digest);

  // "abcd...-SIZE" back to a digest. ERRORS: INVALID_ARGUMENT.
  static absl::StatusOr<base::Digest> ParseEntryName(absl::string_view name);

 private:
  explicit DiskLayout(std::string root) : root_(std::move(root)) {}

  std::string root_;
};

}  // namespace sinter::cache

#endif  // SINTER_CACHE_DISK_LAYOUT_H_
