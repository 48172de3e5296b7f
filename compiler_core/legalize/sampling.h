// Reading a tensor between its elements, inside the bodies of generics: each dimension contributes
// some elements with factors, and the result is the sum over all combinations.
#ifndef SINTER_COMPILER_CORE_LEGALIZE_SAMPLING_H_
#define SINTER_COMPILER_CORE_LEGALIZE_SAMPLING_H_

#include <vector>

#include "compiler_core/legalize/scalars.h"
#include "llvm/ADT/ArrayRef.h"

namespace sinter::legalize {

// One element of a dimension.
struct Tap {
  mlir::Value index;   // in range
  mlir::Value inside;  // i1: it counts, else 0 stands for it; null: it always does
  mlir::Value factor;  // null: 1
};
using Taps = std::vector<Tap>;

// A whole number of a float type as an index. What is beyond 2^30 on either side stays there, NaN
// counts as far below.
mlir::Value WholeToIndex(Scalars& s, mlir::Value whole);

// `position` (an index) brought to the nearest end of [0, size).
mlir::Value IntoRange(Scalars& s, mlir::Value position, mlir::Value size);
// i1: `position` (an index) lies in [0, size).
mlir::Value InRange(Scalars& s, mlir::Value position, mlir::Value size);

// The two neighbours of position `x` (a float), with 0 around the tensor.
Taps LinearTaps(Scalars& s, mlir::Value x, mlir::Value size);

// The weighted sum, in `type`, of the elements of `source` at `lead` (its first dimensions) and all
// combinations of `taps` (the others).
mlir::Value Interpolate(Scalars& s, mlir::Value source, const std::vector<mlir::Value>& lead,
                        llvm::ArrayRef<Taps> taps, mlir::Type type, mlir::Value inside = {});

}  // namespace sinter::legalize

#endif  // SINTER_COMPILER_CORE_LEGALIZE_SAMPLING_H_
