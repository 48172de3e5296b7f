#include "benchmarks/adapters/sinter/sampling.h"

#include <utility>

#include "base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::benchmarks {
namespace {

using ::testing::Each;
using ::testing::Ge;

// Each look at it takes a nanosecond, so that waiting for a time ends.
class SteppingClock final : public base::Clock {
 public:
  absl::Time Now() const override { return absl::UnixEpoch() + Elapsed(); }
  absl::Duration Elapsed() const override { return elapsed_ += absl::Nanoseconds(1); }
  void Pass(absl::Duration time) { elapsed_ += time; }

 private:
  mutable absl::Duration elapsed_;
};

class SamplingTest : public ::testing::Test {
 protected:
  // Samples a call that takes `time`.
  Samples Sample(absl::Duration time, const SamplingOptions& options) {
    absl::StatusOr<Samples> samples = SampleCalls(
        [&] {
          ++calls_;
          clock_.Pass(time);
          return absl::OkStatus();
        },
        options, clock_);
    EXPECT_TRUE(samples.ok()) << samples.status();
    return *std::move(samples);
  }

  SteppingClock clock_;
  int64_t calls_ = 0;
};

TEST_F(SamplingTest, LongCallsAreTimedOneByOne) {
  SamplingOptions options;
  options.min_time = absl::Milliseconds(100);
  const Samples samples = Sample(absl::Milliseconds(10), options);
  EXPECT_EQ(samples.inner, 1);
  EXPECT_EQ(samples.nanoseconds.size(), 10u);
  EXPECT_NEAR(samples.nanoseconds[0], 1e7, 10);
  // Two for warming up and one to see how long they are.
  EXPECT_EQ(calls_, 13);
}

TEST_F(SamplingTest, ShortCallsAreTimedTogether) {
  SamplingOptions options;
  options.min_time = absl::Milliseconds(1);
  const Samples samples = Sample(absl::Nanoseconds(500), options);
  EXPECT_EQ(samples.inner, 40);
  EXPECT_THAT(samples.nanoseconds, Each(::testing::DoubleNear(500, 1)));
}

TEST_F(SamplingTest, SamplesGrowWhereThereWouldBeTooMany) {
  SamplingOptions options;
  options.max_samples = 10;
  const Samples samples = Sample(absl::Microseconds(100), options);
  EXPECT_EQ(samples.inner, 200);
  EXPECT_EQ(samples.nanoseconds.size(), 10u);
}

TEST_F(SamplingTest, OneSampleIsTakenHoweverLongTheCall) {
  SamplingOptions options;
  options.warmup = 0;
  EXPECT_EQ(Sample(absl::Seconds(5), options).nanoseconds.size(), 1u);
  EXPECT_EQ(calls_, 2);
}

TEST_F(SamplingTest, CallsThatTakeNoTimeEnd) {
  SamplingOptions options;
  options.min_time = absl::Nanoseconds(100);
  EXPECT_THAT(Sample(absl::ZeroDuration(), options).nanoseconds,
              ::testing::Not(::testing::IsEmpty()));
}

TEST_F(SamplingTest, TheSlowdownIsInsideOfTheSamples) {
  SamplingOptions options;
  options.slowdown = 1.05;
  EXPECT_THAT(Sample(absl::Microseconds(1), options).nanoseconds,
              Each(::testing::AllOf(Ge(1050), ::testing::Le(1055))));
  EXPECT_NEAR(Sample(absl::Milliseconds(1), options).nanoseconds[0], 1.05e6, 10);
}

TEST_F(SamplingTest, AFailureEndsIt) {
  int left = 5;
  const auto call = [&] { return --left > 0 ? absl::OkStatus() : absl::InternalError("it fell"); };
  EXPECT_THAT(SampleCalls(call, {}, clock_).status(),
              base::StatusIs(absl::StatusCode::kInternal, ::testing::HasSubstr("fell")));
}

}  // namespace
}  // namespace sinter::benchmarks
