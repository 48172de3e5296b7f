// Shape rules of ops that read from, or write to, regions of a tensor.
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/dialect/onnx/shape_rules.h"
#include "compiler_core/ir/diagnostic_kind.h"

namespace sinter::onnx::shape_rules {
namespace {

using ir::DiagnosticKind;
using ir::SymExpr;
using ir::SymShape;

absl::Status WrongShape(const ShapeContext& node, int input, absl::string_view rule) {
  return ir::Error(
      DiagnosticKind::kShapeMismatch,
      absl::StrCat("input ", input, " of shape ", ir::ToString(node.Shape(input)), " ", rule));
}

// [images, channels, height, width], of which the last two hold something.
absl::Status CheckImages(const ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 4));
  if (node.Rank(0) != 4 || node.Shape(0)[2] == SymExpr(0) || node.Shape(0)[3] == SymExpr(0)) {
    return WrongShape(node, 0, "has to be images of 4 dimensions, with pixels");
  }
  return absl::OkStatus();
}

absl::Status CheckRegions(ShapeContext& node, int64_t columns) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(1, 2));
  if (node.Rank(1) != 2) return WrongShape(node, 1, "has to have 2 dimensions");
  return node.Same(node.Shape(1)[1], SymExpr(columns)).status();
}

absl::Status ReturnPooled(ShapeContext& node, int64_t height, int64_t width) {
  if (height < 1 || width < 1) {
    return ir::Error(DiagnosticKind::kShapeMismatch,
                     absl::StrCat("an output of ", height, " by ", width));
  }
  return node.Return(node.Type(0), {node.Shape(1)[0], node.Shape(0)[1], height, width});
}

}  // namespace

absl::Status Col2Im(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 3));
  SINTER_ASSIGN_OR_RETURN(const std::vector<int64_t> image, node.RequiredNumbers(1, "image_shape"));
  SINTER_ASSIGN_OR_RETURN(const std::vector<int64_t> block, node.RequiredNumbers(2, "block_shape"));
  int64_t volume = 1;
  bool positive = true;
  for (const std::vector<int64_t>* sizes : {&image, &block}) {
    for (int64_t size : *sizes) positive &= size > 0 && size < (1 << 20);
  }
  for (size_t i = 0; positive && i < block.size() && volume < (1 << 30); ++i) volume *= block[i];
  for (const char* name : {"strides", "dilations"}) {
    for (int64_t value : node.Ints(name).value_or(std::vector<int64_t>())) positive &= value > 0;
  }
  const std::optional<SymExpr> channels = SymExpr::ExactDiv(node.Shape(0)[1], SymExpr(volume));
  if (node.Rank(0) != 3 || !positive || image.empty() || image.size() != block.size() ||
      !channels) {
    return WrongShape(node, 0, "does not hold whole blocks of an image");
  }
  SymShape shape = {node.Shape(0)[0], *channels};
  for (int64_t size : image) shape.push_back(size);
  return node.Return(node.Type(0), std::move(shape));
}

absl::Status GridSample(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 3));
  SINTER_RETURN_IF_ERROR(node.CheckRank(1, 3));
  if (node.Rank(0) != node.Rank(1)) return WrongShape(node, 1, "needs the rank of the first");
  const SymShape &in = node.Shape(0), &grid = node.Shape(1);
  SINTER_RETURN_IF_ERROR(node.Same(in[0], grid[0]).status());
  SINTER_RETURN_IF_ERROR(node.Same(grid.back(), SymExpr(node.Rank(0) - 2)).status());
  SymShape shape = {in[0], in[1]};
  for (size_t i = 2; i < in.size(); ++i) {
    if (in[i] == SymExpr(0)) return WrongShape(node, 0, "has nothing to sample");
    shape.push_back(grid[i - 1]);
  }
  return node.Return(node.Type(0), std::move(shape));
}

absl::Status MaxRoiPool(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(CheckImages(node));
  SINTER_RETURN_IF_ERROR(CheckRegions(node, 5));
  const std::vector<int64_t> pooled = node.Ints("pooled_shape").value_or(std::vector<int64_t>());
  if (pooled.size() != 2) {
    return ir::Error(DiagnosticKind::kShapeMismatch, "`pooled_shape` needs two numbers");
  }
  return ReturnPooled(node, pooled[0], pooled[1]);
}

absl::Status RoiAlign(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(CheckImages(node));
  SINTER_RETURN_IF_ERROR(CheckRegions(node, 4));
  SINTER_RETURN_IF_ERROR(node.CheckRank(2, 1));
  SINTER_RETURN_IF_ERROR(node.Same(node.Shape(1)[0], node.Shape(2)[0]).status());
  return ReturnPooled(node, node.Int("output_height", 1), node.Int("output_width", 1));
}

absl::Status TensorScatter(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 2));
  SINTER_RETURN_IF_ERROR(node.CheckRank(1, 2));
  SINTER_ASSIGN_OR_RETURN(const int64_t axis,
                          ShapeContext::NormalizeAxis(node.Int("axis", -2), node.Rank(0)));
  if (node.Rank(0) != node.Rank(1) || axis == 0) {
    return WrongShape(node, 1, "does not fit the cache, or the axis is the batch");
  }
  for (int64_t i = 0; i < node.Rank(0); ++i) {
    if (i == axis) continue;
    SINTER_RETURN_IF_ERROR(node.Same(node.Shape(0)[i], node.Shape(1)[i]).status());
  }
  if (node.Has(2)) {
    SINTER_RETURN_IF_ERROR(node.CheckRank(2, 1));
    SINTER_RETURN_IF_ERROR(node.Same(node.Shape(2)[0], node.Shape(0)[0]).status());
  }
  return node.Return(node.Type(0), node.Shape(0));
}

}  // namespace sinter::onnx::shape_rules
