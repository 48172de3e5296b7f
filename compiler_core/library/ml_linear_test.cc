// Linear models and support vector machines (ai.onnx.ml).
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "compiler_core/library/library.h"
#include "compiler_core/library/testing/call.h"
#include "gtest/gtest.h"

extern "C" {
SINTER_OP(ml_LinearClassifier);
SINTER_OP(ml_LinearRegressor);
SINTER_OP(ml_SVMClassifier);
SINTER_OP(ml_SVMRegressor);
}

namespace sinter::library {
namespace {

using Dims = std::vector<int64_t>;
using Strings = std::vector<std::string>;

void ExpectNear(const std::vector<float>& actual, const std::vector<float>& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    EXPECT_NEAR(actual[i], expected[i], 2e-6f + 2e-5f * std::fabs(expected[i])) << i;
  }
}

// Expected values from ONNX Runtime 1.32.
TEST(LinearRegressorTest, TwoTargetsPlain) {
  Call call(sinter_op_ml_LinearRegressor, 1);
  call.Input<float>({2, 2}, {1, 2, -1, 0.5})
      .Floats("coefficients", {0.100000001, 0.200000003, 0.0500000007, 0.100000001})
      .Floats("intercepts", {0.200000003, 0.300000012})
      .String("post_transform", "NONE")
      .Int("targets", 2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2, 2}));
  ExpectNear(call.Values<float>(0), {0.699999988, 0.550000012, 0.200000003, 0.300000012});
}

// Expected values from ONNX Runtime 1.32.
TEST(LinearClassifierTest, ThreeClassesPlain) {
  Call call(sinter_op_ml_LinearClassifier, 1);
  call.Input<float>({2, 2}, {0.300000012, 0.5, 0.200000003, 0.100000001})
      .Floats("coefficients", {0.100000001, 0.200000003, 0.300000012, 0.100000001, 0.5, 0})
      .Floats("intercepts", {0.300000012, 0.200000003, 0.100000001})
      .String("post_transform", "NONE")
      .StringList("classlabels_strings", {"a", "b", "c"})
      .Outputs(2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2}));
  EXPECT_EQ(call.StringValues(0), (Strings{"a", "a"}));
  EXPECT_EQ(call.Dims(1), (Dims{2, 3}));
  ExpectNear(call.Values<float>(1),
             {0.430000007, 0.340000004, 0.25, 0.340000004, 0.270000011, 0.200000003});
}

// Expected values from ONNX Runtime 1.32.
TEST(LinearRegressorTest, TwoTargetsSoftmax) {
  Call call(sinter_op_ml_LinearRegressor, 1);
  call.Input<float>({2, 2}, {1, 2, -1, 0.5})
      .Floats("coefficients", {0.100000001, 0.200000003, 0.0500000007, 0.100000001})
      .Floats("intercepts", {0.200000003, 0.300000012})
      .String("post_transform", "SOFTMAX")
      .Int("targets", 2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2, 2}));
  ExpectNear(call.Values<float>(0), {0.53742981, 0.462570161, 0.475020826, 0.524979174});
}

// Expected values from ONNX Runtime 1.32.
TEST(LinearClassifierTest, ThreeClassesSoftmax) {
  Call call(sinter_op_ml_LinearClassifier, 1);
  call.Input<float>({2, 2}, {0.300000012, 0.5, 0.200000003, 0.100000001})
      .Floats("coefficients", {0.100000001, 0.200000003, 0.300000012, 0.100000001, 0.5, 0})
      .Floats("intercepts", {0.300000012, 0.200000003, 0.100000001})
      .String("post_transform", "SOFTMAX")
      .Ints("classlabels_ints", {4, 5, 6})
      .Outputs(2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2}));
  EXPECT_EQ(call.Values<int64_t>(0), (std::vector<int64_t>{4, 4}));
  EXPECT_EQ(call.Dims(1), (Dims{2, 3}));
  ExpectNear(call.Values<float>(1),
             {0.363741994, 0.332435161, 0.303822875, 0.356919527, 0.33278957, 0.310290933});
}

