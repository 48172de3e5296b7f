// Matrix products as contractions: loops are the output's dimensions, then k.
#ifndef SINTER_COMPILER_CORE_LEGALIZE_MATMUL_H_
#define SINTER_COMPILER_CORE_LEGALIZE_MATMUL_H_

#include "absl/status/statusor.h"
#include "compiler_core/legalize/node.h"

namespace sinter::legalize {

// MatMul of `left` and `right`, which have the shapes of inputs 0 and 1, summed up in
// `accumulator`; narrower integers are extended, those that are unsigned by zeros. The result has
// the output's shape. ERRORS: UNIMPLEMENTED if broadcasting can't be told.
absl::StatusOr<mlir::Value> MatrixProduct(Node& node, mlir::Value left, mlir::Value right,
                                          mlir::Type accumulator, bool left_unsigned = false,
                                          bool right_unsigned = false);

}  // namespace sinter::legalize

#endif  // SINTER_COMPILER_CORE_LEGALIZE_MATMUL_H_
