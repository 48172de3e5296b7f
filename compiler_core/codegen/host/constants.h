// C initializers in LLVM: strings, numbers, structs and arrays of them as private constants.
#ifndef SINTER_COMPILER_CORE_CODEGEN_HOST_CONSTANTS_H_
#define SINTER_COMPILER_CORE_CODEGEN_HOST_CONSTANTS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/Module.h"

namespace sinter::codegen {

// Makes constants in one module, which must outlive it. Structs are laid out as C does.
class Constants {
 public:
  explicit Constants(llvm::Module& module) : module_(module), context_(module.getContext()) {}

  llvm::Constant* I32(int32_t value);
  llvm::Constant* I64(int64_t value);
  llvm::Constant* Null();
  // A pointer to a terminated string; equal ones are shared. A zero byte ends it early.
  llvm::Constant* String(absl::string_view text);
  llvm::Constant* Struct(const std::vector<llvm::Constant*>& members);
  // A pointer to a constant of that value.
  llvm::Constant* Pointer(llvm::Constant* value) { return Global(value); }
  // A pointer to an array of `elements`, all of one type; null if there are none.
  llvm::Constant* Array(const std::vector<llvm::Constant*>& elements);
  llvm::Constant* Int32Array(const std::vector<int32_t>& values);
  llvm::Constant* Int64Array(const std::vector<int64_t>& values);
  llvm::Constant* FloatArray(const std::vector<float>& values);
  // A pointer to a copy of the bytes, aligned to 64; null if there are none.
  llvm::Constant* Bytes(absl::string_view bytes);
  llvm::Constant* StringArray(const std::vector<std::string>& values);

 private:
  llvm::GlobalVariable* Global(llvm::Constant* value, bool is_string = false);

  llvm::Module& module_;
  llvm::LLVMContext& context_;
  std::map<std::string, llvm::Constant*> strings_;
};

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_HOST_CONSTANTS_H_
