// The artifact is runtime/testing/affine_model.c, y = a * x + b, written by hand; the models are
// right and wrong descriptions of it.
#include "numerics/judge.h"

#include <memory>
#include <string>
#include <vector>

#include "base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/value_session.h"

namespace sinter::numerics {
namespace {

using absl::StatusCode;
using base::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

onnx::ModelProto AffineModel(const std::string& second_op, const std::string& domain = "") {
  onnx::ModelProto model;
  model.set_ir_version(8);
  auto* const opset = model.add_opset_import();
  opset->set_version(17);
  auto* const graph = model.mutable_graph();
  for (const char* name : {"x", "a", "b"}) graph->add_input()->set_name(name);
  graph->add_output()->set_name("y");
  auto* const multiply = graph->add_node();
  multiply->set_op_type("Mul");
  multiply->add_input("x");
  multiply->add_input("a");
  multiply->add_output("p");
  auto* const shift = graph->add_node();
  shift->set_op_type(second_op);
  shift->set_domain(domain);
  shift->add_input("p");
  shift->add_input("b");
  shift->add_output("y");
  return model;
}

class JudgeTest : public ::testing::Test {
 protected:
  JudgeTest() : artifact_(*runtime::LoadedModel::Open("runtime/testing/affine_model.so")) {}

  RunArtifact Run() const {
    return [this](absl::Span<const runtime::Value> inputs)
               -> absl::StatusOr<std::vector<runtime::Value>> {
      runtime::ValueSession session(artifact_, nullptr);
      const absl::Status bound = session.Bind(inputs);
      if (!bound.ok()) return bound;
      const absl::Status executed = session.Execute();
      if (!executed.ok()) return executed;
      return session.Outputs();
    };
  }

  const std::shared_ptr<const runtime::LoadedModel> artifact_;
};

TEST_F(JudgeTest, ARightArtifactGetsACertificate) {
  const onnx::ModelProto model = AffineModel("Add");
  Question question{model, nullptr};
  question.seed = 5;
  SINTER_ASSERT_OK_AND_ASSIGN(const Judgement judgement, Judge(question, *artifact_, Run()));
  EXPECT_THAT(judgement.faults, IsEmpty());
  const v1::NumericsCertificate& certificate = judgement.certificate;
  EXPECT_EQ(certificate.judge(), kJudge);
  EXPECT_EQ(certificate.seed(), 5u);
  ASSERT_EQ(certificate.inputs_size(), 3);
  EXPECT_EQ(certificate.inputs(0).value(), "float32[2,4]");
  ASSERT_EQ(certificate.outputs_size(), 1);
  EXPECT_EQ(certificate.outputs(0).name(), "y");
  EXPECT_EQ(certificate.outputs(0).elements(), 8);
  EXPECT_LE(certificate.outputs(0).max_ulp(), 1);
  EXPECT_EQ(certificate.outputs(0).tolerance(), 1e-4);

  SINTER_ASSERT_OK_AND_ASSIGN(const Judgement again, Judge(question, *artifact_, Run()));
  EXPECT_EQ(again.certificate.SerializeAsString(), certificate.SerializeAsString());
}

TEST_F(JudgeTest, AWrongOneIsFaultedByOutputAndPlace) {
  const onnx::ModelProto model = AffineModel("Sub");
  SINTER_ASSERT_OK_AND_ASSIGN(const Judgement judgement,
                              Judge({model, nullptr}, *artifact_, Run()));
  EXPECT_THAT(judgement.faults, ElementsAre(HasSubstr("output `y`: element [0,0] is ")));
}

TEST_F(JudgeTest, ShapesAreTakenAsGiven) {
  const onnx::ModelProto model = AffineModel("Add");
  Question question{model, nullptr};
  question.shapes = {{"x", {7, 4}}, {"b", {7, 4}}};
  SINTER_ASSERT_OK_AND_ASSIGN(const Judgement judgement, Judge(question, *artifact_, Run()));
  EXPECT_EQ(judgement.certificate.inputs(2).value(), "float32[7,4]");
}

TEST_F(JudgeTest, FailingWhereTheReferenceComputesIsAFault) {
  const onnx::ModelProto model = AffineModel("Add");
  const auto fail = [](absl::Span<const runtime::Value>) {
    return absl::StatusOr<std::vector<runtime::Value>>(absl::InvalidArgumentError("no thanks"));
  };
  SINTER_ASSERT_OK_AND_ASSIGN(const Judgement judgement, Judge({model, nullptr}, *artifact_, fail));
  EXPECT_THAT(judgement.faults, ElementsAre(HasSubstr("no thanks")));
}

TEST_F(JudgeTest, WhatTheReferenceLacksIsNoVerdict) {
  onnx::ModelProto model = AffineModel("Frobnicate", "com.acme");
  EXPECT_THAT(Judge({model, nullptr}, *artifact_, Run()),
              StatusIs(StatusCode::kUnimplemented, HasSubstr("Frobnicate")));
  model = AffineModel("MatMul");
  EXPECT_THAT(Judge({model, nullptr}, *artifact_, Run()),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("give shapes or inputs")));
}

TEST(ToleranceForTest, TypesOnTheWayCount) {
  onnx::ModelProto model;
  model.mutable_graph()->add_input()->mutable_type()->mutable_tensor_type()->set_elem_type(11);
  EXPECT_EQ(ToleranceFor(model, 0).at_least, 0);
  auto* const cast = model.mutable_graph()->add_node();
  cast->set_op_type("Cast");
  auto* const to = cast->add_attribute();
  to->set_name("to");
  to->set_i(10);
  EXPECT_EQ(ToleranceFor(model, 0).For(reference::Dtype::kFloat64), 1e-2);
  EXPECT_EQ(ToleranceFor(model, 1e-6).For(reference::Dtype::kFloat64), 1e-6);
  EXPECT_FALSE(ToleranceFor(model, 0).quantizes);
  model.add_functions()->add_node()->set_op_type("QuantizeLinear");
  EXPECT_TRUE(ToleranceFor(model, 0).quantizes);
}

}  // namespace
}  // namespace sinter::numerics
