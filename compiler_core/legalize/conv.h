// Convolutions as contractions over windows of the padded input.
#ifndef SINTER_COMPILER_CORE_LEGALIZE_CONV_H_
#define SINTER_COMPILER_CORE_LEGALIZE_CONV_H_

#include "absl/status/statusor.h"
#include "compiler_core/legalize/node.h"

namespace sinter::legalize {

// The convolution that the node's attributes describe, of `input` and `weights`, which have the
// shapes of inputs 0 and 1; products are summed up in `accumulator`; narrower integers are
// extended, those that are unsigned by zeros. The result has the output's shape. ERRORS:
// UNIMPLEMENTED for negative padding.
absl::StatusOr<mlir::Value> Convolve(Node& node, mlir::Value input, mlir::Value weights,
                                     mlir::Type accumulator, bool input_unsigned = false,
                                     bool weights_unsigned = false);

}  // namespace sinter::legalize

#endif  // SINTER_COMPILER_CORE_LEGALIZE_CONV_H_
