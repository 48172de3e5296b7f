#include "benchmarks/micro/models.h"

#include <cstdint>
#include <initializer_list>
#include <utility>
#include <vector>

#include "onnx/onnx_pb.h"

namespace sinter::benchmarks {
namespace {

using Dims = std::vector<int64_t>;

// Adds nodes that each work on the result of the one before, and the weights that they ask for.
class Builder {
 public:
  Builder(const char* name, const Dims& input) {
    model_.set_ir_version(8);
    model_.add_opset_import()->set_version(17);
    model_.mutable_graph()->set_name(name);
    Declare(*model_.mutable_graph()->add_input(), last_, input);
  }

  // RETURNS: the node, to be given attributes.
  onnx::NodeProto& Add(const char* op, std::initializer_list<Dims> weights = {}) {
    onnx::NodeProto& node = *model_.mutable_graph()->add_node();
    const std::string number = std::to_string(model_.graph().node_size());
    node.set_name(op + ("_" + number));
    node.set_op_type(op);
    node.add_input(last_);
    for (const Dims& dims : weights) {
      node.add_input("w" + number + "_" + std::to_string(node.input_size()));
      AddWeight(node.input(node.input_size() - 1), dims);
    }
    last_ = "v" + number;
    node.add_output(last_);
    return node;
  }

  void AddConvolution(int64_t from, int64_t to) {
    onnx::NodeProto& convolution = Add("Conv", {{to, from, 3, 3}});
    SetInts(convolution, "kernel_shape", {3, 3});
    SetInts(convolution, "pads", {1, 1, 1, 1});
    Add("BatchNormalization", {{to}, {to}, {to}, {to}});
    Add("Relu");
  }

  void AddMaxPool() {
    onnx::NodeProto& pool = Add("MaxPool");
    SetInts(pool, "kernel_shape", {2, 2});
    SetInts(pool, "strides", {2, 2});
  }

  std::string Finish(const Dims& output) {
    Declare(*model_.mutable_graph()->add_output(), last_, output);
    return model_.SerializeAsString();
  }

 private:
  static void SetInts(onnx::NodeProto& node, const char* name, const Dims& values) {
    onnx::AttributeProto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::INTS);
    for (const int64_t value : values) attribute.add_ints(value);
  }

  // -1 is a free dimension.
  static void Declare(onnx::ValueInfoProto& info, const std::string& name, const Dims& dims) {
    info.set_name(name);
    auto& tensor = *info.mutable_type()->mutable_tensor_type();
    tensor.set_elem_type(onnx::TensorProto::FLOAT);
    for (const int64_t dim : dims) {
      auto& to = *tensor.mutable_shape()->add_dim();
      if (dim < 0) {
        to.set_dim_param("n");
      } else {
        to.set_dim_value(dim);
      }
    }
  }

  // Values differ within a weight and between them, so that none is folded or shared.
  void AddWeight(const std::string& name, const Dims& dims) {
    onnx::TensorProto& tensor = *model_.mutable_graph()->add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    int64_t count = 1;
    for (const int64_t dim : dims) {
      tensor.add_dims(dim);
      count *= dim;
    }
    for (int64_t i = 0; i < count; ++i) {
      seed_ = seed_ * 1664525u + 1013904223u;
      tensor.add_float_data(static_cast<float>(seed_ >> 8) * 0x1p-24f + 0.01f);
    }
  }

  onnx::ModelProto model_;
  std::string last_ = "x";
  uint32_t seed_ = 1;
};

}  // namespace

std::string ChainModel(int nodes) {
  constexpr int64_t kWidth = 32;
  Builder builder("chain", {-1, kWidth});
  for (int i = 0; i < nodes; ++i) {
    if (i % 3 == 0) builder.Add("MatMul", {{kWidth, kWidth}});
    if (i % 3 == 1) builder.Add("Add", {{kWidth}});
    if (i % 3 == 2) builder.Add("Relu");
  }
  return builder.Finish({-1, kWidth});
}

std::string SmallCnn() {
  constexpr int64_t kClasses = 10;
  Builder builder("small_cnn", {1, 3, 32, 32});
  builder.AddConvolution(3, 16);
  builder.AddMaxPool();
  builder.AddConvolution(16, 32);
  builder.AddMaxPool();
  builder.AddConvolution(32, 32);
  builder.Add("GlobalAveragePool");
  builder.Add("Flatten");
  builder.Add("Gemm", {{32, kClasses}, {kClasses}});
  builder.Add("Softmax");
  return builder.Finish({1, kClasses});
}

}  // namespace sinter::benchmarks
