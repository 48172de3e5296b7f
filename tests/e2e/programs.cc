#include "tests/e2e/programs.h"

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/check.h"
#include "base/run_command.h"
#include "gtest/gtest.h"

namespace sinter::e2e {
namespace {

namespace fs = std::filesystem;

constexpr char kSinter[] = "client/cli/sinter";
constexpr char kSinterd[] = "server/sinterd";

base::SubprocessOptions Options(const std::string& program, const std::vector<std::string>& words) {
  base::SubprocessOptions options;
  options.argv = {fs::absolute(program).string()};
  options.argv.insert(options.argv.end(), words.begin(), words.end());
  options.environment = {"PATH=/usr/bin:/bin", absl::StrCat("HOME=", ::testing::TempDir()),
                         absl::StrCat("SINTER_WORKER=", fs::absolute(kRealWorker).string())};
  return options;
}

std::unique_ptr<base::Subprocess> Start(const base::SubprocessOptions& options) {
  absl::StatusOr<base::Subprocess> process = base::Subprocess::Start(options);
  SINTER_CHECK(process.ok()) << options.argv[0] << ": " << process.status();
  return std::make_unique<base::Subprocess>(*std::move(process));
}

// Reads one line of a pipe; `unread` keeps what came after it.
std::string ReadLineOf(int fd, std::string& unread) {
  size_t end = 0;
  while ((end = unread.find('\n')) == std::string::npos) {
    char buffer[4096];
    const ssize_t count = read(fd, buffer, sizeof(buffer));
    if (count <= 0) return std::exchange(unread, "");
    unread.append(buffer, static_cast<size_t>(count));
  }
  const std::string line = unread.substr(0, end);
  unread.erase(0, end + 1);
  return line;
}

}  // namespace

Daemon::Daemon(const std::string& state_dir, const std::string& worker) {
  base::SubprocessOptions options =
      Options(kSinterd, {"--listen=127.0.0.1:0", "--http=127.0.0.1:0", "--workers=1",
                         "--log-level=warning", absl::StrCat("--state-dir=", state_dir),
                         absl::StrCat("--worker=", fs::absolute(worker).string())});
  options.standard_output = base::SubprocessOptions::Stdio::kPipe;
  process_ = Start(options);
  std::string unread;
  const std::string line = ReadLineOf(process_->standard_output().get(), unread);
  SINTER_CHECK(line.rfind("listening on ", 0) == 0) << "the daemon says `" << line << "`";
  address_ = std::string(absl::StripPrefix(line, "listening on "));
}

std::vector<pid_t> Daemon::Workers() const {
  std::vector<pid_t> workers;
  std::error_code error;
  const std::string tasks = absl::StrCat("/proc/", process_->pid(), "/task");
  for (const fs::directory_entry& task : fs::directory_iterator(tasks, error)) {
    std::ifstream children(task.path() / "children");
    for (pid_t pid = 0; children >> pid;) workers.push_back(pid);
  }
  return workers;
}

void Daemon::Kill9() {
  process_->Kill(SIGKILL);
  SINTER_CHECK(process_->Wait().ok());
}

base::ProcessExit Daemon::Terminate() {
  process_->Kill(SIGTERM);
  const absl::StatusOr<base::ProcessExit> exit = process_->Wait();
  SINTER_CHECK(exit.ok()) << exit.status();
  return *exit;
}

Outcome Sinter(const std::vector<std::string>& words) {
  const absl::StatusOr<base::CommandResult> result = base::RunCommand(Options(kSinter, words));
  SINTER_CHECK(result.ok()) << result.status();
  Outcome outcome;
  outcome.exit_code = result->exit.signal != 0 ? 128 + result->exit.signal : result->exit.exit_code;
  outcome.out = result->standard_output;
  outcome.err = result->standard_error;
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) {
    nlohmann::json event = nlohmann::json::parse(line, nullptr, false);
    if (event.is_object()) outcome.events.push_back(std::move(event));
  }
  return outcome;
}

RunningSinter::RunningSinter(const std::vector<std::string>& words) {
  base::SubprocessOptions options = Options(kSinter, words);
  options.standard_output = base::SubprocessOptions::Stdio::kPipe;
  process_ = Start(options);
}

std::string RunningSinter::ReadLine() {
  return ReadLineOf(process_->standard_output().get(), unread_);
}

nlohmann::json RunningSinter::AwaitEvent(const std::string& name) {
  for (std::string line = ReadLine(); !line.empty(); line = ReadLine()) {
    nlohmann::json event = nlohmann::json::parse(line, nullptr, false);
    if (event.is_object() && event.value("event", "") == name) return event;
  }
  return nullptr;
}

void RunningSinter::Interrupt() { process_->Kill(SIGINT); }

int RunningSinter::Wait() {
  while (!ReadLine().empty()) {
  }
  const absl::StatusOr<base::ProcessExit> exit = process_->Wait();
  SINTER_CHECK(exit.ok()) << exit.status();
  return exit->signal != 0 ? 128 + exit->signal : exit->exit_code;
}

std::string TestFolder() {
  const auto* const test = ::testing::UnitTest::GetInstance()->current_test_info();
  const fs::path folder =
      fs::path(::testing::TempDir()) / absl::StrCat(test->test_suite_name(), ".", test->name());
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder.string();
}

void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace sinter::e2e
