#include "base/temp_dir.h"

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/errno_status.h"
#include "base/file_util.h"

namespace sinter::base {

absl::StatusOr<TempDir> TempDir::Create(const std::string& parent, absl::string_view prefix) {
  std::string path = absl::StrCat(parent, "/", prefix, "-XXXXXX");
  if (mkdtemp(path.data()) == nullptr) {
    return ErrnoStatus(errno, absl::StrCat("creating a folder in `", parent, "`"));
  }
  return TempDir(std::move(path));
}

absl::StatusOr<TempDir> TempDir::Create(absl::string_view prefix) {
  const char* const configured = std::getenv("TMPDIR");
  const bool is_set = configured != nullptr && *configured != '\0';
  return Create(is_set ? configured : "/tmp", prefix);
}

TempDir::TempDir(std::string path) : path_(std::move(path)) {}

TempDir::~TempDir() {
  // Nobody is left to tell; what can't be removed now is found by whoever cleans $TMPDIR.
  if (!path_.empty()) RemoveTree(path_).IgnoreError();
}

TempDir::TempDir(TempDir&& other) noexcept : path_(other.Release()) {}

TempDir& TempDir::operator=(TempDir&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

std::string TempDir::Release() { return std::exchange(path_, std::string()); }

}  // namespace sinter::base
