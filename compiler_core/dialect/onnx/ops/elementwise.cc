// Shape rules of elementwise ops.
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/dialect/onnx/shape_rules.h"
#include "compiler_core/ir/diagnostic_kind.h"

namespace sinter::onnx::shape_rules {
namespace {

using ir::DiagnosticKind;
using ir::DType;
using ir::SymShape;

absl::StatusOr<SymShape> BroadcastAll(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  SymShape shape = node.Shape(0);
  for (int i = 1; i < node.num_inputs(); ++i) {
    if (!node.Has(i)) continue;
    SINTER_ASSIGN_OR_RETURN(shape, node.Broadcast(shape, node.Shape(i)));
  }
  return shape;
}

int64_t BitsOf(DType dtype) {
  switch (dtype) {
    case DType::kInt2:
    case DType::kUInt2:
      return 2;
    case DType::kInt4:
    case DType::kUInt4:
    case DType::kFloat4E2M1:
      return 4;
    case DType::kFloat6E2M3:
    case DType::kFloat6E3M2:
      return 6;
    default:
      return 8 * ir::SizeOf(dtype);
  }
}

}  // namespace

absl::Status SameAsInput(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  if (node.HasAttr("axis")) {
    // Softmax before version 13 flattens: there the axis may be one past the last.
    const int64_t axis = node.Int("axis", 0), rank = node.Rank(0);
    if (!(axis == rank && node.version() < 13) && !(axis == -1 && rank == 0)) {
      SINTER_RETURN_IF_ERROR(ShapeContext::NormalizeAxis(axis, rank).status());
    }
  }
  return node.Return(node.Type(0), node.Shape(0));
}

absl::Status SameShapeBool(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  return node.Return(DType::kBool, node.Shape(0));
}

absl::Status Broadcast(ShapeContext& node) {
  SINTER_ASSIGN_OR_RETURN(SymShape shape, BroadcastAll(node));
  return node.Return(node.Type(0), std::move(shape));
}

absl::Status BroadcastBool(ShapeContext& node) {
  SINTER_ASSIGN_OR_RETURN(SymShape shape, BroadcastAll(node));
  return node.Return(DType::kBool, std::move(shape));
}

absl::Status BitCast(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  const auto to = static_cast<DType>(node.Int("to", 0));
  if (BitsOf(to) != BitsOf(node.Type(0))) {
    return ir::Error(DiagnosticKind::kTypeMismatch,
                     absl::StrCat("elements of type ", ir::NameOf(node.Type(0)),
                                  " have not as many bits as those of ", ir::NameOf(to)));
  }
  return node.Return(to, node.Shape(0));
}

absl::Status Cast(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  return node.Return(static_cast<DType>(node.Int("to", 0)), node.Shape(0));
}

absl::Status CastLike(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  SINTER_RETURN_IF_ERROR(node.CheckRank(1, 0));
  return node.Return(node.Type(1), node.Shape(0));
}

absl::Status Dropout(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  if (node.version() < 7 && node.Int("is_test", 0) == 0) {
    return ir::Error(DiagnosticKind::kUnsupportedAttribute, "training mode is not supported",
                     "export the model for inference, with `is_test`");
  }
  if (node.Has(2)) {
    SINTER_ASSIGN_OR_RETURN(const std::vector<int64_t> training,
                            node.RequiredNumbers(2, "training_mode"));
    if (!training.empty() && training[0] != 0) {
      return ir::Error(DiagnosticKind::kUnsupportedAttribute, "training mode is not supported",
                       "export the model for inference");
    }
  }
  SINTER_RETURN_IF_ERROR(node.Return(node.Type(0), node.Shape(0)));
  if (node.num_outputs() < 2) return absl::OkStatus();
  return node.Return(node.version() < 10 ? node.Type(0) : DType::kBool, node.Shape(0));
}

absl::Status Where(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(1, 0));
  SINTER_ASSIGN_OR_RETURN(SymShape shape, BroadcastAll(node));
  return node.Return(node.Type(1), std::move(shape));
}

}  // namespace sinter::onnx::shape_rules
