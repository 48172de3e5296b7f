#include "compiler_core/import/node_reader.h"

#include <algorithm>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/dialect/onnx/onnx_dialect.h"
#include "compiler_core/import/elements.h"
#include "compiler_core/import/value_types.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "mlir/IR/Builders.h"
#include "onnx/defs/schema.h"
#include "onnx/onnx_pb.h"

namespace sinter::import {
namespace {

using ir::DiagnosticKind;
using ir::DType;
using ::onnx::AttributeProto;

absl::Status UnsupportedAttribute(const std::string& name, absl::string_view what) {
  return ir::Error(DiagnosticKind::kUnsupportedAttribute,
                   absl::StrCat("attribute `", name, "` is ", what));
}

absl::StatusOr<mlir::Attribute> ReadAttribute(mlir::Builder& builder, const AttributeProto& proto,
                                              const TensorReader& tensors,
                                              ir::ConstantTable& constants) {
  switch (proto.type()) {
    case AttributeProto::INT:
      return builder.getI64IntegerAttr(proto.i());
    case AttributeProto::FLOAT:
      return builder.getF32FloatAttr(proto.f());
    case AttributeProto::STRING:
      return builder.getStringAttr(proto.s());
    case AttributeProto::INTS:
      return builder.getDenseI64ArrayAttr(
          llvm::ArrayRef<int64_t>(proto.ints().data(), proto.ints_size()));
    case AttributeProto::FLOATS:
      return builder.getDenseF32ArrayAttr(
          llvm::ArrayRef<float>(proto.floats().data(), proto.floats_size()));
    case AttributeProto::STRINGS: {
      llvm::SmallVector<mlir::Attribute> texts;
      for (const std::string& text : proto.strings()) texts.push_back(builder.getStringAttr(text));
      return builder.getArrayAttr(texts);
    }
    case AttributeProto::TENSOR: {
      SINTER_ASSIGN_OR_RETURN(ir::HostTensor tensor, tensors.Read(proto.t()));
      return builder.getI64IntegerAttr(constants.Add(std::move(tensor)));
    }
    case AttributeProto::GRAPH:
    case AttributeProto::GRAPHS:
      return UnsupportedAttribute(proto.name(), "a graph");
    default:
      return UnsupportedAttribute(proto.name(), "neither a number, a string nor a tensor");
  }
}

void AddValueOfConstantOfShape(mlir::Builder& builder, ir::ConstantTable& constants,
                               mlir::NamedAttrList& attributes) {
  if (!attributes.get("value")) {
    const int64_t zero = constants.Add(MakeTensor(DType::kFloat32, {1}, {0}));
    attributes.set("value", builder.getI64IntegerAttr(zero));
  }
  const int64_t id = mlir::cast<mlir::IntegerAttr>(attributes.get("value")).getInt();
  const auto dtype = static_cast<int64_t>(constants.Get(id).dtype());
  attributes.set("value_type", builder.getI64IntegerAttr(dtype));
}

}  // namespace

absl::StatusOr<mlir::NamedAttrList> ReadAttributes(mlir::MLIRContext& context,
                                                   const ::onnx::NodeProto& node,
                                                   const ::onnx::OpSchema& schema,
                                                   const TensorReader& tensors,
                                                   ir::ConstantTable& constants) {
  mlir::Builder builder(&context);
  mlir::NamedAttrList attributes;
  for (const AttributeProto& proto : node.attribute()) {
    SINTER_ASSIGN_OR_RETURN(mlir::Attribute attribute,
                            ReadAttribute(builder, proto, tensors, constants));
    attributes.set(proto.name(), attribute);
  }
  for (const auto& [name, declared] : schema.attributes()) {
    if (attributes.get(name) || declared.default_value.type() == AttributeProto::UNDEFINED)
      continue;
    SINTER_ASSIGN_OR_RETURN(mlir::Attribute attribute,
                            ReadAttribute(builder, declared.default_value, tensors, constants));
    attributes.set(name, attribute);
  }
  if (node.op_type() == "ConstantOfShape")
    AddValueOfConstantOfShape(builder, constants, attributes);
  attributes.set(onnx::kVersionAttr, builder.getI64IntegerAttr(schema.SinceVersion()));
  return attributes;
}

absl::StatusOr<ir::HostTensor> ReadConstantNode(const ::onnx::NodeProto& node,
                                                const TensorReader& tensors) {
  for (const AttributeProto& proto : node.attribute()) {
    if (proto.name() == "value") return tensors.Read(proto.t());
    if (proto.name() == "value_int") return MakeTensor(DType::kInt64, {}, {proto.i()});
    if (proto.name() == "value_string") return StringTensor({}, {proto.s()});
    if (proto.name() == "value_strings") {
      return StringTensor({proto.strings_size()}, {proto.strings().begin(), proto.strings().end()});
    }
    if (proto.name() == "value_ints") {
      return MakeTensor(DType::kInt64, {proto.ints_size()},
                        std::vector<int64_t>(proto.ints().begin(), proto.ints().end()));
    }
    const bool scalar = proto.name() == "value_float";
    if (!scalar && proto.name() != "value_floats") continue;
    TensorWriter writer(DType::kFloat32, scalar ? std::vector<int64_t>{}
                                                : std::vector<int64_t>{proto.floats_size()});
    for (int64_t i = 0; i < writer.size(); ++i) {
      writer.SetDouble(i, scalar ? proto.f() : proto.floats(static_cast<int>(i)));
    }
    return writer.Take();
  }
  return ir::Error(DiagnosticKind::kUnsupportedType,
                   "a constant that is a sparse tensor or nothing");
}

absl::Status CheckTypes(const ::onnx::NodeProto& node, const ::onnx::OpSchema& schema,
                        const std::vector<onnx::OperandInfo>& operands) {
  if (schema.inputs().empty()) return absl::OkStatus();
  std::map<std::string, std::string> bound;
  for (size_t i = 0; i < operands.size(); ++i) {
    if (operands[i].type == nullptr) continue;
    const size_t last = schema.inputs().size() - 1;
    const ::onnx::OpSchema::FormalParameter& formal = schema.inputs()[std::min(i, last)];
    const std::string text = TypeText(ToTypeProto(*operands[i].type));
    const auto& allowed = formal.GetTypes();
    if (std::none_of(allowed.begin(), allowed.end(), [&](auto type) { return *type == text; })) {
      return ir::Error(
          DiagnosticKind::kTypeMismatch,
          absl::StrCat("input `", node.input(static_cast<int>(i)), "` is of type ", text,
                       ", which ", node.op_type(), " does not take as `", formal.GetName(), "`"));
    }
    if (!formal.GetIsHomogeneous()) continue;
    auto [at, added] = bound.emplace(formal.GetTypeStr(), text);
    if (added || at->second == text) continue;
    return ir::Error(DiagnosticKind::kTypeMismatch,
                     absl::StrCat("input `", node.input(static_cast<int>(i)), "` is of type ", text,
                                  ", but another input is of type ", at->second, "; ",
                                  node.op_type(), " needs them equal"));
  }
  return absl::OkStatus();
}

}  // namespace sinter::import
