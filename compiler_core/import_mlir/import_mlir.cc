#include "compiler_core/import_mlir/import_mlir.h"

#include <utility>

#include "base/status_macros.h"
#include "compiler_core/dialect/core/core.h"
#include "compiler_core/import_mlir/prepare.h"
#include "compiler_core/import_mlir/read_mlir.h"
#include "compiler_core/import_mlir/tensor_converter.h"
#include "compiler_core/ir/diagnostic_kind.h"

namespace sinter::import_mlir {
namespace {

absl::StatusOr<ir::TensorModule> Import(mlir::MLIRContext& context, absl::string_view bytes,
                                        const v1::CompileOptions& options) {
  SINTER_ASSIGN_OR_RETURN(mlir::OwningOpRef<mlir::ModuleOp> module, ReadMlir(context, bytes));
  SINTER_ASSIGN_OR_RETURN(mlir::func::FuncOp function, Prepare(*module));
  context.loadDialect<core::SinterDialect>();
  return ConvertToTensorModule(function, options);
}

}  // namespace

absl::StatusOr<ir::TensorModule> ImportMlir(mlir::MLIRContext& context, absl::string_view bytes,
                                            const v1::CompileOptions& options,
                                            ir::DiagnosticSink& sink) {
  absl::StatusOr<ir::TensorModule> module = Import(context, bytes, options);
  if (!module.ok()) sink.Add(ir::ToDiagnostic(module.status(), v1::Diagnostic::IMPORT));
  return module;
}

}  // namespace sinter::import_mlir
