// Reads MLIR, runs the stages named by flags, prints MLIR: mlir-opt for the compiler's own
// dialects.
#include "compiler_core/dialect/onnx/onnx_dialect.h"
#include "compiler_core/legalize/legalize.h"
#include "compiler_core/tools/legalize_pass.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char** argv) {
  mlir::DialectRegistry registry;
  registry.insert<sinter::onnx::OnnxDialect>();
  sinter::legalize::RegisterDialects(registry);
  mlir::registerPass(sinter::tools::CreateLegalizePass);
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "runs stages of the Sinter compiler on MLIR\n", registry));
}
