// Operators that make, transform, fold and resize by numbers known at run time only: what ONNX's
// own cases leave out. Expected values are numpy's or computed by hand.
#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "compiler_core/library/library.h"
#include "compiler_core/library/testing/call.h"
#include "gtest/gtest.h"

extern "C" {
SINTER_OP(AffineGrid);
SINTER_OP(BlackmanWindow);
SINTER_OP(Col2Im);
SINTER_OP(ConstantOfShape);
SINTER_OP(DFT);
SINTER_OP(EyeLike);
SINTER_OP(HannWindow);
SINTER_OP(MaxUnpool);
SINTER_OP(MelWeightMatrix);
SINTER_OP(OneHot);
SINTER_OP(Range);
SINTER_OP(Resize);
SINTER_OP(STFT);
SINTER_OP(Upsample);
}

namespace sinter::library {
namespace {

using Dims = std::vector<int64_t>;
using Floats = std::vector<float>;

TEST(ConstantOfShapeTest, AnyTypeAndAnyShape) {
  Call call(sinter_op_ConstantOfShape, 9);
  call.TensorAttr("value", call.StringTensor({1}, {"ab"}));
  ASSERT_EQ(call.Input<int64_t>({2}, {1, 2}).Run(), SINTER_OK);
  EXPECT_EQ(call.StringValues(0), (std::vector<std::string>{"ab", "ab"}));
  Call scalar(sinter_op_ConstantOfShape, 9);
  ASSERT_EQ(scalar.Input<int64_t>({0}, {}).Run(), SINTER_OK);
  EXPECT_EQ(scalar.Dims(0), Dims{});
  EXPECT_EQ(scalar.Values<float>(0), Floats{0});
  Call negative(sinter_op_ConstantOfShape, 9);
  EXPECT_EQ(negative.Input<int64_t>({1}, {-1}).Run(), SINTER_BAD_VALUE);
  Call huge(sinter_op_ConstantOfShape, 9);
  EXPECT_EQ(huge.Input<int64_t>({2}, {INT64_MAX, INT64_MAX}).Run(), SINTER_NO_MEMORY);
}

template <typename T>
int32_t RunRange(Call& call, T start, T limit, T step) {
  for (const T number : {start, limit, step}) call.Input<T>({}, {number});
  return call.Run();
}

TEST(RangeTest, IntegersToTheirEnds) {
  Call up(sinter_op_Range, 11);
  ASSERT_EQ(RunRange<int16_t>(up, -3, 4, 3), SINTER_OK);
  EXPECT_EQ(up.Values<int16_t>(0), (std::vector<int16_t>{-3, 0, 3}));
  Call far(sinter_op_Range, 11);
  ASSERT_EQ(RunRange<int64_t>(far, INT64_MIN, INT64_MAX, INT64_MAX), SINTER_OK);
  EXPECT_EQ(far.Values<int64_t>(0), (Dims{INT64_MIN, -1, INT64_MAX - 1}));
  Call none(sinter_op_Range, 11);
  ASSERT_EQ(RunRange<int32_t>(none, 1, 1, -1), SINTER_OK);
  EXPECT_EQ(none.Dims(0), Dims{0});
  Call still(sinter_op_Range, 11);
  EXPECT_EQ(RunRange<int32_t>(still, 1, 2, 0), SINTER_BAD_VALUE);
  Call huge(sinter_op_Range, 11);
  EXPECT_EQ(RunRange<int64_t>(huge, 0, INT64_MAX, 1), SINTER_NO_MEMORY);
}

TEST(RangeTest, Floats) {
  Call down(sinter_op_Range, 11);
  ASSERT_EQ(RunRange<double>(down, 1, -0.2, -0.5), SINTER_OK);
  EXPECT_EQ(down.Values<double>(0), (std::vector<double>{1, 0.5, 0}));
  Call still(sinter_op_Range, 11);
  EXPECT_EQ(RunRange<float>(still, 1, 2, 0), SINTER_BAD_VALUE);
  Call endless(sinter_op_Range, 11);
  EXPECT_EQ(RunRange<float>(endless, 0, std::numeric_limits<float>::infinity(), 1),
            SINTER_NO_MEMORY);
}

TEST(OneHotTest, NegativeIndicesByVersion) {
  for (const int version : {9, 11}) {
    Call call(sinter_op_OneHot, version);
    call.Input<int64_t>({3}, {-1, 1, 7}).Input<float>({}, {2}).Input<int32_t>({2}, {5, 6});
    ASSERT_EQ(call.Int("axis", 0).Run(), SINTER_OK);
    EXPECT_EQ(call.Dims(0), (Dims{2, 3}));
    EXPECT_EQ(call.Values<int32_t>(0), (std::vector<int32_t>{5, 5, 5, version < 11 ? 5 : 6, 6, 5}));
  }
  Call negative(sinter_op_OneHot, 11);
  negative.Input<int64_t>({1}, {0}).Input<int64_t>({}, {-2}).Input<float>({2}, {0, 1});
  EXPECT_EQ(negative.Run(), SINTER_BAD_VALUE);
  Call values(sinter_op_OneHot, 11);
  values.Input<int64_t>({1}, {0}).Input<int64_t>({}, {2}).Input<float>({1}, {0});
  EXPECT_EQ(values.Run(), SINTER_BAD_VALUE);
}

TEST(EyeLikeTest, DiagonalsAndTypes) {
  Call call(sinter_op_EyeLike, 9);
  call.Input<float>({2, 3}, Floats(6)).Int("k", 1).Int("dtype", SINTER_I8);
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.Values<int8_t>(0), (std::vector<int8_t>{0, 1, 0, 0, 0, 1}));
  Call cube(sinter_op_EyeLike, 9);
  EXPECT_EQ(cube.Input<float>({1, 1, 1}, {0}).Run(), SINTER_BAD_VALUE);
}

TEST(WindowsTest, SizesAtTheEdge) {
  Call none(sinter_op_HannWindow, 17);
  ASSERT_EQ(none.Input<int64_t>({}, {0}).Run(), SINTER_OK);
  EXPECT_EQ(none.Dims(0), Dims{0});
  Call one(sinter_op_HannWindow, 17);
  ASSERT_EQ(one.Input<int64_t>({}, {1}).Run(), SINTER_OK);
  EXPECT_EQ(one.Values<float>(0), Floats{0});
  Call symmetric(sinter_op_BlackmanWindow, 17);
  symmetric.Input<int32_t>({}, {3}).Int("periodic", 0).Int("output_datatype", SINTER_F64);
  ASSERT_EQ(symmetric.Run(), SINTER_OK);
  EXPECT_NEAR(symmetric.Values<double>(0)[0], 0, 1e-16);
  EXPECT_NEAR(symmetric.Values<double>(0)[1], 1, 1e-15);
  Call negative(sinter_op_HannWindow, 17);
  EXPECT_EQ(negative.Input<int64_t>({}, {-1}).Run(), SINTER_BAD_VALUE);
}

TEST(MelWeightMatrixTest, EdgesBeyondTheSpectrumAreRefused) {
  Call call(sinter_op_MelWeightMatrix, 17);
  call.Input<int64_t>({}, {4}).Input<int64_t>({}, {16}).Input<int64_t>({}, {8000});
  EXPECT_EQ(call.Input<float>({}, {0}).Input<float>({}, {90000}).Run(), SINTER_BAD_INDEX);
  Call negative(sinter_op_MelWeightMatrix, 17);
  negative.Input<int64_t>({}, {4}).Input<int64_t>({}, {-1}).Input<int64_t>({}, {8000});
  EXPECT_EQ(negative.Input<float>({}, {0}).Input<float>({}, {4000}).Run(), SINTER_BAD_VALUE);
}

// The transform as it is defined.
std::vector<std::complex<double>> Slow(const std::vector<std::complex<double>>& x, double sign) {
  const size_t n = x.size();
  std::vector<std::complex<double>> y(n);
  for (size_t k = 0; k < n; ++k) {
    for (size_t i = 0; i < n; ++i) {
      y[k] += x[i] * std::polar(1.0, sign * 2 * M_PI * static_cast<double>((i * k) % n) / n);
    }
  }
  return y;
}

std::vector<std::complex<double>> Signal(int64_t n) {
  std::vector<std::complex<double>> x;
  for (int64_t i = 0; i < n; ++i) x.emplace_back(std::sin(i * i + 1.0), std::cos(3.0 * i));
  return x;
}

std::vector<double> Parts(const std::vector<std::complex<double>>& x) {
  std::vector<double> parts;
  for (const auto& number : x) parts.insert(parts.end(), {number.real(), number.imag()});
  return parts;
}

TEST(DftTest, EveryLengthIsTheDefinition) {
  for (const int64_t n : {1, 2, 3, 5, 8, 12, 17, 64, 100, 127}) {
    for (const int64_t inverse : {0, 1}) {
      Call call(sinter_op_DFT, 20);
      call.Input<double>({1, n, 2}, Parts(Signal(n))).Int("inverse", inverse);
      ASSERT_EQ(call.Run(), SINTER_OK);
      const std::vector<double> found = call.Values<double>(0);
      const std::vector<double> wanted = Parts(Slow(Signal(n), inverse ? 1 : -1));
      ASSERT_EQ(found.size(), wanted.size());
      for (size_t i = 0; i < found.size(); ++i) {
        ASSERT_NEAR(found[i], inverse ? wanted[i] / n : wanted[i], 1e-11) << n << ": " << i;
      }
    }
  }
}

TEST(DftTest, OneSidedThereAndBack) {
  for (const int64_t n : {6, 7}) {
    std::vector<double> signal(n);
    for (int64_t i = 0; i < n; ++i) signal[i] = std::cos(i * i + 0.5);
    Call there(sinter_op_DFT, 20);
    ASSERT_EQ(there.Input<double>({n, 1}, signal).Int("onesided", 1).Run(), SINTER_OK);
    EXPECT_EQ(there.Dims(0), (Dims{n / 2 + 1, 2}));
    Call back(sinter_op_DFT, 20);
    back.Input<double>({n / 2 + 1, 2}, there.Values<double>(0)).Input<int64_t>({}, {n});
    ASSERT_EQ(back.Int("onesided", 1).Int("inverse", 1).Run(), SINTER_OK);
    EXPECT_EQ(back.Dims(0), (Dims{n, 1}));
    for (int64_t i = 0; i < n; ++i) EXPECT_NEAR(back.Values<double>(0)[i], signal[i], 1e-14);
  }
}

TEST(DftTest, SignalsAreCutOrFilledUp) {
  Call cut(sinter_op_DFT, 17);
  cut.Input<float>({1, 3, 1}, {1, 2, 100}).Input<int64_t>({}, {2});
  ASSERT_EQ(cut.Run(), SINTER_OK);
  EXPECT_EQ(cut.Values<float>(0), (Floats{3, 0, -1, 0}));
  Call filled(sinter_op_DFT, 20);
  filled.Input<float>({1, 1}, {5}).Input<int64_t>({}, {4}).Input<int64_t>({}, {0});
  ASSERT_EQ(filled.Run(), SINTER_OK);
  EXPECT_EQ(filled.Values<float>(0), (Floats{5, 0, 5, 0, 5, 0, 5, 0}));
}

TEST(DftTest, WhatMakesNoSenseIsRefused) {
  Call length(sinter_op_DFT, 20);
  EXPECT_EQ(length.Input<float>({1, 2, 1}, {1, 2}).Input<int64_t>({}, {0}).Run(), SINTER_BAD_VALUE);
  Call axis(sinter_op_DFT, 20);
  axis.Input<float>({1, 2, 1}, {1, 2}).NoInput().Input<int64_t>({}, {-1});
  EXPECT_EQ(axis.Run(), SINTER_BAD_VALUE);
  Call parts(sinter_op_DFT, 20);
  EXPECT_EQ(parts.Input<float>({1, 1, 3}, {1, 2, 3}).Run(), SINTER_BAD_VALUE);
  Call step(sinter_op_STFT, 17);
  step.Input<float>({1, 4, 1}, {1, 2, 3, 4}).Input<int64_t>({}, {0}).NoInput();
  EXPECT_EQ(step.Input<int64_t>({}, {2}).Run(), SINTER_BAD_VALUE);
  Call window(sinter_op_STFT, 17);
  window.Input<float>({1, 4, 1}, {1, 2, 3, 4}).Input<int64_t>({}, {1}).Input<float>({2}, {1, 1});
  EXPECT_EQ(window.Input<int64_t>({}, {3}).Run(), SINTER_BAD_VALUE);
}

TEST(StftTest, FramesOfAWindowedSignal) {
  Call call(sinter_op_STFT, 17);
  call.Input<float>({1, 5, 1}, {1, 2, 3, 4, 5}).Input<int64_t>({}, {2});
  ASSERT_EQ(call.Input<float>({2}, {1, 2}).Run(), SINTER_OK);
  EXPECT_EQ(call.Dims(0), (Dims{1, 2, 2, 2}));
  // Frames (1, 4) and (3, 8): their sums and differences.
  EXPECT_EQ(call.Values<float>(0), (Floats{5, 0, -3, 0, 11, 0, -5, 0}));
}

TEST(Col2ImTest, OverlapsAddUpInEveryType) {
  Call call(sinter_op_Col2Im, 18);
  call.Input<int32_t>({1, 2, 2}, {1, 2, 3, 4}).Input<int64_t>({1}, {3}).Input<int64_t>({1}, {2});
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.Dims(0), (Dims{1, 1, 3}));
  EXPECT_EQ(call.Values<int32_t>(0), (std::vector<int32_t>{1, 5, 4}));
  Call misfit(sinter_op_Col2Im, 18);
  misfit.Input<float>({1, 2, 2}, {1, 2, 3, 4}).Input<int64_t>({1}, {4});
  EXPECT_EQ(misfit.Input<int64_t>({1}, {2}).Run(), SINTER_BAD_VALUE);
  Call negative(sinter_op_Col2Im, 18);
  negative.Input<float>({1, 2, 2}, {1, 2, 3, 4}).Input<int64_t>({1}, {-3});
  EXPECT_EQ(negative.Input<int64_t>({1}, {2}).Run(), SINTER_BAD_VALUE);
}

