// Between integers (or small floats) and the real numbers that they stand for:
// real = (stored - zero point) * scale.
//
// Scalar code for bodies. No operation is contracted with another, so that results are those of
// ONNX's formulas to the bit.
#ifndef SINTER_COMPILER_CORE_LEGALIZE_QUANTIZE_H_
#define SINTER_COMPILER_CORE_LEGALIZE_QUANTIZE_H_

#include "absl/status/statusor.h"
#include "compiler_core/ir/host_tensor.h"
#include "compiler_core/legalize/node.h"

namespace sinter::legalize {

// `stored`, an element of type `dtype`, less `zero_point` (may be null), times `scale`. Computed in
// the type of `scale`.
mlir::Value Dequantized(Scalars& s, mlir::Value stored, mlir::Value scale, mlir::Value zero_point,
                        ir::DType dtype);

// `quotient`, a number in units of the scale, as an element of type `dtype`: integers are rounded
// to nearest, ties to even, before `zero_point` (may be null) is added; then saturated. NaN becomes
// the lowest integer. REQUIRES: at most 16 bits.
mlir::Value Quantized(Scalars& s, mlir::Value quotient, mlir::Value zero_point, ir::DType dtype,
                      bool saturate = true);

// Whether Quantized() makes elements of this type.
bool IsQuantizedType(ir::DType dtype);

}  // namespace sinter::legalize

#endif  // SINTER_COMPILER_CORE_LEGALIZE_QUANTIZE_H_
