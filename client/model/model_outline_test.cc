#include "client/model/model_outline.h"

#include <string>

#include "base/status_matchers.h"
#include "client/testing/onnx_bytes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::client {
namespace {

using ::sinter::base::StatusIs;
using testing::Bytes;
using ::testing::ElementsAre;
using testing::ExternalTensor;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Message;
using testing::Number;
using ::testing::Pair;
using testing::TensorValue;

TEST(ModelOutlineTest, TellsInputsFromConstantsAndCountsOperators) {
  const std::string weight = Bytes(8, "w") + Number(1, 3) + Number(1, 4) + Number(2, 1);
  const std::string subgraph = Message(1, Bytes(4, "Relu"));
  const std::string graph =
      Message(1, Bytes(4, "If") + Message(5, Message(6, subgraph) + Number(20, 5))) +
      Message(1, Bytes(4, "Gelu") + Bytes(7, "com.microsoft")) + Bytes(2, "net") +
      Message(5, weight) + Message(11, TensorValue("x", 1, {2, -1}, "batch")) +
      Message(11, TensorValue("w", 1, {3, 4}, "")) + Message(12, TensorValue("y", 7, {}, ""));
  const std::string model = Number(1, 8) + Bytes(2, "maker") + Bytes(3, "2.0") +
                            Message(8, Bytes(1, "ai.onnx") + Number(2, 17)) + Message(7, graph);

  SINTER_ASSERT_OK_AND_ASSIGN(const ModelOutline outline, ReadModelOutline(model));

  EXPECT_EQ(outline.ir_version, 8);
  EXPECT_EQ(outline.producer, "maker 2.0");
  EXPECT_THAT(outline.opsets, ElementsAre(Pair("", 17)));
  ASSERT_EQ(outline.inputs.size(), 1u);
  EXPECT_EQ(outline.inputs[0].name, "x");
  ASSERT_EQ(outline.inputs[0].dims.size(), 2u);
  EXPECT_EQ(outline.inputs[0].dims[0].fixed, 2);
  EXPECT_FALSE(outline.inputs[0].dims[1].fixed.has_value());
  EXPECT_EQ(outline.inputs[0].dims[1].name, "batch");
  EXPECT_THAT(outline.defaulted_inputs, ElementsAre("w"));
  ASSERT_EQ(outline.outputs.size(), 1u);
  EXPECT_EQ(outline.outputs[0].element_type, 7);
  EXPECT_TRUE(outline.outputs[0].has_shape);
  EXPECT_THAT(outline.outputs[0].dims, IsEmpty());
  EXPECT_THAT(outline.operators,
              ElementsAre(Pair("If", 1), Pair("Relu", 1), Pair("com.microsoft::Gelu", 1)));
  EXPECT_EQ(outline.nodes, 3);
  EXPECT_EQ(outline.parameters, 12);
}

TEST(ModelOutlineTest, ReadsTypesThatAreNoTensors) {
  const std::string tensor = Message(1, Number(1, 1));
  const std::string map = Message(5, Number(1, 8) + Message(2, tensor));
  const auto value = [](const std::string& name, const std::string& type) {
    return Bytes(1, name) + Message(2, type);
  };
  const std::string graph =
      Message(11, value("s", Message(4, Message(1, tensor)))) +
      Message(11, value("o", Message(9, Message(1, Message(4, Message(1, map)))))) +
      Message(12, value("t", tensor));
  SINTER_ASSERT_OK_AND_ASSIGN(const ModelOutline outline, ReadModelOutline(Message(7, graph)));
  EXPECT_EQ(outline.inputs[0].type, "seq(tensor(float))");
  EXPECT_EQ(outline.inputs[0].kind, ValueOutline::Kind::kSequence);
  EXPECT_EQ(outline.inputs[1].type, "optional(seq(map(string,tensor(float))))");
  EXPECT_EQ(outline.outputs[0].type, "tensor(float)");
  std::string deep = tensor;
  for (int i = 0; i < 100; ++i) deep = Message(4, Message(1, deep));
  EXPECT_FALSE(ReadModelOutline(Message(7, Message(11, value("d", deep)))).ok());
}

TEST(ModelOutlineTest, FindsExternalDataInEveryPlaceATensorCanBe) {
  const std::string constant = Message(5, Message(5, ExternalTensor("b.bin")));
  const std::string in_branch = Message(5, Message(6, Message(5, ExternalTensor("sub/c.bin"))));
  const std::string graph = Message(5, ExternalTensor("a.bin")) +
                            Message(5, ExternalTensor("a.bin")) + Message(1, constant) +
                            Message(1, in_branch);
  const std::string function = Message(7, Message(5, Message(5, ExternalTensor("d.bin"))));

  SINTER_ASSERT_OK_AND_ASSIGN(const ModelOutline outline,
                              ReadModelOutline(Message(7, graph) + Message(25, function)));

  EXPECT_THAT(outline.external_locations, ElementsAre("a.bin", "b.bin", "d.bin", "sub/c.bin"));
}

TEST(ModelOutlineTest, DimensionsThatOverflowSaturate) {
  const std::string huge = Number(1, uint64_t{1} << 40) + Number(1, uint64_t{1} << 40);
  SINTER_ASSERT_OK_AND_ASSIGN(const ModelOutline outline,
                              ReadModelOutline(Message(7, Message(5, huge))));
  EXPECT_EQ(outline.parameters, std::numeric_limits<int64_t>::max());
}

TEST(ModelOutlineTest, RefusesWhatIsNoModel) {
  EXPECT_THAT(ReadModelOutline(""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("empty")));
  EXPECT_THAT(ReadModelOutline(Number(1, 8)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no graph")));
  EXPECT_THAT(ReadModelOutline("#!/bin/sh\n"), StatusIs(absl::StatusCode::kInvalidArgument));
  const std::string whole = Message(7, Message(5, ExternalTensor("a.bin")));
  EXPECT_THAT(ReadModelOutline(whole.substr(0, whole.size() - 3)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("are left")));
}

TEST(ModelOutlineTest, RefusesEndlessNesting) {
  std::string graph;
  for (int i = 0; i < 200; ++i) graph = Message(1, Message(5, Message(6, graph)));
  EXPECT_THAT(ReadModelOutline(Message(7, graph)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("too deeply")));
}

}  // namespace
}  // namespace sinter::client
