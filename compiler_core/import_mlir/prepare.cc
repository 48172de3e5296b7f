#include "compiler_core/import_mlir/prepare.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/import_mlir/read_mlir.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "mlir/Conversion/TosaToArith/TosaToArith.h"
#include "mlir/Conversion/TosaToLinalg/TosaToLinalg.h"
#include "mlir/Conversion/TosaToTensor/TosaToTensor.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/Extensions/InlinerExtension.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Utils/Utils.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/Dialect/Tosa/Transforms/Passes.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

namespace sinter::import_mlir {
namespace {

using ir::DiagnosticKind;
using mlir::func::FuncOp;

// Longer loops would make too much code.
constexpr int64_t kMaxUnrolled = 256;

absl::StatusOr<FuncOp> FindFunction(mlir::ModuleOp module) {
  std::vector<FuncOp> candidates;
  for (FuncOp function : module.getOps<FuncOp>()) {
    if (function.isDeclaration() || function.isPrivate()) continue;
    if (function.getName() == "main" || function.getName() == "forward") return function;
    candidates.push_back(function);
  }
  if (candidates.size() == 1) return candidates[0];
  return ir::Error(DiagnosticKind::kMalformedModel,
                   absl::StrCat("the module has ", candidates.size(),
                                " public functions, none of them called `main` or `forward`"),
                   "a model is one function");
}

absl::Status RunPasses(mlir::ModuleOp module, mlir::PassManager& passes) {
  std::string first;
  mlir::ScopedDiagnosticHandler collect(module.getContext(), [&](mlir::Diagnostic& diagnostic) {
    if (diagnostic.getSeverity() != mlir::DiagnosticSeverity::Error || !first.empty()) return;
    first = absl::StrCat("at ", PlaceOf(diagnostic.getLocation()), ": ", diagnostic.str());
  });
  if (mlir::succeeded(passes.run(module))) return absl::OkStatus();
  return ir::Error(DiagnosticKind::kUnsupportedOp,
                   first.empty() ? "the module can't be lowered to linalg" : first);
}

absl::Status LowerTosa(mlir::ModuleOp module) {
  bool any = false;
  module.walk([&](mlir::Operation* op) {
    any |= op->getDialect() != nullptr && op->getDialect()->getNamespace() == "tosa";
  });
  if (!any) return absl::OkStatus();
  mlir::PassManager passes(module.getContext());
  mlir::OpPassManager& functions = passes.nest<FuncOp>();
  functions.addPass(mlir::tosa::createTosaInferShapesPass());
  functions.addPass(mlir::tosa::createTosaMakeBroadcastablePass());
  functions.addPass(mlir::tosa::createTosaToLinalgNamed());
  functions.addPass(mlir::createCanonicalizerPass());
  functions.addPass(mlir::tosa::createTosaLayerwiseConstantFoldPass());
  functions.addPass(mlir::tosa::createTosaMakeBroadcastablePass());
  functions.addPass(mlir::tosa::createTosaToLinalg());
  functions.addPass(mlir::tosa::createTosaToArith(/*includeApplyRescale=*/true));
  functions.addPass(mlir::tosa::createTosaToTensor());
  return RunPasses(module, passes);
}

absl::Status UnrollLoops(FuncOp function) {
  std::vector<mlir::scf::ForOp> loops;
  function.walk([&](mlir::scf::ForOp loop) { loops.push_back(loop); });
  for (mlir::scf::ForOp loop : loops) {
    const auto low = mlir::getConstantIntValue(loop.getLowerBound());
    const auto high = mlir::getConstantIntValue(loop.getUpperBound());
    const auto step = mlir::getConstantIntValue(loop.getStep());
    const bool known = low && high && step && *step > 0;
    const int64_t count = known ? (*high - *low + *step - 1) / *step : -1;
    if (known && count >= 1 && count <= kMaxUnrolled &&
        mlir::succeeded(mlir::loopUnrollByFactor(loop, static_cast<uint64_t>(count)))) {
      continue;
    }
    return ir::Error(DiagnosticKind::kUnsupportedOp,
                     absl::StrCat("at ", PlaceOf(loop.getLoc()),
                                  ": `scf.for` is only supported with constant bounds, for up to ",
                                  kMaxUnrolled, " iterations"));
  }
  return absl::OkStatus();
}

// MLIR itself folds them only where they are exact.
void FoldRoundings(FuncOp function) {
  function.walk([](mlir::arith::TruncFOp op) {
    mlir::FloatAttr number;
    if (!mlir::matchPattern(op.getIn(), mlir::m_Constant(&number))) return;
    auto type = mlir::dyn_cast<mlir::FloatType>(op.getType());
    if (!type) return;
    llvm::APFloat value = number.getValue();
    bool inexact = false;
    value.convert(type.getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &inexact);
    mlir::OpBuilder builder(op);
    op.replaceAllUsesWith(
        builder.create<mlir::arith::ConstantOp>(op.getLoc(), mlir::FloatAttr::get(type, value))
            .getResult());
  });
}

// Fills stay: an accumulation that begins with one is told by it.
absl::Status Generalize(FuncOp function) {
  std::vector<mlir::linalg::LinalgOp> named;
  function.walk([&](mlir::linalg::LinalgOp op) {
    if (!mlir::isa<mlir::linalg::GenericOp, mlir::linalg::FillOp>(op)) named.push_back(op);
  });
  mlir::IRRewriter rewriter(function.getContext());
  for (mlir::linalg::LinalgOp op : named) {
    rewriter.setInsertionPoint(op);
    if (mlir::succeeded(mlir::linalg::generalizeNamedOp(rewriter, op))) continue;
    return ir::Error(DiagnosticKind::kUnsupportedOp,
                     absl::StrCat("at ", PlaceOf(op->getLoc()), ": op `",
                                  op->getName().getStringRef().str(), "` is not supported"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<FuncOp> Prepare(mlir::ModuleOp module) {
  mlir::DialectRegistry registry;
  mlir::func::registerInlinerExtension(registry);
  module.getContext()->appendDialectRegistry(registry);
  SINTER_RETURN_IF_ERROR(FindFunction(module).status());
  mlir::PassManager inlining(module.getContext());
  inlining.addPass(mlir::createInlinerPass());
  inlining.addPass(mlir::createCanonicalizerPass());
  SINTER_RETURN_IF_ERROR(RunPasses(module, inlining));
  SINTER_RETURN_IF_ERROR(LowerTosa(module));
  SINTER_ASSIGN_OR_RETURN(FuncOp function, FindFunction(module));
  SINTER_RETURN_IF_ERROR(UnrollLoops(function));
  FoldRoundings(function);
  SINTER_RETURN_IF_ERROR(Generalize(function));
  mlir::PassManager passes(module.getContext());
  mlir::OpPassManager& functions = passes.nest<FuncOp>();
  functions.addPass(mlir::createConvertElementwiseToLinalgPass());
  functions.addPass(mlir::createCanonicalizerPass());
  functions.addPass(mlir::createCSEPass());
  SINTER_RETURN_IF_ERROR(RunPasses(module, passes));
  if (!function.getBody().hasOneBlock()) {
    return ir::Error(DiagnosticKind::kUnsupportedOp,
                     absl::StrCat("at ", PlaceOf(function.getLoc()),
                                  ": control flow between blocks is not supported"));
  }
  return function;
}

}  // namespace sinter::import_mlir
