// Reductions, running totals, order and selection, for what ONNX's own cases leave out.
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "compiler_core/library/library.h"
#include "compiler_core/library/testing/call.h"
#include "gtest/gtest.h"

extern "C" {
SINTER_OP(Compress);
SINTER_OP(CumProd);
SINTER_OP(CumSum);
SINTER_OP(NonMaxSuppression);
SINTER_OP(NonZero);
SINTER_OP(ReduceL1);
SINTER_OP(ReduceL2);
SINTER_OP(ReduceLogSum);
SINTER_OP(ReduceLogSumExp);
SINTER_OP(ReduceMax);
SINTER_OP(ReduceMean);
SINTER_OP(ReduceMin);
SINTER_OP(ReduceProd);
SINTER_OP(ReduceSum);
SINTER_OP(ReduceSumSquare);
SINTER_OP(TopK);
SINTER_OP(Unique);
}

namespace sinter::library {
namespace {

using Dims = std::vector<int64_t>;
using Strings = std::vector<std::string>;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// The reduction of all elements of one row.
template <typename T>
double Reduced(sinter_op op, const std::vector<T>& values) {
  Call call(op, 18);
  call.Input<T>({static_cast<int64_t>(values.size())}, values).Int("keepdims", 0);
  EXPECT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.Dims(0), Dims{});
  return call.Numbers(0)[0];
}

TEST(ReduceTest, NothingAtAll) {
  const std::vector<float> none;
  EXPECT_EQ(Reduced(sinter_op_ReduceSum, none), 0);
  EXPECT_EQ(Reduced(sinter_op_ReduceProd, none), 1);
  EXPECT_EQ(Reduced(sinter_op_ReduceMax, none), -kInfinity);
  EXPECT_EQ(Reduced(sinter_op_ReduceMin, none), kInfinity);
  EXPECT_EQ(Reduced(sinter_op_ReduceLogSum, none), -kInfinity);
  EXPECT_EQ(Reduced(sinter_op_ReduceLogSumExp, none), -kInfinity);
  EXPECT_TRUE(std::isnan(Reduced(sinter_op_ReduceMean, none)));
  EXPECT_EQ(Reduced(sinter_op_ReduceMax, std::vector<int32_t>()), INT32_MIN);
  EXPECT_EQ(Reduced(sinter_op_ReduceMin, std::vector<uint8_t>()), 255);
}

TEST(ReduceTest, IntegersStayIntegers) {
  EXPECT_EQ(Reduced(sinter_op_ReduceSum, std::vector<int32_t>{INT32_MAX, 1}), INT32_MIN);
  EXPECT_EQ(Reduced(sinter_op_ReduceMean, std::vector<int32_t>{-3, 0}), -1);
  EXPECT_EQ(Reduced(sinter_op_ReduceL1, std::vector<int64_t>{-3, 4}), 7);
  EXPECT_EQ(Reduced(sinter_op_ReduceL2, std::vector<int64_t>{-3, 4}), 5);
  EXPECT_EQ(Reduced(sinter_op_ReduceSumSquare, std::vector<uint32_t>{3, 4}), 25);
  EXPECT_EQ(Reduced(sinter_op_ReduceMax, std::vector<uint64_t>{1, uint64_t{1} << 63}), 0x1p63);
  EXPECT_EQ(Reduced(sinter_op_ReduceMin, std::vector<uint64_t>{1, uint64_t{1} << 63}), 1);
  EXPECT_EQ(Reduced(sinter_op_ReduceMax, std::vector<int8_t>{-5, -3}), -3);
  EXPECT_EQ(Reduced(sinter_op_ReduceProd, std::vector<int64_t>{-5, -3}), 15);
}

TEST(ReduceTest, SpecialFloats) {
  EXPECT_TRUE(std::isnan(Reduced(sinter_op_ReduceMax, std::vector<float>{1, kNan, 2})));
  EXPECT_TRUE(std::isnan(Reduced(sinter_op_ReduceMin, std::vector<float>{kNan, 1, 2})));
  EXPECT_EQ(Reduced(sinter_op_ReduceLogSumExp, std::vector<float>{1000, 1000}),
            static_cast<float>(1000 + std::log(2.0)));
  EXPECT_EQ(Reduced(sinter_op_ReduceLogSumExp, std::vector<float>{-kInfinity, kInfinity}),
            kInfinity);
  // In float, one after the other, this would stop at 2^24.
  const std::vector<float> ones((1 << 24) + 1000, 1);
  EXPECT_EQ(Reduced(sinter_op_ReduceSum, ones), (1 << 24) + 1000);
}

TEST(ReduceTest, AxesComeFromTheInputOrAttribute) {
  const std::vector<float> values = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  Call call(sinter_op_ReduceSum, 13);
  call.Input<float>({2, 3, 2}, values).Input<int64_t>({2}, {0, -1}).Int("keepdims", 0);
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.Values<float>(0), (std::vector<float>{14, 22, 30}));
  Call attribute(sinter_op_ReduceMax, 11);
  ASSERT_EQ(attribute.Input<float>({2, 3, 2}, values).Ints("axes", {1}).Run(), SINTER_OK);
  EXPECT_EQ(attribute.Dims(0), (Dims{2, 1, 2}));
  EXPECT_EQ(attribute.Values<float>(0), (std::vector<float>{4, 5, 10, 11}));
  Call noop(sinter_op_ReduceSumSquare, 18);
  noop.Input<float>({2}, {3, -4}).Input<int64_t>({0}, {}).Int("noop_with_empty_axes", 1);
  ASSERT_EQ(noop.Run(), SINTER_OK);
  EXPECT_EQ(noop.Values<float>(0), (std::vector<float>{9, 16}));
  for (const Dims& axes : {Dims{1, 1}, Dims{3}, Dims{-4}, Dims{0, -3}}) {
    Call wrong(sinter_op_ReduceSum, 13);
    wrong.Input<float>({2, 3, 2}, values);
    EXPECT_EQ(wrong.Input<int64_t>({(int64_t)axes.size()}, axes).Run(), SINTER_BAD_VALUE);
  }
}

