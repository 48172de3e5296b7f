// MLIR text or bytecode as a module of the dialects that models may be written in.
#ifndef SINTER_COMPILER_CORE_IMPORT_MLIR_READ_MLIR_H_
#define SINTER_COMPILER_CORE_IMPORT_MLIR_READ_MLIR_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

namespace sinter::import_mlir {

// "12:7": line and column, where the location is one of a file; else its text.
std::string PlaceOf(mlir::Location location);

// ERRORS: INVALID_ARGUMENT (malformed_model), UNIMPLEMENTED (unsupported_op) for a dialect that is
// not allowed; both with the place.
absl::StatusOr<mlir::OwningOpRef<mlir::ModuleOp>> ReadMlir(mlir::MLIRContext& context,
                                                           absl::string_view bytes);

}  // namespace sinter::import_mlir

#endif  // SINTER_COMPILER_CORE_IMPORT_MLIR_READ_MLIR_H_
