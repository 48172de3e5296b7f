// Functions of f64, within a few units in the last place (Pow: relative error up to 1e-13 where the
// result is very large or very small; sin, cos and tan: |x| up to 1e9).
#ifndef SINTER_COMPILER_CORE_CODEGEN_KERNEL_MATH_F64_H_
#define SINTER_COMPILER_CORE_CODEGEN_KERNEL_MATH_F64_H_

#include "compiler_core/codegen/kernel/math_builder.h"

namespace sinter::codegen {

mlir::Value ExpF64(MathBuilder& b, mlir::Value x);
mlir::Value Exp2F64(MathBuilder& b, mlir::Value x);
mlir::Value Expm1F64(MathBuilder& b, mlir::Value x);
mlir::Value LogF64(MathBuilder& b, mlir::Value x);
mlir::Value Log2F64(MathBuilder& b, mlir::Value x);
mlir::Value Log10F64(MathBuilder& b, mlir::Value x);
mlir::Value Log1pF64(MathBuilder& b, mlir::Value x);
mlir::Value SinF64(MathBuilder& b, mlir::Value x);
mlir::Value CosF64(MathBuilder& b, mlir::Value x);
mlir::Value TanF64(MathBuilder& b, mlir::Value x);
mlir::Value AsinF64(MathBuilder& b, mlir::Value x);
mlir::Value AcosF64(MathBuilder& b, mlir::Value x);
mlir::Value AtanF64(MathBuilder& b, mlir::Value x);
mlir::Value Atan2F64(MathBuilder& b, mlir::Value y, mlir::Value x);
mlir::Value SinhF64(MathBuilder& b, mlir::Value x);
mlir::Value CoshF64(MathBuilder& b, mlir::Value x);
mlir::Value TanhF64(MathBuilder& b, mlir::Value x);
mlir::Value AsinhF64(MathBuilder& b, mlir::Value x);
mlir::Value AcoshF64(MathBuilder& b, mlir::Value x);
mlir::Value AtanhF64(MathBuilder& b, mlir::Value x);
mlir::Value ErfF64(MathBuilder& b, mlir::Value x);
mlir::Value CbrtF64(MathBuilder& b, mlir::Value x);
mlir::Value PowF64(MathBuilder& b, mlir::Value x, mlir::Value y);
// The remainder of the division x / y truncated, as C's fmod.
mlir::Value RemF64(MathBuilder& b, mlir::Value x, mlir::Value y);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_KERNEL_MATH_F64_H_
