// The C function through which the host part calls a kernel.
#ifndef SINTER_COMPILER_CORE_CODEGEN_KERNEL_KERNEL_ENTRY_H_
#define SINTER_COMPILER_CORE_CODEGEN_KERNEL_KERNEL_ENTRY_H_

#include <string>
#include <vector>

#include "llvm/IR/Module.h"

namespace sinter::codegen {

// What a LoopModule's function takes, before begin and end.
enum class KernelArgument { kBuffer, kIndex };

// Adds the hidden function  void NAME(void** slots, int64_t begin, int64_t end)  to `module`, which
// holds `body`, the LLVM form of a LoopModule's function: five descriptor arguments for each
// buffer, one for each index, then begin and end. A slot is as wide as a pointer, which the
// module's data layout tells. The body becomes internal; its buffers don't alias.
void AddKernelEntry(const std::vector<KernelArgument>& arguments, const std::string& name,
                    llvm::Function& body, llvm::Module& module);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_KERNEL_KERNEL_ENTRY_H_
