// Shape rules of reductions.
#include <set>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/dialect/onnx/shape_rules.h"
#include "compiler_core/ir/diagnostic_kind.h"

namespace sinter::onnx::shape_rules {
namespace {

using ir::DType;
using ir::SymExpr;
using ir::SymShape;

SymShape Reduced(const SymShape& shape, const std::set<int64_t>& axes, bool keep) {
  SymShape result;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (axes.count(i) == 0) {
      result.push_back(shape[i]);
    } else if (keep) {
      result.push_back(SymExpr(1));
    }
  }
  return result;
}

}  // namespace

absl::Status Reduce(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  SINTER_ASSIGN_OR_RETURN(std::optional<std::vector<int64_t>> given, node.Axes(1));
  std::set<int64_t> axes;
  if (given) {
    for (int64_t axis : *given) {
      SINTER_ASSIGN_OR_RETURN(axis, ShapeContext::NormalizeAxis(axis, node.Rank(0)));
      axes.insert(axis);
    }
  }
  if (axes.empty()) {
    if (node.Int("noop_with_empty_axes", 0) != 0) return node.Return(node.Type(0), node.Shape(0));
    for (int64_t axis = 0; axis < node.Rank(0); ++axis) axes.insert(axis);
  }
  return node.Return(node.Type(0), Reduced(node.Shape(0), axes, node.Int("keepdims", 1) != 0));
}

absl::Status ArgReduce(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 1));
  SINTER_ASSIGN_OR_RETURN(const int64_t axis,
                          ShapeContext::NormalizeAxis(node.Int("axis", 0), node.Rank(0)));
  return node.Return(DType::kInt64, Reduced(node.Shape(0), {axis}, node.Int("keepdims", 1) != 0));
}

absl::Status TopK(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 1));
  SINTER_ASSIGN_OR_RETURN(const int64_t axis,
                          ShapeContext::NormalizeAxis(node.Int("axis", -1), node.Rank(0)));
  SINTER_ASSIGN_OR_RETURN(const SymShape k, node.Required(1, "K"));
  if (k.size() != 1 || SymExpr::ProvablyLessEqual(node.Shape(0)[axis] + SymExpr(1), k[0])) {
    return ir::Error(
        ir::DiagnosticKind::kShapeMismatch,
        absl::StrCat("`K` has to be one number up to `", node.Shape(0)[axis].ToString(), "`"));
  }
  SymShape shape = node.Shape(0);
  shape[axis] = k[0];
  SINTER_RETURN_IF_ERROR(node.Return(node.Type(0), shape));
  return node.Return(DType::kInt64, std::move(shape));
}

}  // namespace sinter::onnx::shape_rules
