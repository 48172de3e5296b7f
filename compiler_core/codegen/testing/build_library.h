// For tests: a model's plan, whose kernels are written as loops, to a library on disk.
#ifndef SINTER_COMPILER_CORE_CODEGEN_TESTING_BUILD_LIBRARY_H_
#define SINTER_COMPILER_CORE_CODEGEN_TESTING_BUILD_LIBRARY_H_

#include <string>

#include "compiler_core/ir/execution_plan.h"
#include "proto/sinter/v1/target.pb.h"

namespace sinter::codegen {

// A built-in target.
v1::Target Named(const char* name);

// Compiles and links the model, the texts of whose kernels are LoopModules, to a file of this name
// in the test's folder. RETURNS: its path. What fails is a failure of the test.
std::string BuildLibrary(const ir::ModelPlan& model, const v1::Target& target,
                         const std::string& name);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_TESTING_BUILD_LIBRARY_H_