// Expected values from ONNX Runtime 1.32.
TEST(LinearRegressorTest, TwoTargetsLogistic) {
  Call call(sinter_op_ml_LinearRegressor, 1);
  call.Input<float>({2, 2}, {1, 2, -1, 0.5})
      .Floats("coefficients", {0.100000001, 0.200000003, 0.0500000007, 0.100000001})
      .Floats("intercepts", {0.200000003, 0.300000012})
      .String("post_transform", "LOGISTIC")
      .Int("targets", 2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2, 2}));
  ExpectNear(call.Values<float>(0), {0.668187737, 0.634135604, 0.549834013, 0.574442506});
}

// Expected values from ONNX Runtime 1.32.
TEST(LinearClassifierTest, ThreeClassesLogistic) {
  Call call(sinter_op_ml_LinearClassifier, 1);
  call.Input<float>({2, 2}, {0.300000012, 0.5, 0.200000003, 0.100000001})
      .Floats("coefficients", {0.100000001, 0.200000003, 0.300000012, 0.100000001, 0.5, 0})
      .Floats("intercepts", {0.300000012, 0.200000003, 0.100000001})
      .String("post_transform", "LOGISTIC")
      .Ints("classlabels_ints", {4, 5, 6})
      .Outputs(2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2}));
  EXPECT_EQ(call.Values<int64_t>(0), (std::vector<int64_t>{4, 4}));
  EXPECT_EQ(call.Dims(1), (Dims{2, 3}));
  ExpectNear(call.Values<float>(1),
             {0.605873644, 0.584190488, 0.562176466, 0.584190488, 0.567092896, 0.549834013});
}

// Expected values from ONNX Runtime 1.32.
TEST(LinearRegressorTest, TwoTargetsSoftmaxZero) {
  Call call(sinter_op_ml_LinearRegressor, 1);
  call.Input<float>({2, 2}, {1, 2, -1, 0.5})
      .Floats("coefficients", {0.100000001, 0.200000003, 0.0500000007, 0.100000001})
      .Floats("intercepts", {0.200000003, 0.300000012})
      .String("post_transform", "SOFTMAX_ZERO")
      .Int("targets", 2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2, 2}));
  ExpectNear(call.Values<float>(0), {0.53742981, 0.462570161, 0.475020826, 0.524979174});
}

// Expected values from ONNX Runtime 1.32.
TEST(LinearClassifierTest, ThreeClassesSoftmaxZero) {
  Call call(sinter_op_ml_LinearClassifier, 1);
  call.Input<float>({2, 2}, {0.300000012, 0.5, 0.200000003, 0.100000001})
      .Floats("coefficients", {0.100000001, 0.200000003, 0.300000012, 0.100000001, 0.5, 0})
      .Floats("intercepts", {0.300000012, 0.200000003, 0.100000001})
      .String("post_transform", "SOFTMAX_ZERO")
      .Ints("classlabels_ints", {4, 5, 6})
      .Outputs(2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2}));
  EXPECT_EQ(call.Values<int64_t>(0), (std::vector<int64_t>{4, 4}));
  EXPECT_EQ(call.Dims(1), (Dims{2, 3}));
  ExpectNear(call.Values<float>(1),
             {0.363741994, 0.332435161, 0.303822875, 0.356919527, 0.33278957, 0.310290933});
}

// Expected values from ONNX Runtime 1.32.
TEST(LinearRegressorTest, TwoTargetsProbit) {
  Call call(sinter_op_ml_LinearRegressor, 1);
  call.Input<float>({2, 2}, {1, 2, -1, 0.5})
      .Floats("coefficients", {0.100000001, 0.200000003, 0.0500000007, 0.100000001})
      .Floats("intercepts", {0.200000003, 0.300000012})
      .String("post_transform", "PROBIT")
      .Int("targets", 2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2, 2}));
  ExpectNear(call.Values<float>(0), {0.524445891, 0.125662014, -0.841756105, -0.524445891});
}

