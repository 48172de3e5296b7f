#include "compiler_core/import/value_types.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "onnx/defs/data_type_utils.h"
#include "onnx/onnx_pb.h"

namespace sinter::import {

using ir::SymExpr;

::onnx::TypeProto ToTypeProto(const onnx::TensorInfo& info) {
  if (info.other != nullptr) return *info.other;
  ::onnx::TypeProto proto;
  auto& type = *proto.mutable_tensor_type();
  type.set_elem_type(static_cast<int32_t>(info.dtype));
  if (info.unranked) return proto;
  type.mutable_shape();
  for (const SymExpr& dim : info.shape) {
    auto& out = *type.mutable_shape()->add_dim();
    if (dim.IsConstant()) {
      out.set_dim_value(*dim.AsConstant());
    } else {
      out.set_dim_param(dim.ToString());
    }
  }
  return proto;
}

namespace {

SymExpr DimOf(const ::onnx::TensorShapeProto::Dimension& dim, const std::set<std::string>& known,
              const FreshDim& fresh) {
  if (dim.has_dim_value() && dim.dim_value() >= 0) return SymExpr(dim.dim_value());
  if (!dim.has_dim_param()) return fresh();
  const absl::StatusOr<SymExpr> expr = SymExpr::Parse(dim.dim_param());
  if (!expr.ok()) return fresh();
  std::set<std::string> symbols;
  expr->CollectSymbols(symbols);
  return std::includes(known.begin(), known.end(), symbols.begin(), symbols.end()) ? *expr
                                                                                   : fresh();
}

}  // namespace

onnx::TensorInfo FromTypeProto(const ::onnx::TypeProto& type, const std::set<std::string>& known,
                               const FreshDim& fresh) {
  onnx::TensorInfo info;
  if (!type.has_tensor_type()) {
    info.unranked = true;
    info.other = std::make_shared<::onnx::TypeProto>(type);
    return info;
  }
  info.dtype = static_cast<ir::DType>(type.tensor_type().elem_type());
  info.unranked = !type.tensor_type().has_shape();
  for (const auto& dim : type.tensor_type().shape().dim()) {
    info.shape.push_back(DimOf(dim, known, fresh));
  }
  return info;
}

// ONNX's own function throws where there is no such type.
static std::string ElementText(int32_t type) {
  const bool known =
      ::onnx::TensorProto::DataType_IsValid(type) && type != ::onnx::TensorProto::UNDEFINED;
  return known ? ::onnx::Utils::DataTypeUtils::ToDataTypeString(type) : "undefined";
}

std::string TypeText(const ::onnx::TypeProto& type) {
  switch (type.value_case()) {
    case ::onnx::TypeProto::kSequenceType:
      return absl::StrCat("seq(", TypeText(type.sequence_type().elem_type()), ")");
    case ::onnx::TypeProto::kOptionalType:
      return absl::StrCat("optional(", TypeText(type.optional_type().elem_type()), ")");
    case ::onnx::TypeProto::kMapType:
      return absl::StrCat("map(", ElementText(type.map_type().key_type()), ",",
                          TypeText(type.map_type().value_type()), ")");
    case ::onnx::TypeProto::kTensorType:
      return absl::StrCat("tensor(", ElementText(type.tensor_type().elem_type()), ")");
    default:
      return "undefined";
  }
}

ir::SlotType ToSlotType(const onnx::TensorInfo& info) {
  const ::onnx::TypeProto proto = ToTypeProto(info);
  ir::SlotType type;
  type.text = TypeText(proto);
  type.dtype = info.dtype;
  type.ranked = info.IsRankedTensor();
  type.shape = info.shape;
  if (proto.has_sequence_type()) type.kind = ir::SlotType::Kind::kSequence;
  if (proto.has_optional_type()) type.kind = ir::SlotType::Kind::kOptional;
  if (proto.has_map_type()) type.kind = ir::SlotType::Kind::kMap;
  return type;
}

}  // namespace sinter::import
