// Machine code of one kernel, or of a model's host part: a relocatable object in memory.
#ifndef SINTER_COMPILER_CORE_CODEGEN_OBJECT_CODE_H_
#define SINTER_COMPILER_CORE_CODEGEN_OBJECT_CODE_H_

#include <string>

namespace sinter::codegen {

struct ObjectCode {
  std::string name;     // the kernel's symbol, or "host"
  std::string elf;      // or WebAssembly's format, where that is the target
  std::string bitcode;  // the optimized LLVM module; only when asked for
};

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_OBJECT_CODE_H_
