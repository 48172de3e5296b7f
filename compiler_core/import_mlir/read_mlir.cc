#include "compiler_core/import_mlir/read_mlir.h"

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "llvm/Support/raw_ostream.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"

namespace sinter::import_mlir {

using ir::DiagnosticKind;

std::string PlaceOf(mlir::Location location) {
  if (auto place = location->findInstanceOf<mlir::FileLineColLoc>()) {
    return absl::StrCat(place.getLine(), ":", place.getColumn());
  }
  std::string text;
  llvm::raw_string_ostream(text) << location;
  return text;
}

namespace {

constexpr char kAllowed[] =
    "allowed are the dialects func, arith, math, linalg, tensor, scf, tosa, and of cf `assert`";

// Those that are allowed bring others with them, which the parser then knows too.
absl::Status CheckDialects(mlir::ModuleOp module) {
  static constexpr absl::string_view kNames[] = {"builtin", "func", "arith",  "math", "linalg",
                                                 "tensor",  "scf",  "affine", "tosa", "cf"};
  absl::Status status;
  module.walk([&](mlir::Operation* op) {
    const llvm::StringRef name = op->getName().getDialectNamespace();
    if (absl::c_linear_search(kNames, absl::string_view(name.data(), name.size()))) {
      return mlir::WalkResult::advance();
    }
    status = ir::Error(DiagnosticKind::kUnsupportedOp,
                       absl::StrCat("at ", PlaceOf(op->getLoc()), ": op `",
                                    op->getName().getStringRef().str(), "` is not supported"),
                       kAllowed);
    return mlir::WalkResult::interrupt();
  });
  return status;
}

}  // namespace

absl::StatusOr<mlir::OwningOpRef<mlir::ModuleOp>> ReadMlir(mlir::MLIRContext& context,
                                                           absl::string_view bytes) {
  context.loadDialect<mlir::affine::AffineDialect, mlir::arith::ArithDialect,
                      mlir::cf::ControlFlowDialect, mlir::func::FuncDialect,
                      mlir::linalg::LinalgDialect, mlir::math::MathDialect, mlir::scf::SCFDialect,
                      mlir::tensor::TensorDialect, mlir::tosa::TosaDialect>();
  std::string first, place;
  mlir::ScopedDiagnosticHandler collect(&context, [&](mlir::Diagnostic& diagnostic) {
    if (diagnostic.getSeverity() != mlir::DiagnosticSeverity::Error || !first.empty()) return;
    first = diagnostic.str();
    place = PlaceOf(diagnostic.getLocation());
  });
  mlir::OwningOpRef<mlir::ModuleOp> module = mlir::parseSourceString<mlir::ModuleOp>(
      llvm::StringRef(bytes.data(), bytes.size()), mlir::ParserConfig(&context), "model.mlir");
  if (module) {
    SINTER_RETURN_IF_ERROR(CheckDialects(*module));
    return module;
  }
  // As the parser says it of text and the reader of bytecode.
  const bool dialect = absl::StrContains(first, "not found for custom op") ||
                       absl::StrContains(first, "dialect") ||
                       absl::StrContains(first, "unregistered");
  return ir::Error(
      dialect ? DiagnosticKind::kUnsupportedOp : DiagnosticKind::kMalformedModel,
      absl::StrCat("at ", place, ": ", first.empty() ? "the file is no MLIR module" : first),
      dialect ? kAllowed : "");
}

}  // namespace sinter::import_mlir
