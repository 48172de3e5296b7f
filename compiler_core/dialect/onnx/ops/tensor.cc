// Shape rules of ops that move elements.
#include <algorithm>

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

absl::Status Mismatch(absl::string_view what) {
  return ir::Error(DiagnosticKind::kShapeMismatch, what);
}

bool IsMinusOne(const SymExpr& dim) { return dim == SymExpr(-1); }

// The target of a Reshape with zeros replaced; `infer` is the position of -1, or -1.
absl::StatusOr<SymShape> ReadTarget(ShapeContext& node, int64_t& infer) {
  SINTER_ASSIGN_OR_RETURN(SymShape target, node.Required(1, "shape"));
  const bool zero_copies = node.Int("allowzero", 0) == 0;
  infer = -1;
  for (size_t i = 0; i < target.size(); ++i) {
    if (IsMinusOne(target[i])) {
      if (infer >= 0) return Mismatch("`shape` has more than one -1");
      infer = static_cast<int64_t>(i);
    } else if (target[i] == SymExpr(0) && zero_copies) {
      if (i >= node.Shape(0).size()) {
        return Mismatch(absl::StrCat("`shape` copies dimension ", i, ", which the input lacks"));
      }
      target[i] = node.Shape(0)[i];
    }
  }
  return target;
}

absl::StatusOr<std::vector<int64_t>> SortedAxes(const std::vector<int64_t>& given, int64_t rank) {
  std::vector<int64_t> axes;
  for (int64_t axis : given) {
    SINTER_ASSIGN_OR_RETURN(axis, ShapeContext::NormalizeAxis(axis, rank));
    axes.push_back(axis);
  }
  std::sort(axes.begin(), axes.end());
  if (std::adjacent_find(axes.begin(), axes.end()) != axes.end()) {
    return Mismatch("`axes` names a dimension twice");
  }
  return axes;
}

}  // namespace

absl::Status Compress(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 1));
  SINTER_ASSIGN_OR_RETURN(const std::vector<int64_t> kept, node.RequiredNumbers(1, "condition"));
  const SymExpr count(std::count_if(kept.begin(), kept.end(), [](int64_t k) { return k != 0; }));
  if (!node.HasAttr("axis")) return node.Return(node.Type(0), {count});
  SINTER_ASSIGN_OR_RETURN(const int64_t axis,
                          ShapeContext::NormalizeAxis(node.Int("axis", 0), node.Rank(0)));
  SymShape shape = node.Shape(0);
  shape[axis] = count;
  return node.Return(node.Type(0), std::move(shape));
}

absl::Status Concat(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 1));
  SymShape shape = node.Shape(0);
  SINTER_ASSIGN_OR_RETURN(const int64_t axis,
                          ShapeContext::NormalizeAxis(node.Int("axis", 1), node.Rank(0)));
  for (int i = 1; i < node.num_inputs(); ++i) {
    SINTER_RETURN_IF_ERROR(node.CheckRank(i, 1));
    const SymShape& next = node.Shape(i);
    if (next.size() != shape.size()) {
      return Mismatch(absl::StrCat("shapes ", ir::ToString(node.Shape(0)), " and ",
                                   ir::ToString(next), " have different ranks"));
    }
    for (size_t j = 0; j < shape.size(); ++j) {
      if (static_cast<int64_t>(j) == axis) {
        shape[j] = shape[j] + next[j];
      } else {
        SINTER_ASSIGN_OR_RETURN(shape[j], node.Same(shape[j], next[j]));
      }
    }
  }
  return node.Return(node.Type(0), std::move(shape));
}

absl::Status Expand(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  SINTER_ASSIGN_OR_RETURN(const SymShape target, node.Required(1, "shape"));
  SINTER_ASSIGN_OR_RETURN(SymShape shape, node.Broadcast(node.Shape(0), target));
  return node.Return(node.Type(0), std::move(shape));
}

absl::Status Flatten(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  const int64_t rank = node.Rank(0);
  int64_t axis = node.Int("axis", 1);
  if (axis < -rank || axis > rank) return Mismatch(absl::StrCat("axis ", axis, " at rank ", rank));
  if (axis < 0) axis += rank;
  const SymShape& shape = node.Shape(0);
  return node.Return(node.Type(0), {NumElements(SymShape(shape.begin(), shape.begin() + axis)),
                                    NumElements(SymShape(shape.begin() + axis, shape.end()))});
}

absl::Status Gather(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 1));
  SINTER_RETURN_IF_ERROR(node.CheckRank(1, 0));
  SINTER_ASSIGN_OR_RETURN(const int64_t axis,
                          ShapeContext::NormalizeAxis(node.Int("axis", 0), node.Rank(0)));
  SymShape shape = node.Shape(0);
  shape.erase(shape.begin() + axis);
  shape.insert(shape.begin() + axis, node.Shape(1).begin(), node.Shape(1).end());
  return node.Return(node.Type(0), std::move(shape));
}

absl::Status GatherElements(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 1));
  SINTER_RETURN_IF_ERROR(node.CheckRank(1, 1));
  if (node.Rank(0) != node.Rank(1)) return Mismatch("data and indices have different ranks");
  SINTER_RETURN_IF_ERROR(ShapeContext::NormalizeAxis(node.Int("axis", 0), node.Rank(0)).status());
  return node.Return(node.Type(0), node.Shape(1));
}

