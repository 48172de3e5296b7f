#include "compiler_core/legalize/window.h"

#include <string>
#include <utility>

namespace sinter::legalize {

namespace {

// auto_pad = SAME_*: so much that the output has ceil(in / stride) elements; an odd one goes to the
// end (SAME_UPPER) or to the start (SAME_LOWER).
void PadToSame(Window& window, bool extra_at_end) {
  for (int64_t i = 0; i < window.rank(); ++i) {
    const ir::SymExpr reach = (window.kernel[i] - 1) * window.dilations[i] + 1;
    const ir::SymExpr wanted = (window.out[i] - 1) * window.strides[i] + reach;
    const ir::SymExpr total = Max(wanted - window.in[i], 0);
    const ir::SymExpr less = FloorDiv(total, 2);
    window.low[i] = extra_at_end ? less : total - less;
    window.high[i] = extra_at_end ? total - less : less;
  }
}

}  // namespace

absl::StatusOr<Window> ReadWindow(Node& node, ir::SymShape kernel) {
  Window window;
  const ir::SymShape in = node.Shape(0), out = node.OutShape();
  window.in.assign(in.begin() + 2, in.end());
  window.out.assign(out.begin() + 2, out.end());
  window.kernel = std::move(kernel);
  const size_t rank = window.in.size();
  window.strides = node.Ints("strides");
  window.dilations = node.Ints("dilations");
  window.strides.resize(rank, 1);
  window.dilations.resize(rank, 1);
  std::vector<int64_t> pads = node.Ints("pads");
  pads.resize(2 * rank, 0);
  for (size_t i = 0; i < rank; ++i) {
    if (pads[i] < 0 || pads[rank + i] < 0) return Unsupported("negative padding");
    window.low.push_back(pads[i]);
    window.high.push_back(pads[rank + i]);
  }
  const std::string auto_pad = node.String("auto_pad", "NOTSET");
  if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {
    PadToSame(window, auto_pad == "SAME_UPPER");
  } else if (auto_pad == "VALID") {
    window.low = window.high = ir::SymShape(rank, 0);
  }
  for (size_t i = 0; i < rank; ++i) {
    const ir::SymExpr reach = (window.kernel[i] - 1) * window.dilations[i] + 1;
    const ir::SymExpr needed = (window.out[i] - 1) * window.strides[i] + reach;
    const ir::SymExpr given = window.in[i] + window.low[i] + window.high[i];
    // Only ceil_mode looks past the padding; elsewhere this would only blur the expression.
    window.padded.push_back(node.Int("ceil_mode", 0) != 0 ? Max(given, needed) : given);
  }
  return window;
}

mlir::Value PadInput(Node& node, mlir::Value input, const Window& window, mlir::Attribute value) {
  const ir::SymShape in = node.Shape(0);
  ir::SymShape low(2, 0), shape(in.begin(), in.begin() + 2);
  low.insert(low.end(), window.low.begin(), window.low.end());
  shape.insert(shape.end(), window.padded.begin(), window.padded.end());
  return node.emit().Pad(input, low, {}, shape, value);
}

std::vector<mlir::AffineExpr> WindowPositions(Node& node, const Window& window, int64_t first_out,
                                              int64_t first_kernel) {
  std::vector<mlir::AffineExpr> positions;
  Emitter& e = node.emit();
  for (int64_t i = 0; i < window.rank(); ++i) {
    positions.push_back(e.Loop(first_out + i) * window.strides[i] +
                        e.Loop(first_kernel + i) * window.dilations[i]);
  }
  return positions;
}

}  // namespace sinter::legalize