// Expected values from ONNX Runtime 1.32.
TEST(LinearClassifierTest, ThreeClassesProbit) {
  Call call(sinter_op_ml_LinearClassifier, 1);
  call.Input<float>({2, 2}, {0.300000012, 0.5, 0.200000003, 0.100000001})
      .Floats("coefficients", {0.100000001, 0.200000003, 0.300000012, 0.100000001, 0.5, 0})
      .Floats("intercepts", {0.300000012, 0.200000003, 0.100000001})
      .String("post_transform", "PROBIT")
      .StringList("classlabels_strings", {"a", "b", "c"})
      .Outputs(2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2}));
  EXPECT_EQ(call.StringValues(0), (Strings{"a", "a"}));
  EXPECT_EQ(call.Dims(1), (Dims{2, 3}));
  ExpectNear(call.Values<float>(1),
             {-0.176374331, -0.412486404, -0.674574316, -0.412486404, -0.612879932, -0.841756105});
}

// Expected values from ONNX Runtime 1.32.
TEST(LinearClassifierTest, OneScoreForTwoClassesNone) {
  Call call(sinter_op_ml_LinearClassifier, 1);
  call.Input<int64_t>({2, 2}, {1, 2, -1, 0})
      .Floats("coefficients", {0.100000001, 0.200000003})
      .Floats("intercepts", {-0.300000012})
      .String("post_transform", "NONE")
      .Ints("classlabels_ints", {4, 9})
      .Outputs(2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2}));
  EXPECT_EQ(call.Values<int64_t>(0), (std::vector<int64_t>{9, 4}));
  EXPECT_EQ(call.Dims(1), (Dims{2, 2}));
  ExpectNear(call.Values<float>(1), {0.800000012, 0.199999988, 1.39999998, -0.400000006});
}

// Expected values from ONNX Runtime 1.32.
TEST(LinearClassifierTest, OneScoreForTwoClassesLogistic) {
  Call call(sinter_op_ml_LinearClassifier, 1);
  call.Input<int64_t>({2, 2}, {1, 2, -1, 0})
      .Floats("coefficients", {0.100000001, 0.200000003})
      .Floats("intercepts", {-0.300000012})
      .String("post_transform", "LOGISTIC")
      .Ints("classlabels_ints", {4, 9})
      .Outputs(2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2}));
  EXPECT_EQ(call.Values<int64_t>(0), (std::vector<int64_t>{9, 4}));
  EXPECT_EQ(call.Dims(1), (Dims{2, 2}));
  ExpectNear(call.Values<float>(1), {0.450166047, 0.549833953, 0.598687649, 0.401312351});
}

TEST(LinearTest, SizesMustFit) {
  Call regressor(sinter_op_ml_LinearRegressor, 1);
  regressor.Input<float>({1, 2}, {1, 2}).Floats("coefficients", {1});
  EXPECT_EQ(regressor.Run(), SINTER_BAD_VALUE);
  Call classifier(sinter_op_ml_LinearClassifier, 1);
  classifier.Input<float>({1, 1}, {1}).Floats("coefficients", {1, 2}).Floats("intercepts", {0, 0});
  EXPECT_EQ(classifier.Ints("classlabels_ints", {1, 2, 3}).Outputs(2).Run(), SINTER_BAD_VALUE);
}

