// Values and attributes that a program has from the start, as constants of its tables.
#ifndef SINTER_COMPILER_CORE_CODEGEN_HOST_PROGRAM_VALUES_H_
#define SINTER_COMPILER_CORE_CODEGEN_HOST_PROGRAM_VALUES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compiler_core/codegen/host/constants.h"
#include "compiler_core/ir/program.h"
#include "llvm/IR/Module.h"

namespace sinter::codegen {

// Not thread-safe. Borrows what it is given.
class ProgramValues {
 public:
  ProgramValues(llvm::Module& module, Constants& constants)
      : module_(module), constants_(constants) {}

  // The sinter_value of a tensor whose elements are at `data`; where that is null, they are put
  // into the module. A tensor of strings has std::strings as its elements. Its owner is the
  // library's block that is never freed. ERRORS: INTERNAL for more dimensions than a value has.
  absl::StatusOr<llvm::Constant*> Tensor(const ir::HostTensor& tensor, llvm::Constant* data);

  // An array of sinter_attrs.
  absl::StatusOr<llvm::Constant*> Attributes(const std::vector<ir::CallAttribute>& attributes);

  // A pointer to the sinter_type. ERRORS: INTERNAL if its text is no such type.
  absl::StatusOr<llvm::Constant*> Type(const ir::SlotType& type);

 private:
  llvm::Constant* ConstantBlock();
  llvm::Constant* Strings(const std::string* begin, int64_t count);
  absl::StatusOr<llvm::Constant*> Attribute(const ir::CallAttribute& attribute);

  llvm::Module& module_;
  Constants& constants_;
  std::map<std::string, llvm::Constant*> types_;
};

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_HOST_PROGRAM_VALUES_H_
