// Shape rules of ops that slide a window over the spatial dimensions: convolutions and pooling.
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/dialect/onnx/shape_rules.h"
#include "compiler_core/ir/diagnostic_kind.h"

namespace sinter::onnx::shape_rules {
namespace {

using ir::DiagnosticKind;
using ir::SymExpr;
using ir::SymShape;

// The attributes that all of these ops have, one element a spatial dimension (pads: two).
struct Window {
  std::vector<int64_t> kernel, strides, dilations, pads;
  std::string auto_pad;
  bool ceil_mode = false;
};

absl::StatusOr<std::vector<int64_t>> ReadInts(const ShapeContext& node, absl::string_view name,
                                              size_t count, int64_t otherwise, int64_t smallest) {
  std::vector<int64_t> values = node.Ints(name).value_or(std::vector<int64_t>(count, otherwise));
  if (values.size() != count) {
    return ir::Error(
        DiagnosticKind::kShapeMismatch,
        absl::StrCat("attribute `", name, "` has ", values.size(), " elements, but needs ", count));
  }
  for (int64_t value : values) {
    // Beyond 2^31 there is no model, but products would overflow.
    if (value >= smallest && value < (int64_t{1} << 31)) continue;
    return ir::Error(DiagnosticKind::kShapeMismatch,
                     absl::StrCat("attribute `", name, "` holds ", value, ", but has to be ",
                                  smallest, " or more"));
  }
  return values;
}

absl::StatusOr<Window> ReadWindow(const ShapeContext& node, std::vector<int64_t> kernel) {
  Window window;
  const size_t rank = kernel.size();
  window.kernel = std::move(kernel);
  SINTER_ASSIGN_OR_RETURN(window.strides, ReadInts(node, "strides", rank, 1, 1));
  SINTER_ASSIGN_OR_RETURN(window.dilations, ReadInts(node, "dilations", rank, 1, 1));
  // Negative pads crop.
  SINTER_ASSIGN_OR_RETURN(window.pads, ReadInts(node, "pads", 2 * rank, 0, -(int64_t{1} << 31)));
  window.auto_pad = node.String("auto_pad", "NOTSET");
  window.ceil_mode = node.Int("ceil_mode", 0) != 0;
  return window;
}

// How many elements of the input one window spans in spatial dimension `i`.
int64_t Span(const Window& window, size_t i) {
  return (window.kernel[i] - 1) * window.dilations[i] + 1;
}

SymExpr SlideOver(const SymExpr& in, const Window& window, size_t i) {
  const SymExpr stride(window.strides[i]), span(Span(window, i));
  if (window.auto_pad == "SAME_UPPER" || window.auto_pad == "SAME_LOWER")
    return CeilDiv(in, stride);
  if (window.auto_pad == "VALID") return FloorDiv(in - span, stride) + SymExpr(1);
  const SymExpr before(window.pads[i]), after(window.pads[i + window.kernel.size()]);
  const SymExpr room = in + before + after - span;
  if (!window.ceil_mode) return FloorDiv(room, stride) + SymExpr(1);
  // A window that would start in the padding after the input is left out.
  const SymExpr last_start = FloorDiv(in + before - SymExpr(1), stride);
  return Min(CeilDiv(room, stride), last_start) + SymExpr(1);
}

absl::Status Slide(ShapeContext& node, const Window& window, SymShape& shape) {
  for (size_t i = 0; i < window.kernel.size(); ++i) {
    const SymExpr out = SlideOver(node.Shape(0)[i + 2], window, i);
    const std::optional<int64_t> high = out.UpperBound();
    if (high && *high <= 0) {
      return ir::Error(
          DiagnosticKind::kShapeMismatch,
          absl::StrCat("a window of ", Span(window, i), " does not fit into dimension ", i + 2,
                       " of shape ", ir::ToString(node.Shape(0))));
    }
    shape.push_back(out);
  }
  return absl::OkStatus();
}

// The spatial size of weights: attribute `kernel_shape`, and what the weights themselves say.
absl::StatusOr<std::vector<int64_t>> WeightKernel(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 3));
  SINTER_RETURN_IF_ERROR(node.CheckRank(1, 3));
  if (node.Rank(0) != node.Rank(1)) {
    return ir::Error(
        DiagnosticKind::kShapeMismatch,
        absl::StrCat("input of shape ", ir::ToString(node.Shape(0)), " and weights of shape ",
                     ir::ToString(node.Shape(1)), " have different ranks"));
  }
  std::vector<int64_t> kernel;
  for (size_t i = 2; i < node.Shape(1).size(); ++i) {
    const std::optional<int64_t> size = node.Shape(1)[i].AsConstant();
    if (!size) {
      return ir::Error(DiagnosticKind::kUnsupportedShape, "weights of free spatial size");
    }
    kernel.push_back(*size);
  }
  if (node.Ints("kernel_shape").value_or(kernel) != kernel) {
    return ir::Error(DiagnosticKind::kShapeMismatch,
                     absl::StrCat("attribute `kernel_shape` does not match weights of shape ",
                                  ir::ToString(node.Shape(1))));
  }
  return kernel;
}

