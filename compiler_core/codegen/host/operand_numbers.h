// How the tables of a program number its values, and how long they live.
#ifndef SINTER_COMPILER_CORE_CODEGEN_HOST_OPERAND_NUMBERS_H_
#define SINTER_COMPILER_CORE_CODEGEN_HOST_OPERAND_NUMBERS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "compiler_core/ir/program.h"

namespace sinter::codegen {

// Numbers as program_tables.h says: slots that the program writes, its inputs first, then the
// constants.
struct OperandNumbers {
  struct Step {
    std::vector<int32_t> inputs, outputs;
    std::vector<int32_t> released;  // nobody reads them after this step, nor are they outputs
  };
  std::vector<int> slots;  // of each number below the constants', the program's slot; -1 for one
                           // that takes what a fragment computes and nobody wants
  std::vector<Step> steps;
  std::vector<int32_t> outputs;
};

// ERRORS: INTERNAL if the program has no such slot or constant, writes a slot twice, or reads one
// that is not written yet.
absl::StatusOr<OperandNumbers> NumberOperands(const ir::Program& program);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_HOST_OPERAND_NUMBERS_H_
