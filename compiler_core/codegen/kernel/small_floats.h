// f16 and bf16 as storage: arithmetic on them is done in f32.
#ifndef SINTER_COMPILER_CORE_CODEGEN_KERNEL_SMALL_FLOATS_H_
#define SINTER_COMPILER_CORE_CODEGEN_KERNEL_SMALL_FLOATS_H_

#include "mlir/IR/BuiltinOps.h"

namespace sinter::codegen {

// Rewrites arithmetic on f16 and bf16 into f32 between conversions, and those conversions into
// integer operations: all of bf16's, and f16's too unless the processor has them (`native_f16`).
// Rounds to nearest even. From f64 the conversion goes through f32. Values without conversions of
// the processor's own are then integers of 16 bits, in buffers too.
void WidenSmallFloats(mlir::ModuleOp module, bool native_f16);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_KERNEL_SMALL_FLOATS_H_
