// The daemon and the command as separate programs, with a worker that does what the model's text
// says (server/testing/fake_worker.cc). What a compile makes is not the matter here; that nothing
// is lost, done twice or kept alive is.
#include <signal.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "client/lib/compile_client.h"
#include "client/lib/connection.h"
#include "client/testing/onnx_bytes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/programs.h"

namespace sinter::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// A model file whose doc string is a script for the fake worker.
std::string ScriptedModel(const std::string& script) {
  return client::testing::Bytes(6, "\n" + script + "\n") + client::testing::ReluModel({2});
}

class ServiceTest : public ::testing::Test {
 protected:
  ServiceTest()
      : root_(TestFolder()), daemon_(std::make_unique<Daemon>(root_ + "/state", kFakeWorker)) {}

  // RETURNS: the words of a compile of `script`, into a file of that name.
  std::vector<std::string> CompileWords(const std::string& name, const std::string& script) {
    WriteFile(root_ + "/" + name + ".onnx", ScriptedModel(script));
    return {"compile",
            root_ + "/" + name + ".onnx",
            "-o",
            root_ + "/" + name + ".so",
            "--json",
            "--target=server",
            "--server=" + daemon_->address()};
  }
  Outcome Compile(const std::string& name, const std::string& script) {
    return Sinter(CompileWords(name, script));
  }
  int64_t Counter(const std::string& name) {
    return Sinter({"cache", "stats", "--json", "--server=" + daemon_->address()})
        .events.at(0)
        .at(name);
  }
  // Changes a byte of every blob of that content. RETURNS: how many.
  int FlipBlobs(const std::string& content) {
    int flipped = 0;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root_ + "/state")) {
      if (!entry.is_regular_file() || ReadFile(entry.path()) != content) continue;
      std::string rotten = content;
      rotten[2] ^= 1;
      fs::permissions(entry.path(), fs::perms::owner_write, fs::perm_options::add);
      WriteFile(entry.path(), rotten);
      ++flipped;
    }
    return flipped;
  }
  // A second job that works, after something has gone wrong.
  void ExpectStillWorks() {
    EXPECT_EQ(Compile("after", "emit fine").exit_code, 0);
    EXPECT_THAT(ReadFile(root_ + "/after.so"), HasSubstr("fine"));
  }

  const std::string root_;
  std::unique_ptr<Daemon> daemon_;
};

TEST_F(ServiceTest, ASecondCompileIsAHitWithTheSameBytesAndNoWorker) {
  const Outcome first = Compile("a", "log " + root_ + "/log\nemit library");
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(first.events.back()["cache"], "miss");
  const std::string bytes = ReadFile(root_ + "/a.so");
  fs::remove(root_ + "/a.so");

  const Outcome second = Compile("a", "log " + root_ + "/log\nemit library");
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(second.events.back()["cache"], "hit");
  EXPECT_EQ(second.events.back()["artifact"], first.events.back()["artifact"]);
  EXPECT_EQ(ReadFile(root_ + "/a.so"), bytes);
  EXPECT_EQ(ReadFile(root_ + "/log"), "compile\n");
  EXPECT_EQ(Counter("compiles"), 1);
  EXPECT_EQ(Counter("hits"), 1);
}

