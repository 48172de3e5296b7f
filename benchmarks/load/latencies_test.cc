#include "benchmarks/load/latencies.h"

#include <numeric>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::load {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(PercentileTest, IsASampleThatWasSeen) {
  std::vector<int64_t> samples(1000);
  std::iota(samples.begin(), samples.end(), 1);
  EXPECT_EQ(Percentile(samples, 0.5), 500);
  EXPECT_EQ(Percentile(samples, 0.99), 990);
  EXPECT_EQ(Percentile(samples, 0.999), 999);
  EXPECT_EQ(Percentile(samples, 1.0), 1000);
}

TEST(PercentileTest, OfFewSamplesIsTheLargest) {
  EXPECT_EQ(Percentile({3, 9}, 0.5), 3);
  EXPECT_EQ(Percentile({3, 9}, 0.99), 9);
  EXPECT_EQ(Percentile({}, 0.5), 0);
}

TEST(HistogramTest, KeepsThreeDigitsAndCounts) {
  EXPECT_THAT(
      Histogram({7, 999, 1234, 1239, 1240, 56'789'012}),
      ElementsAre(Pair(7, 1), Pair(999, 1), Pair(1230, 2), Pair(1240, 1), Pair(56'700'000, 1)));
  EXPECT_TRUE(Histogram({}).empty());
}

}  // namespace
}  // namespace sinter::load