TEST(LinearTest, RefusesTransformsThatAreLeftOpen) {
  Call regressor(sinter_op_ml_LinearRegressor, 1);
  regressor.Input<float>({1, 1}, {1}).Floats("coefficients", {1});
  EXPECT_EQ(regressor.String("post_transform", "LOGISTIC").Run(), SINTER_NOT_SUPPORTED);
  Call classifier(sinter_op_ml_LinearClassifier, 1);
  classifier.Input<float>({1, 1}, {1}).Floats("coefficients", {1}).Floats("intercepts", {0});
  classifier.Ints("classlabels_ints", {1, 2}).String("post_transform", "SOFTMAX").Outputs(2);
  EXPECT_EQ(classifier.Run(), SINTER_NOT_SUPPORTED);
}

// Expected values from ONNX Runtime 1.32.
TEST(SvmRegressorTest, LinearKernel) {
  Call call(sinter_op_ml_SVMRegressor, 1);
  call.Input<float>({2, 2}, {3.0999999, -0.200000003, 1.39999998, -0.300000012})
      .String("kernel_type", "LINEAR")
      .Floats("kernel_params", {0.300000012, 0.5, 3})
      .Floats("coefficients", {0.0299999993, 1.36000001, 1.22000003})
      .Floats("rho", {-0.50999999})
      .Int("n_supports", 3)
      .Floats("support_vectors",
              {-0.300000012, -0.529999971, 0.569999993, -0.0599999987, 0.75, -1.85000002});
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2, 1}));
  ExpectNear(call.Values<float>(0), {5.17261982, 2.55002999});
}

// Expected values from ONNX Runtime 1.32.
TEST(SvmRegressorTest, PolyKernel) {
  Call call(sinter_op_ml_SVMRegressor, 1);
  call.Input<float>({2, 2}, {-3.79999995, -1.60000002, -0.899999976, -2.4000001})
      .String("kernel_type", "POLY")
      .Floats("kernel_params", {0.300000012, 0.5, 3})
      .Floats("coefficients", {-0.379999995, 0.460000008, 0.819999993})
      .Floats("rho", {-0.200000003})
      .Int("n_supports", 3)
      .Floats("support_vectors",
              {-0.150000006, 0.689999998, -0.870000005, -1.50999999, 0.389999986, -0.670000017});
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2, 1}));
  ExpectNear(call.Values<float>(0), {4.83882332, 3.13602066});
}

// Expected values from ONNX Runtime 1.32.
TEST(SvmRegressorTest, RbfKernel) {
  Call call(sinter_op_ml_SVMRegressor, 1);
  call.Input<float>({2, 2}, {-0.400000006, -1.60000002, 0.699999988, 0.5})
      .String("kernel_type", "RBF")
      .Floats("kernel_params", {0.300000012, 0.5, 3})
      .Floats("coefficients", {-1.49000001, 0.0399999991, 0.899999976})
      .Floats("rho", {-0.230000004})
      .Int("n_supports", 3)
      .Floats("support_vectors",
              {-0.74000001, 0.379999995, 0.720000029, -0.300000012, 0.540000021, 1.03999996});
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2, 1}));
  ExpectNear(call.Values<float>(0), {-0.572100043, -0.175110728});
}

// Expected values from ONNX Runtime 1.32.
TEST(SvmRegressorTest, SigmoidKernel) {
  Call call(sinter_op_ml_SVMRegressor, 1);
  call.Input<float>({2, 2}, {1.29999995, 0.800000012, 1.89999998, -2.70000005})
      .String("kernel_type", "SIGMOID")
      .Floats("kernel_params", {0.300000012, 0.5, 3})
      .Floats("coefficients", {1.10000002, -1.27999997, -0.660000026})
      .Floats("rho", {-0.839999974})
      .Int("n_supports", 3)
      .Floats("support_vectors",
              {-1.73000002, 0.129999995, 0.529999971, -0.74000001, 1.38999999, 0.819999993});
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2, 1}));
  ExpectNear(call.Values<float>(0), {-2.17497563, -2.92510653});
}

