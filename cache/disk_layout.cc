#include "cache/disk_layout.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/annotate.h"
#include "base/check.h"
#include "base/file_util.h"
#include "base/status_macros.h"

namespace sinter::cache {
namespace {

// Never change what this names; a new format has a new number.
constexpr absl::string_view kFormat = "sinter cache 1\n";

absl::Status CheckFormat(const std::string& root) {
  const std::string path = absl::StrCat(root, "/format");
  const absl::StatusOr<std::string> found = base::ReadFile(path);
  if (absl::IsNotFound(found.status())) return base::WriteFileAtomically(path, kFormat);
  SINTER_RETURN_IF_ERROR(found.status());
  if (*found == kFormat) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("`", path, "` does not say `", kFormat.substr(0, kFormat.size() - 1),
                   "`; the folder is not a cache, or one of another version: name another folder"));
}

}  // namespace

absl::StatusOr<DiskLayout> DiskLayout::Open(const std::string& root) {
  DiskLayout layout(root);
  SINTER_RETURN_IF_ERROR(base::CreateDirectories(root));
  SINTER_RETURN_IF_ERROR(base::Annotate(CheckFormat(root), "opening the cache"));
  for (const std::string& folder :
       {layout.BlobRoot(), layout.ActionRoot(), layout.TempRoot(), layout.QuarantineRoot()}) {
    SINTER_RETURN_IF_ERROR(base::CreateDirectories(folder));
  }
  SINTER_RETURN_IF_ERROR(base::SyncDirectory(root));
  return layout;
}

std::string DiskLayout::EntryPath(const std::string& parent, const base::Digest& digest) {
  SINTER_CHECK(base::IsWellFormed(digest)) << digest;
  return absl::StrCat(parent, "/", digest.sha256_hex.substr(0, 2), "/", digest.sha256_hex, "-",
                      digest.size_bytes);
}

absl::StatusOr<base::Digest> DiskLayout::ParseEntryName(absl::string_view name) {
  const size_t dash = name.find('-');
  base::Digest digest;
  if (dash != absl::string_view::npos) {
    digest.sha256_hex = std::string(name.substr(0, dash));
    if (absl::SimpleAtoi(name.substr(dash + 1), &digest.size_bytes) && base::IsWellFormed(digest) &&
        absl::StrCat(digest.sha256_hex, "-", digest.size_bytes) == name) {
      return digest;
    }
  }
  return absl::InvalidArgumentError(absl::StrCat("`", name, "` is not the name of an entry"));
}

}  // namespace sinter::cache