absl::Status CheckGroups(ShapeContext& node, const SymExpr& channels, const SymExpr& outer,
                         int64_t groups) {
  if (groups < 1) {
    return ir::Error(DiagnosticKind::kShapeMismatch, absl::StrCat("`group` is ", groups));
  }
  const std::optional<int64_t> count = outer.AsConstant();
  if (count && *count % groups != 0) {
    return ir::Error(DiagnosticKind::kShapeMismatch,
                     absl::StrCat(*count, " channels can't be split into ", groups, " groups"));
  }
  return node.Same(node.Shape(0)[1], channels).status();
}

absl::Status CheckBias(ShapeContext& node, const SymExpr& channels) {
  if (!node.Has(2)) return absl::OkStatus();
  if (node.Rank(2) != 1) {
    return ir::Error(DiagnosticKind::kShapeMismatch,
                     absl::StrCat("bias of shape ", ir::ToString(node.Shape(2)), " needs rank 1"));
  }
  return node.Same(node.Shape(2)[0], channels).status();
}

absl::Status ConvTo(ShapeContext& node, ir::DType dtype, bool bias) {
  SINTER_ASSIGN_OR_RETURN(std::vector<int64_t> kernel, WeightKernel(node));
  SINTER_ASSIGN_OR_RETURN(const Window window, ReadWindow(node, std::move(kernel)));
  const SymShape& weights = node.Shape(1);
  const int64_t groups = node.Int("group", 1);
  SINTER_RETURN_IF_ERROR(CheckGroups(node, weights[1] * SymExpr(groups), weights[0], groups));
  if (bias) SINTER_RETURN_IF_ERROR(CheckBias(node, weights[0]));
  SymShape shape = {node.Shape(0)[0], weights[0]};
  SINTER_RETURN_IF_ERROR(Slide(node, window, shape));
  return node.Return(dtype, std::move(shape));
}

}  // namespace

absl::Status Conv(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 3));
  return ConvTo(node, node.Type(0), true);
}

absl::Status ConvInteger(ShapeContext& node) { return ConvTo(node, ir::DType::kInt32, false); }

absl::Status ConvTranspose(ShapeContext& node) {
  SINTER_ASSIGN_OR_RETURN(std::vector<int64_t> kernel, WeightKernel(node));
  SINTER_ASSIGN_OR_RETURN(const Window window, ReadWindow(node, std::move(kernel)));
  const size_t spatial = window.kernel.size();
  SINTER_ASSIGN_OR_RETURN(const std::vector<int64_t> extra,
                          ReadInts(node, "output_padding", spatial, 0, 0));
  const int64_t groups = node.Int("group", 1);
  const SymShape &in = node.Shape(0), &weights = node.Shape(1);
  const SymExpr channels = weights[1] * SymExpr(groups);
  SINTER_RETURN_IF_ERROR(CheckGroups(node, weights[0], weights[0], groups));
  SINTER_RETURN_IF_ERROR(CheckBias(node, channels));
  SymShape shape = {in[0], channels};
  const std::optional<std::vector<int64_t>> given = node.Ints("output_shape");
  if (given && given->size() != spatial) {
    return ir::Error(DiagnosticKind::kShapeMismatch, "`output_shape` needs the spatial dimensions");
  }
  for (size_t i = 0; i < spatial; ++i) {
    const SymExpr stride(window.strides[i]);
    if (given) {
      shape.push_back((*given)[i]);
    } else if (window.auto_pad == "SAME_UPPER" || window.auto_pad == "SAME_LOWER") {
      shape.push_back(in[i + 2] * stride);
    } else {
      const bool valid = window.auto_pad == "VALID";
      const int64_t pads = valid ? 0 : window.pads[i] + window.pads[i + spatial];
      shape.push_back(stride * (in[i + 2] - SymExpr(1)) +
                      SymExpr(extra[i] + Span(window, i) - pads));
    }
  }
  return node.Return(node.Type(0), std::move(shape));
}

