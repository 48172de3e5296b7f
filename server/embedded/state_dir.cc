#include "server/embedded/state_dir.h"

#include <unistd.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "base/annotate.h"
#include "base/file_util.h"
#include "base/status_macros.h"

namespace sinter::server {
namespace {

// Memory first: it has room when no disk has.
constexpr const char* kOverflowParents[] = {"/dev/shm", "/tmp"};

absl::StatusOr<std::string> OverflowRoot() {
  absl::Status status;
  for (const char* parent : kOverflowParents) {
    const std::string root = absl::StrCat(parent, "/sinter-", getuid());
    status = base::CreateDirectories(root);
    if (status.ok() && access(root.c_str(), W_OK | X_OK) == 0) return root;
  }
  return base::Annotate(status, "making a folder for when the disk is full");
}

}  // namespace

absl::StatusOr<StateDir> OpenStateDir(const std::string& path) {
  StateDir state;
  // Workers, which have a working directory of their own, are told of files in it.
  const std::string root = std::filesystem::absolute(path).string();
  state.cache = root + "/cache";
  state.jobs = root + "/jobs";
  state.toolchain = root + "/toolchain.binpb";
  for (const std::string& folder : {state.cache, state.jobs}) {
    SINTER_RETURN_IF_ERROR(base::Annotate(base::CreateDirectories(folder),
                                          absl::StrCat("the state directory `", path, "`")));
  }
  SINTER_ASSIGN_OR_RETURN(state.overflow_root, OverflowRoot());
  SINTER_RETURN_IF_ERROR(cache::RemoveStaleTemps(state.overflow_root).status());
  return state;
}

}  // namespace sinter::server
