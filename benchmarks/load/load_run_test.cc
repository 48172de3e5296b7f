#include "benchmarks/load/load_run.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "benchmarks/load/arrivals.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::load {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr int64_t kMillisecond = 1'000'000;
constexpr int64_t kSecond = 1000 * kMillisecond;

// Passes only by sleeping and by calls. For runs of one connection.
class FakeTimeline final : public Timeline {
 public:
  int64_t Now() override { return now_; }
  void SleepUntil(int64_t moment) override { now_ = std::max(now_, moment); }
  void Pass(int64_t time) { now_ += time; }

 private:
  int64_t now_ = 5 * kSecond;
};

class FakeCaller final : public Caller {
 public:
  using Behaviour = std::function<absl::StatusOr<int64_t>(uint64_t sequence)>;
  explicit FakeCaller(Behaviour behaviour) : behaviour_(std::move(behaviour)) {}
  absl::StatusOr<int64_t> Call(uint64_t sequence) override { return behaviour_(sequence); }

 private:
  const Behaviour behaviour_;
};

LoadResult RunOne(const LoadPlan& plan, FakeTimeline& timeline, FakeCaller::Behaviour behaviour) {
  std::vector<std::unique_ptr<Caller>> callers;
  callers.push_back(std::make_unique<FakeCaller>(std::move(behaviour)));
  return RunLoad(plan, std::move(callers), timeline);
}

TEST(LoadRunTest, AClosedLoopCountsWhatIsAnsweredAfterTheWarmUp) {
  FakeTimeline timeline;
  LoadPlan plan;
  plan.warmup_ns = kSecond;
  plan.duration_ns = 2 * kSecond;
  const LoadResult result = RunOne(plan, timeline, [&](uint64_t) -> absl::StatusOr<int64_t> {
    timeline.Pass(10 * kMillisecond);
    return 100;
  });
  EXPECT_EQ(result.latencies_ns, std::vector<int64_t>(200, 10 * kMillisecond));
  EXPECT_EQ(result.answered, 200);
  EXPECT_EQ(result.bytes, 200 * 100);
  EXPECT_EQ(result.answered_ns, 2 * kSecond);
  EXPECT_TRUE(result.send_delays_ns.empty());
  EXPECT_EQ(result.unsent, 0);
}

TEST(LoadRunTest, ARequestLongerThanTheRunStillGivesARate) {
  FakeTimeline timeline;
  LoadPlan plan;
  plan.duration_ns = kSecond;
  const LoadResult result = RunOne(plan, timeline, [&](uint64_t) -> absl::StatusOr<int64_t> {
    timeline.Pass(3 * kSecond);
    return 0;
  });
  EXPECT_EQ(result.answered, 1);
  EXPECT_EQ(result.answered_ns, 3 * kSecond);
}

TEST(LoadRunTest, AnOpenLoopMeasuresFromTheMomentThatARequestWasDue) {
  FakeTimeline timeline;
  LoadPlan plan;
  plan.rate = 100;
  plan.duration_ns = kSecond;
  plan.patience_ns = 10 * kSecond;
  plan.seed = 11;
  // The server stalls for half a second at the first request, and is quick from then on. A closed
  // loop would see one slow request; here all that were due in the stall have waited.
  const LoadResult result = RunOne(plan, timeline, [&](uint64_t i) -> absl::StatusOr<int64_t> {
    timeline.Pass(i == 0 ? kSecond / 2 : 0);
    return 0;
  });
  const std::vector<int64_t> arrivals = PoissonArrivals(100, kSecond, 11);
  ASSERT_EQ(result.latencies_ns.size(), arrivals.size());
  const int64_t stall_ends = arrivals[0] + kSecond / 2;
  for (size_t i = 0; i < arrivals.size(); ++i) {
    EXPECT_EQ(result.latencies_ns[i], std::max<int64_t>(0, stall_ends - arrivals[i])) << i;
  }
  EXPECT_EQ(result.send_delays_ns[1], stall_ends - arrivals[1]);
  EXPECT_EQ(result.answered_ns, kSecond);
}

TEST(LoadRunTest, RequestsThatAreNeverSentCountWithTheTimeTheyWaited) {
  FakeTimeline timeline;
  LoadPlan plan;
  plan.rate = 100;
  plan.duration_ns = kSecond;
  plan.patience_ns = kSecond;
  const LoadResult result = RunOne(plan, timeline, [&](uint64_t) -> absl::StatusOr<int64_t> {
    timeline.Pass(kSecond / 2);
    return 0;
  });
  const size_t offered = PoissonArrivals(100, kSecond, 0).size();
  EXPECT_EQ(result.latencies_ns.size(), offered);
  EXPECT_LE(result.answered, 2);
  EXPECT_GE(result.unsent, static_cast<int64_t>(offered) - 5);
  EXPECT_GE(*std::min_element(result.latencies_ns.begin() + 5, result.latencies_ns.end()), kSecond);
}

TEST(LoadRunTest, ErrorsAreCountedByCodeAndAreNoLatencies) {
  FakeTimeline timeline;
  LoadPlan plan;
  plan.duration_ns = 40 * kMillisecond;
  const LoadResult result = RunOne(plan, timeline, [&](uint64_t i) -> absl::StatusOr<int64_t> {
    timeline.Pass(10 * kMillisecond);
    if (i == 1) return absl::UnavailableError("queue full");
    if (i == 2) return absl::InternalError("no");
    return 0;
  });
  EXPECT_THAT(result.errors, ElementsAre(Pair("INTERNAL", 1), Pair("UNAVAILABLE", 1)));
  EXPECT_THAT(result.first_error, HasSubstr("queue full"));
  EXPECT_EQ(result.latencies_ns.size(), 2u);
}

TEST(LoadRunTest, EveryRequestOfManyConnectionsIsADifferentOne) {
  RealTimeline timeline;
  LoadPlan plan;
  plan.rate = 20'000;
  plan.duration_ns = 50 * kMillisecond;
  plan.patience_ns = 10 * kSecond;
  std::vector<std::vector<uint64_t>> seen(4);
  std::vector<std::unique_ptr<Caller>> callers;
  for (std::vector<uint64_t>& mine : seen) {
    callers.push_back(std::make_unique<FakeCaller>([&mine](uint64_t i) -> absl::StatusOr<int64_t> {
      mine.push_back(i);
      return 0;
    }));
  }
  const LoadResult result = RunLoad(plan, std::move(callers), timeline);
  std::vector<uint64_t> all;
  for (const std::vector<uint64_t>& mine : seen) all.insert(all.end(), mine.begin(), mine.end());
  std::sort(all.begin(), all.end());
  ASSERT_EQ(all.size(), PoissonArrivals(20'000, plan.duration_ns, 0).size());
  for (size_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i], i);
  EXPECT_EQ(result.latencies_ns.size(), all.size());
  // No request is sent before it is due.
  EXPECT_GE(*std::min_element(result.send_delays_ns.begin(), result.send_delays_ns.end()), 0);
}

}  // namespace
}  // namespace sinter::load