absl::Status DeformConv(ShapeContext& node) {
  SINTER_ASSIGN_OR_RETURN(std::vector<int64_t> kernel, WeightKernel(node));
  SINTER_ASSIGN_OR_RETURN(const Window window, ReadWindow(node, std::move(kernel)));
  const SymShape &in = node.Shape(0), &weights = node.Shape(1);
  const int64_t groups = node.Int("group", 1), offset_groups = node.Int("offset_group", 1);
  SINTER_RETURN_IF_ERROR(CheckGroups(node, weights[1] * SymExpr(groups), weights[0], groups));
  SymShape shape = {in[0], weights[0]};
  SINTER_RETURN_IF_ERROR(Slide(node, window, shape));
  int64_t taps = 1;
  for (int64_t size : window.kernel) taps *= size;
  const std::optional<int64_t> channels = in[1].AsConstant();
  if (offset_groups < 1 || (channels && *channels % offset_groups != 0)) {
    return ir::Error(DiagnosticKind::kShapeMismatch,
                     absl::StrCat("`offset_group` is ", offset_groups));
  }
  const auto check = [&](int input, int64_t planes) -> absl::Status {
    SymShape wanted = shape;
    wanted[1] = SymExpr(planes);
    if (!node.Has(input) || node.Shape(input).size() != wanted.size()) {
      return ir::Error(DiagnosticKind::kShapeMismatch,
                       absl::StrCat("input ", input, " has to be of shape ", ir::ToString(wanted)));
    }
    for (size_t i = 0; i < wanted.size(); ++i) {
      SINTER_RETURN_IF_ERROR(node.Same(wanted[i], node.Shape(input)[i]).status());
    }
    return absl::OkStatus();
  };
  const auto rank = static_cast<int64_t>(window.kernel.size());
  SINTER_RETURN_IF_ERROR(check(2, offset_groups * taps * rank));
  if (node.Has(3)) {
    SINTER_RETURN_IF_ERROR(node.CheckRank(3, 1));
    SINTER_RETURN_IF_ERROR(node.Same(node.Shape(3)[0], weights[0]).status());
  }
  if (node.Has(4)) SINTER_RETURN_IF_ERROR(check(4, offset_groups * taps));
  return node.Return(node.Type(0), std::move(shape));
}

absl::Status Pool(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 3));
  const size_t spatial = node.Shape(0).size() - 2;
  SINTER_ASSIGN_OR_RETURN(std::vector<int64_t> kernel,
                          ReadInts(node, "kernel_shape", spatial, 1, 1));
  SINTER_ASSIGN_OR_RETURN(const Window window, ReadWindow(node, std::move(kernel)));
  SymShape shape = {node.Shape(0)[0], node.Shape(0)[1]};
  SINTER_RETURN_IF_ERROR(Slide(node, window, shape));
  SINTER_RETURN_IF_ERROR(node.Return(node.Type(0), shape));
  if (node.num_outputs() < 2) return absl::OkStatus();
  return node.Return(ir::DType::kInt64, std::move(shape));
}

absl::Status GlobalPool(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 2));
  SymShape shape(node.Shape(0).size(), SymExpr(1));
  shape[0] = node.Shape(0)[0];
  shape[1] = node.Shape(0)[1];
  return node.Return(node.Type(0), std::move(shape));
}

}  // namespace sinter::onnx::shape_rules
