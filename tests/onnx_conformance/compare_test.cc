#include "tests/onnx_conformance/compare.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/status_matchers.h"
#include "gtest/gtest.h"
#include "runtime/dtype.h"
#include "runtime/tensor.h"
#include "runtime/value.h"

namespace sinter::conformance {
namespace {

using ::absl::StatusCode;
using ::sinter::base::IsOk;
using ::sinter::base::StatusIs;
using ::sinter::runtime::Dtype;
using ::sinter::runtime::StringTensor;
using ::sinter::runtime::Tensor;
using ::sinter::runtime::TensorView;
using ::sinter::runtime::Value;
using ::testing::HasSubstr;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

// A tensor of rank 1 over a vector's elements.
template <typename T>
struct Row {
  Row(Dtype dtype, std::vector<T> values)
      : values(std::move(values)), dims{static_cast<int64_t>(this->values.size())} {
    view = {dtype, dims, this->values.data()};
  }
  std::vector<T> values;
  std::vector<int64_t> dims;
  TensorView view;
};

Row<float> Floats(std::vector<float> values) { return {Dtype::kFloat32, std::move(values)}; }

TEST(CompareTest, ToleranceGrowsWithTheExpectedValue) {
  const Tolerance tolerance{1e-3, 1e-7};
  EXPECT_THAT(Compare(Floats({100.05f}).view, Floats({100}).view, tolerance), IsOk());
  EXPECT_THAT(Compare(Floats({0, 100.2f, 7}).view, Floats({0, 100, 8}).view, tolerance),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("element 1 is 100.2, expected "
                                                                  "100; 2 of 3 differ")));
  EXPECT_THAT(Compare(Floats({1e-5f}).view, Floats({0}).view, tolerance),
              StatusIs(StatusCode::kFailedPrecondition));
}

TEST(CompareTest, NanAndInfinityMatchOnlyThemselves) {
  EXPECT_THAT(Compare(Floats({kNan, kInfinity}).view, Floats({kNan, kInfinity}).view, {1, 1}),
              IsOk());
  for (const float other : {0.0f, -kInfinity, kNan}) {
    EXPECT_THAT(Compare(Floats({other}).view, Floats({kInfinity}).view, {1, 1}),
                StatusIs(StatusCode::kFailedPrecondition));
  }
}

TEST(CompareTest, TypeAndShapeComeFirst) {
  const Row<int32_t> integers(Dtype::kInt32, {1});
  EXPECT_THAT(Compare(integers.view, Floats({1}).view, {}),
              StatusIs(StatusCode::kFailedPrecondition, "type is int32, expected float32"));
  EXPECT_THAT(Compare(Floats({1, 2}).view, Floats({1}).view, {}),
              StatusIs(StatusCode::kFailedPrecondition, "shape is [2], expected [1]"));
  Tolerance only_shape;
  only_shape.only_shape = true;
  EXPECT_THAT(Compare(Floats({1}).view, Floats({2}).view, only_shape), IsOk());
}

TEST(CompareTest, IntegersAreExactWhateverTheTolerance) {
  const Row<int8_t> found(Dtype::kInt8, {-2}), wanted(Dtype::kInt8, {-3});
  EXPECT_THAT(Compare(found.view, wanted.view, {10, 10}),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("is -2, expected -3")));
}

TEST(CompareTest, NarrowTypesMayBeOneUnitOff) {
  const Row<uint16_t> one(Dtype::kFloat16, {0x3c00}), next(Dtype::kFloat16, {0x3c01}),
      second(Dtype::kFloat16, {0x3c02});
  EXPECT_THAT(Compare(next.view, one.view, {}), IsOk());
  EXPECT_THAT(Compare(second.view, one.view, {}), StatusIs(StatusCode::kFailedPrecondition));
  Tolerance two_units;
  two_units.units = 2;
  EXPECT_THAT(Compare(second.view, one.view, two_units), IsOk());
  const Row<uint16_t> least(Dtype::kFloat16, {0x0001}), minus_zero(Dtype::kFloat16, {0x8000});
  EXPECT_THAT(Compare(minus_zero.view, least.view, {}), IsOk());
}

Value FloatValue(std::vector<float> values) {
  return Value(*Tensor::CopyOf(Floats(std::move(values)).view));
}

