// Shape rules of normalizations, and of ops that trade space for channels or resize.
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

// floor(dim * scale). A free dimension needs a scale that is a fraction of small numbers.
absl::StatusOr<SymExpr> Scale(const SymExpr& dim, double scale) {
  if (!(scale > 0) || !std::isfinite(scale)) {
    return ir::Error(DiagnosticKind::kShapeMismatch, absl::StrCat("scale ", scale));
  }
  if (const std::optional<int64_t> fixed = dim.AsConstant()) {
    // In float, as the operator's definition and every runtime have it.
    const double scaled = std::floor(static_cast<float>(*fixed) * static_cast<float>(scale));
    if (scaled < 0x1p62) return SymExpr(static_cast<int64_t>(scaled));
    return ir::Error(DiagnosticKind::kTooLarge, absl::StrCat("a dimension of ", scaled));
  }
  for (int64_t denominator = 1; denominator <= 64; ++denominator) {
    const double numerator = std::round(scale * denominator);
    if (numerator < 1 || numerator > 1e6) continue;
    if (static_cast<float>(numerator / denominator) != static_cast<float>(scale)) continue;
    return FloorDiv(dim * SymExpr(static_cast<int64_t>(numerator)), SymExpr(denominator));
  }
  return ir::Error(DiagnosticKind::kUnsupportedShape,
                   absl::StrCat("free dimension `", dim.ToString(), "` scaled by ", scale),
                   "fix the dimension with --shape");
}

absl::StatusOr<std::vector<double>> RequiredScales(const ShapeContext& node, int i) {
  const ir::HostTensor* scales = node.Constant(i);
  if (scales == nullptr) {
    return ir::Error(DiagnosticKind::kUnsupportedShape, "`scales` depends on the model's data");
  }
  std::vector<double> values;
  for (int64_t j = 0; j < scales->num_elements(); ++j) values.push_back(scales->AsDouble(j));
  return values;
}

bool IsGiven(const ShapeContext& node, int i) {
  return node.Has(i) && NumElements(node.Shape(i)) != SymExpr(0);
}

absl::Status ReturnScaled(ShapeContext& node, const std::vector<double>& scales,
                          const std::vector<int64_t>& axes) {
  SymShape shape = node.Shape(0);
  for (size_t i = 0; i < axes.size(); ++i) {
    SINTER_ASSIGN_OR_RETURN(shape[axes[i]], Scale(shape[axes[i]], scales[i]));
  }
  return node.Return(node.Type(0), std::move(shape));
}

absl::Status WrongCount(absl::string_view what, size_t seen, size_t wanted) {
  return ir::Error(DiagnosticKind::kShapeMismatch,
                   absl::StrCat("`", what, "` has ", seen, " elements, but needs ", wanted));
}

absl::StatusOr<std::vector<int64_t>> ResizedAxes(const ShapeContext& node) {
  std::vector<int64_t> axes;
  if (std::optional<std::vector<int64_t>> given = node.Ints("axes")) {
    for (int64_t axis : *given) {
      SINTER_ASSIGN_OR_RETURN(axis, ShapeContext::NormalizeAxis(axis, node.Rank(0)));
      axes.push_back(axis);
    }
    return axes;
  }
  for (int64_t axis = 0; axis < node.Rank(0); ++axis) axes.push_back(axis);
  return axes;
}

// Sizes as a box to fit into (`not_larger`) or to cover (`not_smaller`) at the old aspect ratio.
absl::Status ReturnSized(ShapeContext& node, const SymShape& sizes,
                         const std::vector<int64_t>& axes) {
  const std::string policy = node.String("keep_aspect_ratio_policy", "stretch");
  SymShape shape = node.Shape(0);
  if (policy == "stretch") {
    for (size_t i = 0; i < axes.size(); ++i) shape[axes[i]] = sizes[i];
    return node.Return(node.Type(0), std::move(shape));
  }
  double scale = policy == "not_larger" ? HUGE_VAL : 0;
  for (size_t i = 0; i < axes.size(); ++i) {
    const std::optional<int64_t> from = shape[axes[i]].AsConstant(), to = sizes[i].AsConstant();
    if (!from || !to || *from == 0) {
      return ir::Error(DiagnosticKind::kUnsupportedShape,
                       absl::StrCat("free dimensions with policy `", policy, "`"));
    }
    const double ratio = static_cast<double>(*to) / *from;
    scale = policy == "not_larger" ? std::min(scale, ratio) : std::max(scale, ratio);
  }
  for (int64_t axis : axes) {
    // Halves round up, as the operator's definition says.
    shape[axis] =
        SymExpr(static_cast<int64_t>(std::floor(*shape[axis].AsConstant() * scale + 0.5)));
  }
  return node.Return(node.Type(0), std::move(shape));
}

