#include "compiler_core/import_mlir/import_mlir.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
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

bool IsMlir(absl::string_view bytes) {
  if (absl::StartsWith(bytes, "ML\xefR")) return true;
  // Comments and blank lines come first.
  for (;;) {
    const size_t start = bytes.find_first_not_of(" \t\r\n");
    if (start == absl::string_view::npos) return false;
    bytes.remove_prefix(start);
    if (!absl::StartsWith(bytes, "//")) break;
    const size_t end = bytes.find('\n');
    if (end == absl::string_view::npos) return false;
    bytes.remove_prefix(end);
  }
  for (absl::string_view start : {"module", "func.func", "#", "!", "\"builtin.module\"", "{-#"}) {
    if (absl::StartsWith(bytes, start)) return true;
  }
  return false;
}

absl::StatusOr<ir::TensorModule> ImportMlir(mlir::MLIRContext& context, absl::string_view bytes,
                                            const v1::CompileOptions& options,
                                            ir::DiagnosticSink& sink) {
  absl::StatusOr<ir::TensorModule> module = Import(context, bytes, options);
  if (!module.ok()) sink.Add(ir::ToDiagnostic(module.status(), v1::Diagnostic::IMPORT));
  return module;
}

}  // namespace sinter::import_mlir
