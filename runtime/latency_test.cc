#include "runtime/latency.h"

#include <cstdint>
#include <numeric>
#include <vector>

#include "gtest/gtest.h"

namespace sinter::runtime {
namespace {

TEST(LatencyTest, PercentilesAreSamplesByNearestRank) {
  std::vector<int64_t> samples(200);
  std::iota(samples.rbegin(), samples.rend(), 1);  // 200 down to 1 ns
  const LatencySummary summary = SummarizeLatency(samples);
  EXPECT_EQ(summary.count, 200);
  EXPECT_DOUBLE_EQ(summary.min, 0.001);
  EXPECT_DOUBLE_EQ(summary.p50, 0.100);
  EXPECT_DOUBLE_EQ(summary.p90, 0.180);
  EXPECT_DOUBLE_EQ(summary.p99, 0.198);
  EXPECT_DOUBLE_EQ(summary.mean, 0.1005);
}

TEST(LatencyTest, OneSampleIsEveryPercentile) {
  const LatencySummary summary = SummarizeLatency({5000});
  EXPECT_DOUBLE_EQ(summary.min, 5);
  EXPECT_DOUBLE_EQ(summary.p50, 5);
  EXPECT_DOUBLE_EQ(summary.p99, 5);
  EXPECT_DOUBLE_EQ(summary.mean, 5);
}

TEST(LatencyTest, NoSamplesAreNoTimes) {
  EXPECT_EQ(SummarizeLatency({}).count, 0);
  EXPECT_EQ(SummarizeLatency({}).p99, 0);
}

}  // namespace
}  // namespace sinter::runtime
