// Tree ensembles (ai.onnx.ml). TreeEnsemble itself also has ONNX's own cases.
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "compiler_core/library/library.h"
#include "compiler_core/library/testing/call.h"
#include "gtest/gtest.h"

extern "C" {
SINTER_OP(ml_TreeEnsemble);
SINTER_OP(ml_TreeEnsembleRegressor);
SINTER_OP(ml_TreeEnsembleClassifier);
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
TEST(TreeEnsembleRegressorTest, SumsVotes) {
  Call call(sinter_op_ml_TreeEnsembleRegressor, 3);
  call.Input<float>({4, 3}, {-0.400000006, kNan, -0.699999988, 2, 3.5, -0.800000012, 1.39999998,
                             1.89999998, 1.39999998, 2.0999999, -0.800000012, 1.5})
      .Ints("nodes_treeids", {0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2, 2, 2})
      .Ints("nodes_nodeids", {0, 1, 2, 3, 4, 0, 0, 1, 2, 3, 4, 5, 6})
      .Ints("nodes_featureids", {1, 0, 1, 0, 2, 2, 1, 2, 2, 2, 1, 0, 2})
      .StringList("nodes_modes",
                  {"BRANCH_LT", "BRANCH_LEQ", "LEAF", "LEAF", "LEAF", "LEAF", "BRANCH_GTE",
                   "BRANCH_LEQ", "LEAF", "LEAF", "BRANCH_LT", "LEAF", "LEAF"})
      .Ints("nodes_truenodeids", {1, 2, 0, 0, 0, 0, 1, 2, 0, 0, 5, 0, 0})
      .Ints("nodes_falsenodeids", {4, 3, 0, 0, 0, 0, 4, 3, 0, 0, 6, 0, 0})
      .Floats("nodes_values",
              {-1.79999995, -0.5, -0.699999988, 0.100000001, 0.300000012, -0.600000024, 0.400000006,
               -0.300000012, -1, 0.100000001, 0.5, 0.600000024, -0.300000012})
      .Ints("nodes_missing_value_tracks_true", {1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0})
      .Int("n_targets", 2)
      .Ints("target_treeids", {0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2})
      .Ints("target_nodeids", {2, 2, 3, 3, 4, 4, 0, 0, 2, 2, 3, 3, 5, 5, 6, 6})
      .Ints("target_ids", {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1})
      .Floats("target_weights",
              {-0.519999981, 0.159999996, 1.89999998, 0.479999989, -0.939999998, 0.910000026,
               -0.99000001, 0.0500000007, -0.0199999996, 0.430000007, 0.720000029, 0.300000012,
               0.709999979, -0.920000017, 0.629999995, 1.54999995})
      .String("aggregate_function", "SUM")
      .Floats("base_values", {0.5, -0.100000001});
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{4, 2}));
  ExpectSame(call.Values<float>(0), {2.11999989, -0.490000039, -1.45000005, 1.29000008,
                                     -0.710000038, 1.15999997, -0.720000029, -0.05999998});
}

// Expected values from ONNX Runtime 1.32.
TEST(TreeEnsembleRegressorTest, AveragesInDouble) {
  Call call(sinter_op_ml_TreeEnsembleRegressor, 3);
  call.Input<double>({4, 3}, {4, kNan, -1.2, 1.2, 2.5, 0.69999999999999996, -1.1000000000000001,
                              3.1000000000000001, -2.5, 1, -0, -2.3999999999999999})
      .Ints("nodes_treeids", {0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2})
      .Ints("nodes_nodeids", {0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5, 6})
      .Ints("nodes_featureids", {2, 1, 1, 1, 0, 2, 2, 1, 0, 0, 0, 2, 1, 0, 0, 0, 1, 0, 1})
      .StringList("nodes_modes",
                  {"BRANCH_NEQ", "BRANCH_LT", "LEAF", "LEAF", "BRANCH_GTE", "LEAF", "LEAF",
                   "BRANCH_GTE", "BRANCH_GTE", "LEAF", "LEAF", "LEAF", "BRANCH_EQ", "BRANCH_GTE",
                   "LEAF", "LEAF", "BRANCH_LT", "LEAF", "LEAF"})
      .Ints("nodes_truenodeids", {1, 2, 0, 0, 5, 0, 0, 1, 2, 0, 0, 0, 1, 2, 0, 0, 5, 0, 0})
      .Ints("nodes_falsenodeids", {4, 3, 0, 0, 6, 0, 0, 4, 3, 0, 0, 0, 4, 3, 0, 0, 6, 0, 0})
      .Floats("nodes_values",
              {1.89999998, 1.39999998, -1.79999995, 1.60000002, -0.899999976, 1.10000002,
               -1.10000002, -1.70000005, 0.899999976, -2.4000001, 0.600000024, 1.89999998,
               2.70000005, 0.5, 0.400000006, 0.200000003, -1, -0.5, 0})
      .Ints("nodes_missing_value_tracks_true",
            {1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 1, 1, 0, 1})
      .Int("n_targets", 1)
      .Ints("target_treeids", {0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2})
      .Ints("target_nodeids", {2, 3, 5, 6, 2, 3, 4, 2, 3, 5, 6})
      .Ints("target_ids", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
      .Floats("target_weights",
              {-0.50999999, -0.25, 0.620000005, 0.119999997, -0.550000012, -0.119999997, 2.16000009,
               -0.870000005, 1.88, -0.579999983, -1.00999999})
      .String("aggregate_function", "AVERAGE");
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{4, 1}));
  ExpectSame(call.Values<float>(0), {-0.460000008, -0.603333354, -0.460000008, -0.689999998});
}

