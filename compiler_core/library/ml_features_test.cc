// Preparing features (ai.onnx.ml).
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "compiler_core/library/library.h"
#include "compiler_core/library/testing/call.h"
#include "gtest/gtest.h"

extern "C" {
SINTER_OP(ml_ArrayFeatureExtractor);
SINTER_OP(ml_Binarizer);
SINTER_OP(ml_FeatureVectorizer);
SINTER_OP(ml_Imputer);
SINTER_OP(ml_Normalizer);
SINTER_OP(ml_Scaler);
}

namespace sinter::library {
namespace {

using Dims = std::vector<int64_t>;
using Strings = std::vector<std::string>;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Bit for bit, but that any NaN is like another.
template <typename T>
void ExpectSame(const std::vector<T>& actual, const std::vector<T>& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    if (std::isnan(expected[i])) {
      EXPECT_TRUE(std::isnan(actual[i])) << i;
    } else {
      EXPECT_EQ(actual[i], expected[i]) << i;
    }
  }
}

// Expected values from ONNX Runtime 1.32.
TEST(NormalizerTest, ByTheGreatest) {
  Call call(sinter_op_ml_Normalizer, 1);
  call.Input<float>({3, 3}, {1, -2, 4.5, 0, 0, 0, -1, -3, -0.5}).String("norm", "MAX");
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{3, 3}));
  ExpectSame(call.Values<float>(0), {0.222222224, -0.444444448, 1, 0, 0, 0, 2, 6, 1});
}

// Expected values from ONNX Runtime 1.32.
TEST(NormalizerTest, ByMagnitude) {
  Call call(sinter_op_ml_Normalizer, 1);
  call.Input<float>({3, 3}, {1, -2, 4.5, 0, 0, 0, -1, -3, -0.5}).String("norm", "L1");
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{3, 3}));
  ExpectSame(call.Values<float>(0), {0.13333334, -0.266666681, 0.600000024, 0, 0, 0, -0.222222224,
                                     -0.666666687, -0.111111112});
}

// Expected values from ONNX Runtime 1.32.
TEST(NormalizerTest, ByLength) {
  Call call(sinter_op_ml_Normalizer, 1);
  call.Input<float>({3, 3}, {1, -2, 4.5, 0, 0, 0, -1, -3, -0.5}).String("norm", "L2");
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{3, 3}));
  ExpectSame(call.Values<float>(0), {0.199007437, -0.398014873, 0.895533442, 0, 0, 0, -0.312347531,
                                     -0.937042594, -0.156173766});
}

// Expected values from ONNX Runtime 1.32.
TEST(NormalizerTest, OfDoubles) {
  Call call(sinter_op_ml_Normalizer, 1);
  call.Input<double>({3}, {0.10000000000000001, -0.69999999999999996, 0.001}).String("norm", "L2");
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{3}));
  ExpectSame(call.Values<float>(0), {0.141421214, -0.989948511, 0.00141421217});
}

// Expected values from ONNX Runtime 1.32.
TEST(NormalizerTest, OfIntegers) {
  Call call(sinter_op_ml_Normalizer, 1);
  call.Input<int64_t>({2, 2}, {3, -4, 7, 0}).String("norm", "L1");
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2, 2}));
  ExpectSame(call.Values<float>(0), {0.428571433, -0.571428597, 1, 0});
}

TEST(NormalizerTest, RefusesOtherNormsAndShapes) {
  Call norm(sinter_op_ml_Normalizer, 1);
  EXPECT_EQ(norm.Input<float>({1}, {1}).String("norm", "L3").Run(), SINTER_BAD_VALUE);
  Call shape(sinter_op_ml_Normalizer, 1);
  EXPECT_EQ(shape.Input<float>({1, 1, 1}, {1}).Run(), SINTER_BAD_VALUE);
}

// Expected values from ONNX Runtime 1.32.
TEST(ScalerTest, ByFeature) {
  Call call(sinter_op_ml_Scaler, 1);
  call.Input<float>({2, 3}, {1, 2, 3, 0.300000012, 0.200000003, 0.100000001})
      .Floats("scale", {0.5, 2, -1})
      .Floats("offset", {1, 0.100000001, 0});
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2, 3}));
  ExpectSame(call.Values<float>(0), {0, 3.79999995, -3, -0.349999994, 0.200000003, -0.100000001});
}

// Expected values from ONNX Runtime 1.32.
TEST(ScalerTest, OfDoubles) {
  Call call(sinter_op_ml_Scaler, 1);
  call.Input<double>({1, 2}, {1.1000000000000001, 2.7000000000000002})
      .Floats("scale", {0.300000012})
      .Floats("offset", {0.100000001});
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{1, 2}));
  ExpectSame(call.Values<float>(0), {0.300000012, 0.780000031});
}

// Expected values from ONNX Runtime 1.32.
TEST(ScalerTest, OfIntegers) {
  Call call(sinter_op_ml_Scaler, 1);
  call.Input<int32_t>({2, 2}, {1, 2, 30, -5})
      .Floats("scale", {0.300000012, 0.699999988})
      .Floats("offset", {0.100000001, 3});
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2, 2}));
  ExpectSame(call.Values<float>(0), {0.270000011, -0.699999988, 8.97000027, -5.5999999});
}