TEST(MaxUnpoolTest, IndicesOutsideAreRefused) {
  for (const int64_t index : {4, -1}) {
    Call call(sinter_op_MaxUnpool, 11);
    call.Input<float>({1, 1, 1, 1}, {7}).Input<int64_t>({1, 1, 1, 1}, {index});
    EXPECT_EQ(call.Ints("kernel_shape", {2, 2}).Run(), SINTER_BAD_INDEX);
  }
  Call nothing(sinter_op_MaxUnpool, 11);
  nothing.Input<float>({1, 1, 1, 1}, {7}).Input<int64_t>({1, 1, 1, 1}, {0});
  EXPECT_EQ(nothing.Ints("kernel_shape", {0, 2}).Run(), SINTER_BAD_INDEX);
  Call smaller(sinter_op_MaxUnpool, 11);
  smaller.Input<float>({1, 1, 1, 1}, {7}).Input<int64_t>({1, 1, 1, 1}, {3});
  smaller.Input<int64_t>({4}, {1, 1, 2, 1});
  EXPECT_EQ(smaller.Ints("kernel_shape", {2, 2}).Run(), SINTER_BAD_INDEX);
}

TEST(AffineGridTest, SizesThatDoNotFitAreRefused) {
  Call call(sinter_op_AffineGrid, 20);
  call.Input<double>({1, 2, 3}, {1, 0, 0, 0, 1, 0}).Input<int64_t>({4}, {1, 1, 1, 2});
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.Values<double>(0), (std::vector<double>{-0.5, 0, 0.5, 0}));
  Call batch(sinter_op_AffineGrid, 20);
  batch.Input<float>({1, 2, 3}, Floats(6)).Input<int64_t>({4}, {2, 1, 1, 2});
  EXPECT_EQ(batch.Run(), SINTER_BAD_VALUE);
}

