#include "runtime/random_tensor.h"

#include <cstdint>
#include <cstring>

#include "base/status_matchers.h"
#include "gtest/gtest.h"
#include "runtime/dtype.h"

namespace sinter::runtime {
namespace {

using ::sinter::base::IsOk;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Le;

// The first outputs of SplitMix64 from state 0, as its authors publish them:
// e220a8397b1dcdaf, 6e789e6aa1b965f4, 06c45d188009454f, f88bb8a8724c81ec.
TEST(RandomTensorTest, FollowsSplitMix64) {
  SINTER_ASSERT_OK_AND_ASSIGN(const Tensor floats, RandomTensor(Dtype::kFloat32, {4}, 0));
  EXPECT_THAT(floats.values<float>(),
              ElementsAre(0xe220a8 / 8388608.0f - 1, 0x6e789e / 8388608.0f - 1,
                          0x06c45d / 8388608.0f - 1, 0xf88bb8 / 8388608.0f - 1));
  SINTER_ASSERT_OK_AND_ASSIGN(const Tensor ints, RandomTensor(Dtype::kInt64, {4}, 0));
  EXPECT_THAT(ints.values<int64_t>(), ElementsAre(7, 3, 0, 7));
  SINTER_ASSERT_OK_AND_ASSIGN(const Tensor bools, RandomTensor(Dtype::kBool, {4}, 0));
  EXPECT_THAT(bools.values<uint8_t>(), ElementsAre(1, 0, 0, 1));
}

TEST(RandomTensorTest, SmallFloatsHoldTheTopmostBits) {
  // The topmost 4 bits are 14, 6, 0, 15: (u - 8) / 8 = 0.75, -0.25, -1, 0.875.
  SINTER_ASSERT_OK_AND_ASSIGN(const Tensor e4m3, RandomTensor(Dtype::kFloat8E4m3fn, {4}, 0));
  EXPECT_THAT(e4m3.values<uint8_t>(), ElementsAre(0x34, 0xa8, 0xb8, 0x36));
  // The topmost 2 bits are 3, 1, 0, 3: 0.5 (a subnormal), -0.5, -1, 0.5.
  SINTER_ASSERT_OK_AND_ASSIGN(const Tensor e2m1, RandomTensor(Dtype::kFloat4E2m1, {4}, 0));
  EXPECT_THAT(e2m1.values<uint8_t>(), ElementsAre(0x1, 0x9, 0xa, 0x1));
  // 2^-3, 2^-1, 1, 2^-3.
  SINTER_ASSERT_OK_AND_ASSIGN(const Tensor e8m0, RandomTensor(Dtype::kFloat8E8m0, {4}, 0));
  EXPECT_THAT(e8m0.values<uint8_t>(), ElementsAre(124, 126, 127, 124));
}

// A float16 or bfloat16 is the float32 of the same draw, cut to its significant bits.
TEST(RandomTensorTest, HalvesAgreeWithFloats) {
  const int n = 1000;
  SINTER_ASSERT_OK_AND_ASSIGN(const Tensor halves, RandomTensor(Dtype::kFloat16, {n}, 5));
  SINTER_ASSERT_OK_AND_ASSIGN(const Tensor brains, RandomTensor(Dtype::kBfloat16, {n}, 5));
  SINTER_ASSERT_OK_AND_ASSIGN(const Tensor doubles, RandomTensor(Dtype::kFloat64, {n}, 5));
  for (int i = 0; i < n; ++i) {
    const uint16_t half = halves.values<uint16_t>()[i];
    const int exponent = half >> 10 & 31;
    const int mantissa = half & 1023;
    const double magnitude = exponent == 0 ? mantissa / 16777216.0
                                           : (1024 + mantissa) / 1024.0 * (1 << exponent) / 32768.0;
    const double value = half >> 15 ? -magnitude : magnitude;
    EXPECT_LE(value, doubles.values<double>()[i]);
    EXPECT_GT(value + 1.0 / 1024, doubles.values<double>()[i]);
    const uint32_t bits = uint32_t{brains.values<uint16_t>()[i]} << 16;
    float brain;
    std::memcpy(&brain, &bits, sizeof(brain));
    EXPECT_LE(brain, doubles.values<double>()[i]);
    EXPECT_GT(brain + 1.0 / 128, doubles.values<double>()[i]);
  }
}

TEST(RandomTensorTest, ComplexIsTwoDraws) {
  SINTER_ASSERT_OK_AND_ASSIGN(const Tensor complex, RandomTensor(Dtype::kComplex64, {2}, 9));
  SINTER_ASSERT_OK_AND_ASSIGN(const Tensor floats, RandomTensor(Dtype::kFloat32, {4}, 9));
  EXPECT_EQ(complex.values<float>(), floats.values<float>());
}

TEST(RandomTensorTest, EveryTypeStaysInItsBits) {
  for (const DtypeInfo& row : AllDtypes()) {
    SCOPED_TRACE(row.name);
    SINTER_ASSERT_OK_AND_ASSIGN(const Tensor tensor, RandomTensor(row.dtype, {64}, 1));
    if (row.bits < 8) EXPECT_THAT(tensor.values<uint8_t>(), Each(Le((1 << row.bits) - 1)));
    EXPECT_THAT(RandomTensor(row.dtype, {}, 1), IsOk());
    EXPECT_THAT(RandomTensor(row.dtype, {0}, 1), IsOk());
  }
}

}  // namespace
}  // namespace sinter::runtime
