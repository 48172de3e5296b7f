// The C that every model brings along, compiled to LLVM bitcode with the compiler: once for targets
// with pointers of 64 bits, and once for WebAssembly, whose pointers have 32.
#ifndef SINTER_COMPILER_CORE_CODEGEN_HOST_BITCODE_H_
#define SINTER_COMPILER_CORE_CODEGEN_HOST_BITCODE_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/TargetParser/Triple.h"

namespace sinter::codegen {

// plan() and run(): host_runtime.c. ERRORS: INTERNAL if it can't be read.
absl::StatusOr<std::unique_ptr<llvm::Module>> ParseHostRuntime(const llvm::Triple& triple,
                                                               llvm::LLVMContext& context);

// run_values(): host_program.c. ERRORS: INTERNAL if it can't be read.
absl::StatusOr<std::unique_ptr<llvm::Module>> ParseHostProgram(const llvm::Triple& triple,
                                                               llvm::LLVMContext& context);

// Adds what the module, one of those above, needs of compiler_core/library, and the functions that
// LLVM may make calls of. What was added has no use outside, so that it can be inlined or dropped.
// ERRORS: INTERNAL if the module calls an operator that the library does not have.
absl::Status LinkLibrary(llvm::Module& module);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_HOST_BITCODE_H_
