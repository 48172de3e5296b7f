// What sinter_abi.h says of a model, and what its tables share: descriptions, kernels, weights.
#ifndef SINTER_COMPILER_CORE_CODEGEN_HOST_MODEL_INFO_H_
#define SINTER_COMPILER_CORE_CODEGEN_HOST_MODEL_INFO_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "compiler_core/codegen/host/constants.h"
#include "compiler_core/ir/execution_plan.h"
#include "llvm/IR/Module.h"

namespace sinter::codegen {

// A sinter_value_info. `shape` is null where the rank is not known.
llvm::Constant* ValueInfo(const std::string& name, ir::DType dtype, const ir::SymShape* shape,
                          Constants& constants);

// What a model says of its kernel calls.
struct CallInfos {
  llvm::Constant* calls;  // sinter_kernel_call_infos
  llvm::Constant* ops;    // texts
};

// A call of a function of the library.
struct LibraryCall {
  std::string function;  // as ir::Step
  std::string node;
};

// Those of all fragments, one after another, then the library's.
CallInfos DescribeCalls(const std::vector<ir::ExecutionPlan>& fragments,
                        const std::vector<LibraryCall>& library_calls, Constants& constants);

// An array of the kernels' addresses.
llvm::Constant* KernelTable(const std::vector<const ir::Kernel*>& kernels, llvm::Module& module,
                            Constants& constants);

// The hidden symbol `sinter_weights`, which the weights' object defines.
llvm::Constant* WeightsSymbol(llvm::Module& module);

// Gives `value` to the table that the module (one of C) declares. ERRORS: INTERNAL if it does not.
absl::Status DefineTable(absl::string_view name, llvm::Constant* value, llvm::Module& module);

// Defines the exported function, which returns the sinter_model of these members; the second is
// its size, which is set here.
void DefineModel(std::vector<llvm::Constant*> members, llvm::Module& module);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_HOST_MODEL_INFO_H_