absl::Status GatherND(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 1));
  SINTER_RETURN_IF_ERROR(node.CheckRank(1, 1));
  const int64_t batch = node.Int("batch_dims", 0);
  const std::optional<int64_t> depth = node.Shape(1).back().AsConstant();
  if (!depth) return ir::Error(DiagnosticKind::kUnsupportedShape, "indices of free depth");
  if (batch < 0 || batch >= node.Rank(1) || *depth < 1 || batch + *depth > node.Rank(0)) {
    return Mismatch(absl::StrCat("indices of shape ", ir::ToString(node.Shape(1)), " into shape ",
                                 ir::ToString(node.Shape(0))));
  }
  SymShape shape(node.Shape(1).begin(), node.Shape(1).end() - 1);
  shape.insert(shape.end(), node.Shape(0).begin() + batch + *depth, node.Shape(0).end());
  return node.Return(node.Type(0), std::move(shape));
}

absl::Status Pad(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  SymShape pads;
  if (std::optional<std::vector<int64_t>> given = node.Ints("pads")) {
    pads.assign(given->begin(), given->end());
  } else {
    SINTER_ASSIGN_OR_RETURN(pads, node.Required(1, "pads"));
  }
  std::vector<int64_t> axes;
  if (node.Has(3)) {
    SINTER_ASSIGN_OR_RETURN(axes, node.RequiredNumbers(3, "axes"));
    for (int64_t& axis : axes) {
      SINTER_ASSIGN_OR_RETURN(axis, ShapeContext::NormalizeAxis(axis, node.Rank(0)));
    }
  } else {
    for (int64_t axis = 0; axis < node.Rank(0); ++axis) axes.push_back(axis);
  }
  if (pads.size() != 2 * axes.size()) {
    return Mismatch(
        absl::StrCat("`pads` has ", pads.size(), " elements, but needs ", 2 * axes.size()));
  }
  SymShape shape = node.Shape(0);
  for (size_t i = 0; i < axes.size(); ++i) {
    shape[axes[i]] = shape[axes[i]] + pads[i] + pads[i + axes.size()];
  }
  return node.Return(node.Type(0), std::move(shape));
}

absl::Status Reshape(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  int64_t infer;
  SINTER_ASSIGN_OR_RETURN(SymShape target, ReadTarget(node, infer));
  const SymExpr elements = NumElements(node.Shape(0));
  if (infer >= 0) {
    target[infer] = SymExpr(1);
    const SymExpr rest = NumElements(target);
    const std::optional<int64_t> low = rest.LowerBound();
    if (!low || *low < 1) return Mismatch("-1 in `shape` beside a dimension that is not positive");
    target[infer] = FloorDiv(elements, rest);
  }
  const absl::Status same = node.RequireEqual(elements, NumElements(target));
  if (!same.ok()) {
    return Mismatch(absl::StrCat("shape ", ir::ToString(node.Shape(0)), " can't become ",
                                 ir::ToString(target)));
  }
  return node.Return(node.Type(0), std::move(target));
}

absl::Status Squeeze(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  SINTER_ASSIGN_OR_RETURN(std::optional<std::vector<int64_t>> given, node.Axes(1));
  const SymShape& shape = node.Shape(0);
  std::vector<int64_t> axes;
  if (given) {
    SINTER_ASSIGN_OR_RETURN(axes, SortedAxes(*given, node.Rank(0)));
  } else {
    for (size_t i = 0; i < shape.size(); ++i) {
      if (!shape[i].IsConstant()) {
        return ir::Error(DiagnosticKind::kUnsupportedShape,
                         "Squeeze without `axes` on free dimensions: the rank depends on them",
                         "fix the dimensions with --shape");
      }
      if (shape[i] == SymExpr(1)) axes.push_back(static_cast<int64_t>(i));
    }
  }
  SymShape squeezed = shape;
  for (size_t i = axes.size(); i-- > 0;) {
    SINTER_RETURN_IF_ERROR(node.Same(SymExpr(1), shape[axes[i]]).status());
    squeezed.erase(squeezed.begin() + axes[i]);
  }
  return node.Return(node.Type(0), std::move(squeezed));
}

absl::Status Tile(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  SINTER_ASSIGN_OR_RETURN(const SymShape repeats, node.Required(1, "repeats"));
  SymShape shape = node.Shape(0);
  if (repeats.size() != shape.size()) return Mismatch("`repeats` needs an element a dimension");
  for (size_t i = 0; i < shape.size(); ++i) shape[i] = shape[i] * repeats[i];
  return node.Return(node.Type(0), std::move(shape));
}

absl::Status Transpose(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  const SymShape& shape = node.Shape(0);
  std::vector<int64_t> permutation;
  for (int64_t i = node.Rank(0); i-- > 0;) permutation.push_back(i);
  permutation = node.Ints("perm").value_or(permutation);
  if (permutation.size() != shape.size()) return Mismatch("`perm` needs an element a dimension");
  SINTER_RETURN_IF_ERROR(SortedAxes(permutation, node.Rank(0)).status());
  SymShape transposed;
  for (int64_t from : permutation) {
    SINTER_ASSIGN_OR_RETURN(from, ShapeContext::NormalizeAxis(from, node.Rank(0)));
    transposed.push_back(shape[from]);
  }
  return node.Return(node.Type(0), std::move(transposed));
}

absl::Status Unsqueeze(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 0));
  SINTER_ASSIGN_OR_RETURN(std::optional<std::vector<int64_t>> given, node.Axes(1));
  if (!given) return ir::Error(DiagnosticKind::kMalformedModel, "Unsqueeze needs `axes`");
  SINTER_ASSIGN_OR_RETURN(const std::vector<int64_t> axes,
                          SortedAxes(*given, node.Rank(0) + static_cast<int64_t>(given->size())));
  SymShape shape = node.Shape(0);
  for (int64_t axis : axes) shape.insert(shape.begin() + axis, SymExpr(1));
  return node.Return(node.Type(0), std::move(shape));
}

}  // namespace sinter::onnx::shape_rules
