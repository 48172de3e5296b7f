// A planned model's tables (host_tables.h) and descriptions (sinter_abi.h) as constants of an LLVM
// module.
#ifndef SINTER_COMPILER_CORE_CODEGEN_HOST_TABLE_WRITER_H_
#define SINTER_COMPILER_CORE_CODEGEN_HOST_TABLE_WRITER_H_

#include "absl/status/status.h"
#include "compiler_core/ir/execution_plan.h"
#include "llvm/IR/Module.h"

namespace sinter::codegen {

// Defines `sinter_model_tables` (declared in `module`, which is host_runtime.c) and the exported
// function `sinter_model_v1`, which returns a constant sinter_model. Refers to the model's kernels
// by name and to `sinter_weights` if it has weights. ERRORS: INTERNAL if the plan contradicts
// itself. REQUIRES: the model has no program.
absl::Status WriteTables(const ir::ModelPlan& model, llvm::Module& module);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_HOST_TABLE_WRITER_H_
