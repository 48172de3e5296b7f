#include "reference/ops/philox.h"

#include <cmath>

#include "gtest/gtest.h"

namespace sinter::reference {
namespace {

// The answers that the authors of Philox publish with their Random123 library.
TEST(PhiloxTest, KnownAnswers) {
  EXPECT_EQ(Philox4x32({0, 0, 0, 0}, {0, 0}),
            (PhiloxWords{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr uint32_t kOnes = 0xffffffff;
  EXPECT_EQ(Philox4x32({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
            (PhiloxWords{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(Philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (PhiloxWords{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(PhiloxTest, Fnv1aKnownAnswers) {
  EXPECT_EQ(Fnv1a64(""), 0xcbf29ce484222325u);
  EXPECT_EQ(Fnv1a64("a"), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(Fnv1a64("foobar"), 0x85944171f73967e8u);
}

// The first lanes of key 0, by hand: 0x6627e8 / 2^24 and its neighbours.
TEST(RandomElementsTest, UniformTakesTheHighBitsOfEachLane) {
  const RandomElements random(0);
  EXPECT_EQ(random.Uniform(0), 0x6627e8 / 16777216.0);
  EXPECT_EQ(random.Uniform(3), 0x9b00db / 16777216.0);
}

TEST(RandomElementsTest, NormalPairsLanes) {
  const RandomElements random(0);
  const double radius = std::sqrt(-2 * std::log(0x6627e9 / 16777216.0));
  const double angle = 2 * M_PI * (0xe169c5 / 16777216.0);
  EXPECT_DOUBLE_EQ(random.Normal(0), radius * std::cos(angle));
  EXPECT_DOUBLE_EQ(random.Normal(1), radius * std::sin(angle));
}

TEST(RandomElementsTest, MomentsAreThoseOfTheDistributions) {
  const RandomElements random(1234);
  constexpr int kCount = 100000;
  double mean = 0, square = 0, uniform = 0;
  for (int i = 0; i < kCount; ++i) {
    mean += random.Normal(i);
    square += random.Normal(i) * random.Normal(i);
    uniform += random.Uniform(i);
  }
  EXPECT_NEAR(mean / kCount, 0, 0.02);
  EXPECT_NEAR(square / kCount, 1, 0.02);
  EXPECT_NEAR(uniform / kCount, 0.5, 0.005);
}

}  // namespace
}  // namespace sinter::reference
