// Between integers and the real numbers that they stand for: real = (integer - zero point) * scale.
// Scalar code for bodies; no operation is contracted with another, so that results are those of
// ONNX's formulas to the bit.
#ifndef SINTER_COMPILER_CORE_LEGALIZE_QUANTIZE_H_
#define SINTER_COMPILER_CORE_LEGALIZE_QUANTIZE_H_

#include "compiler_core/legalize/scalars.h"

namespace sinter::legalize {

// The real number of `integer`, in the type of `scale`. `zero_point` may be null.
mlir::Value Dequantized(Scalars& s, mlir::Value integer, mlir::Value scale, mlir::Value zero_point,
                        bool is_unsigned);

// The integer of type `type` nearest to `real`, ties to even, saturated. `zero_point` may be null.
// REQUIRES: `real` and `scale` of one type; at most 16 bits.
mlir::Value Quantized(Scalars& s, mlir::Value real, mlir::Value scale, mlir::Value zero_point,
                      mlir::Type type, bool is_unsigned);

}  // namespace sinter::legalize

#endif  // SINTER_COMPILER_CORE_LEGALIZE_QUANTIZE_H_
