// Functions of f32 that models are full of, in f32 arithmetic: within 2 units in the last place.
// The rarer ones go through f64 (math_f64.h), which makes them exact but for rounding.
#ifndef SINTER_COMPILER_CORE_CODEGEN_KERNEL_MATH_F32_H_
#define SINTER_COMPILER_CORE_CODEGEN_KERNEL_MATH_F32_H_

#include "compiler_core/codegen/kernel/math_builder.h"

namespace sinter::codegen {

// Results below the smallest normal number (1.2e-38) are 0.
mlir::Value ExpF32(MathBuilder& b, mlir::Value x);
mlir::Value LogF32(MathBuilder& b, mlir::Value x);
mlir::Value TanhF32(MathBuilder& b, mlir::Value x);
mlir::Value ErfF32(MathBuilder& b, mlir::Value x);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_KERNEL_MATH_F32_H_