// Expected values from ONNX Runtime 1.32.
TEST(TreeEnsembleRegressorTest, TakesTheLeast) {
  Call call(sinter_op_ml_TreeEnsembleRegressor, 3);
  call.Input<float>({4, 3}, {2.4000001, kNan, -2.29999995, 1.20000005, -0.899999976, -3.79999995,
                             -1.39999998, 0.5, 1.29999995, 0.300000012, 0.100000001, 0.899999976})
      .Ints("nodes_treeids", {0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2})
      .Ints("nodes_nodeids", {0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6})
      .Ints("nodes_featureids", {0, 2, 2, 2, 1, 0, 1, 2, 1, 2, 0, 0, 0, 2, 1, 1, 1, 0, 1, 1, 1})
      .StringList("nodes_modes",
                  {"BRANCH_GTE", "BRANCH_LT", "LEAF", "LEAF", "BRANCH_GT",  "LEAF", "LEAF",
                   "BRANCH_LT",  "BRANCH_LT", "LEAF", "LEAF", "BRANCH_LT",  "LEAF", "LEAF",
                   "BRANCH_GT",  "BRANCH_EQ", "LEAF", "LEAF", "BRANCH_NEQ", "LEAF", "LEAF"})
      .Ints("nodes_truenodeids", {1, 2, 0, 0, 5, 0, 0, 1, 2, 0, 0, 5, 0, 0, 1, 2, 0, 0, 5, 0, 0})
      .Ints("nodes_falsenodeids", {4, 3, 0, 0, 6, 0, 0, 4, 3, 0, 0, 6, 0, 0, 4, 3, 0, 0, 6, 0, 0})
      .Floats("nodes_values", {-0.699999988, 1.70000005,   0.300000012,
                               -0.899999976, 1.29999995,   1.20000005,
                               -2.4000001,   -0.400000006, -0.300000012,
                               -0.100000001, -0.200000003, -0.899999976,
                               0.100000001,  0.300000012,  -0.300000012,
                               -0.300000012, 1.20000005,   0,
                               -0.400000006, -0.200000003, -0})
      .Ints("nodes_missing_value_tracks_true",
            {1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0})
      .Int("n_targets", 2)
      .Ints("target_treeids",
            {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2})
      .Ints("target_nodeids",
            {2, 2, 3, 3, 5, 5, 6, 6, 2, 2, 3, 3, 5, 5, 6, 6, 2, 2, 3, 3, 5, 5, 6, 6})
      .Ints("target_ids", {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1})
      .Floats("target_weights",
              {-0.140000001, -0.100000001, -0.0799999982, 2.76999998,  -2.18000007,  0.0900000036,
               -1.15999997,  1.05999994,   1.33000004,    0.349999994, -1.28999996,  -0.709999979,
               -0.349999994, -0.330000013, 0.959999979,   0.930000007, -1.76999998,  1.19000006,
               -1.33000004,  1.73000002,   -0.280000001,  -1.12,       0.0700000003, 0.0900000036})
      .String("aggregate_function", "MIN")
      .Floats("base_values", {0.5, -0.100000001});
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{4, 2}));
  ExpectSame(call.Values<float>(0), {-0.789999962, -1.22000003, 0.219999999, -1.22000003,
                                     -0.830000043, -0.430000007, -0.830000043, -0.200000003});
}