TEST(ResizeTest, OldVersionsAndUpsample) {
  Call tenth(sinter_op_Resize, 10);
  tenth.Input<int64_t>({2}, {1, 2}).Input<float>({1}, {2.5f});
  ASSERT_EQ(tenth.Run(), SINTER_OK);
  EXPECT_EQ(tenth.Values<int64_t>(0), (Dims{1, 1, 1, 2, 2}));
  Call ninth(sinter_op_Upsample, 9);
  ninth.String("mode", "linear").Input<float>({2}, {0, 2}).Input<float>({1}, {2});
  ASSERT_EQ(ninth.Run(), SINTER_OK);
  EXPECT_EQ(ninth.Values<float>(0), (Floats{0, 1, 2, 2}));
  Call seventh(sinter_op_Upsample, 7);
  seventh.Input<float>({1, 2}, {3, 4}).Floats("scales", {2, 1});
  ASSERT_EQ(seventh.Run(), SINTER_OK);
  EXPECT_EQ(seventh.Values<float>(0), (Floats{3, 4, 3, 4}));
  Call first(sinter_op_Upsample, 1);
  first.Input<float>({1, 1, 1, 1}, {5}).Float("height_scale", 1).Float("width_scale", 3);
  ASSERT_EQ(first.Run(), SINTER_OK);
  EXPECT_EQ(first.Dims(0), (Dims{1, 1, 1, 3}));
}

