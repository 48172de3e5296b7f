// sinterd as a process: what it prints, how it ends, and what it leaves behind when it is killed.
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status_matchers.h"
#include "base/subprocess.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/testing/test_client.h"

namespace sinter::server {
namespace {

namespace fs = std::filesystem;
using base::IsOk;
using base::IsOkAndHolds;
using base::StatusIs;
using testing::HasSubstr;
using testing::MatchesRegex;

// Ends and starts sinterd with one state directory.
class DaemonTest : public testing::Test {
 protected:
  DaemonTest() {
    dir_ = absl::StrCat(testing::TempDir(), "/",
                        testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(dir_);
  }

  base::SubprocessOptions Options(std::vector<std::string> flags) {
    base::SubprocessOptions options;
    options.argv = {fs::absolute("server/sinterd"),
                    "--listen=127.0.0.1:0",
                    "--http=127.0.0.1:0",
                    absl::StrCat("--state-dir=", dir_, "/state"),
                    "--workers=1",
                    absl::StrCat("--worker=", fs::absolute("server/testing/fake_worker").string())};
    options.argv.insert(options.argv.end(), flags.begin(), flags.end());
    options.standard_output = base::SubprocessOptions::Stdio::kPipe;
    return options;
  }

  void Start() {
    auto daemon = base::Subprocess::Start(Options({}));
    ASSERT_THAT(daemon, IsOk());
    daemon_.emplace(*std::move(daemon));
    grpc_line_ = ReadLine();
    http_line_ = ReadLine();
    absl::string_view address = grpc_line_;
    ASSERT_TRUE(absl::ConsumePrefix(&address, "listening on "));
    client_ = std::make_unique<TestClient>(
        grpc::CreateChannel(std::string(address), grpc::InsecureChannelCredentials()));
  }

  std::string ReadLine() {
    std::string line;
    for (char c; read(daemon_->standard_output().get(), &c, 1) == 1 && c != '\n';) line += c;
    return line;
  }

  // The processes whose parent is `pid`.
  static std::vector<pid_t> ChildrenOf(pid_t pid) {
    std::vector<pid_t> children;
    for (const auto& entry : fs::directory_iterator("/proc")) {
      std::ifstream stat(entry.path() / "stat");
      pid_t child = 0, parent = 0;
      std::string name, state;
      if (stat >> child >> name >> state >> parent && parent == pid) children.push_back(child);
    }
    return children;
  }

  static bool Exists(pid_t pid) { return kill(pid, 0) == 0; }

  std::string dir_;
  std::optional<base::Subprocess> daemon_;
  std::string grpc_line_;
  std::string http_line_;
  std::unique_ptr<TestClient> client_;
};

TEST_F(DaemonTest, SaysWhereItListensAndEndsWithZeroOnSigterm) {
  Start();
  EXPECT_THAT(grpc_line_, MatchesRegex("listening on 127\\.0\\.0\\.1:[0-9]+"));
  EXPECT_THAT(http_line_, MatchesRegex("http on 127\\.0\\.0\\.1:[0-9]+"));
  EXPECT_THAT(client_->Compile({"emit hello\n"}).status, IsOk());
  const std::vector<pid_t> workers = ChildrenOf(daemon_->pid());
  EXPECT_FALSE(workers.empty());
  kill(daemon_->pid(), SIGTERM);
  SINTER_ASSERT_OK_AND_ASSIGN(const base::ProcessExit exit, daemon_->Wait());
  EXPECT_TRUE(exit.ok()) << exit.ToStatus();
  for (const pid_t worker : workers) EXPECT_FALSE(Exists(worker));
}

TEST_F(DaemonTest, AKilledDaemonLeavesNoWorkerAndKeepsItsResults) {
  Start();
  const TestRequest request{absl::StrCat("log ", dir_, "/log\nemit hello\n")};
  const Answer first = client_->Compile(request);
  ASSERT_THAT(first.status, IsOk());
  const std::vector<pid_t> workers = ChildrenOf(daemon_->pid());
  client_->Compile({"stage IMPORT\nhang\n"}, [&](const v1::CompileEvent& event, auto&) {
    if (event.has_stage()) kill(daemon_->pid(), SIGKILL);
  });
  ASSERT_THAT(daemon_->Wait(), IsOk());
  Start();
  const Answer again = client_->Compile(request);
  ASSERT_THAT(again.status, IsOk());
  EXPECT_EQ(again.result.cache(), v1::CompileResult::HIT);
  EXPECT_THAT(client_->ReadBlob(again.result.manifest().files(0).digest()),
              IsOkAndHolds("hello\n"));
  for (const pid_t worker : workers) {
    // The kernel kills them with the daemon; init may take a moment to bury them.
    std::ifstream stat(absl::StrCat("/proc/", worker, "/stat"));
    std::string id, name, state = "gone";
    stat >> id >> name >> state;
    EXPECT_TRUE(state == "gone" || state == "Z") << state;
  }
}

TEST_F(DaemonTest, AKilledWorkerCostsItsJobOnly) {
  Start();
  const Answer killed =
      client_->Compile({"stage IMPORT\nhang\n"}, [&](const v1::CompileEvent& event, auto&) {
        if (!event.has_stage()) return;
        for (const pid_t worker : ChildrenOf(daemon_->pid())) kill(worker, SIGKILL);
      });
  EXPECT_THAT(killed.status, StatusIs(absl::StatusCode::kInternal, HasSubstr("signal 9")));
  EXPECT_THAT(client_->Compile({"emit fine\n"}).status, IsOk());
}

TEST_F(DaemonTest, MistakesOnTheCommandLineAreUsageErrors) {
  for (const char* flag : {"--no-such-flag", "--workers=0", "--stall-timeout=soon",
                           "--cache=grpc://x:1", "--executor=grpc://x:1", "--log-level=loud"}) {
    SINTER_ASSERT_OK_AND_ASSIGN(base::Subprocess daemon, base::Subprocess::Start(Options({flag})));
    SINTER_ASSERT_OK_AND_ASSIGN(const base::ProcessExit exit, daemon.Wait());
    EXPECT_EQ(exit.exit_code, 2) << flag;
  }
}

TEST_F(DaemonTest, FlagsMayComeFromAFile) {
  std::ofstream(dir_ + "/sinterd.conf") << "max-upload-bytes=4K\nstall-timeout=1m\n";
  SINTER_ASSERT_OK_AND_ASSIGN(
      base::Subprocess daemon,
      base::Subprocess::Start(Options({absl::StrCat("--config=", dir_, "/sinterd.conf")})));
  daemon_.emplace(std::move(daemon));
  grpc_line_ = ReadLine();
  TestClient client(grpc::CreateChannel(grpc_line_.substr(sizeof("listening on ") - 1),
                                        grpc::InsecureChannelCredentials()));
  EXPECT_THAT(client.Compile({std::string(4097, ' ')}).status,
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("4096")));
}

}  // namespace
}  // namespace sinter::server
