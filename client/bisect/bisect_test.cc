// The compiler is a fake here: the reference evaluator, made wrong on purpose.
#include "client/bisect/bisect.h"

#include <string>
#include <vector>

#include "base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "reference/evaluator.h"

namespace sinter::client {
namespace {

using ::testing::HasSubstr;

onnx::NodeProto* AddNode(onnx::ModelProto& model, const std::string& op,
                         const std::vector<std::string>& inputs, const std::string& output) {
  auto* const node = model.mutable_graph()->add_node();
  node->set_op_type(op);
  for (const std::string& input : inputs) node->add_input(input);
  node->add_output(output);
  return node;
}

// y = sqrt(exp(tanh(x) + c) * c) and z = sin(tanh(x)), over six elements.
onnx::ModelProto Chain() {
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.add_opset_import()->set_version(17);
  auto* const c = model.mutable_graph()->add_initializer();
  c->set_name("c");
  c->set_data_type(1);
  c->add_float_data(0.5f);
  AddNode(model, "Tanh", {"x"}, "t");
  AddNode(model, "Add", {"t", "c"}, "a");
  AddNode(model, "Exp", {"a"}, "e");
  AddNode(model, "Mul", {"e", "c"}, "m");
  AddNode(model, "Sqrt", {"m"}, "y");
  AddNode(model, "Sin", {"t"}, "z");
  model.mutable_graph()->add_input()->set_name("x");
  for (const char* name : {"y", "z"}) model.mutable_graph()->add_output()->set_name(name);
  return model;
}

BisectValues Inputs() {
  return {{"x", reference::Tensor(reference::Dtype::kFloat32, {6},
                                  std::vector<double>{-2, -1, 0, 0.5, 1, 2})}};
}

absl::StatusOr<BisectValues> Right(const onnx::ModelProto& model, const BisectValues& inputs) {
  const auto outputs = reference::Evaluate(model, inputs);
  if (!outputs.ok()) return outputs.status();
  return BisectValues(outputs->begin(), outputs->end());
}

int CountOf(const onnx::ModelProto& model, const std::string& op) {
  int count = 0;
  for (const auto& node : model.graph().node()) count += node.op_type() == op;
  return count;
}

// Computes Cos where the model says Exp, if `wrong` says so of the model.
CompileAndRun WrongExp(const std::function<bool(const onnx::ModelProto&)>& wrong) {
  return [wrong](const onnx::ModelProto& model, const BisectValues& inputs) {
    onnx::ModelProto changed = model;
    for (auto& node : *changed.mutable_graph()->mutable_node()) {
      if (node.op_type() == "Exp" && wrong(model)) node.set_op_type("Cos");
    }
    return Right(changed, inputs);
  };
}

TEST(BisectTest, ARightCompilerHasNothingToFind) {
  SINTER_ASSERT_OK_AND_ASSIGN(const auto finding, Bisect(Chain(), Inputs(), {}, {Right, {}}));
  EXPECT_FALSE(finding.has_value());
}

TEST(BisectTest, AWrongOperatorIsLeftAlone) {
  const CompileAndRun run = WrongExp([](const auto&) { return true; });
  SINTER_ASSERT_OK_AND_ASSIGN(const auto finding, Bisect(Chain(), Inputs(), {}, {run, {}}));
  ASSERT_TRUE(finding.has_value());
  ASSERT_EQ(finding->reduced.graph().node_size(), 1);
  EXPECT_EQ(finding->reduced.graph().node(0).op_type(), "Exp");
  EXPECT_EQ(finding->reduced.graph().output_size(), 1);
  EXPECT_EQ(finding->first_wrong, "`e` (Exp)");
  EXPECT_THAT(finding->stage, HasSubstr("legalize or lower: `e` (Exp)"));
  EXPECT_THAT(finding->problem, HasSubstr("output `e`: element [0]"));

  // The reduced model still fails on the inputs that come with it.
  SINTER_ASSERT_OK_AND_ASSIGN(const BisectValues found, run(finding->reduced, finding->inputs));
  SINTER_ASSERT_OK_AND_ASSIGN(const BisectValues wanted, Right(finding->reduced, finding->inputs));
  EXPECT_FALSE(numerics::MeasureValue(found.at("e"), wanted.at("e"), {}).agrees());
}

TEST(BisectTest, WhatIsWrongOnlyTogetherStaysTogether) {
  const CompileAndRun run = WrongExp(
      [](const auto& model) { return CountOf(model, "Add") > 0 && CountOf(model, "Mul") > 0; });
  SINTER_ASSERT_OK_AND_ASSIGN(const auto finding, Bisect(Chain(), Inputs(), {}, {run, {}}));
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(finding->reduced.graph().node_size(), 3);
  EXPECT_EQ(finding->first_wrong, "`m` (Mul)");
  EXPECT_THAT(finding->stage, HasSubstr("optimize or lower"));
}

TEST(BisectTest, TheLevelThatMakesItWrongIsNamed) {
  const CompileAndRun wrong = WrongExp([](const auto&) { return true; });
  SINTER_ASSERT_OK_AND_ASSIGN(
      const auto finding,
      Bisect(Chain(), Inputs(), {}, {wrong, {{"O2", wrong}, {"O1", Right}, {"O0", Right}}}));
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(finding->stage, "code generation: wrong with O2, right with O1");
}

TEST(BisectTest, WrongConstantsAreTheImportersFault) {
  const CompileAndRun run =
      WrongExp([](const auto& model) { return model.graph().initializer_size() > 0; });
  SINTER_ASSERT_OK_AND_ASSIGN(const auto finding, Bisect(Chain(), Inputs(), {}, {run, {}}));
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(finding->stage, "import: right when no constant is known at compile time");
}

TEST(BisectTest, APieceThatCannotBeCompiledTellsNothing) {
  const CompileAndRun wrong = WrongExp([](const auto&) { return true; });
  const CompileAndRun run = [&](const onnx::ModelProto& model, const BisectValues& inputs) {
    if (CountOf(model, "Tanh") == 0) {
      return absl::StatusOr<BisectValues>(absl::UnimplementedError("no Tanh, no deal"));
    }
    return wrong(model, inputs);
  };
  SINTER_ASSERT_OK_AND_ASSIGN(const auto finding, Bisect(Chain(), Inputs(), {}, {run, {}}));
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(CountOf(finding->reduced, "Tanh"), 1);
  EXPECT_EQ(CountOf(finding->reduced, "Sqrt"), 0);
}

}  // namespace
}  // namespace sinter::client
