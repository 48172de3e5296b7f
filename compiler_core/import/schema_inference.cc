#include "compiler_core/import/schema_inference.h"

#include <exception>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/import/value_types.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "onnx/defs/data_type_utils.h"
#include "onnx/defs/schema.h"
#include "onnx/defs/shape_inference.h"
#include "onnx/onnx_pb.h"

namespace sinter::import {
namespace {

using ir::DType;
using ::onnx::TensorProto;
using ::onnx::TypeProto;

// Larger constants say nothing about shapes.
constexpr int64_t kMaxElements = 1024;

std::unique_ptr<TensorProto> DataOf(const onnx::OperandInfo& operand) {
  const ir::HostTensor* tensor = operand.constant;
  if (tensor == nullptr || tensor->num_elements() > kMaxElements) return nullptr;
  auto proto = std::make_unique<TensorProto>();
  proto->set_data_type(static_cast<int32_t>(tensor->dtype()));
  for (int64_t dim : tensor->dims()) proto->add_dims(dim);
  for (int64_t i = 0; i < tensor->num_elements(); ++i) {
    switch (tensor->dtype()) {
      case DType::kInt64:
        proto->add_int64_data(tensor->AsInt(i));
        break;
      case DType::kInt32:
        proto->add_int32_data(static_cast<int32_t>(tensor->AsInt(i)));
        break;
      case DType::kFloat32:
        proto->add_float_data(static_cast<float>(tensor->AsDouble(i)));
        break;
      case DType::kFloat64:
        proto->add_double_data(tensor->AsDouble(i));
        break;
      default:
        return nullptr;
    }
  }
  return proto;
}

std::unique_ptr<::onnx::TensorShapeProto> SymbolsOf(const onnx::OperandInfo& operand) {
  if (operand.known == nullptr) return nullptr;
  auto shape = std::make_unique<::onnx::TensorShapeProto>();
  for (const ir::SymExpr& element : *operand.known) {
    auto& dim = *shape->add_dim();
    if (element.IsConstant()) {
      dim.set_dim_value(*element.AsConstant());
    } else {
      dim.set_dim_param(element.ToString());
    }
  }
  return shape;
}

class Context : public ::onnx::InferenceContext {
 public:
  Context(const ::onnx::NodeProto& node, const std::vector<onnx::OperandInfo>& operands)
      : node_(node), outputs_(node.output_size()) {
    for (const auto& attribute : node.attribute()) attributes_[attribute.name()] = &attribute;
    for (const onnx::OperandInfo& operand : operands) {
      const bool given = operand.type != nullptr;
      types_.push_back(given ? std::make_unique<TypeProto>(ToTypeProto(*operand.type)) : nullptr);
      data_.push_back(DataOf(operand));
      symbols_.push_back(SymbolsOf(operand));
    }
  }

  const ::onnx::AttributeProto* getAttribute(const std::string& name) const override {
    auto found = attributes_.find(name);
    return found == attributes_.end() ? nullptr : found->second;
  }
  size_t getNumInputs() const override { return types_.size(); }
  const TypeProto* getInputType(size_t i) const override {
    return i < types_.size() ? types_[i].get() : nullptr;
  }
  const TensorProto* getInputData(size_t i) const override {
    return i < data_.size() ? data_[i].get() : nullptr;
  }
  const ::onnx::SparseTensorProto* getInputSparseData(size_t) const override { return nullptr; }
  const ::onnx::TensorShapeProto* getSymbolicInput(size_t i) const override {
    return i < symbols_.size() ? symbols_[i].get() : nullptr;
  }
  size_t getNumOutputs() const override { return outputs_.size(); }
  TypeProto* getOutputType(size_t i) override { return &outputs_.at(i); }
  ::onnx::GraphInferencer* getGraphAttributeInferencer(const std::string&) override {
    return nullptr;
  }
  std::string getDisplayName() const override { return node_.name(); }

  std::vector<TypeProto> Take() { return std::move(outputs_); }

