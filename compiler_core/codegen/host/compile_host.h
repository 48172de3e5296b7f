// The host part of a model: metadata, plan() and run() or run_values(), the one exported symbol.
#ifndef SINTER_COMPILER_CORE_CODEGEN_HOST_COMPILE_HOST_H_
#define SINTER_COMPILER_CORE_CODEGEN_HOST_COMPILE_HOST_H_

#include "absl/status/statusor.h"
#include "compiler_core/codegen/object_code.h"
#include "compiler_core/ir/execution_plan.h"
#include "proto/sinter/v1/target.pb.h"

namespace sinter::codegen {

// Makes the object that calls the model's kernels (by their names) as runtime/sinter_abi.h says. A
// model with a program brings along the functions of the library that it calls. But for these, size
// and time depend on the model only through tables of constants. Thread-safe.
// ERRORS: INTERNAL if the model contradicts itself or calls a function that the library lacks;
// UNIMPLEMENTED for an unknown target.
absl::StatusOr<ObjectCode> CompileHost(const ir::ModelPlan& model, const v1::Target& target,
                                       bool keep_bitcode);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_HOST_COMPILE_HOST_H_