Value Strings(std::vector<std::string> values) {
  return Value(StringTensor{{static_cast<int64_t>(values.size())}, values});
}

template <typename... Items>
Value List(Items... items) {
  std::vector<Value> list;
  (list.push_back(std::move(items)), ...);
  return Value::Sequence(std::move(list));
}

TEST(CompareValuesTest, KindsMustAgreeToTheLastItem) {
  const Tolerance tolerance{0, 0.1};
  const auto differ = [](const std::string& what) {
    return StatusIs(StatusCode::kFailedPrecondition, HasSubstr(what));
  };
  EXPECT_THAT(Compare(Value(), Value(), tolerance), IsOk());
  EXPECT_THAT(Compare(Value(), FloatValue({1}), tolerance),
              differ("it is nothing, expected float32[1]"));
  EXPECT_THAT(Compare(List(FloatValue({1.05f}), Strings({"a"})),
                      List(FloatValue({1}), Strings({"a"})), tolerance),
              IsOk());
  EXPECT_THAT(Compare(List(FloatValue({1}), Strings({"a"})), List(FloatValue({1}), Strings({"A"})),
                      tolerance),
              differ("item 1: element 0 is `a`, expected `A`"));
  EXPECT_THAT(Compare(List(), List(FloatValue({1})), tolerance),
              differ("a sequence of 0, expected a sequence of 1"));
  EXPECT_THAT(Compare(Strings({"a", "b"}), Strings({"a"}), tolerance), differ("shape is [2]"));
}

TEST(CompareValuesTest, MapsAgreeInAnyOrder) {
  const auto map = [](std::vector<std::string> keys, std::vector<float> values) {
    return Value::Map(Strings(std::move(keys)), FloatValue(std::move(values)));
  };
  const auto differ = [](const std::string& what) {
    return StatusIs(StatusCode::kFailedPrecondition, HasSubstr(what));
  };
  const Value wanted = map({"a", "b"}, {1, 2});
  EXPECT_THAT(Compare(map({"b", "a"}, {2, 1}), wanted, {}), IsOk());
  EXPECT_THAT(Compare(map({"b", "a"}, {1, 2}), wanted, {}), differ("key a: element 0 is 2"));
  EXPECT_THAT(Compare(map({"a", "c"}, {1, 2}), wanted, {}), differ("no key b"));
  EXPECT_THAT(Compare(map({"a", "a"}, {1, 2}), wanted, {}), differ("keys are a, a"));
  EXPECT_THAT(Compare(map({"a"}, {1}), wanted, {}), differ("keys are a, expected a, b"));
}

TEST(FloatAtTest, KnowsEveryFormat) {
  const struct {
    Dtype dtype;
    uint16_t bits;
    double value;
  } kRows[] = {
      {Dtype::kFloat16, 0x3c00, 1},          {Dtype::kFloat16, 0x0001, std::ldexp(1, -24)},
      {Dtype::kFloat16, 0xfc00, -kInfinity}, {Dtype::kBfloat16, 0xc040, -3},
      {Dtype::kFloat8E4m3fn, 0x7e, 448},     {Dtype::kFloat8E4m3fn, 0xff, kNan},
      {Dtype::kFloat8E4m3fnuz, 0x7f, 240},   {Dtype::kFloat8E4m3fnuz, 0x80, kNan},
      {Dtype::kFloat8E5m2, 0x7c, kInfinity}, {Dtype::kFloat8E5m2, 0x7b, 57344},
      {Dtype::kFloat8E5m2fnuz, 0x7f, 57344}, {Dtype::kFloat8E8m0, 128, 2},
      {Dtype::kFloat8E8m0, 255, kNan},       {Dtype::kFloat4E2m1, 0x7, 6},
      {Dtype::kFloat4E2m1, 0x9, -0.5},
  };
  for (const auto& row : kRows) {
    const Row<uint16_t> tensor(row.dtype, {row.bits});
    const double value = FloatAt(tensor.view, 0);
    SCOPED_TRACE(runtime::DtypeName(row.dtype));
    if (std::isnan(row.value)) {
      EXPECT_TRUE(std::isnan(value));
    } else {
      EXPECT_EQ(value, row.value);
    }
  }
}

}  // namespace
}  // namespace sinter::conformance
