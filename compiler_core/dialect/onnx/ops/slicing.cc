// Shape rules of Slice and Split.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/dialect/onnx/shape_rules.h"
#include "compiler_core/ir/diagnostic_kind.h"

namespace sinter::onnx {
namespace {

using ir::DiagnosticKind;
using ir::SymExpr;
using ir::SymShape;

// Exporters write "to the end" as some number that no dimension reaches; this is the least one
// seen.
constexpr int64_t kBeyondAnyDim = 1000000000;

// `position` of a Slice counted from the start and clamped to [low, high] (to `high` if that is
// less).
absl::StatusOr<SymExpr> Clamp(const SymExpr& position, const SymExpr& dim, const SymExpr& low,
                              const SymExpr& high) {
  const std::optional<int64_t> least = position.LowerBound(), most = position.UpperBound();
  if (least && *least >= kBeyondAnyDim) return high;
  if (most && *most <= -kBeyondAnyDim) return low;
  if (least && *least >= 0) return Min(Max(position, low), high);
  if (most && *most < 0) return Min(Max(position + dim, low), high);
  return ir::Error(
      DiagnosticKind::kUnsupportedShape,
      absl::StrCat("position `", position.ToString(), "` of a Slice may be negative or not"),
      "fix the dimension with --shape");
}

absl::StatusOr<SymShape> SplitSizes(const ShapeContext& node, const SymExpr& dim) {
  if (std::optional<std::vector<int64_t>> given = node.Ints("split")) {
    return SymShape(given->begin(), given->end());
  }
  if (node.Has(1)) return node.Required(1, "split");
  const int64_t parts = node.Int("num_outputs", node.num_outputs());
  if (parts != node.num_outputs()) {
    return ir::Error(DiagnosticKind::kShapeMismatch,
                     absl::StrCat("`num_outputs` is ", parts, ", but there are ",
                                  node.num_outputs(), " outputs"));
  }
  // All equal but perhaps the last (which only versions since 18 allow to differ).
  const SymExpr part =
      SymExpr::ExactDiv(dim, SymExpr(parts)).value_or(CeilDiv(dim, SymExpr(parts)));
  SymShape sizes(parts, part);
  sizes.back() = dim - part * SymExpr(parts - 1);
  return sizes;
}

}  // namespace

absl::StatusOr<SliceDim> ResolveSlice(const SymExpr& start, const SymExpr& end, int64_t step,
                                      const SymExpr& dim) {
  const SymExpr zero(0), one(1);
  if (step == 0) return ir::Error(DiagnosticKind::kShapeMismatch, "a Slice with step 0");
  if (step > 0) {
    SINTER_ASSIGN_OR_RETURN(const SymExpr from, Clamp(start, dim, zero, dim));
    SINTER_ASSIGN_OR_RETURN(const SymExpr to, Clamp(end, dim, zero, dim));
    return SliceDim{from, Max(zero, CeilDiv(to - from, SymExpr(step)))};
  }
  // Backwards: the first element is at most the last one, the end at least "before the first".
  SINTER_ASSIGN_OR_RETURN(const SymExpr from, Clamp(start, dim, zero, dim - one));
  SINTER_ASSIGN_OR_RETURN(const SymExpr to, Clamp(end, dim, zero - one, dim - one));
  return SliceDim{from, Max(zero, CeilDiv(from - to, SymExpr(-std::max(step, -kBeyondAnyDim))))};
}

absl::StatusOr<SliceArguments> ReadSliceArguments(const ShapeContext& node) {
  SliceArguments arguments;
  const bool in_attributes = node.version() < 10;
  if (in_attributes) {
    const std::vector<int64_t> none;
    for (int64_t v : node.Ints("starts").value_or(none)) arguments.starts.push_back(v);
    for (int64_t v : node.Ints("ends").value_or(none)) arguments.ends.push_back(v);
    if (node.HasAttr("axes")) arguments.axes = *node.Ints("axes");
  } else {
    SINTER_ASSIGN_OR_RETURN(arguments.starts, node.Required(1, "starts"));
    SINTER_ASSIGN_OR_RETURN(arguments.ends, node.Required(2, "ends"));
    if (node.Has(3)) {
      SINTER_ASSIGN_OR_RETURN(arguments.axes, node.RequiredNumbers(3, "axes"));
    }
    if (node.Has(4)) {
      SINTER_ASSIGN_OR_RETURN(arguments.steps, node.RequiredNumbers(4, "steps"));
    }
  }
  const size_t count = arguments.starts.size();
  if (arguments.axes.empty()) {
    for (size_t i = 0; i < count; ++i) arguments.axes.push_back(static_cast<int64_t>(i));
  }
  if (arguments.steps.empty()) arguments.steps.assign(count, 1);
  if (arguments.ends.size() != count || arguments.axes.size() != count ||
      arguments.steps.size() != count) {
    return ir::Error(DiagnosticKind::kShapeMismatch,
                     "`starts`, `ends`, `axes` and `steps` need equally many elements");
  }
  for (int64_t& axis : arguments.axes) {
    SINTER_ASSIGN_OR_RETURN(axis, ShapeContext::NormalizeAxis(axis, node.Rank(0)));
  }
  return arguments;
}

absl::Status shape_rules::Slice(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 1));
  SINTER_ASSIGN_OR_RETURN(const SliceArguments arguments, ReadSliceArguments(node));
  SymShape shape = node.Shape(0);
  for (size_t i = 0; i < arguments.axes.size(); ++i) {
    SymExpr& dim = shape[arguments.axes[i]];
    SINTER_ASSIGN_OR_RETURN(
        const SliceDim part,
        ResolveSlice(arguments.starts[i], arguments.ends[i], arguments.steps[i], dim));
    dim = part.size;
  }
  return node.Return(node.Type(0), std::move(shape));
}

absl::Status shape_rules::Split(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 1));
  SINTER_ASSIGN_OR_RETURN(const int64_t axis,
                          ShapeContext::NormalizeAxis(node.Int("axis", 0), node.Rank(0)));
  SymShape shape = node.Shape(0);
  const SymExpr whole = shape[axis];
  SINTER_ASSIGN_OR_RETURN(const SymShape sizes, SplitSizes(node, whole));
  SymExpr sum;
  for (const SymExpr& size : sizes) sum = sum + size;
  if (static_cast<int>(sizes.size()) != node.num_outputs() || !node.RequireEqual(whole, sum).ok()) {
    return ir::Error(DiagnosticKind::kShapeMismatch,
                     absl::StrCat("dimension `", whole.ToString(), "` into ", node.num_outputs(),
                                  " parts of sizes ", ir::ToString(sizes)));
  }
  for (const SymExpr& size : sizes) {
    shape[axis] = size;
    SINTER_RETURN_IF_ERROR(node.Return(node.Type(0), shape));
  }
  return absl::OkStatus();
}

}  // namespace sinter::onnx
