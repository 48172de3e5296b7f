// What the cases of ONNX and of ONNX Runtime do not show of control flow, strings, random numbers
// and the operators of other domains: what is refused, what is hostile, what we define ourselves.
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "onnx/defs/parser.h"
#include "reference/evaluator.h"

namespace sinter::reference {
namespace {

using ::sinter::base::IsOk;
using ::sinter::base::StatusIs;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kHead[] =
    "<ir_version: 10, opset_import: [\"\": 21, \"ai.onnx.ml\": 5, \"com.microsoft\": 1]>\n";

absl::StatusOr<Value> RunModel(const std::string& text, const std::map<std::string, Value>& inputs,
                               const std::string& head = kHead) {
  onnx::ModelProto model;
  const auto status = onnx::OnnxParser::Parse(model, (head + text).c_str());
  EXPECT_TRUE(status.IsOK()) << status.ErrorMessage();
  auto outputs = Evaluate(model, inputs);
  if (!outputs.ok()) return outputs.status();
  return outputs->at(0).second;
}

Tensor Floats(Dims dims, std::vector<double> values) {
  return Tensor(Dtype::kFloat32, std::move(dims), std::move(values));
}

Tensor Words(std::vector<std::string> words) {
  const Dims dims = {static_cast<int64_t>(words.size())};
  return Tensor(Dtype::kString, dims, std::move(words));
}

std::vector<double> Reals(const absl::StatusOr<Value>& value) {
  EXPECT_THAT(value.status(), IsOk());
  return value.ok() ? value->tensor()->reals() : std::vector<double>();
}

std::vector<std::string> Strings(const absl::StatusOr<Value>& value) {
  EXPECT_THAT(value.status(), IsOk());
  return value.ok() ? value->tensor()->strings() : std::vector<std::string>();
}

// The body says stop, but the node has no condition: the specification's table of cases has it go
// on.
TEST(Loop, WithoutConditionDoesNotLookAtTheBodys) {
  const std::string body =
      "b (int64 i, bool c, float[2] v) => (bool c_out, float[2] v_out, float[2] s)"
      " { c_out = Not(c)  v_out = Add(v, v)  s = Identity(v_out) }";
  const std::map<std::string, Value> inputs = {{"n", Tensor::Int64(3)}, {"v", Floats({2}, {1, 5})}};
  EXPECT_THAT(Reals(RunModel("g (int64 n, float[2] v) => (float[2] y) { y, s = Loop <body = " +
                                 body + "> (n, \"\", v) }",
                             inputs)),
              ElementsAre(8, 40));
  EXPECT_THAT(
      Reals(RunModel("g (int64 n, float[2] v) => (float[2] y) { t = Constant <value = bool {1}> ()"
                     " y, s = Loop <body = " +
                         body + "> (n, t, v) }",
                     inputs)),
      ElementsAre(2, 10));
}

TEST(Loop, NoIterationGivesAnEmptyScanOutputOfTheBodysShape) {
  const auto y = RunModel(
      "g (int64 n, float[2] v) => (float[k, 2] s) { y, s = Loop <body = b (int64 i, bool c, "
      "float[2] w)"
      " => (bool c_out, float[2] w_out, float[2] t)"
      " { c_out = Identity(c)  w_out = Identity(w)  t = Identity(w) }> (n, \"\", v) }",
      {{"n", Tensor::Int64(0)}, {"v", Floats({2}, {1, 5})}});
  ASSERT_THAT(y.status(), IsOk());
  EXPECT_THAT(y->tensor()->dims(), ElementsAre(0, 2));
}

TEST(Loop, ScanOutputsMustNotChangeTheirShape) {
  EXPECT_THAT(
      RunModel("g (int64 n, float[k] v) => (float[m] s) { y, s = Loop <body = b (int64 i, bool "
               "c, float[k] w)"
               " => (bool c_out, float[m] w_out, float[m] t)"
               " { c_out = Identity(c)  w_out = Concat <axis = 0> (w, w)  t = Identity(w_out) "
               "}> (n, \"\", v) }",
               {{"n", Tensor::Int64(2)}, {"v", Floats({1}, {1})}})
          .status(),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("put together")));
}

// 0x6627e8, 0xe169c5, 0xbc57ac and 0x9b00db are the high bits of Philox's published first answer.
TEST(RandomUniform, GivesTheNumbersOfItsDefinition) {
  const double unit = 16777216.0;
  EXPECT_THAT(Reals(RunModel(
                  "g () => (float[4] y) { y = RandomUniform <shape = [4], seed = 0.0> () }", {})),
              ElementsAre(0x6627e8 / unit, 0xe169c5 / unit, 0xbc57ac / unit, 0x9b00db / unit));
  const auto wider = Reals(
      RunModel("g () => (double[2] y) { y = RandomUniform <shape = [2], seed = 0.0, dtype = 11, "
               "low = -1.0, high = 3.0> () }",
               {}));
  EXPECT_THAT(wider, ElementsAre(-1 + 4 * (0x6627e8 / unit), -1 + 4 * (0xe169c5 / unit)));
}

TEST(RandomUniform, WithoutSeedDependsOnTheNameOfTheOutput) {
  const std::string shape = " = RandomUniform <shape = [4]> () }";
  const auto a = Reals(RunModel("g () => (float[4] a) { a" + shape, {}));
  EXPECT_EQ(a, Reals(RunModel("g () => (float[4] a) { a" + shape, {})));
  EXPECT_NE(a, Reals(RunModel("g () => (float[4] b) { b" + shape, {})));
}

TEST(Dropout, KeepsAndScalesWhereTheMaskSays) {
  const auto y =
      Reals(RunModel("g (float[4] x) => (float[4] y) { r = Constant <value = float {0.5}> () t = "
                     "Constant <value = bool {1}> ()"
                     " y = Dropout <seed = 0> (x, r, t) }",
                     {{"x", Floats({4}, {1, 2, 3, 4})}}));
  // The uniform numbers are 0.399, 0.881, 0.736 and 0.605.
  EXPECT_THAT(y, ElementsAre(0, 4, 6, 8));
}

TEST(Bernoulli, IsCertainAtZeroAndOne) {
  EXPECT_THAT(Reals(RunModel("g (float[n] p) => (float[n] y) { y = Bernoulli(p) }",
                             {{"p", Floats({50}, std::vector<double>(50, 1.0))}})),
              Each(1));
  EXPECT_THAT(Reals(RunModel("g (float[n] p) => (float[n] y) { y = Bernoulli(p) }",
                             {{"p", Floats({50}, std::vector<double>(50, 0.0))}})),
              Each(0));
}

TEST(RegexFullMatch, TakesLinearTimeAndNamesBadPatterns) {
  const std::string many(100000, 'a');
  const auto y =
      RunModel("g (string[n] x) => (bool[n] y) { y = RegexFullMatch <pattern = \"(a*)*b\"> (x) }",
               {{"x", Words({many, many + "b", "b"})}});
  ASSERT_THAT(y.status(), IsOk());
  EXPECT_THAT(y->tensor()->ToInts(), ElementsAre(0, 1, 1));
  EXPECT_THAT(
      RunModel("g (string[n] x) => (bool[n] y) { y = RegexFullMatch <pattern = \"(a\"> (x) }",
               {{"x", Words({"a"})}})
          .status(),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("`(a`")));
}

