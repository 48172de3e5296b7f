#include "numerics/measure.h"

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::numerics {
namespace {

using reference::Dtype;
using reference::Tensor;
using reference::Value;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Value Reals(Dtype dtype, std::vector<double> values, reference::Dims dims = {}) {
  if (dims.empty()) dims = {static_cast<int64_t>(values.size())};
  return Tensor(dtype, std::move(dims), std::move(values));
}

Value Integers(Dtype dtype, std::vector<reference::Integer> values) {
  const auto count = static_cast<int64_t>(values.size());
  return Tensor(dtype, {count}, std::move(values));
}

TEST(MeasureTest, EqualValuesAgreePerfectly) {
  const Value value = Reals(Dtype::kFloat32, {1, -2, kNan, kInfinity});
  const Measure measure = MeasureValue(value, value, {});
  EXPECT_TRUE(measure.agrees()) << measure.problem;
  EXPECT_EQ(measure.type, "tensor(float)");
  EXPECT_EQ(measure.elements, 4);
  EXPECT_EQ(measure.max_abs, 0);
  EXPECT_EQ(measure.cosine, 1);
}

TEST(MeasureTest, DistancesAreInTheTypesOwnSteps) {
  // Two steps of float32 above 1, one of them below 2; 3-4-5 triangles for the cosine.
  const double step = std::ldexp(1.0, -23);
  const Measure close =
      MeasureValue(Reals(Dtype::kFloat32, {1 + 2 * step, 2}), Reals(Dtype::kFloat32, {1, 2}), {});
  EXPECT_TRUE(close.agrees());
  EXPECT_EQ(close.max_ulp, 2);
  EXPECT_EQ(close.max_abs, 2 * step);
  EXPECT_EQ(close.max_rel, 2 * step);
  const Measure turned =
      MeasureValue(Reals(Dtype::kFloat64, {3, 4}), Reals(Dtype::kFloat64, {4, 3}), {});
  EXPECT_NEAR(turned.cosine, 24.0 / 25.0, 1e-15);
}

TEST(MeasureTest, TheFirstWrongPlaceIsNamed) {
  const Measure measure = MeasureValue(Reals(Dtype::kFloat32, {0, 1, 2, 3, 4.5, 0}, {2, 3}),
                                       Reals(Dtype::kFloat32, {0, 1, 2, 3, 4, 5}, {2, 3}), {});
  EXPECT_EQ(measure.wrong, 2);
  EXPECT_EQ(measure.problem, "element [1,1] is 4.5, expected 4; 2 of 6 are wrong");
}

TEST(MeasureTest, WhatIsNotFiniteMustBeTheSame) {
  for (const double found : {1.0, -kInfinity, kNan}) {
    EXPECT_FALSE(
        MeasureValue(Reals(Dtype::kFloat32, {found}), Reals(Dtype::kFloat32, {kInfinity}), {1e9})
            .agrees());
  }
}

TEST(MeasureTest, TolerancesAreByType) {
  EXPECT_EQ(Tolerance().For(Dtype::kFloat32), 1e-4);
  EXPECT_EQ(Tolerance().For(Dtype::kInt64), 0);
  EXPECT_EQ((Tolerance{1e-6}).For(Dtype::kFloat16), 1e-6);
  const Value found = Reals(Dtype::kFloat32, {100.005}), wanted = Reals(Dtype::kFloat32, {100});
  EXPECT_TRUE(MeasureValue(found, wanted, {}).agrees());
  EXPECT_FALSE(MeasureValue(found, wanted, {1e-6}).agrees());
}

TEST(MeasureTest, ADoubleThatWasAFloatHasItsTolerance) {
  Tolerance tolerance;
  tolerance.at_least = Tolerance::PartOf(Dtype::kFloat32);
  EXPECT_EQ(tolerance.For(Dtype::kFloat64), 1e-4);
  EXPECT_EQ(tolerance.For(Dtype::kFloat16), 1e-2);
}

TEST(MeasureTest, IntegersAreExactUnlessTheModelRoundsToThem) {
  const Value found = Integers(Dtype::kUint8, {7, 200}), wanted = Integers(Dtype::kUint8, {7, 201});
  EXPECT_EQ(MeasureValue(found, wanted, {}).problem,
            "element [1] is 200, expected 201; 1 of 2 is wrong");
  EXPECT_TRUE(MeasureValue(found, wanted, {0, true}).agrees());
  EXPECT_FALSE(
      MeasureValue(Integers(Dtype::kInt64, {1}), Integers(Dtype::kInt64, {2}), {0, true}).agrees());
}

TEST(MeasureTest, TypesShapesAndLengthsMustBeTheSame) {
  const Value two = Reals(Dtype::kFloat32, {1, 2});
  EXPECT_EQ(MeasureValue(two, Reals(Dtype::kFloat64, {1, 2}), {}).problem,
            "is of type float, expected double");
  EXPECT_EQ(MeasureValue(two, Reals(Dtype::kFloat32, {1, 2}, {1, 2}), {}).problem,
            "shape is [2], expected [1, 2]");
  const Value none = reference::Sequence{"tensor(float)", {}};
  const Value one = reference::Sequence{"tensor(float)", {two}};
  EXPECT_EQ(MeasureValue(one, none, {}).problem, "has 1 items, expected 0");
  EXPECT_FALSE(MeasureValue(two, one, {}).agrees());
}

TEST(MeasureTest, ElementsOfSequencesAreNamedByItem) {
  const Value found = reference::Sequence{
      "tensor(int64)", {Integers(Dtype::kInt64, {1}), Integers(Dtype::kInt64, {2, 3})}};
  const Value wanted = reference::Sequence{
      "tensor(int64)", {Integers(Dtype::kInt64, {1}), Integers(Dtype::kInt64, {2, 4})}};
  EXPECT_EQ(MeasureValue(found, wanted, {}).problem,
            "item 1: element [1] is 3, expected 4; 1 of 3 is wrong");
}

}  // namespace
}  // namespace sinter::numerics
