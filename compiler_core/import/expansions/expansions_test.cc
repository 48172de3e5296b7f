// What nodes the expansions write; that they compute the right numbers is shown by ONNX's cases.
#include "compiler_core/import/expansions/expansions.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "onnx/onnx_pb.h"

namespace sinter::import {
namespace {

using base::StatusIs;
using ir::DType;
using ir::SymExpr;
using ir::SymShape;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// A node "y = op(x0, x1, ...)", and what is known of its inputs.
class NodeOf {
 public:
  NodeOf(const std::string& op, std::vector<SymShape> shapes, int outputs = 1)
      : shapes_(std::move(shapes)) {
    node_.set_op_type(op);
    for (size_t i = 0; i < shapes_.size(); ++i) node_.add_input("x" + std::to_string(i));
    for (int i = 0; i < outputs; ++i) node_.add_output("y" + std::to_string(i));
  }

  NodeOf& With(const std::string& name, const std::string& text) {
    auto& attribute = *node_.add_attribute();
    attribute.set_name(name);
    attribute.set_type(::onnx::AttributeProto::STRING);
    attribute.set_s(text);
    return *this;
  }
  NodeOf& WithTexts(const std::string& name, const std::vector<std::string>& texts) {
    auto& attribute = *node_.add_attribute();
    attribute.set_name(name);
    attribute.set_type(::onnx::AttributeProto::STRINGS);
    for (const std::string& text : texts) attribute.add_strings(text);
    return *this;
  }
  NodeOf& With(const std::string& name, int64_t value) {
    auto& attribute = *node_.add_attribute();
    attribute.set_name(name);
    attribute.set_type(::onnx::AttributeProto::INT);
    attribute.set_i(value);
    return *this;
  }

  Body BodyAt(int64_t version) const {
    std::vector<Operand> operands;
    for (const SymShape& shape : shapes_) operands.push_back({DType::kFloat32, &shape, nullptr});
    return Body(node_, version, std::move(operands), "new:");
  }

  absl::Status Expand(int64_t version = 22) {
    Body body = BodyAt(version);
    const absl::Status status = FindExpansion(node_.op_type())->write(body);
    function_ = body.Take();
    return status;
  }

  const ::onnx::FunctionProto& function() const { return *function_; }
  int Count(const std::string& op) const {
    int count = 0;
    for (const auto& node : function_->node()) count += node.op_type() == op;
    return count;
  }

 private:
  ::onnx::NodeProto node_;
  const std::vector<SymShape> shapes_;
  std::unique_ptr<::onnx::FunctionProto> function_;
};

// [steps, batch, 4] inputs, a hidden size of 3.
NodeOf LstmOf(SymExpr steps, int64_t directions = 1) {
  return NodeOf("LSTM", {{std::move(steps), 2, 4}, {directions, 12, 4}, {directions, 12, 3}}, 3);
}

TEST(ExpansionsTest, ShortSequencesAreUnrolled) {
  NodeOf node = LstmOf(5);
  EXPECT_THAT(node.Expand(), base::IsOk());
  EXPECT_EQ(node.Count("Scan"), 0);
  // One product with the whole input, one with the state in each step.
  EXPECT_EQ(node.Count("MatMul"), 6);
}

TEST(ExpansionsTest, LongAndFreeSequencesAreScanned) {
  for (const SymExpr& steps : {SymExpr(1000), SymExpr::Symbol("steps")}) {
    NodeOf node = LstmOf(steps);
    EXPECT_THAT(node.Expand(), base::IsOk());
    EXPECT_EQ(node.Count("Scan"), 1);
    EXPECT_EQ(node.Count("MatMul"), 1);
  }
}

TEST(ExpansionsTest, TheSecondDirectionRunsBackwards) {
  NodeOf node = LstmOf(1000, 2);
  node.With("direction", "bidirectional");
  EXPECT_THAT(node.Expand(), base::IsOk());
  std::vector<int64_t> directions;
  for (const auto& inner : node.function().node()) {
    for (const auto& attribute : inner.attribute()) {
      if (attribute.name() == "scan_input_directions") directions.push_back(attribute.ints(0));
    }
  }
  EXPECT_THAT(directions, ::testing::ElementsAre(0, 1));
}

TEST(ExpansionsTest, NewValuesHaveNamesOfTheirOwn) {
  NodeOf node = LstmOf(2);
  EXPECT_THAT(node.Expand(), base::IsOk());
  std::vector<std::string> made, returned;
  for (const auto& inner : node.function().node()) {
    for (const std::string& output : inner.output()) {
      (inner.op_type() == "Identity" ? returned : made).push_back(output);
    }
  }
  EXPECT_THAT(made, Each(StartsWith("new:")));
  EXPECT_THAT(returned, ::testing::ElementsAre("y0", "y1", "y2"));
}

TEST(ExpansionsTest, WhatIsNotSupportedIsNamed) {
  NodeOf node = LstmOf(2);
  node.WithTexts("activations", {"Sigmoid", "Sine", "Tanh"});
  EXPECT_THAT(node.Expand(), StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("`Sine`")));
  NodeOf affine = LstmOf(2);
  affine.WithTexts("activations", {"Sigmoid", "Affine", "Tanh"});
  EXPECT_THAT(affine.Expand(), StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("Affine")));
}

