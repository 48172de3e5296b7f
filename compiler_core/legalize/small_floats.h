// Floats of a byte and less, in the bodies of linalg.generic: they are stored as i8 (the bits of
// the narrower ones at the low end) and computed with in float32. Conversions are integer
// arithmetic, exact to the bit, without tables.
#ifndef SINTER_COMPILER_CORE_LEGALIZE_SMALL_FLOATS_H_
#define SINTER_COMPILER_CORE_LEGALIZE_SMALL_FLOATS_H_

#include "compiler_core/ir/host_tensor.h"
#include "compiler_core/legalize/scalars.h"

namespace sinter::legalize {

bool IsSmallFloat(ir::DType dtype);

// What rounding to a small float does with numbers that it has not.
struct SmallFloatRounding {
  // Past the largest number: it, or else infinity or NaN, whichever the type has.
  bool saturate = true;
  // For float8e8m0, the powers of two; all others round to the nearest, ties to even.
  enum class Mode { kUp, kDown, kNearest } mode = Mode::kUp;
};

// i8 -> f32. REQUIRES (both): IsSmallFloat(dtype).
mlir::Value FromSmallFloat(Scalars& s, mlir::Value bits, ir::DType dtype);
// f32 or f64 -> i8, rounded once.
mlir::Value ToSmallFloat(Scalars& s, mlir::Value real, ir::DType dtype,
                         SmallFloatRounding rounding);

}  // namespace sinter::legalize

#endif  // SINTER_COMPILER_CORE_LEGALIZE_SMALL_FLOATS_H_