// Expected values from ONNX Runtime 1.32.
TEST(SvmRegressorTest, OneClass) {
  Call call(sinter_op_ml_SVMRegressor, 1);
  call.Input<float>({4, 2}, {-1.79999995, 1.20000005, -0.200000003, 1, -1, 2.20000005, 1.20000005,
                             -0.400000006})
      .String("kernel_type", "RBF")
      .Floats("kernel_params", {0.300000012, 0.5, 3})
      .Floats("coefficients", {0.610000014, 0.600000024, -1.76999998})
      .Floats("rho", {0.100000001})
      .Int("n_supports", 3)
      .Floats("support_vectors",
              {0.349999994, -0.25, 0.779999971, -0.439999998, -0.0199999996, 0.340000004})
      .Int("one_class", 1);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{4, 1}));
  ExpectNear(call.Values<float>(0), {-1, -1, -1, 1});
}

// Expected values from ONNX Runtime 1.32.
TEST(SvmRegressorTest, WithoutVectors) {
  Call call(sinter_op_ml_SVMRegressor, 1);
  call.Input<float>({2, 2}, {1.29999995, 2.5, 3.5999999, -3.0999999})
      .Floats("coefficients", {0.5, -0.25})
      .Floats("rho", {0.100000001})
      .Floats("kernel_params", {0, 0, 0});
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2, 1}));
  ExpectNear(call.Values<float>(0), {0.124999978, 2.67499971});
}

// Expected values from ONNX Runtime 1.32.
TEST(SvmClassifierTest, TwoClasses) {
  Call call(sinter_op_ml_SVMClassifier, 1);
  call.Input<float>({3, 2}, {4, -3.5999999, -1.10000002, 1.39999998, 3.20000005, 0.800000012})
      .Floats("kernel_params", {0.300000012, 0.5, 2})
      .Floats("coefficients", {0.879999995, 0.469999999, -0.0900000036, -1.00999999})
      .Floats("rho", {1.25999999})
      .Floats("support_vectors", {-1.25999999, 0.569999993, 1.29999995, -1.60000002, -0.300000012,
                                  -1.30999994, 0.239999995, 1.50999999})
      .String("kernel_type", "RBF")
      .Ints("vectors_per_class", {3, 1})
      .Ints("classlabels_ints", {1, 0})
      .Outputs(2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{3}));
  EXPECT_EQ(call.Values<int64_t>(0), (std::vector<int64_t>{1, 1, 1}));
  EXPECT_EQ(call.Dims(1), (Dims{3, 2}));
  ExpectNear(call.Values<float>(1),
             {-1.27581334, 1.27581334, -1.38040769, 1.38040769, -1.22720897, 1.22720897});
}

// Expected values from ONNX Runtime 1.32.
TEST(SvmClassifierTest, TwoClassesLogistic) {
  Call call(sinter_op_ml_SVMClassifier, 1);
  call.Input<float>({3, 2},
                    {-2.9000001, 2.70000005, 1.10000002, 4.19999981, 0.100000001, -0.899999976})
      .Floats("kernel_params", {0.300000012, 0.5, 2})
      .Floats("coefficients", {-0.75, 0.300000012, -0.0199999996, -0.200000003})
      .Floats("rho", {-0.730000019})
      .Floats("support_vectors", {0.389999986, 0.310000002, -0.0900000036, -0.219999999,
                                  -1.27999997, -0.49000001, 1.21000004, -0.189999998})
      .String("kernel_type", "POLY")
      .Ints("vectors_per_class", {3, 1})
      .Ints("classlabels_ints", {1, 0})
      .String("post_transform", "LOGISTIC")
      .Outputs(2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{3}));
  EXPECT_EQ(call.Values<int64_t>(0), (std::vector<int64_t>{0, 0, 0}));
  EXPECT_EQ(call.Dims(1), (Dims{3, 2}));
  ExpectNear(call.Values<float>(1),
             {0.718821764, 0.281178236, 0.830751777, 0.169248223, 0.700676739, 0.299323261});
}

