// From loops over vectors to the LLVM dialect.
#ifndef SINTER_COMPILER_CORE_CODEGEN_KERNEL_CONVERT_TO_LLVM_H_
#define SINTER_COMPILER_CORE_CODEGEN_KERNEL_CONVERT_TO_LLVM_H_

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/LogicalResult.h"

namespace sinter::codegen {

// Rewrites `module` (scf, arith, math, vector, memref, index and func ops) in place into the LLVM
// dialect alone. A memref argument becomes MLIR's five descriptor arguments. Fused multiply-adds
// become llvm.intr.fmuladd: fused where the target can, else two operations and never a call.
// `reassociate` lets the sum of a vector be taken in any order.
// On failure the reason is emitted as an MLIR diagnostic.
mlir::LogicalResult ConvertToLlvm(mlir::ModuleOp module, bool reassociate);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_KERNEL_CONVERT_TO_LLVM_H_
