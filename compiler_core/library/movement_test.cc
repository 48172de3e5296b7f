// Operators that reshape, move, pad, split and join: what ONNX's own cases leave out, and what the
// data may not ask for.
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "compiler_core/library/library.h"
#include "compiler_core/library/testing/call.h"
#include "gtest/gtest.h"

extern "C" {
SINTER_OP(CenterCropPad);
SINTER_OP(Concat);
SINTER_OP(Expand);
SINTER_OP(Flatten);
SINTER_OP(Identity);
SINTER_OP(Pad);
SINTER_OP(Reshape);
SINTER_OP(Shape);
SINTER_OP(Size);
SINTER_OP(Slice);
SINTER_OP(Split);
SINTER_OP(Squeeze);
SINTER_OP(Tile);
SINTER_OP(Transpose);
SINTER_OP(Trilu);
SINTER_OP(Unsqueeze);
}

namespace sinter::library {
namespace {

using Dims = std::vector<int64_t>;
using Strings = std::vector<std::string>;

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();

std::vector<float> Iota(int64_t count) {
  std::vector<float> values(count);
  for (int64_t i = 0; i < count; ++i) values[i] = static_cast<float>(i);
  return values;
}

// Runs `op` on a tensor of shape `dims` and an input of integers.
int32_t RunWithInts(Call& call, const Dims& dims, const Dims& ints) {
  int64_t count = 1;
  for (const int64_t dim : dims) count *= dim;
  call.Input<float>(dims, Iota(count));
  call.Input<int64_t>({static_cast<int64_t>(ints.size())}, ints);
  return call.Run();
}

TEST(ReshapeTest, ZeroCopiesAndMinusOneFills) {
  Call call(sinter_op_Reshape, 13);
  ASSERT_EQ(RunWithInts(call, {2, 3, 4}, {0, -1}), SINTER_OK);
  EXPECT_EQ(call.Dims(0), (Dims{2, 12}));

  Call empty(sinter_op_Reshape, 14);
  empty.Int("allowzero", 1);
  ASSERT_EQ(RunWithInts(empty, {0, 3}, {3, 0, 7}), SINTER_OK);
  EXPECT_EQ(empty.Dims(0), (Dims{3, 0, 7}));

  Call scalar(sinter_op_Reshape, 13);
  ASSERT_EQ(RunWithInts(scalar, {1, 1}, {}), SINTER_OK);
  EXPECT_EQ(scalar.Dims(0), Dims{});
}

TEST(ReshapeTest, ShapesThatDoNotFitAreRefused) {
  for (const Dims& shape : {Dims{5}, Dims{-1, -1}, Dims{-1, 4}, Dims{-2, 3}, Dims{2, 3, 0},
                            Dims{kMost, kMost, -1}, Dims{kMost, kMost}}) {
    Call call(sinter_op_Reshape, 13);
    EXPECT_NE(RunWithInts(call, {2, 3}, shape), SINTER_OK) << testing::PrintToString(shape);
  }
  Call ambiguous(sinter_op_Reshape, 14);
  ambiguous.Int("allowzero", 1);
  EXPECT_EQ(RunWithInts(ambiguous, {0, 3}, {0, -1}), SINTER_BAD_VALUE);
  Call deep(sinter_op_Reshape, 13);
  EXPECT_EQ(RunWithInts(deep, {1}, Dims(65, 1)), SINTER_NOT_SUPPORTED);
}

TEST(SqueezeTest, NamedAxesOrAllThatAreOne) {
  Call named(sinter_op_Squeeze, 13);
  ASSERT_EQ(RunWithInts(named, {1, 3, 1}, {-1}), SINTER_OK);
  EXPECT_EQ(named.Dims(0), (Dims{1, 3}));
  Call all(sinter_op_Squeeze, 13);
  ASSERT_EQ(all.Input<float>({1, 3, 1}, Iota(3)).Run(), SINTER_OK);
  EXPECT_EQ(all.Dims(0), Dims{3});
  Call attribute(sinter_op_Squeeze, 1);
  ASSERT_EQ(attribute.Input<float>({1, 3, 1}, Iota(3)).Ints("axes", {0}).Run(), SINTER_OK);
  EXPECT_EQ(attribute.Dims(0), (Dims{3, 1}));
  Call wide(sinter_op_Squeeze, 13);
  EXPECT_EQ(RunWithInts(wide, {1, 3, 1}, {1}), SINTER_BAD_VALUE);
  Call outside(sinter_op_Squeeze, 13);
  EXPECT_EQ(RunWithInts(outside, {1, 3, 1}, {3}), SINTER_BAD_VALUE);
}

TEST(UnsqueezeTest, AxesCountInTheResult) {
  Call call(sinter_op_Unsqueeze, 13);
  ASSERT_EQ(RunWithInts(call, {2, 3}, {-1, 0}), SINTER_OK);
  EXPECT_EQ(call.Dims(0), (Dims{1, 2, 3, 1}));
  Call twice(sinter_op_Unsqueeze, 13);
  EXPECT_EQ(RunWithInts(twice, {2, 3}, {0, -4}), SINTER_BAD_VALUE);
  Call outside(sinter_op_Unsqueeze, 13);
  EXPECT_EQ(RunWithInts(outside, {2, 3}, {3}), SINTER_BAD_VALUE);
}

TEST(ShapeTest, ShapeSizeFlattenIdentity) {
  Call shape(sinter_op_Shape, 15);
  shape.Input<float>({2, 3, 4}, Iota(24)).Int("start", -2).Int("end", 100);
  ASSERT_EQ(shape.Run(), SINTER_OK);
  EXPECT_EQ(shape.Values<int64_t>(0), (Dims{3, 4}));
  Call size(sinter_op_Size, 13);
  ASSERT_EQ(size.Input<float>({2, 0}, {}).Run(), SINTER_OK);
  EXPECT_EQ(size.Values<int64_t>(0), Dims{0});
  Call flatten(sinter_op_Flatten, 13);
  ASSERT_EQ(flatten.Input<float>({2, 3, 4}, Iota(24)).Int("axis", -1).Run(), SINTER_OK);
  EXPECT_EQ(flatten.Dims(0), (Dims{6, 4}));
  Call outside(sinter_op_Flatten, 13);
  EXPECT_EQ(outside.Input<float>({2}, Iota(2)).Int("axis", 2).Run(), SINTER_BAD_VALUE);
  Call identity(sinter_op_Identity, 16);
  ASSERT_EQ(identity.Input(identity.Sequence({})).Run(), SINTER_OK);
  EXPECT_EQ(identity.output(0).kind, SINTER_SEQUENCE);
}

TEST(ExpandTest, StringsToo) {
  Call call(sinter_op_Expand, 13);
  ASSERT_EQ(call.Strings({2, 1}, {"a", "bc"}).Input<int64_t>({3}, {2, 1, 2}).Run(), SINTER_OK);
  EXPECT_EQ(call.Dims(0), (Dims{2, 2, 2}));
  EXPECT_EQ(call.StringValues(0), (Strings{"a", "a", "bc", "bc", "a", "a", "bc", "bc"}));
  Call misfit(sinter_op_Expand, 13);
  EXPECT_EQ(RunWithInts(misfit, {3}, {2}), SINTER_BAD_VALUE);
  Call huge(sinter_op_Expand, 13);
  EXPECT_EQ(RunWithInts(huge, {1}, {kMost, 3}), SINTER_NO_MEMORY);
  Call negative(sinter_op_Expand, 13);
  EXPECT_EQ(RunWithInts(negative, {1}, {-1}), SINTER_BAD_VALUE);
}

TEST(TileTest, RepeatsOfBothForms) {
  Call call(sinter_op_Tile, 13);
  ASSERT_EQ(RunWithInts(call, {2, 1}, {2, 3}), SINTER_OK);
  EXPECT_EQ(call.Values<float>(0), (std::vector<float>{0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1}));
  Call first(sinter_op_Tile, 1);
  first.Input<float>({2, 2}, Iota(4)).Input<int64_t>({1}, {2}).Input<int64_t>({1}, {1});
  ASSERT_EQ(first.Run(), SINTER_OK);
  EXPECT_EQ(first.Values<float>(0), (std::vector<float>{0, 1, 0, 1, 2, 3, 2, 3}));
  Call none(sinter_op_Tile, 13);
  ASSERT_EQ(RunWithInts(none, {2}, {0}), SINTER_OK);
  EXPECT_EQ(none.Dims(0), Dims{0});
  for (const Dims& repeats : {Dims{1}, Dims{-1, 1}}) {
    Call wrong(sinter_op_Tile, 13);
    EXPECT_EQ(RunWithInts(wrong, {2, 2}, repeats), SINTER_BAD_VALUE);
  }
  Call huge(sinter_op_Tile, 13);
  EXPECT_EQ(RunWithInts(huge, {2, 2}, {kMost, 2}), SINTER_NO_MEMORY);
}

std::vector<float> Sliced(int64_t size, int64_t start, int64_t end, int64_t step) {
  Call call(sinter_op_Slice, 13);
  call.Input<float>({size}, Iota(size)).Input<int64_t>({1}, {start}).Input<int64_t>({1}, {end});
  call.NoInput().Input<int64_t>({1}, {step});
  EXPECT_EQ(call.Run(), SINTER_OK);
  return call.Values<float>(0);
}

TEST(SliceTest, BoundsAreClamped) {
  using Floats = std::vector<float>;
  EXPECT_EQ(Sliced(5, 1, 4, 2), (Floats{1, 3}));
  EXPECT_EQ(Sliced(5, -3, kMost, 1), (Floats{2, 3, 4}));
  EXPECT_EQ(Sliced(5, kMost, kLeast, -2), (Floats{4, 2, 0}));
  EXPECT_EQ(Sliced(5, -1, -6, -1), (Floats{4, 3, 2, 1, 0}));
  EXPECT_EQ(Sliced(5, 3, 1, 1), Floats{});
  EXPECT_EQ(Sliced(5, 0, 5, kMost), Floats{0});
  EXPECT_EQ(Sliced(5, 4, kLeast, kLeast), Floats{4});
  EXPECT_EQ(Sliced(0, 0, 10, 1), Floats{});
  EXPECT_EQ(Sliced(0, -1, -10, -1), Floats{});
}

TEST(SliceTest, VersionOneAndErrors) {
  Call first(sinter_op_Slice, 1);
  first.Input<float>({2, 3}, Iota(6)).Ints("starts", {1}).Ints("ends", {3}).Ints("axes", {-1});
  ASSERT_EQ(first.Run(), SINTER_OK);
  EXPECT_EQ(first.Values<float>(0), (std::vector<float>{1, 2, 4, 5}));
  Call still(sinter_op_Slice, 13);
  still.Input<float>({2}, Iota(2)).Input<int64_t>({1}, {0}).Input<int64_t>({1}, {1});
  EXPECT_EQ(still.NoInput().Input<int64_t>({1}, {0}).Run(), SINTER_BAD_VALUE);
  Call uneven(sinter_op_Slice, 13);
  uneven.Input<float>({2}, Iota(2)).Input<int64_t>({1}, {0}).Input<int64_t>({2}, {1, 1});
  EXPECT_EQ(uneven.Run(), SINTER_BAD_VALUE);
}

TEST(TransposeTest, PermutesAndReverses) {
  Call call(sinter_op_Transpose, 13);
  ASSERT_EQ(call.Strings({1, 2}, {"x", "y"}).Run(), SINTER_OK);
  EXPECT_EQ(call.Dims(0), (Dims{2, 1}));
  EXPECT_EQ(call.StringValues(0), (Strings{"x", "y"}));
  Call wrong(sinter_op_Transpose, 13);
  EXPECT_EQ(wrong.Input<float>({1, 2}, Iota(2)).Ints("perm", {0, 0}).Run(), SINTER_BAD_VALUE);
}

TEST(TriluTest, DiagonalsFarAway) {
  Call above(sinter_op_Trilu, 14);
  above.Input<int8_t>({2, 2}, {1, 2, 3, 4}).Input<int64_t>({}, {kMost});
  ASSERT_EQ(above.Run(), SINTER_OK);
  EXPECT_EQ(above.Values<int8_t>(0), (std::vector<int8_t>{0, 0, 0, 0}));
  Call lower(sinter_op_Trilu, 14);
  lower.Input<int8_t>({2, 2}, {1, 2, 3, 4}).Input<int64_t>({}, {0}).Int("upper", 0);
  ASSERT_EQ(lower.Run(), SINTER_OK);
  EXPECT_EQ(lower.Values<int8_t>(0), (std::vector<int8_t>{1, 0, 3, 4}));
  Call below(sinter_op_Trilu, 14);
  below.Input<int8_t>({2, 2}, {1, 2, 3, 4}).Input<int64_t>({}, {kLeast}).Int("upper", 0);
  ASSERT_EQ(below.Run(), SINTER_OK);
  EXPECT_EQ(below.Values<int8_t>(0), (std::vector<int8_t>{0, 0, 0, 0}));
}

TEST(CenterCropPadTest, OddDifferencesGoLeft) {
  Call call(sinter_op_CenterCropPad, 18);
  ASSERT_EQ(RunWithInts(call, {2, 4}, {3, 1}), SINTER_OK);
  EXPECT_EQ(call.Values<float>(0), (std::vector<float>{1, 5, 0}));
  Call negative(sinter_op_CenterCropPad, 18);
  EXPECT_EQ(RunWithInts(negative, {2, 4}, {3, -1}), SINTER_BAD_VALUE);
}

std::vector<float> Padded(const std::string& mode, const Dims& pads) {
  Call call(sinter_op_Pad, 19);
  call.String("mode", mode);
  EXPECT_EQ(RunWithInts(call, {1, 3}, pads), SINTER_OK);
  return call.Values<float>(0);
}

TEST(PadTest, EveryModeAlsoFurtherThanTheData) {
  using Floats = std::vector<float>;
  EXPECT_EQ(Padded("edge", {0, 2, 0, 1}), (Floats{0, 0, 0, 1, 2, 2}));
  EXPECT_EQ(Padded("reflect", {0, 3, 0, 2}), (Floats{1, 2, 1, 0, 1, 2, 1, 0}));
  EXPECT_EQ(Padded("wrap", {0, 4, 0, 1}), (Floats{2, 0, 1, 2, 0, 1, 2, 0}));
  EXPECT_EQ(Padded("constant", {0, -1, 1, 1}), (Floats{1, 2, 0, 0, 0, 0}));
  EXPECT_EQ(Padded("edge", {0, -1, 0, 2}), (Floats{1, 2, 2, 2}));
}

TEST(PadTest, ValuesOfAnyType) {
  Call strings(sinter_op_Pad, 13);
  strings.Strings({1}, {"a"}).Input<int64_t>({2}, {1, 1}).Strings({}, {"pad"});
  ASSERT_EQ(strings.Run(), SINTER_OK);
  EXPECT_EQ(strings.StringValues(0), (Strings{"pad", "a", "pad"}));
  Call second(sinter_op_Pad, 2);
  second.Input<float>({1}, {7}).Ints("pads", {0, 2}).Float("value", 1.5f);
  ASSERT_EQ(second.Run(), SINTER_OK);
  EXPECT_EQ(second.Values<float>(0), (std::vector<float>{7, 1.5f, 1.5f}));
  Call axes(sinter_op_Pad, 18);
  axes.Input<int64_t>({1, 2}, {3, 4}).Input<int64_t>({2}, {1, 0}).Input<int64_t>({}, {9});
  ASSERT_EQ(axes.Input<int64_t>({1}, {-1}).Run(), SINTER_OK);
  EXPECT_EQ(axes.Values<int64_t>(0), (Dims{9, 3, 4}));
}

TEST(PadTest, WhatCannotBePaddedIsRefused) {
  Call crop(sinter_op_Pad, 13);
  EXPECT_EQ(RunWithInts(crop, {2}, {-2, -1}), SINTER_BAD_VALUE);
  Call few(sinter_op_Pad, 13);
  EXPECT_EQ(RunWithInts(few, {2}, {1}), SINTER_BAD_VALUE);
  Call huge(sinter_op_Pad, 13);
  EXPECT_EQ(RunWithInts(huge, {2}, {kMost, kMost}), SINTER_NO_MEMORY);
  Call nothing(sinter_op_Pad, 13);
  nothing.String("mode", "edge");
  EXPECT_EQ(RunWithInts(nothing, {0}, {1, 1}), SINTER_BAD_VALUE);
  Call unknown(sinter_op_Pad, 13);
  unknown.String("mode", "mirror");
  EXPECT_EQ(RunWithInts(unknown, {2}, {1, 1}), SINTER_NOT_SUPPORTED);
}

TEST(SplitTest, GivenSizesAndUnwantedOutputs) {
  Call call(sinter_op_Split, 13);
  call.Outputs(3).NoOutput(1).Int("axis", 1);
  ASSERT_EQ(RunWithInts(call, {2, 4}, {1, 0, 3}), SINTER_OK);
  EXPECT_EQ(call.Values<float>(0), (std::vector<float>{0, 4}));
  EXPECT_EQ(call.Values<float>(2), (std::vector<float>{1, 2, 3, 5, 6, 7}));
  for (const Dims& sizes : {Dims{1, 2}, Dims{1, 4}, Dims{-1, 5}, Dims{4}, Dims{kMost, kMost}}) {
    Call wrong(sinter_op_Split, 13);
    wrong.Outputs(2).Int("axis", 1);
    EXPECT_EQ(RunWithInts(wrong, {2, 4}, sizes), SINTER_BAD_VALUE);
  }
}

TEST(SplitTest, EqualPartsByVersion) {
  Call uneven(sinter_op_Split, 18);
  uneven.Outputs(2).Int("num_outputs", 2).Input<float>({5}, Iota(5));
  ASSERT_EQ(uneven.Run(), SINTER_OK);
  EXPECT_EQ(uneven.Values<float>(0), (std::vector<float>{0, 1, 2}));
  EXPECT_EQ(uneven.Values<float>(1), (std::vector<float>{3, 4}));
  Call strict(sinter_op_Split, 13);
  EXPECT_EQ(strict.Outputs(2).Input<float>({5}, Iota(5)).Run(), SINTER_BAD_VALUE);
  Call many(sinter_op_Split, 18);
  EXPECT_EQ(many.Outputs(5).Int("num_outputs", 5).Input<float>({2}, Iota(2)).Run(),
            SINTER_BAD_VALUE);
}

TEST(ConcatTest, StringsAndErrors) {
  Call call(sinter_op_Concat, 13);
  call.Int("axis", -1).Strings({2, 1}, {"a", "b"}).Strings({2, 2}, {"c", "d", "e", "f"});
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.StringValues(0), (Strings{"a", "c", "d", "b", "e", "f"}));
  Call misfit(sinter_op_Concat, 13);
  misfit.Int("axis", 0).Input<float>({2, 1}, Iota(2)).Input<float>({2, 2}, Iota(4));
  EXPECT_EQ(misfit.Run(), SINTER_BAD_VALUE);
  Call ranks(sinter_op_Concat, 13);
  ranks.Int("axis", 0).Input<float>({2}, Iota(2)).Input<float>({2, 1}, Iota(2));
  EXPECT_EQ(ranks.Run(), SINTER_BAD_VALUE);
}

}  // namespace
}  // namespace sinter::library