// Expected values from ONNX Runtime 1.32.
TEST(SvmClassifierTest, ThreeClassesByPairs) {
  Call call(sinter_op_ml_SVMClassifier, 1);
  call.Input<float>({3, 2}, {2, -0.200000003, -1.39999998, -1.5, -1, -2.29999995})
      .Floats("kernel_params", {0.300000012, 0.5, 2})
      .Floats("coefficients", {-1.45000005, 1.32000005, 2.56999993, -0.819999993, -0.649999976,
                               0.600000024, -0.829999983, -0.270000011, -0.349999994, 0.189999998})
      .Floats("rho", {1.09000003, 0.0199999996, 0.920000017})
      .Floats("support_vectors", {-0.419999987, 0.330000013, -2.1400001, -1.45000005, 0.800000012,
                                  -0.589999974, 0.579999983, 0.540000021, 1.32000005, 0.810000002})
      .String("kernel_type", "SIGMOID")
      .Ints("vectors_per_class", {2, 1, 2})
      .StringList("classlabels_strings", {"x", "y", "z"})
      .Outputs(2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{3}));
  EXPECT_EQ(call.StringValues(0), (Strings{"x", "x", "x"}));
  EXPECT_EQ(call.Dims(1), (Dims{3, 3}));
  ExpectNear(call.Values<float>(1),
             {1.94321394, -0.447128683, 0.638030171, 2.70620036, -0.246327668, 0.730745792,
              3.3238039, -0.245318934, 0.697945058});
}

// Expected values from ONNX Runtime 1.32.
TEST(SvmClassifierTest, FourClassesWithProbabilities) {
  Call call(sinter_op_ml_SVMClassifier, 1);
  call.Input<float>({3, 2}, {2.5999999, 0.100000001, -2.29999995, 0, -3.0999999, 3.5999999})
      .Floats("kernel_params", {0.300000012, 0.5, 2})
      .Floats("coefficients",
              {-0.550000012, -0.0900000036, 0.25, -0.340000004, -1.91999996, -0.0700000003,
               0.230000004, 1.08000004, 0.579999983, -0.639999986, -0.720000029, 2.00999999,
               0.75999999, 1.83000004, 2.13000011, -0.819999993, 0.389999986, 0.460000008})
      .Floats("rho", {0.560000002, 0.540000021, 0.200000003, 0.170000002, -1.5, -0.170000002})
      .Floats("support_vectors",
              {-0.75, 0.129999995, -0.469999999, 0.620000005, 0.819999993, 0.310000002, 0.319999993,
               0.0900000036, -0.449999988, -0.159999996, -0.5, 0.389999986})
      .String("kernel_type", "RBF")
      .Ints("vectors_per_class", {2, 1, 2, 1})
      .Ints("classlabels_ints", {1, 2, 3, 4})
      .Floats("prob_a",
              {0.00999999978, 0.579999983, -1.33000004, 0.889999986, -0.75999999, -0.730000019})
      .Floats("prob_b",
              {-0.200000003, -0.560000002, 0.289999992, -0.569999993, -1.07000005, -0.850000024})
      .Outputs(2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{3}));
  EXPECT_EQ(call.Values<int64_t>(0), (std::vector<int64_t>{1, 1, 1}));
  EXPECT_EQ(call.Dims(1), (Dims{3, 4}));
  ExpectNear(call.Values<float>(1),
             {0.297529131, 0.296541333, 0.231928796, 0.174000755, 0.364287794, 0.307728887,
              0.207037643, 0.120945513, 0.286748827, 0.26249665, 0.239744008, 0.211010635});
}

