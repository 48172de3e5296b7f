// A private folder that goes away with its owner.
#ifndef SINTER_BASE_TEMP_DIR_H_
#define SINTER_BASE_TEMP_DIR_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sinter::base {

// Move-only; the destructor removes the folder and all that is in it.
class TempDir {
 public:
  // Makes a folder of mode 0700 in `parent`, which must exist. `prefix` begins its name.
  // ERRORS: as file_util.h.
  static absl::StatusOr<TempDir> Create(const std::string& parent, absl::string_view prefix);

  // In $TMPDIR, else /tmp.
  static absl::StatusOr<TempDir> Create(absl::string_view prefix);

  ~TempDir();
  TempDir(TempDir&& other) noexcept;
  TempDir& operator=(TempDir&& other) noexcept;

  const std::string& path() const { return path_; }

  // Gives up ownership: the folder stays. RETURNS: its path.
  std::string Release();

 private:
  explicit TempDir(std::string path);

  std::string path_;  // empty after a move or Release()
};

}  // namespace sinter::base

#endif  // SINTER_BASE_TEMP_DIR_H_
