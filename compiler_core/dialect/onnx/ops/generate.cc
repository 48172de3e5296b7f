// Shape rules of ops that make a tensor out of a shape or of numbers.
#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/dialect/onnx/shape_rules.h"
#include "compiler_core/ir/diagnostic_kind.h"

namespace sinter::onnx::shape_rules {
namespace {

using ir::DiagnosticKind;
using ir::DType;
using ir::SymExpr;
using ir::SymShape;

bool IsFloat(DType dtype) {
  return dtype == DType::kFloat32 || dtype == DType::kFloat64 || dtype == DType::kFloat16 ||
         dtype == DType::kBFloat16;
}

absl::StatusOr<SymExpr> FloatRangeSize(const ShapeContext& node) {
  double values[3];
  for (int i = 0; i < 3; ++i) {
    if (node.Constant(i) == nullptr || node.Constant(i)->num_elements() != 1) {
      return ir::Error(DiagnosticKind::kUnsupportedShape,
                       "the bounds of a Range of floats depend on the model's data");
    }
    values[i] = node.Constant(i)->AsDouble(0);
  }
  const double count = std::ceil((values[1] - values[0]) / values[2]);
  if (!(count < 0x1p40)) {
    return ir::Error(DiagnosticKind::kTooLarge, absl::StrCat("a Range of ", count, " elements"));
  }
  return SymExpr(static_cast<int64_t>(std::max(count, 0.0)));
}

absl::StatusOr<SymExpr> IntRangeSize(const ShapeContext& node) {
  for (int i = 0; i < 3; ++i) {
    const ir::HostTensor* constant = node.Constant(i);
    if (constant == nullptr || constant->num_elements() != 1) continue;
    if (std::floor(constant->AsDouble(0)) == constant->AsDouble(0)) continue;
    return ir::Error(DiagnosticKind::kUnsupportedShape,
                     "a Range of fractions up to a free dimension");
  }
  SINTER_ASSIGN_OR_RETURN(const SymShape start, node.Required(0, "start"));
  SINTER_ASSIGN_OR_RETURN(const SymShape limit, node.Required(1, "limit"));
  SINTER_ASSIGN_OR_RETURN(const std::vector<int64_t> delta, node.RequiredNumbers(2, "delta"));
  if (start.size() != 1 || limit.size() != 1 || delta.size() != 1 || delta[0] == 0 ||
      std::abs(static_cast<double>(delta[0])) > 0x1p62) {
    return ir::Error(DiagnosticKind::kShapeMismatch,
                     "Range needs scalars, and a delta other than 0");
  }
  const SymExpr span = delta[0] > 0 ? limit[0] - start[0] : start[0] - limit[0];
  return Max(SymExpr(0), CeilDiv(span, SymExpr(std::abs(delta[0]))));
}

}  // namespace

// Constants are read by the importer; as a node of their own they have no inputs to go by.
absl::Status Constant(ShapeContext& node) {
  return ir::Error(DiagnosticKind::kUnsupportedType, "a constant that is not a tensor of numbers");
}

absl::Status ConstantOfShape(ShapeContext& node) {
  SINTER_ASSIGN_OR_RETURN(SymShape shape, node.Required(0, "input"));
  // The importer puts the element type of attribute `value` into `value_type`.
  return node.Return(static_cast<DType>(node.Int("value_type", 1)), std::move(shape));
}

absl::Status EyeLike(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 2));
  const int64_t dtype = node.Int("dtype", static_cast<int64_t>(node.Type(0)));
  return node.Return(static_cast<DType>(dtype), node.Shape(0));
}

absl::Status NonZero(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  const ir::HostTensor* constant = node.Constant(0);
  if (constant == nullptr) {
    return ir::Error(DiagnosticKind::kUnsupportedShape,
                     "the number of elements that are not zero depends on the model's data");
  }
  int64_t count = 0;
  for (int64_t i = 0; i < constant->num_elements(); ++i) count += constant->AsDouble(i) != 0;
  return node.Return(DType::kInt64, {SymExpr(node.Rank(0)), SymExpr(count)});
}

absl::Status OneHot(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  SINTER_RETURN_IF_ERROR(node.CheckRank(2, 1));
  SINTER_ASSIGN_OR_RETURN(const SymShape depth, node.Required(1, "depth"));
  if (depth.size() != 1) return ir::Error(DiagnosticKind::kShapeMismatch, "`depth` is one number");
  SINTER_RETURN_IF_ERROR(node.Same(NumElements(node.Shape(2)), SymExpr(2)).status());
  SINTER_ASSIGN_OR_RETURN(const int64_t axis,
                          ShapeContext::NormalizeAxis(node.Int("axis", -1), node.Rank(0) + 1));
  SymShape shape = node.Shape(0);
  shape.insert(shape.begin() + axis, depth[0]);
  return node.Return(node.Type(2), std::move(shape));
}

absl::Status Range(ShapeContext& node) {
  for (int i = 0; i < 3; ++i) SINTER_RETURN_IF_ERROR(node.CheckRank(i, 0));
  // Floats that were cast from shapes are known as integers.
  const bool symbolic = node.Known(0) != nullptr || node.Known(1) != nullptr;
  SINTER_ASSIGN_OR_RETURN(
      SymExpr size, IsFloat(node.Type(0)) && !symbolic ? FloatRangeSize(node) : IntRangeSize(node));
  return node.Return(node.Type(0), {size});
}

absl::Status Shape(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  const int64_t rank = node.Rank(0);
  const auto clamp = [rank](int64_t axis) {
    return std::clamp<int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  const int64_t start = clamp(node.Int("start", 0)), end = clamp(node.Int("end", rank));
  return node.Return(DType::kInt64, {SymExpr(std::max<int64_t>(end - start, 0))});
}

absl::Status Size(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  return node.Return(DType::kInt64, {});
}

}  // namespace sinter::onnx::shape_rules