TEST(ExpansionsTest, ShapesThatDoNotFitAreTheModelsFault) {
  NodeOf node("LSTM", {{5, 2, 4}, {1, 12, 4}, {1, 12, 7}});
  EXPECT_EQ(node.Expand().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ExpansionsTest, OnlyTrainingLeavesTheRow) {
  const std::vector<SymShape> shapes = {{2, 3, 4}, {3}, {3}, {3}, {3}};
  const Expansion& row = *FindExpansion("BatchNormalization");
  EXPECT_FALSE(row.applies(NodeOf("BatchNormalization", shapes).BodyAt(15)));
  NodeOf training("BatchNormalization", shapes, 3);
  EXPECT_TRUE(row.applies(training.With("training_mode", 1).BodyAt(15)));
  EXPECT_TRUE(row.applies(NodeOf("BatchNormalization", shapes).BodyAt(6)));
}

TEST(ExpansionsTest, LengthsOfTransformsHaveToBeKnown) {
  const Expansion& dft = *FindExpansion("DFT");
  EXPECT_TRUE(dft.applies(NodeOf("DFT", {{1, 8, 1}}).BodyAt(17)));
  EXPECT_FALSE(dft.applies(NodeOf("DFT", {{1, SymExpr::Symbol("n"), 1}}).BodyAt(17)));
  EXPECT_FALSE(dft.applies(NodeOf("DFT", {{1, 8, 1}, {}}).BodyAt(17)));
}

// The integers that the nodes of a random op hold: seeds and the generator's own.
std::string Numbers(const NodeOf& node) {
  std::string text;
  for (const auto& inner : node.function().node()) {
    for (const auto& attribute : inner.attribute()) {
      for (uint64_t number : attribute.t().uint64_data()) text += std::to_string(number) + " ";
    }
  }
  return text;
}

TEST(ExpansionsTest, SeedsDecideOnRandomNumbers) {
  const auto numbers = [](const std::string& op, const std::vector<SymShape>& shapes) {
    NodeOf node(op, shapes);
    EXPECT_THAT(node.Expand(), base::IsOk());
    return Numbers(node);
  };
  // Without a seed, the output's name is one: both are called y0.
  EXPECT_EQ(numbers("Bernoulli", {{4}}), numbers("RandomUniformLike", {{4}}));
  // FNV-1a-64 of "y0" is 0x8ed8207b58a58ec; its low word is the first round's key.
  EXPECT_THAT(numbers("Bernoulli", {{4}}), HasSubstr(std::to_string(0xb58a58ec) + " "));
}

TEST(ExpansionsTest, DomainsAreToldApart) {
  EXPECT_EQ(FindExpansion("Gelu"), nullptr);
  EXPECT_NE(FindExpansion("com.microsoft.Gelu"), nullptr);
  EXPECT_NE(FindExpansion("com.microsoft.Attention"), nullptr);
  EXPECT_EQ(FindExpansion("Attention"), nullptr);
}

}  // namespace
}  // namespace sinter::import
