#include "client/model/model_tree.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/annotate.h"
#include "base/mapped_file.h"
#include "base/model_format.h"
#include "base/status_macros.h"

namespace sinter::client {
namespace {

namespace fs = std::filesystem;

absl::Status Refused(absl::string_view location, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("the model's external data `", location, "` ", what));
}

// RETURNS: `location` without "." parts and doubled slashes.
absl::StatusOr<std::string> NormalizeLocation(const std::string& location) {
  if (location.empty() || location.find('\0') != std::string::npos) {
    return Refused(location, "has no valid name");
  }
  const fs::path path = fs::path(location).lexically_normal();
  if (path.is_absolute()) {
    return Refused(
        location,
        "has an absolute path; it must lie in the model's folder and be named from there");
  }
  if (path.begin() == path.end() || *path.begin() == ".." || !path.has_filename() || path == ".") {
    return Refused(location, "climbs out of the model's folder; it must lie in that folder");
  }
  return path.generic_string();
}

// Whether `inner` is a path below `outer`; both are canonical.
bool IsBelow(const fs::path& inner, const fs::path& outer) {
  const auto [end_of_outer, unused] =
      std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  return end_of_outer == outer.end();
}

fs::path FolderOf(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

// RETURNS: the folders where external data may lie: that of the path given, and that of the file it
// leads to if it is a link.
std::vector<fs::path> CandidateFolders(const fs::path& model) {
  std::error_code error;
  std::vector<fs::path> folders;
  const fs::path given = fs::canonical(FolderOf(model), error);
  if (!error) folders.push_back(given);
  const fs::path resolved = fs::canonical(model, error);
  if (!error && (folders.empty() || resolved.parent_path() != given)) {
    folders.push_back(resolved.parent_path());
  }
  return folders;
}

absl::StatusOr<std::string> FindExternalFile(const std::vector<fs::path>& folders,
                                             const std::string& location, LinkPolicy links) {
  for (const fs::path& folder : folders) {
    std::error_code error;
    const fs::path resolved = fs::canonical(folder / location, error);
    if (error) continue;
    if (links == LinkPolicy::kRefuseLeaving && !IsBelow(resolved, folder)) {
      return Refused(location, absl::StrCat("is a link that leaves the model's folder, to `",
                                            resolved.string(),
                                            "`; give --follow-links if you trust the model"));
    }
    if (!fs::is_regular_file(resolved, error)) {
      return Refused(location, "is not a regular file");
    }
    return resolved.string();
  }
  return Refused(location, absl::StrCat("is missing: there is no such file in `",
                                        folders.empty() ? "." : folders.front().string(),
                                        "`; put it beside the model"));
}

// Opens what the user named. Pipes and folders are refused before an open() could wait for them.
absl::StatusOr<base::MappedFile> OpenModel(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    return absl::FailedPreconditionError(absl::StrCat("`", path, "` is not a regular file"));
  }
  return base::MappedFile::Open(path);
}

}  // namespace

absl::StatusOr<ModelTree> ReadModelTree(const std::string& path, LinkPolicy links) {
  ModelTree tree;
  tree.path = path;
  {
    SINTER_ASSIGN_OR_RETURN(const base::MappedFile file, OpenModel(path));
    // Which has no data beside it, and names its inputs arg0, arg1, ...
    if (base::IsMlir(file.bytes())) return tree;
    absl::StatusOr<ModelOutline> outline = ReadModelOutline(file.bytes());
    if (!outline.ok()) return base::Annotate(outline.status(), absl::StrCat("`", path, "`"));
    tree.outline = *std::move(outline);
  }
  const std::vector<fs::path> folders = CandidateFolders(path);
  for (const std::string& raw_location : tree.outline.external_locations) {
    SINTER_ASSIGN_OR_RETURN(std::string location, NormalizeLocation(raw_location));
    SINTER_ASSIGN_OR_RETURN(std::string file, FindExternalFile(folders, location, links));
    tree.external_data.push_back({std::move(location), std::move(file)});
  }
  auto& files = tree.external_data;
  const auto by_location = [](const ModelTree::File& a, const ModelTree::File& b) {
    return a.location < b.location;
  };
  std::sort(files.begin(), files.end(), by_location);
  const auto same = [](const ModelTree::File& a, const ModelTree::File& b) {
    return a.location == b.location;
  };
  files.erase(std::unique(files.begin(), files.end(), same), files.end());
  return tree;
}

}  // namespace sinter::client