// Expected values from ONNX Runtime 1.32.
TEST(TreeEnsembleRegressorTest, TakesTheGreatestSoftmax) {
  Call call(sinter_op_ml_TreeEnsembleRegressor, 3);
  call.Input<float>({4, 3}, {-0.400000006, kNan, 0.300000012, 0.600000024, 1.10000002, -2.0999999,
                             -1.39999998, 3.0999999, 0.699999988, -0.600000024, 0.699999988, -1})
      .Ints("nodes_treeids", {0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2})
      .Ints("nodes_nodeids", {0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6})
      .Ints("nodes_featureids", {0, 1, 0, 0, 2, 0, 2, 1, 2, 0, 2, 1, 1, 1, 1, 0, 1, 1, 0, 1, 2})
      .StringList("nodes_modes",
                  {"BRANCH_GTE", "BRANCH_LEQ", "LEAF", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF",
                   "BRANCH_NEQ", "BRANCH_NEQ", "LEAF", "LEAF", "BRANCH_NEQ", "LEAF", "LEAF",
                   "BRANCH_EQ",  "BRANCH_LEQ", "LEAF", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF"})
      .Ints("nodes_truenodeids", {1, 2, 0, 0, 5, 0, 0, 1, 2, 0, 0, 5, 0, 0, 1, 2, 0, 0, 5, 0, 0})
      .Ints("nodes_falsenodeids", {4, 3, 0, 0, 6, 0, 0, 4, 3, 0, 0, 6, 0, 0, 4, 3, 0, 0, 6, 0, 0})
      .Floats("nodes_values",
              {0.5,  -1, -0.699999988, -0.600000024, -0.699999988, 0.5,          -0.200000003,
               0.5,  2,  0.5,          -1.20000005,  0.899999976,  -0.200000003, 1.29999995,
               -0.5, -0, -1,           -0.400000006, 0.400000006,  -0,           1.39999998})
      .Ints("nodes_missing_value_tracks_true",
            {1, 0, 0, 0, 1, 0, 1, 1, 1, 1, 0, 1, 0, 1, 1, 0, 0, 0, 1, 0, 1})
      .Int("n_targets", 3)
      .Ints("target_treeids", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1,
                               1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2})
      .Ints("target_nodeids", {2, 2, 2, 3, 3, 3, 5, 5, 5, 6, 6, 6, 2, 2, 2, 3, 3, 3,
                               5, 5, 5, 6, 6, 6, 2, 2, 2, 3, 3, 3, 5, 5, 5, 6, 6, 6})
      .Ints("target_ids", {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2,
                           0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2})
      .Floats("target_weights",
              {-0.899999976, -0.860000014, 0.159999996,  -1.50999999,  1.05999994,   -1.07000005,
               -0.200000003, 0.949999988,  2.08999991,   -1.04999995,  -1.38999999,  -0.639999986,
               1.76999998,   0.540000021,  0.0799999982, -0.730000019, -0.709999979, -0.709999979,
               1.86000001,   0.0399999991, 1.20000005,   0.74000001,   -1.38,        -0.270000011,
               -0.540000021, -0.389999986, -0.409999996, 0.389999986,  0.519999981,  0.360000014,
               -2.70000005,  0.340000004,  0.330000013,  0.219999999,  0.0199999996, -1.42999995})
      .String("aggregate_function", "MAX")
      .String("post_transform", "SOFTMAX");
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{4, 3}));
  ExpectSame(call.Values<float>(0),
             {0.677134216, 0.197921291, 0.124944486, 0.596600473, 0.293315142, 0.110084437,
              0.653927982, 0.191138297, 0.154933706, 0.354917109, 0.156316742, 0.488766193});
}

// Expected values from ONNX Runtime 1.32.
TEST(TreeEnsembleRegressorTest, OneTargetProbit) {
  Call call(sinter_op_ml_TreeEnsembleRegressor, 1);
  call.Input<float>({1, 3}, {0.100000001, 0.200000003, 0.300000012})
      .Ints("nodes_treeids", {0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2})
      .Ints("nodes_nodeids", {0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4})
      .Ints("nodes_featureids", {2, 2, 2, 0, 1, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0})
      .StringList("nodes_modes", {"BRANCH_NEQ", "LEAF", "BRANCH_GT", "LEAF", "LEAF", "BRANCH_GT",
                                  "BRANCH_EQ", "LEAF", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF",
                                  "BRANCH_GTE", "LEAF", "BRANCH_NEQ", "LEAF", "LEAF"})
      .Ints("nodes_truenodeids", {1, 0, 3, 0, 0, 1, 2, 0, 0, 5, 0, 0, 1, 0, 3, 0, 0})
      .Ints("nodes_falsenodeids", {2, 0, 4, 0, 0, 4, 3, 0, 0, 6, 0, 0, 2, 0, 4, 0, 0})
      .Floats("nodes_values",
              {0.5, 0.899999976, -0.400000006, -0.400000006, 0.699999988, 0.400000006, -0,
               0.300000012, -0.400000006, 0.5, -0.200000003, 0.899999976, 1.10000002, -0.5,
               -0.400000006, 0.200000003, 0.300000012})
      .Ints("nodes_missing_value_tracks_true", {1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 1, 1, 0, 1, 0, 0})
      .Int("n_targets", 1)
      .Ints("target_treeids", {0, 0, 0, 1, 1, 1, 1, 2, 2, 2})
      .Ints("target_nodeids", {1, 3, 4, 2, 3, 5, 6, 1, 3, 4})
      .Ints("target_ids", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
      .Floats("target_weights", {0.49000001, 0.829999983, 1.07000005, 1.61000001, 1.78999996,
                                 0.720000029, 0.209999993, 0.720000029, 1.67999995, 0.430000007})
      .String("aggregate_function", "SUM")
      .String("post_transform", "PROBIT");
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{1, 1}));
  ExpectSame(call.Values<float>(0), {kNan});
}

