#include "base/cancellation.h"

#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::base {
namespace {

using ::testing::ElementsAre;

TEST(CancellationTest, TellsThoseRegisteredOnceAndLateComersAtOnce) {
  Cancellation cancellation;
  std::vector<int> told;
  const Cancellation::Registration first(cancellation, [&] { told.push_back(1); });
  {
    const Cancellation::Registration left(cancellation, [&] { told.push_back(2); });
  }
  EXPECT_FALSE(cancellation.cancelled());
  cancellation.Cancel();
  cancellation.Cancel();
  EXPECT_TRUE(cancellation.cancelled());
  const Cancellation::Registration late(cancellation, [&] { told.push_back(3); });
  EXPECT_THAT(told, ElementsAre(1, 3));
}

TEST(CancellationTest, WakesASleeper) {
  Cancellation cancellation;
  EXPECT_FALSE(cancellation.WaitFor(absl::ZeroDuration()));
  std::thread canceller([&] { cancellation.Cancel(); });
  EXPECT_TRUE(cancellation.WaitFor(absl::InfiniteDuration()));
  canceller.join();
}

TEST(ClockTest, RealTimeGoesOnAndFakeTimeWaits) {
  const RealClock real;
  EXPECT_LE(real.Elapsed(), real.Elapsed());
  EXPECT_GT(real.Now(), absl::FromUnixSeconds(1600000000));
  FakeClock fake;
  const absl::Time start = fake.Now();
  fake.Advance(absl::Seconds(5));
  EXPECT_EQ(fake.Now() - start, absl::Seconds(5));
  EXPECT_EQ(fake.Elapsed(), absl::Seconds(5));
}

}  // namespace
}  // namespace sinter::base
