// A fragment of a program as a table (program_tables.h).
#ifndef SINTER_COMPILER_CORE_CODEGEN_HOST_FRAGMENT_WRITER_H_
#define SINTER_COMPILER_CORE_CODEGEN_HOST_FRAGMENT_WRITER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compiler_core/codegen/host/constants.h"
#include "compiler_core/ir/execution_plan.h"

namespace sinter::codegen {

// What all fragments of a model share, and where this one's part begins.
struct FragmentPlace {
  std::vector<int32_t> kernels;  // of each of its kernels, the number in the table
  llvm::Constant* kernel_table = nullptr;
  llvm::Constant* weights = nullptr;
  int32_t first_call = 0;
};

struct FragmentTable {
  llvm::Constant* table = nullptr;   // a pointer to the sinter_fragment
  std::vector<std::string> symbols;  // in the order in which the step brings their values
  int64_t scratch_words = 0;
};

// For a step that reads and writes slots of these types. Shapes that the program does not show to
// be those that the fragment was planned for are checked at run time.
// ERRORS: INTERNAL if the slots are not what the fragment takes and gives.
absl::StatusOr<FragmentTable> WriteFragment(const ir::ExecutionPlan& plan,
                                            const std::vector<const ir::SlotType*>& inputs,
                                            const std::vector<const ir::SlotType*>& outputs,
                                            const FragmentPlace& place, Constants& constants);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_HOST_FRAGMENT_WRITER_H_
