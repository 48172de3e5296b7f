// Reading tensors at computed positions, inside the bodies of generics.
#ifndef SINTER_COMPILER_CORE_LEGALIZE_INDEXING_H_
#define SINTER_COMPILER_CORE_LEGALIZE_INDEXING_H_

#include <vector>

#include "compiler_core/dialect/core/core.h"
#include "compiler_core/legalize/scalars.h"

namespace sinter::legalize {

// The element of `tensor` (made outside the body) at `indices`, which must be in range.
mlir::Value Extract(Scalars& s, mlir::Value tensor, const std::vector<mlir::Value>& indices);

// An ONNX index, signed and counted from the end if negative, as a position in [0, size). What is
// out of range goes to the nearest end: a model that does this is wrong, but must not read beyond.
mlir::Value Position(Scalars& s, mlir::Value index, mlir::Value size);

}  // namespace sinter::legalize

#endif  // SINTER_COMPILER_CORE_LEGALIZE_INDEXING_H_