TEST(ScalerTest, RefusesLengthsThatDoNotFit) {
  Call call(sinter_op_ml_Scaler, 1);
  call.Input<float>({1, 3}, {1, 2, 3}).Floats("scale", {1, 2}).Floats("offset", {1, 2});
  EXPECT_EQ(call.Run(), SINTER_BAD_VALUE);
  Call missing(sinter_op_ml_Scaler, 1);
  EXPECT_EQ(missing.Input<float>({1}, {1}).Floats("scale", {1}).Run(), SINTER_BAD_VALUE);
}

// Expected values from ONNX Runtime 1.32.
TEST(ImputerTest, ReplacesNan) {
  Call call(sinter_op_ml_Imputer, 1);
  call.Input<float>({2, 2}, {1, kNan, kNan, 4})
      .Floats("imputed_value_floats", {7, 8})
      .Float("replaced_value_float", kNan);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2, 2}));
  ExpectSame(call.Values<float>(0), {1, 8, 7, 4});
}

// Expected values from ONNX Runtime 1.32.
TEST(ImputerTest, ReplacesIntegers) {
  Call call(sinter_op_ml_Imputer, 1);
  call.Input<int64_t>({2, 2}, {1, -1, -1, 4})
      .Ints("imputed_value_int64s", {9})
      .Int("replaced_value_int64", -1);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2, 2}));
  EXPECT_EQ(call.Values<int64_t>(0), (std::vector<int64_t>{1, 9, 9, 4}));
}

// Types that ONNX Runtime lacks; expected values by hand.
TEST(ImputerTest, OfDoublesAndShortIntegers) {
  Call doubles(sinter_op_ml_Imputer, 1);
  doubles.Input<double>({3}, {0, -0.0, 1e-9}).Floats("imputed_value_floats", {0.5f});
  ASSERT_EQ(doubles.Run(), SINTER_OK);
  EXPECT_EQ(doubles.Values<double>(0), (std::vector<double>{0.5, 0.5, 1e-9}));
  Call ints(sinter_op_ml_Imputer, 1);
  ints.Input<int32_t>({2}, {3, 0}).Ints("imputed_value_int64s", {6, 7});
  ASSERT_EQ(ints.Run(), SINTER_OK);
  EXPECT_EQ(ints.Values<int32_t>(0), (std::vector<int32_t>{3, 7}));
}

TEST(ImputerTest, NeedsValuesOfTheInputsType) {
  Call call(sinter_op_ml_Imputer, 1);
  EXPECT_EQ(call.Input<float>({1}, {0}).Ints("imputed_value_int64s", {1}).Run(), SINTER_BAD_VALUE);
}

TEST(BinarizerTest, KeepsTheType) {
  Call call(sinter_op_ml_Binarizer, 1);
  ASSERT_EQ(call.Input<int32_t>({3}, {0, 1, 2}).Float("threshold", 1).Run(), SINTER_OK);
  EXPECT_EQ(call.Values<int32_t>(0), (std::vector<int32_t>{0, 0, 1}));
}

// Expected values from ONNX Runtime 1.32.
TEST(ArrayFeatureExtractorTest, OfAVectorIsARow) {
  Call call(sinter_op_ml_ArrayFeatureExtractor, 1);
  call.Strings({3}, {"a", "bb", "c"}).Input<int64_t>({3}, {2, 0, 2});
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{1, 3}));
  EXPECT_EQ(call.StringValues(0), (Strings{"c", "a", "c"}));
}

TEST(ArrayFeatureExtractorTest, IndicesMustBeInRange) {
  for (int64_t index : {3, -1}) {
    Call call(sinter_op_ml_ArrayFeatureExtractor, 1);
    call.Input<float>({1, 3}, {1, 2, 3}).Input<int64_t>({1}, {index});
    EXPECT_EQ(call.Run(), SINTER_BAD_VALUE);
  }
}

// Expected values from ONNX Runtime 1.32.
TEST(FeatureVectorizerTest, CutsAndPads) {
  Call call(sinter_op_ml_FeatureVectorizer, 1);
  call.Input<int64_t>({2, 3}, {1, 2, 3, 4, 5, 6})
      .Input<int64_t>({2, 2}, {7, 8, 9, 10})
      .Ints("inputdimensions", {2, 3});
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2, 5}));
  ExpectSame(call.Values<float>(0), {1, 2, 7, 8, 0, 4, 5, 9, 10, 0});
}

TEST(FeatureVectorizerTest, RowsMustBeAsMany) {
  Call call(sinter_op_ml_FeatureVectorizer, 1);
  call.Input<float>({2, 1}, {1, 2}).Input<float>({1, 1}, {1}).Ints("inputdimensions", {1, 1});
  EXPECT_EQ(call.Run(), SINTER_BAD_VALUE);
}

}  // namespace
}  // namespace sinter::library