// Expected values from ONNX Runtime 1.32.
TEST(SvmClassifierTest, ProbabilitiesOfDoublesSoftmax) {
  Call call(sinter_op_ml_SVMClassifier, 1);
  call.Input<double>({3, 2}, {-4.5999999999999996, 0.40000000000000002, -2.1000000000000001,
                              -1.3999999999999999, -2.8999999999999999, -3})
      .Floats("kernel_params", {0.300000012, 0.5, 2})
      .Floats("coefficients", {-1.51999998, 0.479999989, 0.540000021, -1.45000005, 0.300000012, 1,
                               0.469999999, 0.25999999})
      .Floats("rho", {0.949999988, 0.159999996, 0.340000004})
      .Floats("support_vectors", {-0.129999995, 0.629999995, -0.939999998, 0.790000021, -0.50999999,
                                  -1.09000003, 0.370000005, 1.69000006})
      .String("kernel_type", "LINEAR")
      .Ints("vectors_per_class", {2, 1, 1})
      .Ints("classlabels_ints", {1, 2, 3})
      .Floats("prob_a", {0.959999979, -0.519999981, 0.699999988})
      .Floats("prob_b", {-0.449999988, -0.119999997, 0.0900000036})
      .String("post_transform", "SOFTMAX")
      .Outputs(2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{3}));
  EXPECT_EQ(call.Values<int64_t>(0), (std::vector<int64_t>{1, 1, 1}));
  EXPECT_EQ(call.Dims(1), (Dims{3, 3}));
  ExpectNear(call.Values<float>(1), {0.302819282, 0.389094263, 0.308086425, 0.2896263, 0.399483353,
                                     0.310890317, 0.286746144, 0.400892258, 0.312361598});
}

// Expected values from ONNX Runtime 1.32.
TEST(SvmClassifierTest, LinearMachine) {
  Call call(sinter_op_ml_SVMClassifier, 1);
  call.Input<float>({5, 2}, {2.20000005, -0.5, -3.79999995, 0.300000012, 0.899999976, -0.899999976,
                             0.600000024, 1.10000002, -1.70000005, -3})
      .Floats("coefficients", {-0.939999998, 0.829999983, 1.66999996, -0.0299999993})
      .Floats("rho", {0.100000001})
      .Floats("kernel_params", {0, 0, 0})
      .Ints("classlabels_ints", {7, 8})
      .Outputs(2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{5}));
  EXPECT_EQ(call.Values<int64_t>(0), (std::vector<int64_t>{8, 8, 8, 8, 7}));
  EXPECT_EQ(call.Dims(1), (Dims{5, 2}));
  ExpectNear(call.Values<float>(1),
             {-2.38300014, 3.78900003, 3.921, -6.25499964, -1.49299991, 1.62999988, 0.448999971,
              1.06900001, -0.791999876, -2.64900017});
}

TEST(SvmTest, SizesMustFit) {
  Call regressor(sinter_op_ml_SVMRegressor, 1);
  regressor.Input<float>({1, 2}, {1, 2}).Floats("coefficients", {1}).Floats("rho", {0});
  regressor.Int("n_supports", 1).Floats("support_vectors", {1, 2, 3});
  EXPECT_EQ(regressor.Run(), SINTER_BAD_VALUE);
  Call classifier(sinter_op_ml_SVMClassifier, 1);
  classifier.Input<float>({1, 1}, {1}).Floats("coefficients", {1, 2}).Floats("rho", {0});
  classifier.Floats("support_vectors", {1, 2}).Ints("vectors_per_class", {1, 1}).Outputs(2);
  EXPECT_EQ(classifier.Ints("classlabels_ints", {1, 2, 3}).Run(), SINTER_BAD_VALUE);
}

TEST(SvmTest, RefusesTransformsThatAreLeftOpen) {
  Call regressor(sinter_op_ml_SVMRegressor, 1);
  regressor.Input<float>({1, 1}, {1}).Floats("coefficients", {1}).Floats("rho", {0});
  EXPECT_EQ(regressor.String("post_transform", "LOGISTIC").Run(), SINTER_NOT_SUPPORTED);
}

}  // namespace
}  // namespace sinter::library