// Expected values from ONNX Runtime 1.32.
TEST(TreeEnsembleClassifierTest, ThreeClasses) {
  Call call(sinter_op_ml_TreeEnsembleClassifier, 3);
  call.Input<float>({4, 3},
                    {0.600000024, kNan, 0.600000024, -3.20000005, 2.70000005, -1, -3.20000005,
                     -0.400000006, -0.699999988, 0.300000012, -2.29999995, 0.800000012})
      .Ints("nodes_treeids", {0, 0, 0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2})
      .Ints("nodes_nodeids", {0, 1, 2, 3, 4, 5, 6, 0, 0, 1, 2, 3, 4})
      .Ints("nodes_featureids", {1, 0, 1, 1, 0, 1, 1, 2, 2, 0, 1, 2, 0})
      .StringList("nodes_modes",
                  {"BRANCH_GTE", "BRANCH_LT", "LEAF", "LEAF", "BRANCH_EQ", "LEAF", "LEAF", "LEAF",
                   "BRANCH_NEQ", "LEAF", "BRANCH_LT", "LEAF", "LEAF"})
      .Ints("nodes_truenodeids", {1, 2, 0, 0, 5, 0, 0, 0, 1, 0, 3, 0, 0})
      .Ints("nodes_falsenodeids", {4, 3, 0, 0, 6, 0, 0, 0, 2, 0, 4, 0, 0})
      .Floats("nodes_values",
              {1.29999995, -0.699999988, -0.300000012, 0.200000003, -0.600000024, 0.899999976,
               0.200000003, -0.600000024, 1.10000002, 0.200000003, 0.5, -1.60000002, 0.5})
      .Ints("nodes_missing_value_tracks_true", {1, 1, 1, 1, 1, 0, 1, 0, 1, 0, 1, 0, 0})
      .Ints("class_treeids", {0, 0, 0, 0, 1, 2, 2, 2})
      .Ints("class_nodeids", {2, 3, 5, 6, 0, 1, 3, 4})
      .Ints("class_ids", {0, 0, 0, 0, 1, 2, 1, 0})
      .Floats("class_weights", {0.529999971, 0.829999983, 0.779999971, 0.340000004, 1.82000005,
                                0.360000014, 1.48000002, -0.540000021})
      .StringList("classlabels_strings", {"a", "b", "c"})
      .Outputs(2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{4}));
  EXPECT_EQ(call.StringValues(0), (Strings{"b", "b", "b", "b"}));
  EXPECT_EQ(call.Dims(1), (Dims{4, 3}));
  ExpectSame(call.Values<float>(1),
             {0.829999983, 1.82000005, 0.360000014, 0.529999971, 1.82000005, 0.360000014,
              0.340000004, 1.82000005, 0.360000014, 0.340000004, 1.82000005, 0.360000014});
}

// Expected values from ONNX Runtime 1.32.
TEST(TreeEnsembleClassifierTest, ThreeClassesWithBaseSoftmax) {
  Call call(sinter_op_ml_TreeEnsembleClassifier, 3);
  call.Input<float>({4, 3},
                    {7.19999981, kNan, 0.699999988, -0.600000024, 0.400000006, -3.5999999,
                     -2.29999995, 0.899999976, -0.100000001, 3.29999995, -1.39999998, 0.300000012})
      .Ints("nodes_treeids", {0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2})
      .Ints("nodes_nodeids", {0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5, 6})
      .Ints("nodes_featureids", {1, 0, 1, 1, 2, 2, 2, 1, 0, 1, 1, 0, 0, 0, 2, 2, 0, 2, 1})
      .StringList("nodes_modes",
                  {"BRANCH_EQ", "BRANCH_LEQ", "LEAF", "LEAF", "BRANCH_GT", "LEAF", "LEAF",
                   "BRANCH_GTE", "BRANCH_NEQ", "LEAF", "LEAF", "LEAF", "BRANCH_GTE", "BRANCH_NEQ",
                   "LEAF", "LEAF", "BRANCH_GT", "LEAF", "LEAF"})
      .Ints("nodes_truenodeids", {1, 2, 0, 0, 5, 0, 0, 1, 2, 0, 0, 0, 1, 2, 0, 0, 5, 0, 0})
      .Ints("nodes_falsenodeids", {4, 3, 0, 0, 6, 0, 0, 4, 3, 0, 0, 0, 4, 3, 0, 0, 6, 0, 0})
      .Floats("nodes_values",
              {0.400000006, 0.5, 0.600000024, -1.60000002, 0.800000012, -1.10000002, 0.100000001,
               0.400000006, 1.5, -1.70000005, -0.800000012, -1, 1.10000002, 1.10000002, 0,
               -0.300000012, 0, -1.10000002, 0.100000001})
      .Ints("nodes_missing_value_tracks_true",
            {1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 0, 1, 1})
      .Ints("class_treeids", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1,
                              1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2})
      .Ints("class_nodeids", {2, 2, 2, 3, 3, 3, 5, 5, 5, 6, 6, 6, 2, 2, 2, 3, 3,
                              3, 4, 4, 4, 2, 2, 2, 3, 3, 3, 5, 5, 5, 6, 6, 6})
      .Ints("class_ids", {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1,
                          2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2})
      .Floats("class_weights",
              {0.360000014,  1.32000005,    -1.47000003, 0.939999998,  2.00999999,   0.75999999,
               -0.899999976, -0.109999999,  0.289999992, 0.230000004,  -0.180000007, 0.270000011,
               -1.64999998,  1.98000002,    -0.25,       -0.939999998, -2.02999997,  0.170000002,
               -0.74000001,  -0.0299999993, 0.239999995, -1.98000002,  -1.86000001,  0.730000019,
               -0.409999996, -1.73000002,   0.370000005, 1.71000004,   -0.610000014, 0.289999992,
               -2.5,         -0.370000005,  0.610000014})
      .Ints("classlabels_int64s", {3, 5, 9})
      .Floats("base_values", {0.100000001, 0.200000003, 0.300000012})
      .String("post_transform", "SOFTMAX")
      .Outputs(2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{4}));
  EXPECT_EQ(call.Values<int64_t>(0), (std::vector<int64_t>{5, 5, 5, 9}));
  EXPECT_EQ(call.Dims(1), (Dims{4, 3}));
  ExpectSame(call.Values<float>(1),
             {0.00499549042, 0.684395313, 0.310609192, 0.00106974773, 0.979873538, 0.0190567859,
              0.00286251958, 0.666275024, 0.330862403, 0.0186605435, 0.0313875563, 0.949951887});
}

