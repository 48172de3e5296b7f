// MLIR files as models: what import_model.h is to ONNX, in one step to a TensorModule.
#ifndef SINTER_COMPILER_CORE_IMPORT_MLIR_IMPORT_MLIR_H_
#define SINTER_COMPILER_CORE_IMPORT_MLIR_IMPORT_MLIR_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "compiler_core/ir/diagnostic_sink.h"
#include "compiler_core/ir/modules.h"
#include "mlir/IR/MLIRContext.h"
#include "proto/sinter/v1/options.pb.h"

namespace sinter::import_mlir {

// Of `options` only the shapes are read. The context gets the dialects that it needs; it must
// outlive the module and not be in use elsewhere. Constants are copied out of `bytes`.
// ERRORS: (each with one or more ERROR diagnostics in `sink`, which say line and column)
//   INVALID_ARGUMENT  text that does not parse or verify, or shapes that contradict it
//   UNIMPLEMENTED     dialects, ops, types and forms that are not supported
absl::StatusOr<ir::TensorModule> ImportMlir(mlir::MLIRContext& context, absl::string_view bytes,
                                            const v1::CompileOptions& options,
                                            ir::DiagnosticSink& sink);

}  // namespace sinter::import_mlir

#endif  // SINTER_COMPILER_CORE_IMPORT_MLIR_IMPORT_MLIR_H_
