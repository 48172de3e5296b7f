#include "compiler_core/tools/legalize_pass.h"

#include <string>
#include <utility>

#include "base/status_macros.h"
#include "compiler_core/ir/modules.h"
#include "compiler_core/legalize/legalize.h"
#include "compiler_core/tools/constants_attr.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace sinter::tools {

namespace {

// What importing would have given: the stage only looks at how many values the signature has.
ir::ModuleParts PartsOf(mlir::ModuleOp module) {
  ir::ModuleParts parts;
  parts.module = module.clone();
  parts.constants = ReadConstants(module);
  if (auto main = module.lookupSymbol<mlir::func::FuncOp>("main")) {
    parts.signature.inputs.resize(main.getNumArguments());
    parts.signature.outputs.resize(main.getNumResults());
  }
  return parts;
}

absl::StatusOr<ir::ModuleParts> Run(mlir::ModuleOp module, ir::DiagnosticSink& diagnostics) {
  SINTER_ASSIGN_OR_RETURN(ir::OnnxModule onnx, ir::OnnxModule::Create(PartsOf(module)));
  SINTER_ASSIGN_OR_RETURN(ir::TensorModule tensor,
                          legalize::Legalize(std::move(onnx), diagnostics));
  return std::move(tensor).Take();
}

class LegalizePass : public mlir::PassWrapper<LegalizePass, mlir::OperationPass<mlir::ModuleOp>> {
 public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(LegalizePass)
  llvm::StringRef getArgument() const override { return "sinter-legalize"; }
  llvm::StringRef getDescription() const override { return "ONNX ops to linalg and views"; }

  void getDependentDialects(mlir::DialectRegistry& registry) const override {
    legalize::RegisterDialects(registry);
  }

  void runOnOperation() override {
    mlir::ModuleOp module = getOperation();
    ir::DiagnosticSink diagnostics;
    absl::StatusOr<ir::ModuleParts> parts = Run(module, diagnostics);
    for (const v1::Diagnostic& diagnostic : diagnostics.diagnostics()) {
      module.emitError("node ") << diagnostic.node() << ": " << diagnostic.message();
    }
    if (!parts.ok()) {
      module.emitError(std::string(parts.status().message()));
      return signalPassFailure();
    }
    module.getBodyRegion().takeBody(parts->module->getBodyRegion());
    WriteConstants(module, parts->constants);
  }
};

}  // namespace

std::unique_ptr<mlir::Pass> CreateLegalizePass() { return std::make_unique<LegalizePass>(); }

}  // namespace sinter::tools
