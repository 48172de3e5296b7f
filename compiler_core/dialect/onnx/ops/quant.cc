// Shape rules of quantization: the input's shape; the type is the zero point's, the scale's, or
// said by an attribute.
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/dialect/onnx/shape_rules.h"
#include "compiler_core/ir/diagnostic_kind.h"

namespace sinter::onnx::shape_rules {

namespace {

bool IsReal(ir::DType type) {
  return type == ir::DType::kFloat32 || type == ir::DType::kFloat16 || type == ir::DType::kBFloat16;
}

}  // namespace

absl::Status DequantizeLinear(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  SINTER_RETURN_IF_ERROR(node.CheckRank(1, 0));
  const int64_t said = node.Int("output_dtype", 0);
  const ir::DType type = said != 0 ? static_cast<ir::DType>(said) : node.Type(1);
  if (!IsReal(type)) {
    return ir::Error(ir::DiagnosticKind::kTypeMismatch,
                     absl::StrCat("an output of type ", ir::NameOf(type)),
                     "set `output_dtype` to a type of real numbers");
  }
  return node.Return(type, node.Shape(0));
}

absl::Status QuantizeLinear(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  SINTER_RETURN_IF_ERROR(node.CheckRank(1, 0));
  const int64_t said = node.Int("output_dtype", 0);
  ir::DType type = said != 0 ? static_cast<ir::DType>(said) : ir::DType::kUInt8;
  if (node.Has(2)) type = node.Type(2);
  if (node.Has(2) && said != 0 && static_cast<ir::DType>(said) != type) {
    return ir::Error(ir::DiagnosticKind::kTypeMismatch,
                     "`output_dtype` is another type than the zero point's");
  }
  return node.Return(type, node.Shape(0));
}

absl::Status QLinearBinary(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  SINTER_RETURN_IF_ERROR(node.CheckRank(3, 0));
  SINTER_ASSIGN_OR_RETURN(ir::SymShape shape, node.Broadcast(node.Shape(0), node.Shape(3)));
  return node.Return(node.Type(0), std::move(shape));
}

}  // namespace sinter::onnx::shape_rules
