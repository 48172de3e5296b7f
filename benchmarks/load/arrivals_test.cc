#include "benchmarks/load/arrivals.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::load {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

TEST(PoissonArrivalsTest, KeepTheRateAndTheOrder) {
  const std::vector<int64_t> arrivals = PoissonArrivals(1000, 100 * kSecond, 7);
  // The count's standard deviation is the root of its mean: about 316.
  EXPECT_NEAR(static_cast<double>(arrivals.size()), 100'000, 5 * 317);
  EXPECT_TRUE(std::is_sorted(arrivals.begin(), arrivals.end()));
  EXPECT_LT(arrivals.back(), 100 * kSecond);
}

TEST(PoissonArrivalsTest, GapsSpreadAsMuchAsTheyLast) {
  const std::vector<int64_t> arrivals = PoissonArrivals(1000, 100 * kSecond, 8);
  double sum = 0, squares = 0;
  for (size_t i = 1; i < arrivals.size(); ++i) {
    const double gap = static_cast<double>(arrivals[i] - arrivals[i - 1]);
    sum += gap;
    squares += gap * gap;
  }
  const double count = static_cast<double>(arrivals.size() - 1);
  const double mean = sum / count;
  // Of an exponential distribution the variance is the square of the mean.
  EXPECT_NEAR((squares / count - mean * mean) / (mean * mean), 1.0, 0.05);
}

TEST(PoissonArrivalsTest, AreDecidedByTheSeed) {
  EXPECT_EQ(PoissonArrivals(50, kSecond, 3), PoissonArrivals(50, kSecond, 3));
  EXPECT_NE(PoissonArrivals(50, kSecond, 3), PoissonArrivals(50, kSecond, 4));
}

}  // namespace
}  // namespace sinter::load
