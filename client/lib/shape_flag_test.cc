#include "client/lib/shape_flag.h"

#include "base/status_matchers.h"
#include "client/lib/fault.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::client {
namespace {

using ::sinter::base::StatusIs;
using ::testing::HasSubstr;

ValueOutline Input(const std::string& name, const std::vector<int64_t>& dims) {
  ValueOutline value;
  value.name = name;
  value.element_type = 1;
  value.has_shape = true;
  for (const int64_t dim : dims) {
    value.dims.emplace_back();
    if (dim >= 0) value.dims.back().fixed = dim;
  }
  return value;
}

ModelOutline Model() {
  ModelOutline model;
  model.inputs = {Input("x", {-1, 3, -1, -1}), Input("x=1", {}), Input("a/b:0", {-1})};
  return model;
}

TEST(ShapeFlagTest, ReadsFixedFreeAndBoundedDimensions) {
  SINTER_ASSERT_OK_AND_ASSIGN(const auto specs,
                              ParseShapeFlags({"x=1..8x3x?x224", "a/b:0=0"}, Model()));
  ASSERT_EQ(specs.size(), 2u);
  EXPECT_EQ(specs[0].input(), "a/b:0");
  EXPECT_EQ(specs[0].dims(0).kind_case(), v1::ShapeSpec::Dim::kFixed);
  EXPECT_EQ(specs[0].dims(0).fixed(), 0);
  EXPECT_EQ(specs[1].input(), "x");
  EXPECT_EQ(specs[1].dims(0).bounded().min(), 1);
  EXPECT_EQ(specs[1].dims(0).bounded().max(), 8);
  EXPECT_EQ(specs[1].dims(1).fixed(), 3);
  EXPECT_TRUE(specs[1].dims(2).free());
  EXPECT_EQ(specs[1].dims(3).fixed(), 224);
}

TEST(ShapeFlagTest, TheLongestNameWinsAndNothingMeansRankZero) {
  SINTER_ASSERT_OK_AND_ASSIGN(const auto specs, ParseShapeFlags({"x=1="}, Model()));
  ASSERT_EQ(specs.size(), 1u);
  EXPECT_EQ(specs[0].input(), "x=1");
  EXPECT_EQ(specs[0].dims_size(), 0);
}

TEST(ShapeFlagTest, EveryMistakeIsAUsageErrorThatSaysWhatIsWrong) {
  const struct {
    std::vector<std::string> arguments;
    const char* message;
  } kCases[] = {
      {{"z=1"}, "its inputs are `x`, `x=1`, `a/b:0`"},
      {{"x"}, "does not start with the name of an input"},
      {{"x=1x3x2x2", "x=1x3x4x4"}, "given twice for `x`"},
      {{"x=1x3xtwox2"}, "has the dimension `two`"},
      {{"x=1x3x-1x2"}, "has the dimension `-1`"},
      {{"x=8..1x3x1x2"}, "has the dimension `8..1`"},
      {{"x=1x3xx2"}, "has the dimension ``"},
      {{"x=1x3x2"}, "3 dimensions; the model declares 4"},
      {{"x=1x4x2x2"}, "dimension 1 of `x`, which the model fixes at 3"},
      {{"x=1x4..9x2x2"}, "which the model fixes at 3"},
      {{"x=99999999999999999999x3x2x2"}, "has the dimension"},
  };
  for (const auto& test : kCases) {
    const absl::Status status = ParseShapeFlags(test.arguments, Model()).status();
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(test.message)));
    EXPECT_TRUE(IsUsageError(status)) << status;
  }
}

}  // namespace
}  // namespace sinter::client
