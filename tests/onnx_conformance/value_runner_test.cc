#include "tests/onnx_conformance/value_runner.h"

#include <cstdlib>
#include <utility>

#include "base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/tensor.h"
#include "runtime/value.h"
#include "tests/onnx_conformance/compare.h"
#include "tests/onnx_conformance/value_file.h"

namespace sinter::conformance {
namespace {

using ::sinter::base::StatusIs;
using ::sinter::runtime::Dtype;
using ::sinter::runtime::StringTensor;
using ::sinter::runtime::Tensor;
using ::sinter::runtime::Value;
using ::testing::HasSubstr;

Value Floats(const std::vector<float>& values) {
  const std::vector<int64_t> dims = {static_cast<int64_t>(values.size())};
  return Value(*Tensor::CopyOf({Dtype::kFloat32, dims, values.data()}));
}

Value Strings(std::vector<std::string> values) {
  StringTensor strings;
  strings.dims = {static_cast<int64_t>(values.size())};
  strings.values = std::move(values);
  return Value(std::move(strings));
}

Value Count(int64_t count) { return Value(*Tensor::CopyOf({Dtype::kInt64, {}, &count})); }

// What runtime/testing/values_model.c takes; two rows of which `count` are kept.
std::vector<Value> Inputs(Value count) {
  std::vector<Value> rows;
  rows.push_back(Floats({1, -2, 3}));
  rows.push_back(Floats({}));
  std::vector<Value> inputs;
  inputs.push_back(Value::Sequence(std::move(rows)));
  inputs.push_back(Strings({"one", ""}));
  inputs.push_back(std::move(count));
  return inputs;
}

TEST(ValueFile, BringsBackValuesOfAllKinds) {
  std::vector<Value> values = Inputs(Value());
  values.push_back(Value::Map(Strings({"a"}), Floats({4})));
  SINTER_ASSERT_OK_AND_ASSIGN(const std::vector<Value> again,
                              ValuesFromBytes(ValuesAsBytes(values)));
  ASSERT_EQ(again.size(), values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    EXPECT_THAT(Compare(again[i], values[i], Tolerance()), base::IsOk()) << i;
  }
}

TEST(ValueFile, SaysWhenItIsCutShort) {
  const std::string whole = ValuesAsBytes(Inputs(Value()));
  for (size_t bytes = 0; bytes < whole.size(); ++bytes) {
    EXPECT_THAT(ValuesFromBytes(whole.substr(0, bytes)),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("early")));
  }
  EXPECT_THAT(ValuesFromBytes(whole + "x"), StatusIs(absl::StatusCode::kDataLoss));
}

class ValueRunnerTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::vector<Value>> Run(const std::vector<Value>& inputs) {
    return runner_.Run("runtime/testing/values_model.so", inputs, getenv("TEST_TMPDIR"));
  }

  ValueRunner runner_{{"runtime/tools/value_runner"}};
};

TEST_F(ValueRunnerTest, ComputesOneAfterAnother) {
  for (int i = 0; i < 2; ++i) {
    SINTER_ASSERT_OK_AND_ASSIGN(const std::vector<Value> outputs, Run(Inputs(Count(1))));
    ASSERT_EQ(outputs.size(), 4u);
    EXPECT_THAT(Compare(outputs[0], Floats({1, 3}), Tolerance()), base::IsOk());
    ASSERT_EQ(outputs[1].items().size(), 1u);
    EXPECT_THAT(Compare(outputs[2], Value::Map(Strings({"one", ""}), Floats({2, 0})), Tolerance()),
                base::IsOk());
    EXPECT_EQ(outputs[3].strings().values, std::vector<std::string>{"one"});
  }
}

TEST_F(ValueRunnerTest, TellsRefusalsApart) {
  EXPECT_THAT(Run(Inputs(Count(3))), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Run(Inputs(Count(1000))), StatusIs(absl::StatusCode::kUnimplemented));
  EXPECT_THAT(Run({}), StatusIs(absl::StatusCode::kInternal, HasSubstr("inputs")));
  EXPECT_TRUE(Run(Inputs(Count(2))).ok());
}

TEST(ValueRunner, StartsAgainAfterADeath) {
  ValueRunner runner({"/bin/false"});
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(runner.Run("x.so", {}, getenv("TEST_TMPDIR")),
                StatusIs(absl::StatusCode::kInternal, HasSubstr("code 1")));
  }
}

}  // namespace
}  // namespace sinter::conformance
