#include "benchmarks/adapters/sinter/sinter_program.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/run_command.h"
#include "base/status_macros.h"

namespace sinter::benchmarks {
namespace {

namespace fs = std::filesystem;

// What `sinter` exits with where a model needs something that it lacks.
constexpr int kExitNotSupported = 3;

absl::StatusOr<base::CommandResult> Run(std::vector<std::string> argv) {
  base::SubprocessOptions options;
  options.argv = std::move(argv);
  return base::RunCommand(std::move(options));
}

// RETURNS: the last line of `text` that is a JSON object whose "event" is `event`; else null.
Json FindEvent(const std::string& text, const std::string& event) {
  Json found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    Json json = Json::parse(line, nullptr, false);
    if (json.is_object() && json.value("event", "") == event) found = std::move(json);
  }
  return found;
}

absl::Status CompileError(const base::CommandResult& result) {
  const Json error = FindEvent(result.standard_output, "error");
  const std::string message = error.is_object() ? error.value("message", "")
                                                : absl::StrCat(result.exit.ToStatus().message(),
                                                               ": ", result.standard_error);
  if (result.exit.exit_code == kExitNotSupported) return absl::UnimplementedError(message);
  return absl::InternalError(absl::StrCat("`sinter compile` fails: ", message));
}

}  // namespace

absl::StatusOr<SinterProgram> SinterProgram::Find(const std::string& configured) {
  std::string path = configured;
  const char* const from_environment = std::getenv("SINTER_BIN");
  if (path.empty() && from_environment != nullptr) path = from_environment;
  std::error_code error;
  if (path.empty()) path = fs::read_symlink("/proc/self/exe", error).parent_path() / "sinter";
  if (access(path.c_str(), X_OK) == 0 && !fs::is_directory(path, error)) return SinterProgram(path);
  return absl::NotFoundError(absl::StrCat("`", path,
                                          "` is not the program `sinter`; the option "
                                          "`sinter`, or $SINTER_BIN, says where it is"));
}

absl::StatusOr<std::string> SinterProgram::Version() const {
  SINTER_ASSIGN_OR_RETURN(const base::CommandResult result, Run({path_, "version", "--json"}));
  const Json json = Json::parse(result.standard_output, nullptr, false);
  if (json.is_object() && json.contains("version")) return json.value("version", "");
  return absl::InternalError(absl::StrCat("`", path_, " version --json` says `",
                                          result.standard_output, result.standard_error, "`"));
}

absl::StatusOr<CompiledLibrary> SinterProgram::Compile(
    const std::string& model, const std::string& library,
    const std::vector<std::string>& flags) const {
  std::vector<std::string> argv = {path_, "compile", model, "-o", library, "--no-cache", "--json"};
  argv.insert(argv.end(), flags.begin(), flags.end());
  argv.push_back("--local");
  SINTER_ASSIGN_OR_RETURN(const base::CommandResult result, Run(std::move(argv)));
  if (!result.exit.ok()) return CompileError(result);
  const Json said = FindEvent(result.standard_output, "result");
  if (!said.is_object()) return absl::InternalError("`sinter compile --json` gives no result");
  return CompiledLibrary{library, said.value("artifact", ""), said.value("stages", Json::object()),
                         result.exit};
}

}  // namespace sinter::benchmarks
