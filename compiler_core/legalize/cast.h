// Conversion between all element types, in the bodies of linalg.generic.
#ifndef SINTER_COMPILER_CORE_LEGALIZE_CAST_H_
#define SINTER_COMPILER_CORE_LEGALIZE_CAST_H_

#include "compiler_core/ir/host_tensor.h"
#include "compiler_core/legalize/scalars.h"
#include "compiler_core/legalize/small_floats.h"

namespace sinter::legalize {

// Integers of 2 and 4 bits, which are stored as the low bits of an i8.
bool IsNarrowInteger(ir::DType dtype);
bool IsUnsignedInteger(ir::DType dtype);  // bool counts: it is stored as 0 or 1
// Bits of an integer; 8 for bool. REQUIRES: an integer or bool.
int BitsOf(ir::DType dtype);

// What a body can compute with: f32 for the small floats, i8 for the narrow integers, else `value`
// itself. `value` is as stored, or already widened to f32.
mlir::Value Unpacked(Scalars& s, mlir::Value value, ir::DType dtype);

// `value`, an element of type `from`, as one of type `to`, by ONNX's rules for Cast: as it is
// stored, or in the type in which 16-bit floats are computed.
mlir::Value CastElement(Scalars& s, mlir::Value value, ir::DType from, ir::DType to,
                        SmallFloatRounding rounding);

}  // namespace sinter::legalize

#endif  // SINTER_COMPILER_CORE_LEGALIZE_CAST_H_