TEST(CumulativeTest, SumsAndProducts) {
  Call sum(sinter_op_CumSum, 14);
  sum.Input<int32_t>({2, 3}, {1, 2, 3, 4, 5, 6}).Input<int32_t>({}, {-1});
  ASSERT_EQ(sum.Int("exclusive", 1).Int("reverse", 1).Run(), SINTER_OK);
  EXPECT_EQ(sum.Values<int32_t>(0), (std::vector<int32_t>{5, 3, 0, 11, 6, 0}));
  Call product(sinter_op_CumProd, 26);
  product.Input<double>({3, 1}, {2, 3, 4}).Input<int64_t>({1}, {0});
  ASSERT_EQ(product.Run(), SINTER_OK);
  EXPECT_EQ(product.Values<double>(0), (std::vector<double>{2, 6, 24}));
  Call outside(sinter_op_CumSum, 14);
  EXPECT_EQ(outside.Input<float>({1}, {1}).Input<int64_t>({}, {1}).Run(), SINTER_BAD_VALUE);
}

TEST(TopKTest, ManyElementsFewWanted) {
  std::vector<int32_t> values(1000);
  for (int i = 0; i < 1000; ++i) values[i] = (i * 37) % 100;
  for (const int64_t k : {3, 200}) {
    Call call(sinter_op_TopK, 11);
    call.Outputs(2).Input<int32_t>({1000}, values).Input<int64_t>({1}, {k});
    ASSERT_EQ(call.Run(), SINTER_OK);
    const std::vector<int32_t> best = call.Values<int32_t>(0);
    const Dims places = call.Values<int64_t>(1);
    // 99 is at 27 and every hundred places after it.
    for (int i = 0; i < 3; ++i) EXPECT_EQ(best[i], 99);
    EXPECT_EQ(places[0], 27);
    EXPECT_EQ(places[1], 127);
    EXPECT_EQ(places[2], 227);
    for (int64_t i = 1; i < k; ++i) ASSERT_GE(best[i - 1], best[i]);
  }
}

TEST(TopKTest, NanIsGreatestAndZerosAreOne) {
  Call call(sinter_op_TopK, 11);
  call.Outputs(2).Input<float>({4}, {1, kNan, 0.0f, -0.0f}).Input<int64_t>({1}, {4});
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.Values<int64_t>(1), (Dims{1, 0, 2, 3}));
  Call least(sinter_op_TopK, 11);
  least.Outputs(2).Input<float>({4}, {1, kNan, 0.0f, -0.0f}).Input<int64_t>({1}, {4});
  ASSERT_EQ(least.Int("largest", 0).Run(), SINTER_OK);
  EXPECT_EQ(least.Values<int64_t>(1), (Dims{2, 3, 0, 1}));
  for (const int64_t k : {5, -1}) {
    Call wrong(sinter_op_TopK, 11);
    EXPECT_EQ(wrong.Outputs(2).Input<float>({4}, {1, 2, 3, 4}).Input<int64_t>({1}, {k}).Run(),
              SINTER_BAD_VALUE);
  }
}

