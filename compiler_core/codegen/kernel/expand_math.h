// Math functions as formulas, so that no kernel calls a library.
#ifndef SINTER_COMPILER_CORE_CODEGEN_KERNEL_EXPAND_MATH_H_
#define SINTER_COMPILER_CORE_CODEGEN_KERNEL_EXPAND_MATH_H_

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/LogicalResult.h"

namespace sinter::codegen {

// Replaces every operation of the math dialect, and arith.remf, that processors have no instruction
// for, on f32, f64 and vectors of them. What stays: absolute values, roundings but `round`, sqrt,
// copysign, fma and bit counts.
// REQUIRES: no f16 or bf16 arithmetic is left (small_floats.h).
// On failure there is an operation without an expansion, which is emitted as an MLIR error.
mlir::LogicalResult ExpandMath(mlir::ModuleOp module);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_KERNEL_EXPAND_MATH_H_