TEST(StringNormalizer, ChangesLettersOfSeveralAlphabets) {
  const std::string lower =
      "g (string[n] x) => (string[m] y) { y = StringNormalizer <case_change_action = \"LOWER\"> "
      "(x) }";
  const std::string upper =
      "g (string[n] x) => (string[m] y) { y = StringNormalizer <case_change_action = \"UPPER\"> "
      "(x) }";
  EXPECT_THAT(
      Strings(RunModel(lower, {{"x", Words({"GRÜN", "ŽLUŤOUČKÝ", "ΩΜΈΓΑ", "ЖЁЛТЫЙ", "日本"})}})),
      ElementsAre("grün", "žluťoučký", "ωμέγα", "жёлтый", "日本"));
  EXPECT_THAT(Strings(RunModel(upper, {{"x", Words({"grün", "žluťoučký", "ωμέγα", "жёлтый"})}})),
              ElementsAre("GRÜN", "ŽLUŤOUČKÝ", "ΩΜΈΓΑ", "ЖЁЛТЫЙ"));
  EXPECT_THAT(RunModel(upper, {{"x", Words({"straße"})}}).status(),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("U+00DF")));
  EXPECT_THAT(RunModel(upper, {{"x", Words({"\xff"})}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("UTF-8")));
}

TEST(Rnn, RefusesActivationsThatItCannotKnow) {
  const auto with = [](const std::string& activation) {
    return RunModel(
               "g (float[1, 1, 1] x, float[1, 1, 1] w) => (float[1, 1, 1, 1] y)"
               " { y = RNN <hidden_size = 1, activations = [\"" +
                   activation + "\"]> (x, w, w) }",
               {{"x", Floats({1, 1, 1}, {2})}, {"w", Floats({1, 1, 1}, {3})}})
        .status();
  };
  EXPECT_THAT(with("Relu"), IsOk());
  EXPECT_THAT(with("Affine"), StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("`Affine`")));
  EXPECT_THAT(with("Other"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("`Other`")));
}

