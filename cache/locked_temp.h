// Temporary files and folders that say who is alive: recovery after a crash removes those, and only
// those, whose owner is gone, though several processes share the folder.
#ifndef SINTER_CACHE_LOCKED_TEMP_H_
#define SINTER_CACHE_LOCKED_TEMP_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "base/unique_fd.h"

namespace sinter::cache {

// A new file or folder in `parent`, under a shared flock for as long as this lives. The destructor
// removes it with all its content, unless it was renamed away and released. Move-only.
class LockedTemp {
 public:
  // ERRORS: as base/file_util.h.
  static absl::StatusOr<LockedTemp> CreateFile(const std::string& parent);
  static absl::StatusOr<LockedTemp> CreateDirectory(const std::string& parent);

  ~LockedTemp();
  LockedTemp(LockedTemp&& other) noexcept;
  LockedTemp& operator=(LockedTemp&& other) noexcept;

  const std::string& path() const { return path_; }
  int fd() const { return fd_.get(); }  // of a file: open for reading and writing

  // Says that nothing is to be removed: the file has another name now, or another owner.
  void Release() { path_.clear(); }

 private:
  LockedTemp(std::string path, base::UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  static absl::StatusOr<LockedTemp> Create(const std::string& parent, bool is_directory);

  std::string path_;
  base::UniqueFd fd_;
};

// Removes what dead processes have left in `parent`. RETURNS: how many entries.
// ERRORS: as base/file_util.h, if `parent` can't be listed.
absl::StatusOr<int64_t> RemoveStaleTemps(const std::string& parent);

}  // namespace sinter::cache

#endif  // SINTER_CACHE_LOCKED_TEMP_H_
