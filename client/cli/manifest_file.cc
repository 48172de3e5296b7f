#include "client/cli/manifest_file.h"

#include <filesystem>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/digest.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "client/lib/artifact_output.h"
#include "google/protobuf/util/json_util.h"

namespace sinter::client {
namespace {

namespace fs = std::filesystem;

constexpr char kManifest[] = "manifest.json";

}  // namespace

bool IsArtifactFolder(const std::string& path) {
  std::error_code error;
  return fs::is_regular_file(fs::path(path) / kManifest, error);
}

absl::StatusOr<v1::ArtifactManifest> ReadManifest(const std::string& folder) {
  const std::string path = (fs::path(folder) / kManifest).string();
  SINTER_ASSIGN_OR_RETURN(const std::string json, base::ReadFile(path));
  v1::ArtifactManifest manifest;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;  // of a newer version
  const auto status = google::protobuf::util::JsonStringToMessage(json, &manifest, options);
  if (status.ok()) return manifest;
  return absl::InvalidArgumentError(
      absl::StrCat("`", path, "` is no manifest: ", std::string(status.message())));
}

absl::Status CheckFiles(const std::string& folder, const v1::ArtifactManifest& manifest) {
  std::vector<std::string> bad;
  for (const v1::ArtifactManifest::File& file : manifest.files()) {
    if (!IsPlainRelativePath(file.path())) {
      return absl::InvalidArgumentError(
          absl::StrCat("the manifest names `", file.path(), "`, which is outside of the artifact"));
    }
    const auto digest = base::DigestOfFile((fs::path(folder) / file.path()).string());
    if (!digest.ok() || digest->sha256_hex != file.digest().hash()) {
      bad.push_back(
          absl::StrCat("`", file.path(), "`", digest.ok() ? " has changed" : " is missing"));
    }
  }
  if (bad.empty()) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("the artifact is damaged: ", absl::StrJoin(bad, ", "), "; compile it again"));
}

}  // namespace sinter::client
