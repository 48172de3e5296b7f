// Sliding windows, as Conv and the pools have them: kernel, strides, dilations and padding of each
// spatial dimension, out of the attributes of a node.
#ifndef SINTER_COMPILER_CORE_LEGALIZE_WINDOW_H_
#define SINTER_COMPILER_CORE_LEGALIZE_WINDOW_H_

#include <vector>

#include "absl/status/statusor.h"
#include "compiler_core/ir/sym_expr.h"
#include "compiler_core/legalize/node.h"

namespace sinter::legalize {

struct Window {
  ir::SymShape in;   // of the input, without batch and channels
  ir::SymShape out;  // of the output
  ir::SymShape kernel;
  std::vector<int64_t> strides, dilations;
  ir::SymShape low, high;  // padding as the attributes say
  ir::SymShape padded;     // in + low + high, or more if the last window (ceil_mode) needs more

  int64_t rank() const { return static_cast<int64_t>(in.size()); }
  bool IsPadded() const { return padded != in; }
};

// Reads the attributes strides, dilations, pads, auto_pad. `kernel` is the window's size.
// REQUIRES: input 0 and output 0 are [batch, channels, spatial dimensions...].
// ERRORS: UNIMPLEMENTED for negative padding.
absl::StatusOr<Window> ReadWindow(Node& node, ir::SymShape kernel);

// `input` (of input 0's shape) with the window's padding, filled with `value`.
mlir::Value PadInput(Node& node, mlir::Value input, const Window& window, mlir::Attribute value);

// The expressions o * stride + k * dilation of each spatial dimension, for loops whose output
// positions start at dimension `first_out` and whose kernel positions at `first_kernel`.
std::vector<mlir::AffineExpr> WindowPositions(Node& node, const Window& window, int64_t first_out,
                                              int64_t first_kernel);

}  // namespace sinter::legalize

#endif  // SINTER_COMPILER_CORE_LEGALIZE_WINDOW_H_