TEST(CompressTest, ConditionsOfOtherLengths) {
  Call shorter(sinter_op_Compress, 11);
  shorter.Strings({3}, {"a", "b", "c"}).Input<bool>({2}, {false, true}).Int("axis", 0);
  ASSERT_EQ(shorter.Run(), SINTER_OK);
  EXPECT_EQ(shorter.StringValues(0), Strings{"b"});
  Call longer(sinter_op_Compress, 11);
  longer.Input<float>({1}, {1}).Input<bool>({2}, {true, false});
  ASSERT_EQ(longer.Run(), SINTER_OK);
  EXPECT_EQ(longer.Values<float>(0), std::vector<float>{1});
  Call outside(sinter_op_Compress, 11);
  outside.Input<float>({1}, {1}).Input<bool>({2}, {true, true});
  EXPECT_EQ(outside.Run(), SINTER_BAD_INDEX);
}

TEST(NonZeroTest, ScalarsAndNothing) {
  Call scalar(sinter_op_NonZero, 13);
  ASSERT_EQ(scalar.Input<float>({}, {2}).Run(), SINTER_OK);
  EXPECT_EQ(scalar.Dims(0), (Dims{0, 1}));
  Call none(sinter_op_NonZero, 13);
  ASSERT_EQ(none.Input<int64_t>({2, 2}, {0, 0, 0, 0}).Run(), SINTER_OK);
  EXPECT_EQ(none.Dims(0), (Dims{2, 0}));
  Call text(sinter_op_NonZero, 13);
  ASSERT_EQ(text.Strings({1, 2}, {"", "x"}).Run(), SINTER_OK);
  EXPECT_EQ(text.Values<int64_t>(0), (Dims{0, 1}));
}

TEST(UniqueTest, StringsInBothOrders) {
  for (const bool sorted : {true, false}) {
    Call call(sinter_op_Unique, 11);
    call.Outputs(4).Strings({5}, {"b", "a", "b", "c", "a"}).Int("sorted", sorted);
    ASSERT_EQ(call.Run(), SINTER_OK);
    EXPECT_EQ(call.StringValues(0), sorted ? (Strings{"a", "b", "c"}) : (Strings{"b", "a", "c"}));
    EXPECT_EQ(call.Values<int64_t>(1), sorted ? (Dims{1, 0, 3}) : (Dims{0, 1, 3}));
    EXPECT_EQ(call.Values<int64_t>(2), sorted ? (Dims{1, 0, 1, 2, 0}) : (Dims{0, 1, 0, 2, 1}));
    EXPECT_EQ(call.Values<int64_t>(3), sorted ? (Dims{2, 2, 1}) : (Dims{2, 2, 1}));
  }
}

TEST(UniqueTest, SlicesAlongTheLastAxis) {
  Call call(sinter_op_Unique, 11);
  call.Outputs(2).Input<uint64_t>({2, 3}, {9, 1, 9, 8, 1, 8}).Int("axis", -1);
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.Dims(0), (Dims{2, 2}));
  EXPECT_EQ(call.Values<uint64_t>(0), (std::vector<uint64_t>{1, 9, 1, 8}));
  Call empty(sinter_op_Unique, 11);
  ASSERT_EQ(empty.Input<float>({0}, {}).Run(), SINTER_OK);
  EXPECT_EQ(empty.Dims(0), Dims{0});
  Call outside(sinter_op_Unique, 11);
  EXPECT_EQ(outside.Input<float>({1}, {1}).Int("axis", 1).Run(), SINTER_BAD_VALUE);
}

TEST(NonMaxSuppressionTest, EqualScoresKeepTheirOrder) {
  Call call(sinter_op_NonMaxSuppression, 11);
  call.Input<float>({1, 3, 4}, {0, 0, 1, 1, 5, 5, 6, 6, 0, 0, 1, 0.9f});
  call.Input<float>({1, 1, 3}, {0.5f, 0.5f, 0.5f}).Input<int64_t>({1}, {10});
  ASSERT_EQ(call.Input<float>({1}, {0.5f}).Run(), SINTER_OK);
  EXPECT_EQ(call.Values<int64_t>(0), (Dims{0, 0, 0, 0, 0, 1}));
  Call none(sinter_op_NonMaxSuppression, 11);
  none.Input<float>({1, 0, 4}, {}).Input<float>({1, 1, 0}, {}).Input<int64_t>({1}, {10});
  ASSERT_EQ(none.Run(), SINTER_OK);
  EXPECT_EQ(none.Dims(0), (Dims{0, 3}));
  Call misfit(sinter_op_NonMaxSuppression, 11);
  misfit.Input<float>({1, 1, 4}, {0, 0, 1, 1}).Input<float>({1, 1, 2}, {1, 1});
  EXPECT_EQ(misfit.Run(), SINTER_BAD_VALUE);
}

}  // namespace
}  // namespace sinter::library