TEST(ResizeTest, IntegersRoundAndSaturate) {
  // A cubic overshoots beside a step: 255 and 0 are where it has to stop.
  Call cubic(sinter_op_Resize, 13);
  cubic.String("mode", "cubic").Input<uint8_t>({4}, {0, 0, 255, 255}).NoInput();
  ASSERT_EQ(cubic.Input<float>({1}, {2}).Run(), SINTER_OK);
  const std::vector<uint8_t> values = cubic.Values<uint8_t>(0);
  EXPECT_EQ(values[2], 0);
  EXPECT_EQ(values[5], 255);
  Call linear(sinter_op_Resize, 13);
  linear.String("mode", "linear").Input<int32_t>({2}, {0, 3}).NoInput();
  ASSERT_EQ(linear.Input<float>({1}, {2}).Run(), SINTER_OK);
  // 0, 0.75, 2.25, 3
  EXPECT_EQ(linear.Values<int32_t>(0), (std::vector<int32_t>{0, 1, 2, 3}));
}

TEST(ResizeTest, WhatCannotBeDoneIsRefused) {
  Call scale(sinter_op_Resize, 13);
  EXPECT_EQ(scale.Input<float>({2}, {1, 2}).NoInput().Input<float>({1}, {-1}).Run(),
            SINTER_BAD_VALUE);
  Call count(sinter_op_Resize, 13);
  EXPECT_EQ(count.Input<float>({2}, {1, 2}).NoInput().Input<float>({2}, {1, 1}).Run(),
            SINTER_BAD_VALUE);
  Call huge(sinter_op_Resize, 13);
  EXPECT_EQ(huge.Input<float>({2}, {1, 2}).NoInput().Input<float>({1}, {1e17f}).Run(),
            SINTER_NO_MEMORY);
  Call roi(sinter_op_Resize, 13);
  roi.String("coordinate_transformation_mode", "tf_crop_and_resize");
  EXPECT_EQ(roi.Input<float>({2}, {1, 2}).NoInput().Input<float>({1}, {2}).Run(), SINTER_BAD_VALUE);
  Call nowhere(sinter_op_Resize, 13);
  nowhere.String("coordinate_transformation_mode", "tf_crop_and_resize").String("mode", "linear");
  nowhere.Input<float>({2}, {1, 2}).Input<float>({2}, {NAN, 1}).Input<float>({1}, {2});
  EXPECT_EQ(nowhere.Run(), SINTER_BAD_VALUE);
  Call mode(sinter_op_Resize, 13);
  mode.String("mode", "lanczos");
  EXPECT_EQ(mode.Input<float>({2}, {1, 2}).NoInput().Input<float>({1}, {2}).Run(),
            SINTER_NOT_SUPPORTED);
  Call sizes(sinter_op_Resize, 13);
  sizes.Input<float>({2}, {1, 2}).NoInput().NoInput().Input<int64_t>({1}, {-4});
  EXPECT_EQ(sizes.Run(), SINTER_BAD_VALUE);
  Call same(sinter_op_Resize, 13);
  ASSERT_EQ(same.Input<float>({2}, {1, 2}).NoInput().Input<float>({1}, {1}).Run(), SINTER_OK);
  EXPECT_EQ(same.Values<float>(0), (Floats{1, 2}));
}

}  // namespace
}  // namespace sinter::library
