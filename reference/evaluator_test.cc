#include "reference/evaluator.h"

#include <string>

#include "absl/status/status.h"
#include "base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "onnx/defs/parser.h"

namespace sinter::reference {
namespace {

using ::sinter::base::IsOk;
using ::sinter::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kHead[] = "<ir_version: 10, opset_import: [\"\": 20, \"mine\": 1]>\n";

onnx::ModelProto Model(const std::string& text) {
  onnx::ModelProto model;
  const auto status = onnx::OnnxParser::Parse(model, (kHead + text).c_str());
  EXPECT_TRUE(status.IsOK()) << status.ErrorMessage();
  return model;
}

Value Floats(std::vector<double> values) {
  const auto count = static_cast<int64_t>(values.size());
  return Tensor(Dtype::kFloat32, {count}, std::move(values));
}

Value Ints(const std::vector<int64_t>& values) { return Tensor::FromInts(values); }

std::vector<double> RealsOf(const absl::StatusOr<std::vector<std::pair<std::string, Value>>>& run) {
  EXPECT_THAT(run.status(), IsOk());
  return run.ok() ? run->at(0).second.tensor()->reals() : std::vector<double>();
}

TEST(Evaluate, RunsNodesAndRoundsEachResult) {
  const auto model =
      Model("g (float[n] x, float[n] y) => (float[n] z) { s = Add(x, y)  z = Sub(s, x) }");
  // 2^24 + 1 is no float32: the sum is rounded before the difference is taken.
  EXPECT_THAT(RealsOf(Evaluate(model, {{"x", Floats({16777216})}, {"y", Floats({1})}})),
              ElementsAre(0));
}

TEST(Evaluate, TakesInitializersForInputsThatAreLeftOut) {
  const auto model = Model("g (float[2] x, float[2] w = {1, 2}) => (float[2] y) { y = Mul(x, w) }");
  EXPECT_THAT(RealsOf(Evaluate(model, {{"x", Floats({3, 4})}})), ElementsAre(3, 8));
  EXPECT_THAT(RealsOf(Evaluate(model, {{"x", Floats({3, 4})}, {"w", Floats({0, 5})}})),
              ElementsAre(0, 20));
}

TEST(Evaluate, NamesInputsThatAreMissingOrUnknown) {
  const auto model = Model("g (float[n] x) => (float[n] y) { y = Abs(x) }");
  EXPECT_THAT(Evaluate(model, {}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("`x` is missing")));
  EXPECT_THAT(Evaluate(model, {{"x", Floats({1})}, {"z", Floats({1})}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no input `z`")));
}

TEST(Evaluate, RefusesOpsItDoesNotHaveByName) {
  const auto model = Model("g (float[n] x) => (float[n] y) { y = mine.Strange(x) }");
  EXPECT_THAT(Evaluate(model, {{"x", Floats({1})}}).status(),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("mine.Strange")));
}

TEST(Evaluate, HoldsNodesAgainstTheirSchema) {
  const auto mixed = Model("g (float[n] x, int64[n] i) => (float[n] y) { y = Add(x, i) }");
  EXPECT_THAT(Evaluate(mixed, {{"x", Floats({1})}, {"i", Ints({1})}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("must be the same")));
  const auto wrong_type = Model("g (int64[n] i) => (int64[n] y) { y = Sin(i) }");
  EXPECT_THAT(Evaluate(wrong_type, {{"i", Ints({1})}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("does not take")));
  const auto no_attribute = Model("g (float[n] x) => (float[n] y) { y = Cast(x) }");
  EXPECT_THAT(Evaluate(no_attribute, {{"x", Floats({1})}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("to")));
  const auto too_few = Model("g (float[n] x) => (float[n] y) { y = Add(x) }");
  EXPECT_THAT(Evaluate(too_few, {{"x", Floats({1})}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("input")));
}

TEST(Evaluate, SaysWhichNodeFailed) {
  const auto model = Model("g (float[n] x, float[m] y) => (float[n] z) { z = Add(x, y) }");
  EXPECT_THAT(Evaluate(model, {{"x", Floats({1, 2})}, {"y", Floats({1, 2, 3})}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("`Add`"), HasSubstr("[2] and [3]"))));
}

TEST(Evaluate, RefusesNamesWithoutValue) {
  const auto model = Model("g (float[n] x) => (float[n] y) { y = Abs(z)  z = Abs(x) }");
  EXPECT_THAT(Evaluate(model, {{"x", Floats({1})}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("`z` has no value")));
}

TEST(Evaluate, RefusesGiants) {
  const auto model = Model("g (int64[2] s) => (float[n, m] y) { y = ConstantOfShape(s) }");
  EXPECT_THAT(Evaluate(model, {{"s", Ints({int64_t{1} << 40, int64_t{1} << 40})}}).status(),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("too many elements")));
  EXPECT_THAT(Evaluate(model, {{"s", Ints({-1, 2})}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("negative")));
}

TEST(Evaluate, RunsLocalFunctionsWithTheirAttributes) {
  const auto model = Model(
      "g (float[n] x) => (float[n] y) { a = mine.scale <by = 3.0> (x)  y = mine.scale (a) }\n"
      "<domain: \"mine\", opset_import: [\"\": 20]>\n"
      "scale <by: float = 2.0> (v) => (w) { c = Constant <value_float: float = @by> ()  w = Mul(v, "
      "c) }");
  EXPECT_THAT(RealsOf(Evaluate(model, {{"x", Floats({1, 5})}})), ElementsAre(6, 30));
}

TEST(Evaluate, StopsFunctionsThatCallThemselves) {
  const auto model = Model(
      "g (float[n] x) => (float[n] y) { y = mine.again(x) }\n"
      "<domain: \"mine\", opset_import: [\"\": 20, \"mine\": 1]>\n"
      "again (v) => (w) { w = mine.again(v) }");
  EXPECT_THAT(Evaluate(model, {{"x", Floats({1})}}).status(),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("too deep")));
}

TEST(Evaluate, ShowsSubgraphsTheValuesAroundThem) {
  const auto model = Model(
      "g (bool c, float[n] x) => (float[n] y) {\n"
      "  t = Neg(x)\n"
      "  y = If (c) <then_branch = a () => (float[n] p) { p = Add(t, t) },\n"
      "              else_branch = b () => (float[n] q) { q = Identity(t) }>\n"
      "}");
  EXPECT_THAT(RealsOf(Evaluate(model, {{"c", Tensor::Bool(true)}, {"x", Floats({1})}})),
              ElementsAre(-2));
  EXPECT_THAT(RealsOf(Evaluate(model, {{"c", Tensor::Bool(false)}, {"x", Floats({1})}})),
              ElementsAre(-1));
}

TEST(Evaluate, FetchesExternalDataByTheCallersMeans) {
  auto model = Model("g (float[2] x, float[2] w = {0, 0}) => (float[2] y) { y = Mul(x, w) }");
  onnx::TensorProto& weight = *model.mutable_graph()->mutable_initializer(0);
  weight.clear_float_data();
  weight.clear_raw_data();
  weight.set_data_location(onnx::TensorProto::EXTERNAL);
  EXPECT_THAT(Evaluate(model, {{"x", Floats({3, 4})}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EvaluateOptions options;
  options.external_data = [](const onnx::TensorProto&) -> absl::StatusOr<std::string> {
    return std::string("\0\0\x80\x3f\0\0\0\x40", 8);  // 1 and 2
  };
  EXPECT_THAT(RealsOf(Evaluate(model, {{"x", Floats({3, 4})}}, options)), ElementsAre(3, 8));
}

TEST(Evaluate, ReportsEachNodeToTheObserver) {
  const auto model = Model("g (float[n] x) => (float[n] y) { a = Neg(x)  y = Exp(a) }");
  std::vector<std::string> seen;
  EvaluateOptions options;
  options.observe = [&seen](const onnx::NodeProto& node, const std::vector<Value>&) {
    seen.push_back(node.op_type());
  };
  EXPECT_THAT(Evaluate(model, {{"x", Floats({0})}}, options).status(), IsOk());
  EXPECT_THAT(seen, ElementsAre("Neg", "Exp"));
}

TEST(Evaluate, ConvertsLargeIntegersToFloatsInOneRounding) {
  const auto model = Model("g (int64[n] i) => (float[n] y) { y = Cast <to = 1> (i) }");
  // 2^53 + 2^29 + 1 is nearer to the float32 above; by way of a double it would be a tie.
  EXPECT_THAT(RealsOf(Evaluate(model, {{"i", Ints({9007199791611905})}})),
              ElementsAre(9007200328482816.0));
}

TEST(Evaluate, RefusesIntegersDividedByZero) {
  const auto model = Model("g (int64[n] a, int64[n] b) => (int64[n] y) { y = Div(a, b) }");
  EXPECT_THAT(Evaluate(model, {{"a", Ints({1})}, {"b", Ints({0})}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("zero")));
}

}  // namespace
}  // namespace sinter::reference