 private:
  const ::onnx::NodeProto& node_;
  std::map<std::string, const ::onnx::AttributeProto*> attributes_;
  std::vector<std::unique_ptr<TypeProto>> types_;
  std::vector<std::unique_ptr<TensorProto>> data_;
  std::vector<std::unique_ptr<::onnx::TensorShapeProto>> symbols_;
  std::vector<TypeProto> outputs_;
};

// ONNX says nothing of a reduction over axes that it does not know, though it knows how many.
void AddRankOfReduction(const ::onnx::NodeProto& node, const onnx::TensorInfo& data,
                        const onnx::OperandInfo& axes, TypeProto& output) {
  if (output.tensor_type().has_shape() || !data.IsRankedTensor()) return;
  auto rank = static_cast<int64_t>(data.shape.size());
  int64_t keep = 1, noop = 0;
  for (const auto& attribute : node.attribute()) {
    if (attribute.name() == "keepdims") keep = attribute.i();
    if (attribute.name() == "noop_with_empty_axes") noop = attribute.i();
  }
  if (keep == 0) {
    if (axes.type == nullptr || !axes.type->IsRankedTensor() || axes.type->shape.size() != 1)
      return;
    const std::optional<int64_t> count = axes.type->shape[0].AsConstant();
    if (!count || *count > rank) return;
    rank = *count > 0 || noop != 0 ? rank - *count : 0;
  }
  auto& shape = *output.mutable_tensor_type()->mutable_shape();
  for (int64_t i = 0; i < rank; ++i) shape.add_dim();
}

bool IsKnown(const TypeProto& type) {
  return type.has_tensor_type() ? type.tensor_type().elem_type() != TensorProto::UNDEFINED
                                : type.value_case() != TypeProto::VALUE_NOT_SET;
}

// The older domains' inference functions say nothing of many outputs, but their schemas do: the one
// type that an output may have, or that of an input.
void TakeTypeOfSchema(const ::onnx::OpSchema& schema, size_t output,
                      const std::vector<onnx::OperandInfo>& operands, TypeProto& type) {
  if (output >= schema.outputs().size()) return;
  const ::onnx::OpSchema::FormalParameter& formal = schema.outputs()[output];
  TypeProto found;
  if (formal.GetTypes().size() == 1) {
    found = ::onnx::Utils::DataTypeUtils::ToTypeProto(*formal.GetTypes().begin());
  }
  for (size_t i = 0; i < operands.size() && i < schema.inputs().size(); ++i) {
    const bool same = schema.inputs()[i].GetTypeStr() == formal.GetTypeStr();
    if (same && operands[i].type != nullptr && !IsKnown(found)) {
      found = ToTypeProto(*operands[i].type);
    }
  }
  if (!found.has_tensor_type()) return;
  type.mutable_tensor_type()->set_elem_type(found.tensor_type().elem_type());
}

}  // namespace

absl::StatusOr<std::vector<TypeProto>> InferTypes(const ::onnx::NodeProto& node,
                                                  const ::onnx::OpSchema& schema,
                                                  const std::vector<onnx::OperandInfo>& operands) {
  Context context(node, operands);
  try {
    schema.GetTypeAndShapeInferenceFunction()(context);
  } catch (const std::exception& error) {
    return ir::Error(ir::DiagnosticKind::kShapeMismatch, error.what());
  }
  std::vector<TypeProto> types = context.Take();
  if (absl::StartsWith(node.op_type(), "Reduce") && operands.size() == 2 && operands[0].type) {
    AddRankOfReduction(node, *operands[0].type, operands[1], types[0]);
  }
  for (size_t i = 0; i < types.size(); ++i) {
    const bool wanted = !node.output(static_cast<int>(i)).empty();
    if (!IsKnown(types[i])) TakeTypeOfSchema(schema, i, operands, types[i]);
    if (!wanted || IsKnown(types[i])) continue;
    return ir::Error(
        ir::DiagnosticKind::kUnsupportedType,
        absl::StrCat("the type of output `", node.output(static_cast<int>(i)), "` can't be told"));
  }
  return types;
}

}  // namespace sinter::import
