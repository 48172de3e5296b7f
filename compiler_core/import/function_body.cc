#include "compiler_core/import/function_body.h"

#include <exception>
#include <map>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/import/expansions/expansions.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "onnx/defs/schema.h"
#include "onnx/onnx_pb.h"

namespace sinter::import {
namespace {

using ::onnx::AttributeProto;
using ::onnx::FunctionProto;
using ::onnx::NodeProto;

std::vector<::onnx::TypeProto> TypesOf(const std::vector<onnx::OperandInfo>& operands) {
  std::vector<::onnx::TypeProto> types(operands.size());
  for (size_t i = 0; i < operands.size(); ++i) {
    if (operands[i].type == nullptr) continue;
    auto& type = *types[i].mutable_tensor_type();
    type.set_elem_type(static_cast<int32_t>(operands[i].type->dtype));
    type.mutable_shape();
    for (const ir::SymExpr& dim : operands[i].type->shape) {
      auto& out = *type.mutable_shape()->add_dim();
      if (dim.IsConstant()) {
        out.set_dim_value(*dim.AsConstant());
      } else {
        out.set_dim_param(dim.ToString());
      }
    }
  }
  return types;
}

// False where ONNX has no function for such a node.
bool Build(const NodeProto& node, const ::onnx::OpSchema& schema, int version,
           const std::vector<onnx::OperandInfo>& operands, FunctionProto& function) {
  if (const FunctionProto* fixed = schema.GetFunction(version)) {
    function = *fixed;
    return true;
  }
  if (!schema.HasContextDependentFunction()) return false;
  // Builders look at attributes that a node may leave to their defaults.
  NodeProto full = node;
  for (const auto& [name, declared] : schema.attributes()) {
    bool given = declared.default_value.type() == AttributeProto::UNDEFINED;
    for (const AttributeProto& attribute : node.attribute()) given |= attribute.name() == name;
    if (!given) *full.add_attribute() = declared.default_value;
  }
  const ::onnx::FunctionBodyBuildContextImpl context(full, TypesOf(operands));
  return schema.BuildContextDependentFunction(context, function, version);
}

class Renamer {
 public:
  Renamer(const NodeProto& node, const FunctionProto& function, const std::string& prefix)
      : prefix_(prefix) {
    for (int i = 0; i < function.input_size(); ++i) {
      names_[function.input(i)] = i < node.input_size() ? node.input(i) : "";
    }
    for (int i = 0; i < function.output_size(); ++i) {
      const bool wanted = i < node.output_size() && !node.output(i).empty();
      if (wanted) names_[function.output(i)] = node.output(i);
    }
  }

  std::string operator()(const std::string& name) const {
    if (name.empty()) return name;
    auto found = names_.find(name);
    return found == names_.end() ? absl::StrCat(prefix_, name) : found->second;
  }

