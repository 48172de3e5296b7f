#include "server/embedded/worker_binary.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace sinter::server {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> Candidates(const std::string& configured) {
  if (!configured.empty()) return {configured};
  const char* from_environment = std::getenv("SINTER_WORKER");
  if (from_environment != nullptr && *from_environment != '\0') return {from_environment};
  std::error_code ignored;
  const fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  // Beside the program, as installed; and from bin/server/ or bin/client/cli/ of the build tree.
  return {folder / "sinter-worker", folder / "worker/sinter-worker",
          folder / "../../server/worker/sinter-worker", folder / "../server/worker/sinter-worker"};
}

}  // namespace

absl::StatusOr<std::string> FindWorkerBinary(const std::string& configured) {
  const std::vector<std::string> candidates = Candidates(configured);
  for (const std::string& candidate : candidates) {
    std::error_code error;
    const fs::path path = fs::canonical(candidate, error);
    if (!error && access(path.c_str(), X_OK) == 0) return path.string();
  }
  return absl::NotFoundError(
      absl::StrCat("no worker program: tried `", absl::StrJoin(candidates, "`, `"),
                   "`; say where it is with $SINTER_WORKER, or `--worker` of sinterd"));
}

}  // namespace sinter::server
