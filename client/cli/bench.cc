// sinter bench setup|run|compare|report: hands over to the benchmark's driver, a Python package.
//
// The flags declared here are for `--help` and completion; the driver gets the words as they were
// given, and judges them. Its interpreter is the one that `sinter bench setup` installs; `setup`
// itself makes do with any Python.
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/errno_status.h"
#include "base/status_macros.h"
#include "client/cli/command.h"

namespace sinter::client {
namespace {

namespace fs = std::filesystem;

// RETURNS: the variable's value, "" if it is not set.
std::string Environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

fs::path ProgramFolder() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored).parent_path();
}

// RETURNS: where peers and the driver's interpreter are installed, "" if there is no home.
fs::path CacheFolder() {
  if (const std::string dir = Environment("SINTER_BENCH_DIR"); !dir.empty()) return dir;
  if (const std::string dir = Environment("XDG_CACHE_HOME"); !dir.empty()) {
    return fs::path(dir) / "sinter/bench";
  }
  const std::string home = Environment("HOME");
  return home.empty() ? fs::path() : fs::path(home) / ".cache/sinter/bench";
}

// RETURNS: the folder that has the driver. ERRORS: NOT_FOUND.
absl::StatusOr<fs::path> FindDriver() {
  std::vector<std::string> candidates = {Environment("SINTER_BENCH_HOME")};
  if (candidates[0].empty()) {
    // From bin/libexec of the tree, and beside the program, as installed.
    const fs::path folder = ProgramFolder();
    candidates = {folder / "../../benchmarks", folder / "benchmarks"};
  }
  for (const std::string& candidate : candidates) {
    std::error_code error;
    const fs::path path = fs::canonical(candidate, error);
    if (!error && fs::exists(path / "sinter_bench/__main__.py", error)) return path;
  }
  return absl::NotFoundError(absl::StrCat(
      "the benchmark's driver is not there: tried `", absl::StrJoin(candidates, "`, `"),
      "`; $SINTER_BENCH_HOME says where the folder `benchmarks` of the source tree is"));
}

// RETURNS: the interpreter with the driver's packages. ERRORS: NOT_FOUND.
absl::StatusOr<std::string> FindPython() {
  const fs::path installed = CacheFolder() / "driver/bin/python";
  if (access(installed.c_str(), X_OK) == 0) return installed.string();
  if (const std::string told = Environment("SINTER_BENCH_PYTHON"); !told.empty()) return told;
  return absl::NotFoundError(absl::StrCat(
      "the benchmark's driver has no interpreter `", installed.string(),
      "`; run `sinter bench setup`, or set SINTER_BENCH_PYTHON to a Python that has its "
      "packages (benchmarks/requirements/driver.txt)"));
}

// Tells the driver what lies beside this program, unless the user told it already.
void ExportPrograms() {
  const fs::path folder = ProgramFolder();
  constexpr const char* kPrograms[][2] = {{"SINTER_BIN", "sinter"},
                                          {"SINTER_BENCH_ADAPTER", "sinter-bench-adapter"},
                                          {"SINTER_BENCH_PEAKS", "sinter-bench-peaks"},
                                          {"SINTER_BENCH_LOAD", "sinter-bench-load"}};
  for (const auto& [variable, program] : kPrograms) {
    const fs::path path = folder / program;
    if (access(path.c_str(), X_OK) == 0) setenv(variable, path.c_str(), /*overwrite=*/0);
  }
  // What is benchmarked by default is this program, and the daemon beside it.
  setenv("PATH", absl::StrCat(folder.string(), ":", Environment("PATH")).c_str(), 1);
}

void ExportPythonPath(const fs::path& home) {
  const std::string before = Environment("PYTHONPATH");
  const std::string path = absl::StrCat(home.string(), before.empty() ? "" : ":", before);
  setenv("PYTHONPATH", path.c_str(), 1);
}

// Becomes another program. RETURNS: only if that fails.
absl::Status Execute(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  const absl::Status status =
      base::ErrnoStatus(errno, absl::StrCat("running `", words[0], "` for `sinter bench`"));
  return absl::UnavailableError(status.message());
}

class BenchCommand final : public Command {
 public:
  explicit BenchCommand(std::vector<std::string> words) : words_(std::move(words)) {}

