// The tables (program_tables.h) and descriptions (sinter_abi.h) of a model that can't be planned as
// a whole, as constants of an LLVM module.
#ifndef SINTER_COMPILER_CORE_CODEGEN_HOST_PROGRAM_WRITER_H_
#define SINTER_COMPILER_CORE_CODEGEN_HOST_PROGRAM_WRITER_H_

#include "absl/status/status.h"
#include "compiler_core/ir/execution_plan.h"
#include "llvm/IR/Module.h"

namespace sinter::codegen {

// Defines `sinter_model_program` (declared in `module`, which is the driver's C) and the exported
// function `sinter_model_v1`. Refers to kernels and functions of the library by their names and to
// `sinter_weights` if there are weights. ERRORS: INTERNAL if the model contradicts itself.
// REQUIRES: the model has a program.
absl::Status WriteProgramTables(const ir::ModelPlan& model, llvm::Module& module);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_HOST_PROGRAM_WRITER_H_
