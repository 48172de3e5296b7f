// Brings a module into the form that tensor_converter.h takes.
#ifndef SINTER_COMPILER_CORE_IMPORT_MLIR_PREPARE_H_
#define SINTER_COMPILER_CORE_IMPORT_MLIR_PREPARE_H_

#include "absl/status/statusor.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace sinter::import_mlir {

// RETURNS: the model's function: `main`, `forward`, or the only public one; of one block. Other
// functions are inlined where they are called. TOSA ops, named linalg ops and elementwise ops on
// tensors have become linalg.generic; loops with constant bounds are unrolled.
// ERRORS: INVALID_ARGUMENT if there is no such function; UNIMPLEMENTED (unsupported_op) naming an
// op that could not be lowered.
absl::StatusOr<mlir::func::FuncOp> Prepare(mlir::ModuleOp module);

}  // namespace sinter::import_mlir

#endif  // SINTER_COMPILER_CORE_IMPORT_MLIR_PREPARE_H_