// Expected values from ONNX Runtime 1.32.
TEST(TreeEnsembleClassifierTest, IntegersAreComparedAsFloats) {
  Call call(sinter_op_ml_TreeEnsembleClassifier, 3);
  call.Input<int64_t>({2, 3}, {1, 0, -2, 0, 3, 1})
      .Ints("nodes_treeids", {0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2})
      .Ints("nodes_nodeids", {0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0})
      .Ints("nodes_featureids", {0, 2, 2, 0, 1, 1, 2, 0, 1, 2, 0, 0, 2, 2, 0})
      .StringList("nodes_modes",
                  {"BRANCH_NEQ", "BRANCH_LEQ", "LEAF", "LEAF", "BRANCH_GT", "LEAF", "LEAF",
                   "BRANCH_GTE", "BRANCH_EQ", "LEAF", "LEAF", "BRANCH_NEQ", "LEAF", "LEAF", "LEAF"})
      .Ints("nodes_truenodeids", {1, 2, 0, 0, 5, 0, 0, 1, 2, 0, 0, 5, 0, 0, 0})
      .Ints("nodes_falsenodeids", {4, 3, 0, 0, 6, 0, 0, 4, 3, 0, 0, 6, 0, 0, 0})
      .Floats("nodes_values",
              {-3.29999995, 0, -0.600000024, 0.100000001, 0.600000024, -0.800000012, 0.800000012,
               -0.200000003, 1.20000005, 2, -1.10000002, -1.5, 0.200000003, 0.200000003, 1})
      .Ints("nodes_missing_value_tracks_true", {0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1})
      .Ints("class_treeids",
            {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2})
      .Ints("class_nodeids",
            {2, 2, 2, 3, 3, 3, 5, 5, 5, 6, 6, 6, 2, 2, 2, 3, 3, 3, 5, 5, 5, 6, 6, 6, 0, 0, 0})
      .Ints("class_ids",
            {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2})
      .Floats("class_weights",
              {-0.310000002, -0.25,         -0.0299999993, -1.45000005,  0.25999999,
               -0.620000005, 0.460000008,   -1.09000003,   0.0199999996, 1,
               -0.879999995, 0.910000026,   -0.75,         0.200000003,  -0.49000001,
               -0.550000012, -0.0599999987, -0.810000002,  2.45000005,   1.19000006,
               0.319999993,  0.769999981,   -0.75,         0.180000007,  0.980000019,
               1.26999998,   -0.230000004})
      .Ints("classlabels_int64s", {3, 5, 9})
      .String("post_transform", "SOFTMAX_ZERO")
      .Outputs(2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{2}));
  EXPECT_EQ(call.Values<int64_t>(0), (std::vector<int64_t>{5, 5}));
  EXPECT_EQ(call.Dims(1), (Dims{2, 3}));
  ExpectSame(call.Values<float>(1),
             {0.276198238, 0.639776468, 0.0840253755, 0.0735912696, 0.887604654, 0.0388041139});
}