  Syntax& Declare(Syntax& root) override;
  absl::Status Run(Terminal& terminal) override;

 private:
  void DeclareRun(Syntax& bench);
  void DeclareCompare(Syntax& bench);

  // "bench" and all after it.
  const std::vector<std::string> words_;
  Syntax* setup_ = nullptr;

  // Of the declared flags; nobody reads them.
  std::vector<std::string> ignored_;
  std::string ignored_text_;
  bool ignored_switch_ = false;
};

Syntax& BenchCommand::Declare(Syntax& root) {
  Syntax& bench = root.Subcommand("bench", "measure Sinter against other engines");
  bench.RequireSubcommand();
  setup_ = &bench.Subcommand("setup", "install the other engines, outside of the source tree");
  setup_->AllowMore();
  setup_->Option("--peers", "NAME,...", &ignored_, "which; else all of them");
  DeclareRun(bench);
  DeclareCompare(bench);
  Syntax& report = bench.Subcommand("report", "draw one HTML page of one or more runs");
  report.AllowMore();
  report.Argument("DIR", &ignored_text_, "what `run` wrote; more of them show what changed");
  report.Option("--out", "FILE", &ignored_, "else report.html in the first DIR");
  return bench;
}

void BenchCommand::DeclareRun(Syntax& bench) {
  Syntax& run = bench.Subcommand("run", "measure a suite");
  run.AllowMore();
  run.Choice("--suite", {"operators", "models", "compile", "service"}, &ignored_text_,
             "what to measure; must be given");
  run.Option("--out", "DIR", &ignored_,
             "where results.json and report.html are written; must be given");
  run.Option("--peers", "NAME,...", &ignored_,
             "the other engines, else all that are installed: onnxruntime, openvino, iree, tvm, "
             "onednn, openblas; `self` is Sinter once more, `self+5%` Sinter made 5 % slower, "
             "`self:fast` Sinter under fast numerics");
  run.Option("--only", "NAME,...", &ignored_, "workloads of the suite; else all");
  run.Option("--threads", "N,...", &ignored_, "thread counts; else 1");
  run.Option("--budget", "SECONDS", &ignored_, "about how long it may take; else 600");
  run.Option("--rounds", "N", &ignored_, "how often the engines take turns; else 10");
  run.Option("--seed", "N", &ignored_, "of the inputs; else 0");
  run.Option("--sinter", "FILE", &ignored_, "the program to measure; else this one");
  run.Option("--sinterd", "FILE", &ignored_, "its daemon; else the one beside this program");
  run.Switch("--quiet", &ignored_switch_, "no progress on stderr");
}

void BenchCommand::DeclareCompare(Syntax& bench) {
  Syntax& compare = bench.Subcommand("compare", "test a run against another one; 1 if it is worse");
  compare.AllowMore();
  compare.Argument("A.json", &ignored_text_, "the results.json of the run before");
  compare.Argument("B.json", &ignored_text_, "that of the run after");
  compare.Option("--engine", "NAME", &ignored_, "whose numbers; else sinter");
  compare.Option("--relative-to", "PEER", &ignored_, "compare ratios to this engine instead");
  compare.Option("--threshold", "SHARE", &ignored_, "which changes to ignore; else 0.02");
}

absl::Status BenchCommand::Run(Terminal& terminal) {
  SINTER_ASSIGN_OR_RETURN(const fs::path home, FindDriver());
  std::vector<std::string> command = {"python3", "-m", "sinter_bench.setup"};
  if (!setup_->chosen()) {
    // Nothing of the current folder may stand in for the driver's modules.
    SINTER_ASSIGN_OR_RETURN(const std::string python, FindPython());
    command = {python, "-P", "-m", "sinter_bench", words_[1]};
  }
  command.insert(command.end(), words_.begin() + 2, words_.end());
  ExportPrograms();
  ExportPythonPath(home);
  terminal.out.flush();
  terminal.err.flush();
  return Execute(command);
}

}  // namespace

std::unique_ptr<Command> MakeBenchCommand(std::vector<std::string> words) {
  return std::make_unique<BenchCommand>(std::move(words));
}

}  // namespace sinter::client