absl::StatusOr<int64_t> BlockSize(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 4));
  const int64_t block = node.Int("blocksize", 0);
  if (block >= 1 && block < (1 << 15) && node.Rank(0) == 4) return block;
  return ir::Error(DiagnosticKind::kShapeMismatch,
                   absl::StrCat("blocksize ", block, " on shape ", ir::ToString(node.Shape(0))));
}

absl::Status NotDivisible(const SymShape& shape, int64_t divisor) {
  return ir::Error(DiagnosticKind::kShapeMismatch,
                   absl::StrCat("shape ", ir::ToString(shape), " can't be split by ", divisor));
}

}  // namespace

absl::Status BatchNormalization(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 1));
  if (node.Int("training_mode", 0) != 0 || node.num_outputs() > 1) {
    return ir::Error(DiagnosticKind::kUnsupportedAttribute, "training mode is not supported",
                     "export the model for inference");
  }
  for (int i = 1; i < 5; ++i) {
    SINTER_RETURN_IF_ERROR(node.CheckRank(i, 1));
    const SymExpr channels = node.Rank(0) > 1 ? node.Shape(0)[1] : SymExpr(1);
    if (node.Rank(i) == 1) SINTER_RETURN_IF_ERROR(node.Same(node.Shape(i)[0], channels).status());
  }
  return node.Return(node.Type(0), node.Shape(0));
}

absl::Status LayerNormalization(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 1));
  SINTER_ASSIGN_OR_RETURN(const int64_t axis,
                          ShapeContext::NormalizeAxis(node.Int("axis", -1), node.Rank(0)));
  SINTER_RETURN_IF_ERROR(node.Return(node.Type(0), node.Shape(0)));
  SymShape reduced = node.Shape(0);
  for (size_t i = axis; i < reduced.size(); ++i) reduced[i] = SymExpr(1);
  for (int i = 1; i < node.num_outputs(); ++i) {
    SINTER_RETURN_IF_ERROR(node.Return(DType::kFloat32, reduced));
  }
  return absl::OkStatus();
}

absl::Status DepthToSpace(ShapeContext& node) {
  SINTER_ASSIGN_OR_RETURN(const int64_t block, BlockSize(node));
  SymShape shape = node.Shape(0);
  const std::optional<SymExpr> channels = SymExpr::ExactDiv(shape[1], SymExpr(block * block));
  if (!channels) return NotDivisible(shape, block * block);
  return node.Return(node.Type(0),
                     {shape[0], *channels, shape[2] * SymExpr(block), shape[3] * SymExpr(block)});
}

absl::Status SpaceToDepth(ShapeContext& node) {
  SINTER_ASSIGN_OR_RETURN(const int64_t block, BlockSize(node));
  SymShape shape = node.Shape(0);
  for (int i = 2; i < 4; ++i) {
    const SymExpr blocks = FloorDiv(shape[i], SymExpr(block));
    if (!node.RequireEqual(blocks * SymExpr(block), shape[i]).ok())
      return NotDivisible(shape, block);
    shape[i] = blocks;
  }
  shape[1] = shape[1] * SymExpr(block * block);
  return node.Return(node.Type(0), std::move(shape));
}

absl::Status Resize(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 1));
  SINTER_ASSIGN_OR_RETURN(const std::vector<int64_t> axes, ResizedAxes(node));
  // Version 10 has no `roi`.
  const int scales_input = node.version() < 11 ? 1 : 2;
  if (IsGiven(node, scales_input)) {
    SINTER_ASSIGN_OR_RETURN(const std::vector<double> scales, RequiredScales(node, scales_input));
    if (scales.size() != axes.size()) return WrongCount("scales", scales.size(), axes.size());
    return ReturnScaled(node, scales, axes);
  }
  SINTER_ASSIGN_OR_RETURN(const SymShape sizes, node.Required(3, "sizes"));
  if (sizes.size() != axes.size()) return WrongCount("sizes", sizes.size(), axes.size());
  return ReturnSized(node, sizes, axes);
}

absl::Status Upsample(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 1));
  std::vector<double> scales;
  if (std::optional<std::vector<double>> given = node.Floats("scales")) {
    scales = *given;
  } else {
    SINTER_RETURN_IF_ERROR(node.CheckRank(1, 1));
    SINTER_ASSIGN_OR_RETURN(scales, RequiredScales(node, 1));
  }
  SINTER_ASSIGN_OR_RETURN(const std::vector<int64_t> axes, ResizedAxes(node));
  if (scales.size() != axes.size()) return WrongCount("scales", scales.size(), axes.size());
  return ReturnScaled(node, scales, axes);
}

}  // namespace sinter::onnx::shape_rules
