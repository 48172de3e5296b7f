#include "client/lib/artifact_output.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"

namespace sinter::client {
namespace {

absl::Status MakeFolders(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error) return absl::OkStatus();
  return absl::ErrnoToStatus(error.value(),
                             absl::StrCat("the folder `", folder.string(), "` can't be made"));
}

}  // namespace

const v1::ArtifactManifest::File* FindFile(const v1::ArtifactManifest& manifest,
                                           absl::string_view path) {
  for (const v1::ArtifactManifest::File& file : manifest.files()) {
    if (file.path() == path) return &file;
  }
  return nullptr;
}

bool IsPlainRelativePath(absl::string_view path) {
  for (const absl::string_view part : absl::StrSplit(path, '/')) {
    if (part.empty() || part == "." || part == "..") return false;
  }
  return path.find('\0') == absl::string_view::npos;
}

absl::Status WriteArtifactFolder(ArtifactClient& client, const v1::Digest& artifact,
                                 const v1::ArtifactManifest& manifest, const std::string& folder) {
  const std::filesystem::path root(folder);
  SINTER_RETURN_IF_ERROR(MakeFolders(root));
  for (const v1::ArtifactManifest::File& file : manifest.files()) {
    if (!IsPlainRelativePath(file.path())) {
      return absl::InternalError(
          absl::StrCat("the artifact's file `", file.path(), "` would leave its folder"));
    }
    const std::filesystem::path path = root / file.path();
    SINTER_RETURN_IF_ERROR(MakeFolders(path.parent_path()));
    SINTER_RETURN_IF_ERROR(client.FetchFile(file.digest(), path.string(), file.executable()));
  }
  return client.FetchFile(artifact, (root / "manifest.json").string(), false);
}

}  // namespace sinter::client
