#include "cache/single_flight.h"

#include <atomic>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::cache {
namespace {

using base::IsOkAndHolds;
using base::StatusIs;

class SingleFlightTest : public ::testing::Test {
 protected:
  using Flights = SingleFlight<int>;

  ~SingleFlightTest() override {
    for (std::thread& thread : threads_) thread.join();
  }

  const base::Digest key_ = base::DigestOf("key");
  std::vector<std::thread> threads_;
  Flights flights_{[this](std::function<void()> task) { threads_.emplace_back(std::move(task)); }};
};

TEST_F(SingleFlightTest, FiftyWhoWantTheSameShareOneFlight) {
  absl::Notification all_joined;
  std::atomic<int> runs = 0;
  const Flights::Work work = [&](base::Cancellation&) -> absl::StatusOr<int> {
    all_joined.WaitForNotification();
    return ++runs;
  };
  std::vector<std::unique_ptr<Flights::Waiter>> waiters;
  for (int i = 0; i < 50; ++i) {
    waiters.push_back(flights_.Join(key_, work));
    EXPECT_EQ(waiters.back()->leads(), i == 0);
  }
  EXPECT_EQ(waiters[7]->WaitFor(absl::ZeroDuration()), std::nullopt);
  all_joined.Notify();
  for (const auto& waiter : waiters) EXPECT_THAT(waiter->Wait(), IsOkAndHolds(1));
  // It is over: whoever comes now starts another.
  EXPECT_THAT(flights_.Join(key_, work)->Wait(), IsOkAndHolds(2));
}

TEST_F(SingleFlightTest, OtherKeysFlyAlone) {
  const auto one = flights_.Join(key_, [](base::Cancellation&) { return absl::StatusOr<int>(1); });
  const auto two = flights_.Join(base::DigestOf("other"),
                                 [](base::Cancellation&) { return absl::StatusOr<int>(2); });
  EXPECT_THAT(one->Wait(), IsOkAndHolds(1));
  EXPECT_THAT(two->Wait(), IsOkAndHolds(2));
}

TEST_F(SingleFlightTest, AllSeeTheError) {
  absl::Notification joined;
  const Flights::Work work = [&](base::Cancellation&) -> absl::StatusOr<int> {
    joined.WaitForNotification();
    return absl::UnimplementedError("no such op");
  };
  const auto first = flights_.Join(key_, work), second = flights_.Join(key_, work);
  joined.Notify();
  EXPECT_THAT(first->Wait(), StatusIs(absl::StatusCode::kUnimplemented));
  EXPECT_THAT(second->Wait(), StatusIs(absl::StatusCode::kUnimplemented));
}

TEST_F(SingleFlightTest, OnlyTheLastToLeaveCancels) {
  absl::Notification cancelled, land;
  const Flights::Work until_cancelled = [&](base::Cancellation& cancellation) {
    cancellation.WaitFor(absl::InfiniteDuration());
    cancelled.Notify();
    land.WaitForNotification();
    return absl::StatusOr<int>(1);
  };
  auto leader = flights_.Join(key_, until_cancelled);
  auto joiner = flights_.Join(key_, until_cancelled);
  // The leader's client goes away; the other's still waits.
  leader.reset();
  EXPECT_FALSE(cancelled.HasBeenNotified());
  joiner.reset();
  cancelled.WaitForNotification();
  // Whoever asks now wants a result, not that of the cancelled flight, though it has not landed.
  const auto next = flights_.Join(key_, [](base::Cancellation&) { return absl::StatusOr<int>(2); });
  EXPECT_TRUE(next->leads());
  land.Notify();
  EXPECT_THAT(next->Wait(), IsOkAndHolds(2));
}

}  // namespace
}  // namespace sinter::cache
