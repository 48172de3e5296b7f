// Element types of MLIR files: as ONNX numbers them, and as TensorModules store them.
#ifndef SINTER_COMPILER_CORE_IMPORT_MLIR_ELEMENT_TYPES_H_
#define SINTER_COMPILER_CORE_IMPORT_MLIR_ELEMENT_TYPES_H_

#include <optional>

#include "absl/status/statusor.h"
#include "compiler_core/ir/host_tensor.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

namespace sinter::import_mlir {

// ERRORS: UNIMPLEMENTED (unsupported_type).
absl::StatusOr<ir::DType> DTypeOf(mlir::Type element);

// i1 is stored as i8 holding 0 or 1, all else as it is.
mlir::Type StoredType(mlir::Type element);

// The numbers of a constant. They are copied, as the attribute goes with its context.
// ERRORS: UNIMPLEMENTED (unsupported_type) for sparse and other forms.
absl::StatusOr<ir::HostTensor> ReadConstant(mlir::ElementsAttr elements);

// A number of `element`'s type as one of its stored type.
mlir::TypedAttr StoredNumber(mlir::TypedAttr number);

}  // namespace sinter::import_mlir

#endif  // SINTER_COMPILER_CORE_IMPORT_MLIR_ELEMENT_TYPES_H_