 private:
  const std::string prefix_;
  std::map<std::string, std::string> names_;
};

// What the attribute `name` of `node` is; null if it is absent and has no default.
const AttributeProto* FindAttribute(const NodeProto& node, const ::onnx::OpSchema& schema,
                                    const std::string& name) {
  for (const AttributeProto& attribute : node.attribute()) {
    if (attribute.name() == name) return &attribute;
  }
  auto declared = schema.attributes().find(name);
  if (declared == schema.attributes().end()) return nullptr;
  const AttributeProto& value = declared->second.default_value;
  return value.type() == AttributeProto::UNDEFINED ? nullptr : &value;
}

void ResolveAttributes(NodeProto& inner, const NodeProto& node, const ::onnx::OpSchema& schema) {
  google::protobuf::RepeatedPtrField<AttributeProto> resolved;
  for (const AttributeProto& attribute : inner.attribute()) {
    if (attribute.ref_attr_name().empty()) {
      *resolved.Add() = attribute;
      continue;
    }
    const AttributeProto* value = FindAttribute(node, schema, attribute.ref_attr_name());
    if (value == nullptr) continue;
    AttributeProto& added = *resolved.Add();
    added = *value;
    added.set_name(attribute.name());
  }
  inner.mutable_attribute()->Swap(&resolved);
}

// Gives a node of the body the names and attributes that it has in the graph, and so on in its
// graphs.
void FitIn(NodeProto& inner, const Renamer& rename, const NodeProto& node,
           const ::onnx::OpSchema& schema) {
  for (std::string& input : *inner.mutable_input()) input = rename(input);
  for (std::string& output : *inner.mutable_output()) output = rename(output);
  ResolveAttributes(inner, node, schema);
  for (AttributeProto& attribute : *inner.mutable_attribute()) {
    if (!attribute.has_g()) continue;
    ::onnx::GraphProto& graph = *attribute.mutable_g();
    for (auto& value : *graph.mutable_input()) value.set_name(rename(value.name()));
    for (auto& value : *graph.mutable_output()) value.set_name(rename(value.name()));
    for (auto& tensor : *graph.mutable_initializer()) tensor.set_name(rename(tensor.name()));
    for (NodeProto& deeper : *graph.mutable_node()) FitIn(deeper, rename, node, schema);
  }
}

Body BodyOf(const NodeProto& node, const ::onnx::OpSchema& schema,
            const std::vector<onnx::OperandInfo>& operands, const std::string& prefix) {
  std::vector<Operand> known;
  for (const onnx::OperandInfo& operand : operands) {
    known.push_back(operand.type == nullptr
                        ? Operand()
                        : Operand{operand.type->dtype, &operand.type->shape, operand.constant,
                                  operand.type->IsRankedTensor()});
  }
  return Body(node, schema.SinceVersion(), std::move(known), prefix);
}

// Of every operand that is there, that it is a tensor (`ranked`: of known rank).
bool AreTensors(const std::vector<onnx::OperandInfo>& operands, bool ranked) {
  for (const onnx::OperandInfo& operand : operands) {
    if (operand.type == nullptr) continue;
    if (operand.type->other != nullptr) return false;
    if (ranked && !operand.type->IsRankedTensor()) return false;
  }
  return true;
}

}  // namespace

bool IsExpanded(const NodeProto& node, const ::onnx::OpSchema& schema,
                const std::vector<onnx::OperandInfo>& operands) {
  const Expansion* expansion = FindExpansion(OpName(node));
  if (expansion != nullptr && !AreTensors(operands, !expansion->takes_unranked)) return false;
  if (expansion == nullptr || expansion->applies == nullptr) return expansion != nullptr;
  return expansion->applies(BodyOf(node, schema, operands, ""));
}

bool IsExpandable(const ::onnx::OpSchema& schema) {
  const std::string op =
      schema.domain().empty() ? schema.Name() : absl::StrCat(schema.domain(), ".", schema.Name());
  return FindExpansion(op) != nullptr || schema.HasFunction() ||
         schema.HasContextDependentFunction();
}

absl::StatusOr<FunctionBody> ExpandNode(const NodeProto& node, const ::onnx::OpSchema& schema,
                                        const Opsets& opsets,
                                        const std::vector<onnx::OperandInfo>& operands,
                                        const std::string& prefix) {
  FunctionBody body;
  if (IsExpanded(node, schema, operands)) {
    Body nodes = BodyOf(node, schema, operands, prefix);
    SINTER_RETURN_IF_ERROR(FindExpansion(OpName(node))->write(nodes));
    body.function = nodes.Take();
    body.opsets = {{"", Body::kOpset}};
    return body;
  }
  auto function = std::make_shared<FunctionProto>();
  const int version = static_cast<int>(opsets.at(NormalDomain(node.domain())));
  bool built = false;
  try {
    built = Build(node, schema, version, operands, *function);
  } catch (const std::exception&) {
    // A builder that meets a form of the op that it can't express.
  }
  if (!built && !AreTensors(operands, /*ranked=*/true)) {
    return ir::Error(ir::DiagnosticKind::kUnsupportedType,
                     absl::StrCat("op `", OpName(node),
                                  "` is not supported on values of whose rank nothing is known or "
                                  "that are no tensors"));
  }
  if (!built) {
    return ir::Error(ir::DiagnosticKind::kUnsupportedOp,
                     absl::StrCat("op `", node.op_type(), "` is not supported in this form"));
  }
  const Renamer rename(node, *function, prefix);
  for (NodeProto& inner : *function->mutable_node()) FitIn(inner, rename, node, schema);
  for (const auto& import : function->opset_import()) {
    body.opsets[NormalDomain(import.domain())] = import.version();
  }
  for (const auto& [domain, version] : opsets) body.opsets.emplace(domain, version);
  body.function = std::move(function);
  return body;
}

}  // namespace sinter::import
