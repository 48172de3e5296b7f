#include "reference/small_types.h"

#include <cmath>
#include <limits>

#include "gtest/gtest.h"

namespace sinter::reference {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Row {
  Dtype dtype;
  double value;
  uint64_t bits;
};

// Computed with ml_dtypes 0.6 and numpy, from float64: ties, the least numbers, the ends.
constexpr Row kRounded[] = {
    {Dtype::kFloat16, 0.1, 0x2e66},           {Dtype::kFloat16, -65519.0, 0xfbff},
    {Dtype::kFloat16, 65520.0, 0x7c00},       {Dtype::kFloat16, 0x1p-24, 0x1},
    {Dtype::kFloat16, 0x1p-25, 0x0},          {Dtype::kFloat16, 0x1.8p-24, 0x2},
    {Dtype::kFloat16, 1.00048828125, 0x3c00}, {Dtype::kFloat16, 1.00146484375, 0x3c02},
    {Dtype::kFloat16, 6e-05, 0x3ef},          {Dtype::kBfloat16, 0.1, 0x3dcd},
    {Dtype::kBfloat16, 3.3895e+38, 0x7f7f},   {Dtype::kBfloat16, 3.4e+38, 0x7f80},
    {Dtype::kBfloat16, 1.00390625, 0x3f80},   {Dtype::kBfloat16, 1.01171875, 0x3f82},
    {Dtype::kBfloat16, 1e-40, 0x1},           {Dtype::kBfloat16, -2.7, 0xc02d},
    {Dtype::kFloat8E4m3fn, 0.1, 0x1d},        {Dtype::kFloat8E4m3fn, 448.0, 0x7e},
    {Dtype::kFloat8E4m3fn, 464.0, 0x7e},      {Dtype::kFloat8E4m3fn, 464.1, 0x7f},
    {Dtype::kFloat8E4m3fn, -500.0, 0xff},     {Dtype::kFloat8E4m3fn, 0x1p-9, 0x1},
    {Dtype::kFloat8E4m3fn, 0x1p-10, 0x0},     {Dtype::kFloat8E4m3fn, 0x1.8p-10, 0x1},
    {Dtype::kFloat8E4m3fn, 17.5, 0x59},       {Dtype::kFloat8E4m3fn, 19.0, 0x5a},
    {Dtype::kFloat8E4m3fnuz, 0.1, 0x25},      {Dtype::kFloat8E4m3fnuz, 240.0, 0x7f},
    {Dtype::kFloat8E4m3fnuz, 248.0, 0x80},    {Dtype::kFloat8E4m3fnuz, -300.0, 0x80},
    {Dtype::kFloat8E4m3fnuz, 0x1p-10, 0x1},   {Dtype::kFloat8E4m3fnuz, 0x1p-11, 0x0},
    {Dtype::kFloat8E4m3fnuz, -0x1p-12, 0x0},  {Dtype::kFloat8E4m3fnuz, 17.5, 0x61},
    {Dtype::kFloat8E4m3fnuz, 19.0, 0x62},     {Dtype::kFloat8E5m2, 0.1, 0x2e},
    {Dtype::kFloat8E5m2, 57344.0, 0x7b},      {Dtype::kFloat8E5m2, 61439.0, 0x7b},
    {Dtype::kFloat8E5m2, 61440.0, 0x7c},      {Dtype::kFloat8E5m2, -1e6, 0xfc},
    {Dtype::kFloat8E5m2, 0x1p-16, 0x1},       {Dtype::kFloat8E5m2, 0x1p-17, 0x0},
    {Dtype::kFloat8E5m2, 0x1.8p-17, 0x1},     {Dtype::kFloat8E5m2, 2.25, 0x40},
    {Dtype::kFloat8E5m2, 2.75, 0x42},         {Dtype::kFloat8E5m2fnuz, 0.1, 0x32},
    {Dtype::kFloat8E5m2fnuz, 57344.0, 0x7f},  {Dtype::kFloat8E5m2fnuz, 61439.0, 0x7f},
    {Dtype::kFloat8E5m2fnuz, 61440.0, 0x80},  {Dtype::kFloat8E5m2fnuz, 0x1p-17, 0x1},
    {Dtype::kFloat8E5m2fnuz, 0x1p-18, 0x0},   {Dtype::kFloat8E5m2fnuz, 2.75, 0x46},
    {Dtype::kFloat4E2m1, 0.2, 0x0},           {Dtype::kFloat4E2m1, 0.25, 0x0},
    {Dtype::kFloat4E2m1, 0.75, 0x2},          {Dtype::kFloat4E2m1, 1.25, 0x2},
    {Dtype::kFloat4E2m1, -1.75, 0xc},         {Dtype::kFloat4E2m1, 2.5, 0x4},
    {Dtype::kFloat4E2m1, 3.5, 0x6},           {Dtype::kFloat4E2m1, 5.0, 0x6},
    {Dtype::kFloat4E2m1, 5.1, 0x7},           {Dtype::kFloat4E2m1, -100.0, 0xf},
    {Dtype::kFloat4E2m1, kInfinity, 0x7},     {Dtype::kFloat4E2m1, kNan, 0x8},
};

TEST(EncodeFloat, RoundsToNearestWithTiesToEven) {
  for (const Row& row : kRounded) {
    EXPECT_EQ(EncodeFloat(row.dtype, row.value), row.bits)
        << Name(row.dtype) << " of " << row.value;
  }
}

// The tables of ONNX's Cast.
TEST(EncodeFloat, SaturatesWhereAskedTo) {
  const auto saturated = [](Dtype dtype, double value) {
    return EncodeFloat(dtype, value, Overflow::kSaturate);
  };
  EXPECT_EQ(saturated(Dtype::kFloat8E4m3fn, kInfinity), 0x7e);
  EXPECT_EQ(saturated(Dtype::kFloat8E4m3fn, -1e9), 0xfe);
  EXPECT_EQ(saturated(Dtype::kFloat8E4m3fnuz, 1e9), 0x7f);
  EXPECT_EQ(saturated(Dtype::kFloat8E5m2, kInfinity), 0x7b);
  EXPECT_EQ(saturated(Dtype::kFloat8E5m2, -1e9), 0xfb);
  EXPECT_EQ(saturated(Dtype::kFloat8E5m2fnuz, -kInfinity), 0xff);
  EXPECT_EQ(saturated(Dtype::kFloat8E4m3fn, kNan), 0x7f);
}

TEST(EncodeFloat, OverflowsToWhatTheFormatHas) {
  EXPECT_EQ(EncodeFloat(Dtype::kFloat8E4m3fn, -kInfinity), 0xff);   // NaN
  EXPECT_EQ(EncodeFloat(Dtype::kFloat8E5m2, -kInfinity), 0xfc);     // infinity
  EXPECT_EQ(EncodeFloat(Dtype::kFloat8E5m2fnuz, kInfinity), 0x80);  // NaN
  EXPECT_EQ(EncodeFloat(Dtype::kFloat8E4m3fnuz, -0.0), 0x0);        // no minus zero
  EXPECT_EQ(EncodeFloat(Dtype::kFloat8E4m3fn, -0.0), 0x80);
}

TEST(EncodeFloat, KnowsThePowersOfTwoFormat) {
  const auto encode = [](double value, Overflow overflow, Rounding rounding) {
    return EncodeFloat(Dtype::kFloat8E8m0, value, overflow, rounding);
  };
  EXPECT_EQ(encode(1, Overflow::kSaturate, Rounding::kUp), 127);
  EXPECT_EQ(encode(1.001, Overflow::kSaturate, Rounding::kUp), 128);
  EXPECT_EQ(encode(1.999, Overflow::kSaturate, Rounding::kDown), 127);
  EXPECT_EQ(encode(1.4999, Overflow::kSpecial, Rounding::kNearestEven), 127);
  EXPECT_EQ(encode(1.5, Overflow::kSpecial, Rounding::kNearestEven), 128);
  EXPECT_EQ(encode(3, Overflow::kSpecial, Rounding::kNearestEven), 129);
  EXPECT_EQ(encode(0, Overflow::kSaturate, Rounding::kUp), 0);
  EXPECT_EQ(encode(0, Overflow::kSpecial, Rounding::kNearestEven), 255);
  EXPECT_EQ(encode(kInfinity, Overflow::kSaturate, Rounding::kUp), 254);
  EXPECT_EQ(encode(kInfinity, Overflow::kSpecial, Rounding::kNearestEven), 255);
  EXPECT_EQ(encode(0x1p-130, Overflow::kSaturate, Rounding::kUp), 0);
}

struct Census {
  Dtype dtype;
  int codes;
  int nans;
  int infinities;
  double largest;
  double least_positive;
  double sum_of_squares;  // of the finite numbers: finds a wrong value anywhere
};

// Of all codes, by ml_dtypes.
constexpr Census kCensus[] = {
    {Dtype::kFloat8E4m3fn, 256, 2, 0, 448, 0x1p-9, 2542933.331604004},
    {Dtype::kFloat8E4m3fnuz, 256, 1, 0, 240, 0x1p-10, 750933.332901001},
    {Dtype::kFloat8E5m2, 256, 6, 2, 57344, 0x1p-16, 22548578304.0},
    {Dtype::kFloat8E5m2fnuz, 256, 1, 0, 57344, 0x1p-17, 22548578304.0},
    {Dtype::kFloat4E2m1, 16, 0, 0, 6, 0.5, 137},
};

TEST(DecodeFloat, GivesEveryCodeItsValue) {
  for (const Census& expected : kCensus) {
    Census found{expected.dtype, expected.codes, 0, 0, 0, kInfinity, 0};
    for (int bits = 0; bits < expected.codes; ++bits) {
      const double value = DecodeFloat(expected.dtype, bits);
      found.nans += std::isnan(value) ? 1 : 0;
      found.infinities += std::isinf(value) ? 1 : 0;
      if (!std::isfinite(value)) continue;
      found.largest = std::fmax(found.largest, value);
      if (value > 0) found.least_positive = std::fmin(found.least_positive, value);
      found.sum_of_squares += value * value;
      EXPECT_EQ(EncodeFloat(expected.dtype, value), bits) << Name(expected.dtype);
    }
    EXPECT_EQ(found.nans, expected.nans) << Name(expected.dtype);
    EXPECT_EQ(found.infinities, expected.infinities) << Name(expected.dtype);
    EXPECT_EQ(found.largest, expected.largest) << Name(expected.dtype);
    EXPECT_EQ(found.least_positive, expected.least_positive) << Name(expected.dtype);
    EXPECT_DOUBLE_EQ(found.sum_of_squares, expected.sum_of_squares) << Name(expected.dtype);
    EXPECT_EQ(LargestFinite(expected.dtype), expected.largest);
  }
}

TEST(DecodeFloat, KeepsThePayloadOfNans) {
  for (const uint64_t bits : {0x7e01, 0xfe2a, 0x7fff}) {
    EXPECT_EQ(EncodeFloat(Dtype::kFloat16, DecodeFloat(Dtype::kFloat16, bits)), bits);
  }
  const uint64_t quiet = 0xffc12345;
  EXPECT_EQ(EncodeFloat(Dtype::kFloat32, DecodeFloat(Dtype::kFloat32, quiet)), quiet);
}

TEST(WrapTo, IsTwosComplement) {
  EXPECT_TRUE(WrapTo(Dtype::kInt8, 200) == -56);
  EXPECT_TRUE(WrapTo(Dtype::kUint8, -1) == 255);
  EXPECT_TRUE(WrapTo(Dtype::kInt4, 9) == -7);
  EXPECT_TRUE(WrapTo(Dtype::kUint4, 17) == 1);
  EXPECT_TRUE(WrapTo(Dtype::kInt2, 2) == -2);
  EXPECT_TRUE(WrapTo(Dtype::kUint64, -1) == LargestInteger(Dtype::kUint64));
  EXPECT_TRUE(WrapTo(Dtype::kInt64, Integer{1} << 63) == LowestInteger(Dtype::kInt64));
  EXPECT_TRUE(WrapTo(Dtype::kBool, 256) == 1);
}

TEST(SaturateTo, KeepsToTheBounds) {
  EXPECT_TRUE(SaturateTo(Dtype::kInt8, 200) == 127);
  EXPECT_TRUE(SaturateTo(Dtype::kUint8, -3) == 0);
  EXPECT_TRUE(SaturateTo(Dtype::kInt4, -9) == -8);
  EXPECT_TRUE(SaturateTo(Dtype::kUint2, 7) == 3);
}

TEST(TruncateTo, CutsTheFraction) {
  EXPECT_TRUE(TruncateTo(Dtype::kInt32, -2.9) == -2);
  EXPECT_TRUE(TruncateTo(Dtype::kUint8, 257.5) == 1);
  EXPECT_TRUE(TruncateTo(Dtype::kUint64, 0x1.8p63) == Integer{3} << 62);
  EXPECT_TRUE(TruncateTo(Dtype::kInt64, kNan) == LowestInteger(Dtype::kInt64));
  EXPECT_TRUE(TruncateTo(Dtype::kBool, 0.25) == 1);
}

}  // namespace
}  // namespace sinter::reference