// Expected values from ONNX Runtime 1.32.
TEST(TreeEnsembleClassifierTest, TwoClassesOfProbabilities) {
  Call call(sinter_op_ml_TreeEnsembleClassifier, 3);
  call.Input<float>({4, 3}, {5.80000019, kNan, -1.79999995, -0.100000001, -0.100000001, 1.70000005,
                             0.300000012, -1.5, 0.400000006, 5.30000019, 2.5, -5.5999999})
      .Ints("nodes_treeids", {0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2})
      .Ints("nodes_nodeids", {0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 0, 1, 2, 3, 4, 5, 6})
      .Ints("nodes_featureids", {0, 2, 0, 0, 2, 2, 1, 2, 1, 0, 2, 2, 0, 2, 2, 1, 2})
      .StringList("nodes_modes", {"BRANCH_LT", "BRANCH_NEQ", "LEAF", "LEAF", "BRANCH_LT", "LEAF",
                                  "LEAF", "BRANCH_EQ", "LEAF", "LEAF", "BRANCH_LT", "BRANCH_NEQ",
                                  "LEAF", "LEAF", "BRANCH_GTE", "LEAF", "LEAF"})
      .Ints("nodes_truenodeids", {1, 2, 0, 0, 5, 0, 0, 1, 0, 0, 1, 2, 0, 0, 5, 0, 0})
      .Ints("nodes_falsenodeids", {4, 3, 0, 0, 6, 0, 0, 2, 0, 0, 4, 3, 0, 0, 6, 0, 0})
      .Floats("nodes_values",
              {-1.39999998, -1.29999995, 2.0999999, 3.0999999, 0.699999988, 1.20000005, -1.60000002,
               1.79999995, 0.100000001, 0.200000003, -2.0999999, -0.100000001, -0.600000024,
               -0.400000006, -0.5, -1.5, 0.200000003})
      .Ints("nodes_missing_value_tracks_true", {1, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 1, 1, 1, 0, 0})
      .Ints("class_treeids", {0, 0, 0, 0, 1, 1, 2, 2, 2, 2})
      .Ints("class_nodeids", {2, 3, 5, 6, 1, 2, 2, 3, 5, 6})
      .Ints("class_ids", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
      .Floats("class_weights", {0.200000003, 0.660000026, 0.230000004, 0.150000006, 0.310000002,
                                0.25, 0.0399999991, 0.209999993, 0.200000003, 0.0900000036})
      .Ints("classlabels_int64s", {0, 1})
      .Outputs(2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{4}));
  EXPECT_EQ(call.Values<int64_t>(0), (std::vector<int64_t>{1, 1, 1, 1}));
  EXPECT_EQ(call.Dims(1), (Dims{4, 2}));
  ExpectSame(call.Values<float>(1), {0.429999948, 0.570000052, 0.399999976, 0.600000024,
                                     0.319999993, 0.680000007, 0.479999959, 0.520000041});
}

// Expected values from ONNX Runtime 1.32.
TEST(TreeEnsembleClassifierTest, TwoClassesOfMixedVotes) {
  Call call(sinter_op_ml_TreeEnsembleClassifier, 3);
  call.Input<float>(
          {4, 3}, {-0.300000012, kNan, 1.20000005, -0.300000012, 3.9000001, 1.89999998, 1.79999995,
                   0.400000006, -0.100000001, 0.699999988, 2.5999999, 1.10000002})
      .Ints("nodes_treeids", {0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2})
      .Ints("nodes_nodeids", {0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6})
      .Ints("nodes_featureids", {0, 0, 2, 2, 0, 2, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 2})
      .StringList("nodes_modes",
                  {"BRANCH_GT", "LEAF", "BRANCH_LT", "LEAF", "LEAF", "BRANCH_LT", "BRANCH_EQ",
                   "LEAF", "LEAF", "BRANCH_NEQ", "LEAF", "LEAF", "BRANCH_LT", "BRANCH_NEQ", "LEAF",
                   "LEAF", "BRANCH_GT", "LEAF", "LEAF"})
      .Ints("nodes_truenodeids", {1, 0, 3, 0, 0, 1, 2, 0, 0, 5, 0, 0, 1, 2, 0, 0, 5, 0, 0})
      .Ints("nodes_falsenodeids", {2, 0, 4, 0, 0, 4, 3, 0, 0, 6, 0, 0, 4, 3, 0, 0, 6, 0, 0})
      .Floats("nodes_values",
              {-1.20000005, 0.699999988, -0.200000003, 0.100000001, 1.29999995, -0.5, -0.899999976,
               0.200000003, -0.699999988, 0.100000001, 0.600000024, 1.70000005, 0.200000003,
               0.100000001, 0.300000012, -1.10000002, 2.0999999, -0.300000012, -0.300000012})
      .Ints("nodes_missing_value_tracks_true",
            {1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 0, 0})
      .Ints("class_treeids", {0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2})
      .Ints("class_nodeids", {1, 3, 4, 2, 3, 5, 6, 2, 3, 5, 6})
      .Ints("class_ids", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
      .Floats("class_weights",
              {0.449999988, -0.589999974, -0.889999986, 0.400000006, -0.529999971, 0.25,
               -0.970000029, 0.400000006, -0.430000007, 0.170000002, 0.119999997})
      .Ints("classlabels_int64s", {0, 1})
      .Floats("base_values", {0.25})
      .Outputs(2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{4}));
  EXPECT_EQ(call.Values<int64_t>(0), (std::vector<int64_t>{1, 1, 1, 1}));
  EXPECT_EQ(call.Dims(1), (Dims{4, 2}));
  ExpectSame(call.Values<float>(1),
             {-1.35000002, 1.35000002, -1.12, 1.12, -1.06999993, 1.06999993, -1.12, 1.12});
}