TEST(TreeEnsemble, RefusesTreesThatComeBackToThemselves) {
  EXPECT_THAT(
      RunModel(
          "g (float[1, 1] x) => (float[1, 1] y) { y = ai.onnx.ml.TreeEnsembleRegressor <n_targets "
          "= 1,"
          " nodes_treeids = [0, 0, 0], nodes_nodeids = [0, 1, 2], nodes_featureids = [0, 0, 0],"
          " nodes_values = [0.0, 0.0, 0.0], nodes_modes = [\"BRANCH_LEQ\", \"BRANCH_LEQ\", "
          "\"BRANCH_LEQ\"],"
          " nodes_truenodeids = [1, 2, 1], nodes_falsenodeids = [1, 2, 1], target_treeids = [0],"
          " target_nodeids = [2], target_ids = [0], target_weights = [1.0]> (x) }",
          {{"x", Floats({1, 1}, {0})}})
          .status(),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("comes back")));
}

TEST(Contrib, RefusesByNameWhatItDoesNotHave) {
  const std::string mha =
      "g (float[1, 2, 2, 3, 4] x) => (float[1, 2, 8] y) { y = com.microsoft.MultiHeadAttention "
      "<num_heads = 2> (x) }";
  EXPECT_THAT(
      RunModel(mha, {{"x", Floats({1, 2, 2, 3, 4}, std::vector<double>(48, 1.0))}}).status(),
      StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("packed")));
  const std::string rotary =
      "g (float[1, 1, 4] x, int64[1] p, float[2, 2] t) => (float[1, 1, 4] y)"
      " { y = com.microsoft.RotaryEmbedding <is_packed_batching = 1> (x, p, t, t) }";
  EXPECT_THAT(RunModel(rotary, {{"x", Floats({1, 1, 4}, {1, 2, 3, 4})},
                                {"p", Tensor::FromInts({0})},
                                {"t", Floats({2, 2}, {1, 1, 1, 1})}})
                  .status(),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("is_packed_batching")));
}

TEST(Contrib, RefusesInputsOfTheWrongKind) {
  EXPECT_THAT(RunModel("g (string[1] x) => (string[1] y) { y = com.microsoft.Gelu(x) }",
                       {{"x", Words({"a"})}})
                  .status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("string")));
}

}  // namespace
}  // namespace sinter::reference
