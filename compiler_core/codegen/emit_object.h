// LLVM IR to machine code: the optimization pipeline and the object writer, for kernels and host.
#ifndef SINTER_COMPILER_CORE_CODEGEN_EMIT_OBJECT_H_
#define SINTER_COMPILER_CORE_CODEGEN_EMIT_OBJECT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compiler_core/codegen/object_code.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

namespace sinter::codegen {

struct EmitOptions {
  std::string passes = "default<O2>";  // as `opt -passes` takes them
  int vector_bits = 0;                 // the width that vectors may have; 0 leaves it to LLVM
  bool keep_bitcode = false;
};

// Optimizes `module` and writes it as an object. No call to a C library is made up on the way;
// those to memcpy, memset and memmove can't be ruled out and are answered by the host object.
// ERRORS: INVALID_ARGUMENT for passes that LLVM does not know; INTERNAL if there is no object
// writer.
absl::StatusOr<ObjectCode> EmitObject(llvm::Module& module, llvm::TargetMachine& machine,
                                      const EmitOptions& options);

// The assembly text of an optimized module.
absl::StatusOr<std::string> EmitAssembly(llvm::Module& module, llvm::TargetMachine& machine);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_EMIT_OBJECT_H_