// Expected values from ONNX Runtime 1.32.
TEST(TreeEnsembleClassifierTest, TwoClassesLogistic) {
  Call call(sinter_op_ml_TreeEnsembleClassifier, 3);
  call.Input<float>({4, 3},
                    {-0.699999988, kNan, 0.400000006, -0.200000003, -1.60000002, -1.10000002,
                     -1.29999995, -5.5999999, 2, 1.10000002, -0.400000006, 2.0999999})
      .Ints("nodes_treeids", {0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2})
      .Ints("nodes_nodeids", {0, 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6})
      .Ints("nodes_featureids", {1, 0, 2, 2, 2, 1, 2, 2, 2, 2, 2, 1, 0, 2, 1})
      .StringList("nodes_modes",
                  {"LEAF", "BRANCH_EQ", "BRANCH_LT", "LEAF", "LEAF", "BRANCH_GT", "LEAF", "LEAF",
                   "BRANCH_NEQ", "BRANCH_LT", "LEAF", "LEAF", "BRANCH_NEQ", "LEAF", "LEAF"})
      .Ints("nodes_truenodeids", {0, 1, 2, 0, 0, 5, 0, 0, 1, 2, 0, 0, 5, 0, 0})
      .Ints("nodes_falsenodeids", {0, 4, 3, 0, 0, 6, 0, 0, 4, 3, 0, 0, 6, 0, 0})
      .Floats("nodes_values", {0.600000024, -0.400000006, -0.699999988, 0.899999976, -2,
                               0.100000001, -0.800000012, 1.29999995, -1.20000005, -1.39999998,
                               -1.10000002, 0.200000003, 1.39999998, -1.5, 0.699999988})
      .Ints("nodes_missing_value_tracks_true", {1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 1, 0, 1})
      .Ints("class_treeids", {0, 1, 1, 1, 1, 2, 2, 2, 2})
      .Ints("class_nodeids", {0, 2, 3, 5, 6, 2, 3, 5, 6})
      .Ints("class_ids", {0, 0, 0, 0, 0, 0, 0, 0, 0})
      .Floats("class_weights", {-0.270000011, -0.600000024, 0.280000001, 0.180000007, -0.119999997,
                                0.50999999, 1.74000001, 1.39999998, 0.730000019})
      .Ints("classlabels_int64s", {0, 1})
      .String("post_transform", "LOGISTIC")
      .Outputs(2);
  ASSERT_EQ(call.Run(), SINTER_OK) << call.message();
  EXPECT_EQ(call.Dims(0), (Dims{4}));
  EXPECT_EQ(call.Values<int64_t>(0), (std::vector<int64_t>{1, 1, 1, 1}));
  EXPECT_EQ(call.Dims(1), (Dims{4, 2}));
  ExpectSame(call.Values<float>(1), {0.20587039, 0.79412961, 0.20587039, 0.79412961, 0.20587039,
                                     0.79412961, 0.20587039, 0.79412961});
}

// A stump: feature 0 below 1 votes 10, else 20, both for target 0.
Call& AddStump(Call& call) {
  return call.Ints("nodes_treeids", {0, 0, 0})
      .Ints("nodes_nodeids", {0, 1, 2})
      .Ints("nodes_featureids", {0, 0, 0})
      .StringList("nodes_modes", {"BRANCH_LT", "LEAF", "LEAF"})
      .Ints("nodes_truenodeids", {1, 0, 0})
      .Ints("nodes_falsenodeids", {2, 0, 0})
      .Floats("nodes_values", {1, 0, 0});
}

TEST(TreeEnsembleRegressorTest, VotesMustBeOfNodesAndTargetsThatThereAre) {
  const std::vector<std::vector<int64_t>> ids = {{0, 1, 0}, {0, 5, 0}, {0, 1, 1}, {7, 1, 0}};
  for (size_t i = 0; i < ids.size(); ++i) {
    Call call(sinter_op_ml_TreeEnsembleRegressor, 3);
    AddStump(call.Input<float>({1, 1}, {0})).Int("n_targets", 1).Floats("target_weights", {10});
    call.Ints("target_treeids", {ids[i][0]}).Ints("target_nodeids", {ids[i][1]});
    call.Ints("target_ids", {ids[i][2]});
    EXPECT_EQ(call.Run(), i == 0 ? SINTER_OK : SINTER_BAD_VALUE) << i;
  }
}

