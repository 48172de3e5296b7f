// Gathering and scattering: strings, what ONNX's own cases leave out, and indices out of range.
#include <cstdint>
#include <string>
#include <vector>

#include "compiler_core/library/library.h"
#include "compiler_core/library/testing/call.h"
#include "gtest/gtest.h"

extern "C" {
SINTER_OP(CumSum);
SINTER_OP(Gather);
SINTER_OP(GatherElements);
SINTER_OP(GatherND);
SINTER_OP(ReverseSequence);
SINTER_OP(ScatterElements);
SINTER_OP(ScatterND);
SINTER_OP(Where);
}

namespace sinter::library {
namespace {

using Dims = std::vector<int64_t>;
using Strings = std::vector<std::string>;

TEST(GatherTest, StringsByScalarsAndTensors) {
  Call scalar(sinter_op_Gather, 13);
  scalar.Strings({2, 2}, {"a", "b", "c", "d"}).Input<int64_t>({}, {-1}).Int("axis", 1);
  ASSERT_EQ(scalar.Run(), SINTER_OK);
  EXPECT_EQ(scalar.Dims(0), Dims{2});
  EXPECT_EQ(scalar.StringValues(0), (Strings{"b", "d"}));
  Call tensor(sinter_op_Gather, 13);
  tensor.Strings({2}, {"a", "bc"}).Input<int32_t>({1, 3}, {1, 0, 1});
  ASSERT_EQ(tensor.Run(), SINTER_OK);
  EXPECT_EQ(tensor.Dims(0), (Dims{1, 3}));
  EXPECT_EQ(tensor.StringValues(0), (Strings{"bc", "a", "bc"}));
}

TEST(GatherTest, IndicesOutOfRangeAreRefused) {
  for (const int64_t index : {2, -3}) {
    Call call(sinter_op_Gather, 13);
    EXPECT_EQ(call.Input<float>({2}, {1, 2}).Input<int64_t>({1}, {index}).Run(), SINTER_BAD_INDEX);
    Call elements(sinter_op_GatherElements, 13);
    EXPECT_EQ(elements.Input<float>({2}, {1, 2}).Input<int64_t>({1}, {index}).Run(),
              SINTER_BAD_INDEX);
    Call tuples(sinter_op_GatherND, 13);
    EXPECT_EQ(tuples.Input<float>({2}, {1, 2}).Input<int64_t>({1, 1}, {index}).Run(),
              SINTER_BAD_INDEX);
  }
  Call nothing(sinter_op_Gather, 13);
  EXPECT_EQ(nothing.Input<float>({0}, {}).Input<int64_t>({1}, {0}).Run(), SINTER_BAD_INDEX);
}

TEST(GatherElementsTest, FewerRowsThanTheData) {
  Call call(sinter_op_GatherElements, 13);
  call.Strings({2, 2}, {"a", "b", "c", "d"}).Input<int64_t>({1, 3}, {1, 0, -1}).Int("axis", 1);
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.StringValues(0), (Strings{"b", "a", "b"}));
  Call larger(sinter_op_GatherElements, 13);
  larger.Input<float>({1, 2}, {1, 2}).Input<int64_t>({2, 1}, {0, 0}).Int("axis", 1);
  EXPECT_EQ(larger.Run(), SINTER_BAD_VALUE);
}

TEST(GatherNdTest, TuplesTooLong) {
  Call call(sinter_op_GatherND, 13);
  EXPECT_EQ(call.Input<float>({2}, {1, 2}).Input<int64_t>({1, 2}, {0, 0}).Run(), SINTER_BAD_VALUE);
  Call batches(sinter_op_GatherND, 13);
  batches.Input<float>({2, 1}, {1, 2}).Input<int64_t>({1, 1}, {0}).Int("batch_dims", 1);
  EXPECT_EQ(batches.Run(), SINTER_BAD_VALUE);
}

TEST(ReverseSequenceTest, LengthsOutOfRange) {
  Call call(sinter_op_ReverseSequence, 10);
  call.Strings({3, 1}, {"a", "b", "c"}).Input<int64_t>({1}, {2});
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.StringValues(0), (Strings{"b", "a", "c"}));
  Call longer(sinter_op_ReverseSequence, 10);
  EXPECT_EQ(longer.Input<float>({1, 1}, {1}).Input<int64_t>({1}, {2}).Run(), SINTER_BAD_VALUE);
}

TEST(WhereTest, BroadcastsStrings) {
  Call call(sinter_op_Where, 16);
  call.Input<bool>({2, 1}, {true, false}).Strings({2}, {"a", "b"}).Strings({}, {"no"});
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.Dims(0), (Dims{2, 2}));
  EXPECT_EQ(call.StringValues(0), (Strings{"a", "b", "no", "no"}));
  Call misfit(sinter_op_Where, 16);
  misfit.Input<bool>({2}, {true, false}).Input<float>({3}, {1, 2, 3}).Input<float>({}, {0});
  EXPECT_EQ(misfit.Run(), SINTER_BAD_VALUE);
}

TEST(ScatterTest, StringsAndReductions) {
  Call text(sinter_op_ScatterElements, 18);
  text.Strings({3}, {"a", "b", "c"}).Input<int64_t>({1}, {-2}).Strings({1}, {"new"});
  ASSERT_EQ(text.Run(), SINTER_OK);
  EXPECT_EQ(text.StringValues(0), (Strings{"a", "new", "c"}));
  Call greatest(sinter_op_ScatterND, 18);
  greatest.Input<uint64_t>({2}, {5, uint64_t{1} << 63}).Input<int64_t>({2, 1}, {0, 1});
  ASSERT_EQ(greatest.Input<uint64_t>({2}, {7, 1}).String("reduction", "max").Run(), SINTER_OK);
  EXPECT_EQ(greatest.Values<uint64_t>(0), (std::vector<uint64_t>{7, uint64_t{1} << 63}));
}

TEST(ScatterTest, WhatDoesNotFitIsRefused) {
  Call outside(sinter_op_ScatterND, 18);
  outside.Input<float>({2}, {1, 2}).Input<int64_t>({1, 1}, {2}).Input<float>({1}, {0});
  EXPECT_EQ(outside.Run(), SINTER_BAD_INDEX);
  Call fewer(sinter_op_ScatterND, 18);
  fewer.Input<float>({2}, {1, 2}).Input<int64_t>({2, 1}, {0, 1}).Input<float>({1}, {0});
  EXPECT_EQ(fewer.Run(), SINTER_BAD_VALUE);
  Call elements(sinter_op_ScatterElements, 18);
  elements.Input<float>({2}, {1, 2}).Input<int64_t>({2}, {0, 1}).Input<float>({1}, {0});
  EXPECT_EQ(elements.Run(), SINTER_BAD_VALUE);
  Call sum(sinter_op_ScatterElements, 18);
  sum.Strings({1}, {"a"}).Input<int64_t>({1}, {0}).Strings({1}, {"b"});
  EXPECT_EQ(sum.String("reduction", "add").Run(), SINTER_NOT_SUPPORTED);
  Call total(sinter_op_CumSum, 14);
  EXPECT_EQ(total.Strings({1}, {"a"}).Input<int64_t>({}, {0}).Run(), SINTER_NOT_SUPPORTED);
}

}  // namespace
}  // namespace sinter::library
