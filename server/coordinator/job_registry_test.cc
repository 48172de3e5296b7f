#include "server/coordinator/job_registry.h"

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::server {
namespace {

using base::IsOk;
using base::StatusIs;

class JobRegistryTest : public testing::Test {
 protected:
  JobRegistryTest() {
    dir_ = absl::StrCat(testing::TempDir(), "/",
                        testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(dir_);
  }

  std::string Add(JobRegistry& registry, const std::string& model, v1::Job::State state) {
    v1::Job job;
    job.set_id(registry.NewId());
    job.set_model_path(model);
    job.mutable_model()->set_hash("abc");
    job.set_state(state);
    registry.Record(job, /*durable=*/true);
    return job.id();
  }

  std::string dir_;
};

TEST_F(JobRegistryTest, ListsTheNewestFirstAPageAtATime) {
  JobRegistry registry(dir_, 100);
  const std::string a = Add(registry, "a.onnx", v1::Job::SUCCEEDED);
  const std::string b = Add(registry, "b.onnx", v1::Job::FAILED);
  const std::string c = Add(registry, "c.onnx", v1::Job::RUNNING);
  v1::ListJobsRequest request;
  request.set_page_size(2);
  SINTER_ASSERT_OK_AND_ASSIGN(const auto first, registry.List(request));
  ASSERT_EQ(first.jobs_size(), 2);
  EXPECT_EQ(first.jobs(0).id(), c);
  EXPECT_EQ(first.jobs(1).id(), b);
  request.set_page_token(first.next_page_token());
  SINTER_ASSERT_OK_AND_ASSIGN(const auto second, registry.List(request));
  ASSERT_EQ(second.jobs_size(), 1);
  EXPECT_EQ(second.jobs(0).id(), a);
  EXPECT_EQ(second.next_page_token(), "");
}

TEST_F(JobRegistryTest, FiltersByStateAndModel) {
  JobRegistry registry(dir_, 100);
  Add(registry, "a.onnx", v1::Job::SUCCEEDED);
  Add(registry, "b.onnx", v1::Job::FAILED);
  v1::ListJobsRequest request;
  request.add_states(v1::Job::FAILED);
  EXPECT_EQ(registry.List(request)->jobs(0).model_path(), "b.onnx");
  request.set_model_prefix("a.");
  EXPECT_EQ(registry.List(request)->jobs_size(), 0);
  request.set_model_prefix("ab");
  EXPECT_EQ(registry.List(request)->jobs_size(), 1);
}

TEST_F(JobRegistryTest, RefusesPagesThatCannotBe) {
  JobRegistry registry(dir_, 100);
  v1::ListJobsRequest request;
  request.set_page_size(-1);
  EXPECT_THAT(registry.List(request), StatusIs(absl::StatusCode::kInvalidArgument));
  request.set_page_size(0);
  request.set_page_token("../../etc/passwd");
  EXPECT_THAT(registry.List(request), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(JobRegistryTest, FinishedJobsOutliveTheProcess) {
  std::string finished, running;
  {
    JobRegistry registry(dir_, 100);
    finished = Add(registry, "a.onnx", v1::Job::SUCCEEDED);
    running = Add(registry, "b.onnx", v1::Job::RUNNING);
  }
  JobRegistry registry(dir_, 100);
  EXPECT_THAT(registry.Get(finished), IsOk());
  EXPECT_THAT(registry.Get(running), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(JobRegistryTest, OldFinishedJobsAreForgottenAndRunningOnesAreNot) {
  JobRegistry registry(dir_, 2);
  const std::string running = Add(registry, "r.onnx", v1::Job::RUNNING);
  const std::string old = Add(registry, "a.onnx", v1::Job::SUCCEEDED);
  for (const char* model : {"b.onnx", "c.onnx"}) Add(registry, model, v1::Job::SUCCEEDED);
  EXPECT_THAT(registry.Get(old), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(registry.Get(running), IsOk());
  EXPECT_FALSE(std::filesystem::exists(absl::StrCat(dir_, "/", old, ".job.binpb")));
}

}  // namespace
}  // namespace sinter::server
