// The `lower` stage: one kernel's text becomes loops over vectors.
#ifndef SINTER_COMPILER_CORE_LOWER_LOWER_KERNEL_H_
#define SINTER_COMPILER_CORE_LOWER_LOWER_KERNEL_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "proto/sinter/v1/options.pb.h"
#include "proto/sinter/v1/target.pb.h"

namespace sinter::lower {

// Loads the dialects that LowerKernel parses and makes into `context`. Once per context.
void LoadDialects(mlir::MLIRContext& context);

// Turns the text of an ir::Kernel into a LoopModule: one function
//   func.func @kernel(%b0: memref<?xT>, ..., %i0: index, ..., %begin: index, %end: index)
// over scf, arith, math, vector and memref ops that does the iterations [begin, end) of the
// kernel's outermost loop. Thread-safe for distinct contexts. Deterministic.
// ERRORS: INTERNAL if `text` is not a kernel.
absl::StatusOr<mlir::OwningOpRef<mlir::ModuleOp>> LowerKernel(mlir::MLIRContext& context,
                                                              absl::string_view text,
                                                              const v1::Target& target,
                                                              const v1::CompileOptions& options);

}  // namespace sinter::lower

#endif  // SINTER_COMPILER_CORE_LOWER_LOWER_KERNEL_H_