// Several votes of a leaf for the only target are added up, as ONNX says.
TEST(TreeEnsembleRegressorTest, VotesOfALeafAddUp) {
  Call call(sinter_op_ml_TreeEnsembleRegressor, 3);
  AddStump(call.Input<float>({2}, {0, 0})).Int("n_targets", 1);
  call.Floats("target_weights", {10, 5}).Ints("target_treeids", {0, 0});
  call.Ints("target_nodeids", {1, 1}).Ints("target_ids", {0, 0});
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.Values<float>(0), (std::vector<float>{15}));
}

TEST(TreeEnsembleRegressorTest, TreesMustBeTrees) {
  Call cycle(sinter_op_ml_TreeEnsembleRegressor, 3);
  cycle.Input<float>({1, 1}, {0}).Int("n_targets", 1).Ints("nodes_treeids", {0, 0});
  cycle.Ints("nodes_nodeids", {0, 1})
      .Ints("nodes_featureids", {0, 0})
      .Floats("nodes_values", {1, 1});
  cycle.StringList("nodes_modes", {"BRANCH_LT", "BRANCH_LT"}).Ints("nodes_truenodeids", {1, 0});
  EXPECT_EQ(cycle.Ints("nodes_falsenodeids", {1, 0}).Run(), SINTER_BAD_VALUE);
  EXPECT_EQ(cycle.message(), "a tree has a cycle");

  Call feature(sinter_op_ml_TreeEnsembleRegressor, 3);
  feature.Input<float>({1, 0}, {}).Int("n_targets", 1);
  EXPECT_EQ(AddStump(feature).Run(), SINTER_BAD_VALUE);

  Call lengths(sinter_op_ml_TreeEnsembleRegressor, 3);
  lengths.Input<float>({1, 1}, {1}).Int("n_targets", 1).StringList("nodes_modes", {"LEAF"});
  EXPECT_EQ(lengths.Run(), SINTER_BAD_VALUE);
}

TEST(TreeEnsembleTest, RefusesWhatOnnxRuntimeComputesOtherwise) {
  Call one(sinter_op_ml_TreeEnsembleRegressor, 3);
  AddStump(one.Input<float>({1, 1}, {0})).Int("n_targets", 1).String("post_transform", "LOGISTIC");
  EXPECT_EQ(one.Run(), SINTER_NOT_SUPPORTED);

  Call both(sinter_op_ml_TreeEnsembleClassifier, 3);
  AddStump(both.Input<float>({1, 1}, {0})).Ints("classlabels_int64s", {0, 1}).Outputs(2);
  both.Ints("class_treeids", {0, 0}).Ints("class_nodeids", {1, 2}).Ints("class_ids", {0, 1});
  EXPECT_EQ(both.Floats("class_weights", {1, 2}).Run(), SINTER_NOT_SUPPORTED);

  Call wide(sinter_op_ml_TreeEnsembleRegressor, 3);
  AddStump(wide.Input<float>({1, 1}, {0})).Int("n_targets", 1);
  wide.TensorAttr("target_weights_as_tensor", wide.Tensor<double>({1}, {1}));
  EXPECT_EQ(wide.Run(), SINTER_NOT_SUPPORTED);

  Call half(sinter_op_ml_TreeEnsemble, 5);
  EXPECT_EQ(half.Input<uint16_t>({1, 1}, {0}, SINTER_F16).Run(), SINTER_NOT_SUPPORTED);
}

// One node: feature 0 in {1, 3} votes 10, else 20. Expected values by hand.
Call& AddSet(Call& call, const std::vector<float>& members) {
  call.Ints("tree_roots", {0}).Int("n_targets", 1).Ints("nodes_featureids", {0});
  call.Ints("nodes_truenodeids", {0}).Ints("nodes_falsenodeids", {1});
  call.Ints("nodes_trueleafs", {1}).Ints("nodes_falseleafs", {1}).Ints("leaf_targetids", {0, 0});
  call.TensorAttr("nodes_modes", call.Tensor<uint8_t>({1}, {6}));
  call.TensorAttr("nodes_splits", call.Tensor<float>({1}, {0}));
  call.TensorAttr("leaf_weights", call.Tensor<float>({2}, {10, 20}));
  const int64_t count = static_cast<int64_t>(members.size());
  return call.TensorAttr("membership_values", call.Tensor<float>({count}, members));
}

TEST(TreeEnsembleTest, MembersOfASet) {
  Call call(sinter_op_ml_TreeEnsemble, 5);
  AddSet(call.Input<float>({4, 1}, {1, 2, 3, kNan}), {1, 3, kNan});
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.Values<float>(0), (std::vector<float>{10, 20, 10, 20}));
}

TEST(TreeEnsembleTest, SetsMustEnd) {
  Call call(sinter_op_ml_TreeEnsemble, 5);
  EXPECT_EQ(AddSet(call.Input<float>({1, 1}, {1}), {1, 3}).Run(), SINTER_BAD_VALUE);
}

}  // namespace
}  // namespace sinter::library