TEST_F(ServiceTest, FiftyEqualRequestsAtOnceAreOneCompile) {
  // The compile goes on only when all have asked.
  const std::string gate = root_ + "/gate";
  WriteFile(root_ + "/m.onnx", ScriptedModel("wait " + gate + "\nemit once"));
  client::CompileJob job;
  job.model = *client::ReadModelTree(root_ + "/m.onnx", client::LinkPolicy::kRefuseLeaving);
  job.target_name = "server";
  std::atomic<int> queued{0};
  // Counts the requests that are under way.
  class Observer final : public client::CompileObserver {
   public:
    Observer(std::atomic<int>& queued, const std::string& gate) : queued_(queued), gate_(gate) {}
    void OnEvent(const v1::CompileEvent& event) override {
      if (event.has_queued() && !counted_ && ++queued_ == 50) WriteFile(gate_, "");
      counted_ = true;
    }

   private:
    std::atomic<int>& queued_;
    const std::string gate_;
    bool counted_ = false;
  };
  std::vector<std::string> artifacts(50);
  std::vector<std::thread> threads;
  for (std::string& artifact : artifacts) {
    threads.emplace_back([&] {
      client::CompileClient client(*client::Connect(daemon_->address()));
      Observer observer(queued, gate);
      const auto result = client.Compile(job, observer);
      artifact = result.ok() ? result->artifact().hash() : result.status().ToString();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(artifacts[0].size(), 64u) << artifacts[0];
  for (const std::string& artifact : artifacts) EXPECT_EQ(artifact, artifacts[0]);
  EXPECT_EQ(Counter("compiles"), 1);
  EXPECT_EQ(Counter("single_flight_joins"), 49);
}

TEST_F(ServiceTest, AWorkerKilledInTheMiddleFailsOneJobAndNothingElse) {
  RunningSinter compile(CompileWords("a", "stage IMPORT\nhang"));
  ASSERT_FALSE(compile.AwaitEvent("stage").is_null());
  for (const pid_t worker : daemon_->Workers()) kill(worker, SIGKILL);
  const nlohmann::json error = compile.AwaitEvent("error");
  ASSERT_FALSE(error.is_null());
  EXPECT_EQ(error["code"], "INTERNAL");
  EXPECT_TRUE(error.contains("reproducer")) << error;
  EXPECT_EQ(compile.Wait(), 5);
  EXPECT_FALSE(fs::exists(root_ + "/a.so"));
  ExpectStillWorks();
}

TEST_F(ServiceTest, ACancelledJobStopsWithinTwoSeconds) {
  RunningSinter compile(CompileWords("a", "stage IMPORT\nhang"));
  const std::string id = compile.AwaitEvent("queued")["job_id"];
  ASSERT_FALSE(compile.AwaitEvent("stage").is_null());
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(Sinter({"jobs", "cancel", id, "--server=" + daemon_->address()}).exit_code, 0);
  EXPECT_EQ(compile.Wait(), 4);
  ExpectStillWorks();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(6));
  const Outcome job = Sinter({"jobs", "get", id, "--json", "--server=" + daemon_->address()});
  EXPECT_EQ(job.events.at(0)["state"], "cancelled");
  EXPECT_EQ(Sinter({"jobs", "get", "none", "--server=" + daemon_->address()}).exit_code, 2);
}

TEST_F(ServiceTest, ACommandThatIsInterruptedTakesItsJobWithIt) {
  RunningSinter compile(CompileWords("a", "stage IMPORT\nhang"));
  const std::string id = compile.AwaitEvent("queued")["job_id"];
  ASSERT_FALSE(compile.AwaitEvent("stage").is_null());
  RunningSinter watch({"jobs", "watch", id, "--json", "--server=" + daemon_->address()});
  ASSERT_FALSE(watch.AwaitEvent("stage").is_null());
  compile.Interrupt();
  EXPECT_EQ(compile.Wait(), 128 + SIGINT);
  EXPECT_EQ(watch.Wait(), 4);
  ExpectStillWorks();
}

TEST_F(ServiceTest, ADaemonThatIsKilledServesWhatItHadStored) {
  const Outcome before = Compile("a", "emit library");
  ASSERT_EQ(before.exit_code, 0) << before.err;
  daemon_->Kill9();
  EXPECT_EQ(Compile("a", "emit library").exit_code, 4);
  daemon_ = std::make_unique<Daemon>(root_ + "/state", kFakeWorker);
  const Outcome after = Compile("a", "emit library");
  ASSERT_EQ(after.exit_code, 0) << after.err;
  EXPECT_EQ(after.events.back()["cache"], "hit");
  EXPECT_EQ(after.events.back()["artifact"], before.events.back()["artifact"]);
}

TEST_F(ServiceTest, AFlippedByteIsFoundAndCompiledAgain) {
  ASSERT_EQ(Compile("a", "emit a library that will rot").exit_code, 0);
  const std::string library = ReadFile(root_ + "/a.so");
  ASSERT_EQ(FlipBlobs(library), 1);
  const Outcome again = Compile("a", "emit a library that will rot");
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(again.events.back()["cache"], "miss");
  EXPECT_EQ(ReadFile(root_ + "/a.so"), library);
  EXPECT_GE(Counter("corrupt"), 1);
  EXPECT_EQ(Counter("compiles"), 2);
}

TEST_F(ServiceTest, KernelsAreSharedByModels) {
  const Outcome first = Compile("a", "kernel matmul 4x5\nkernel relu 8");
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(first.events.back()["kernels_reused"], 0);
  EXPECT_EQ(Counter("kernel_misses"), 2);
  const Outcome second = Compile("b", "kernel relu 8\nkernel matmul 4x6\nkernel matmul 4x5");
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(second.events.back()["cache"], "miss");
  EXPECT_EQ(second.events.back()["kernels_reused"], 2);
  EXPECT_EQ(ReadFile(root_ + "/b.so"),
            "object of relu 8\nobject of matmul 4x6\nobject of matmul 4x5\n");
  EXPECT_EQ(Counter("kernel_hits"), 2);
  EXPECT_EQ(Counter("kernel_misses"), 3);
  // Later daemons have them too.
  daemon_->Terminate();
  daemon_ = std::make_unique<Daemon>(root_ + "/state", kFakeWorker);
  EXPECT_EQ(Compile("c", "kernel matmul 4x6").events.back()["kernels_reused"], 1);
}

TEST_F(ServiceTest, AFlippedByteInAKernelIsAMiss) {
  ASSERT_EQ(Compile("a", "emit a\nkernel k").exit_code, 0);
  ASSERT_EQ(FlipBlobs("object of k\n"), 1);
  const Outcome second = Compile("b", "emit b\nkernel k");
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(second.events.back()["kernels_reused"], 0);
  EXPECT_EQ(ReadFile(root_ + "/b.so"), "b\nobject of k\n");
  EXPECT_GE(Counter("corrupt"), 1);
  EXPECT_EQ(Compile("c", "emit c\nkernel k").events.back()["kernels_reused"], 1);
}

TEST_F(ServiceTest, OnlyKernelsOfAGoodCompileAreKept) {
  EXPECT_EQ(Compile("a", "kernel k\nfail 13 too bad").exit_code, 5);
  std::vector<std::string> fresh = CompileWords("b", "kernel k");
  fresh.push_back("--no-cache");
  EXPECT_EQ(Sinter(fresh).exit_code, 0);
  // What nobody asked for has no key.
  EXPECT_EQ(Compile("c", "kernel other\nleave 1 object of k").exit_code, 0);
  const Outcome asked = Compile("d", "emit d\nkernel k");
  EXPECT_EQ(asked.events.back()["kernels_reused"], 0);
  // What is there already is not replaced.
  EXPECT_EQ(Compile("e", "kernel k\nleave 0 wrong").exit_code, 0);
  EXPECT_EQ(Compile("f", "emit f\nkernel k").exit_code, 0);
  EXPECT_EQ(ReadFile(root_ + "/f.so"), "f\nobject of k\n");
}

TEST_F(ServiceTest, TheWorkersVerdictBecomesAnExitCode) {
  EXPECT_EQ(Compile("a", "fail 3 the graph has a cycle").exit_code, 1);
  EXPECT_EQ(Compile("b", "fail 12 no such operator").exit_code, 3);
  EXPECT_EQ(Compile("c", "fail 8 too large").exit_code, 4);
  const Outcome crash = Compile("d", "crash");
  EXPECT_EQ(crash.exit_code, 5);
  EXPECT_THAT(crash.err, HasSubstr("signal 11"));
  ExpectStillWorks();
}

TEST_F(ServiceTest, SigtermDrainsAndExitsWith0) {
  ASSERT_EQ(Compile("a", "emit library").exit_code, 0);
  const base::ProcessExit exit = daemon_->Terminate();
  EXPECT_EQ(exit.exit_code, 0);
  EXPECT_EQ(exit.signal, 0);
}

}  // namespace
}  // namespace sinter::e2e
