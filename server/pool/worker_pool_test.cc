#include "server/pool/worker_pool.h"

#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/google/rpc/error_details.pb.h"
#include "server/errors/error_details.h"

namespace sinter::server {
namespace {

using base::IsOk;
using base::StatusIs;
using testing::HasSubstr;

// A task under way, and what has been heard of it.
struct Running {
  absl::Notification staged;
  absl::Notification done;
  TaskOutcome outcome = absl::UnknownError("not done");
  WorkerPool::TaskId id = 0;
};

class WorkerPoolTest : public testing::Test {
 protected:
  WorkerPoolTest() {
    dir_ = absl::StrCat(testing::TempDir(), "/",
                        testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(dir_ + "/out");
    options_.worker_binary = std::filesystem::absolute("server/testing/fake_worker");
    options_.temp_root = dir_ + "/tmp";
  }

  PoolTask Task(const std::string& model, Running& running) {
    const std::string path = absl::StrCat(dir_, "/model", models_++);
    std::ofstream(path) << model;
    PoolTask task;
    auto& compile = *task.request.mutable_compile();
    compile.mutable_model()->set_path(path);
    compile.set_output_dir(dir_ + "/out");
    task.on_event = [&running](const v1::WorkerEvent& event) {
      if (event.has_stage() && !running.staged.HasBeenNotified()) running.staged.Notify();
    };
    task.on_done = [&running](TaskOutcome outcome) {
      running.outcome = std::move(outcome);
      running.done.Notify();
    };
    return task;
  }

  std::unique_ptr<Running> Submit(WorkerPool& pool, const std::string& model) {
    auto running = std::make_unique<Running>();
    auto id = pool.Submit(Task(model, *running));
    EXPECT_THAT(id, IsOk());
    if (id.ok()) running->id = *id;
    return running;
  }

  TaskOutcome Run(WorkerPool& pool, const std::string& model) {
    const auto running = Submit(pool, model);
    running->done.WaitForNotification();
    return running->outcome;
  }

  PoolOptions options_;
  std::string dir_;
  int models_ = 0;
};

TEST_F(WorkerPoolTest, GivesTheWorkersAnswer) {
  WorkerPool pool(options_);
  const TaskOutcome outcome = Run(pool, "stage IMPORT\nemit hello\nstage CODEGEN\n");
  ASSERT_THAT(outcome, IsOk());
  EXPECT_EQ(outcome->compiled().manifest().files(0).path(), "model.so");
  EXPECT_EQ(outcome->compiled().stages_size(), 2);
  EXPECT_GT(outcome->compiled().peak_rss_bytes(), 0);
}

TEST_F(WorkerPoolTest, DescribesTheCompiler) {
  WorkerPool pool(options_);
  SINTER_ASSERT_OK_AND_ASSIGN(const auto ready, pool.Describe());
  EXPECT_EQ(ready.host().name(), "host:fake");
}

TEST_F(WorkerPoolTest, AMissingBinaryIsUnavailableAndNamed) {
  options_.worker_binary = "/nonexistent/worker";
  WorkerPool pool(options_);
  EXPECT_THAT(pool.Describe(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("/nonexistent/worker")));
  EXPECT_THAT(Run(pool, ""), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(WorkerPoolTest, ErrorsOfTheWorkerComeWithTheirDiagnostics) {
  WorkerPool pool(options_);
  const TaskOutcome outcome = Run(
      pool,
      absl::StrCat("fail ", static_cast<int>(absl::StatusCode::kInvalidArgument), " bad model\n"));
  EXPECT_THAT(outcome, StatusIs(absl::StatusCode::kInvalidArgument, "bad model"));
  EXPECT_EQ(DetailsOf<v1::Diagnostic>(outcome.status()).size(), 1);
}

TEST_F(WorkerPoolTest, ACrashCostsOneTaskOnly) {
  WorkerPool pool(options_);
  const TaskOutcome crashed = Run(pool, "stage IMPORT\ncrash\n");
  EXPECT_THAT(crashed, StatusIs(absl::StatusCode::kInternal, HasSubstr("signal 11")));
  EXPECT_THAT(Run(pool, "exit 7\n"),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("exit code 7")));
  EXPECT_THAT(Run(pool, "emit fine\n"), IsOk());
  EXPECT_EQ(pool.GetStats().died, 2);
}

TEST_F(WorkerPoolTest, CancellingStopsARunningTaskWithinTwoSeconds) {
  WorkerPool pool(options_);
  const auto running = Submit(pool, "stage IMPORT\nhang\n");
  running->staged.WaitForNotification();
  const absl::Time cancelled_at = absl::Now();
  pool.Cancel(running->id);
  running->done.WaitForNotification();
  EXPECT_LT(absl::Now() - cancelled_at, absl::Seconds(2));
  EXPECT_THAT(running->outcome, StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(Run(pool, "emit fine\n"), IsOk());
}

TEST_F(WorkerPoolTest, CancellingAQueuedTaskNeverStartsIt) {
  WorkerPool pool(options_);
  const auto first = Submit(pool, "stage IMPORT\nhang\n");
  first->staged.WaitForNotification();
  const auto second = Submit(pool, absl::StrCat("log ", dir_, "/log\n"));
  pool.Cancel(second->id);
  EXPECT_TRUE(second->done.HasBeenNotified());
  pool.Cancel(first->id);
  first->done.WaitForNotification();
  EXPECT_THAT(Run(pool, "emit fine\n"), IsOk());
  EXPECT_FALSE(std::filesystem::exists(dir_ + "/log"));
}

TEST_F(WorkerPoolTest, TooMuchMemoryIsALimitNotACrash) {
  options_.worker_memory_bytes = int64_t{64} << 20;
  WorkerPool pool(options_);
  const TaskOutcome outcome = Run(pool, "allocate 200\nhang\n");
  EXPECT_THAT(outcome, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("memory")));
  EXPECT_EQ(DetailsOf<google::rpc::QuotaFailure>(outcome.status())[0].violations(0).subject(),
            "worker-memory-bytes");
}

TEST_F(WorkerPoolTest, TooMuchTimeIsALimit) {
  options_.max_time = absl::Milliseconds(100);
  WorkerPool pool(options_);
  EXPECT_THAT(Run(pool, "hang\n"),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("longer than")));
}

TEST_F(WorkerPoolTest, AFullQueueRefusesWithADelay) {
  options_.queue_limit = 1;
  WorkerPool pool(options_);
  const auto first = Submit(pool, "stage IMPORT\nhang\n");
  first->staged.WaitForNotification();
  const auto second = Submit(pool, "emit fine\n");
  Running refused;
  const auto id = pool.Submit(Task("emit fine\n", refused));
  EXPECT_THAT(id, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("queue is full")));
  EXPECT_EQ(DetailsOf<google::rpc::RetryInfo>(id.status()).size(), 1);
  pool.Cancel(first->id);
  second->done.WaitForNotification();
  EXPECT_THAT(second->outcome, IsOk());
}

TEST_F(WorkerPoolTest, AWorkerIsReplacedAfterItsShareOfJobs) {
  options_.jobs_per_worker = 2;
  WorkerPool pool(options_);
  for (int i = 0; i < 5; ++i) EXPECT_THAT(Run(pool, "emit fine\n"), IsOk());
  EXPECT_EQ(pool.GetStats().started, 3);
  EXPECT_EQ(pool.GetStats().died, 0);
}

TEST_F(WorkerPoolTest, AProgramThatWasReplacedIsNotStarted) {
  const std::string copy = dir_ + "/worker";
  std::filesystem::copy(options_.worker_binary, copy);
  options_.worker_binary = copy;
  options_.jobs_per_worker = 1;
  WorkerPool pool(options_);
  EXPECT_THAT(Run(pool, "emit fine\n"), IsOk());
  std::filesystem::rename(copy, copy + ".old");
  std::filesystem::copy(copy + ".old", copy);
  EXPECT_THAT(Run(pool, "emit fine\n"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("has changed")));
}

TEST_F(WorkerPoolTest, ACheckDoesNotWaitForACompile) {
  WorkerPool pool(options_);
  const auto compile = Submit(pool, "stage IMPORT\nhang\n");
  compile->staged.WaitForNotification();
  Running check;
  PoolTask task = Task("emit a\nfail 12 no such op\n", check);
  v1::WorkerRequest request;
  *request.mutable_check()->mutable_model() = task.request.compile().model();
  task.request = request;
  ASSERT_THAT(pool.Submit(std::move(task)), IsOk());
  check.done.WaitForNotification();
  ASSERT_THAT(check.outcome, IsOk());
  EXPECT_FALSE(check.outcome->checked().supported());
  pool.Cancel(compile->id);
  compile->done.WaitForNotification();
}

TEST_F(WorkerPoolTest, AWorkerCannotOpenASocket) {
  WorkerPool pool(options_);
  EXPECT_THAT(Run(pool, "connect\n"),
              StatusIs(absl::StatusCode::kPermissionDenied, "Operation not permitted"));
}

TEST_F(WorkerPoolTest, AWorkerCannotRunOtherPrograms) {
  WorkerPool pool(options_);
  EXPECT_THAT(Run(pool, "exec\n"),
              StatusIs(absl::StatusCode::kPermissionDenied, "Operation not permitted"));
}

TEST_F(WorkerPoolTest, EndingThePoolEndsWorkersAndTasks) {
  auto pool = std::make_unique<WorkerPool>(options_);
  const auto first = Submit(*pool, "stage IMPORT\nhang\n");
  first->staged.WaitForNotification();
  const auto second = Submit(*pool, "emit fine\n");
  pool.reset();
  EXPECT_THAT(first->outcome, StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(second->outcome, StatusIs(absl::StatusCode::kCancelled));
  EXPECT_TRUE(std::filesystem::is_empty(dir_ + "/tmp"));
}

}  // namespace
}  // namespace sinter::server
