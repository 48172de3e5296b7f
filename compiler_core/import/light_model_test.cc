#include "compiler_core/import/light_model.h"

#include "gtest/gtest.h"
#include "onnx/onnx_pb.h"

namespace sinter::import {
namespace {

TEST(LightModel, RefersToLargeWeightsInTheFile) {
  ::onnx::ModelProto model;
  model.set_producer_name("test");
  model.mutable_graph()->set_name("g");
  model.mutable_graph()->add_node()->set_op_type("Relu");
  ::onnx::TensorProto& large = *model.mutable_graph()->add_initializer();
  large.set_name("large");
  large.set_raw_data(std::string(10000, 'x') + "y");
  large.set_data_location(::onnx::TensorProto::DEFAULT);  // written, as some exporters do
  ::onnx::TensorProto& small = *model.mutable_graph()->add_initializer();
  small.set_name("small");
  small.set_raw_data("abcd");
  const std::string bytes = model.SerializeAsString();

  const std::optional<std::string> light = WithoutWeights(bytes);
  ASSERT_TRUE(light.has_value());
  EXPECT_LT(light->size(), 300);
  ::onnx::ModelProto parsed;
  ASSERT_TRUE(parsed.ParseFromString(*light));
  EXPECT_EQ(parsed.producer_name(), "test");
  EXPECT_EQ(parsed.graph().node(0).op_type(), "Relu");
  EXPECT_EQ(parsed.graph().initializer(1).raw_data(), "abcd");
  const ::onnx::TensorProto& moved = parsed.graph().initializer(0);
  EXPECT_FALSE(moved.has_raw_data());
  EXPECT_EQ(moved.data_location(), ::onnx::TensorProto::EXTERNAL);
  EXPECT_EQ(moved.external_data(0).value(), kInModelFile);
  const size_t offset = std::stoul(moved.external_data(1).value());
  EXPECT_EQ(bytes.substr(offset, 10001), large.raw_data());
}

TEST(LightModel, GivesUpOnBrokenMessages) {
  EXPECT_EQ(WithoutWeights("\x3a\x7f"), std::nullopt);
  EXPECT_EQ(WithoutWeights("not a model"), std::nullopt);
  EXPECT_EQ(WithoutWeights(std::string(20, '\xff')), std::nullopt);
  EXPECT_EQ(WithoutWeights(""), "");
}

}  // namespace
}  // namespace sinter::import
