// Where a model's weights lie in its one section: each fragment's, and the constants of programs.
#ifndef SINTER_COMPILER_CORE_CODEGEN_WEIGHTS_WEIGHT_LAYOUT_H_
#define SINTER_COMPILER_CORE_CODEGEN_WEIGHTS_WEIGHT_LAYOUT_H_

#include <cstdint>
#include <map>
#include <vector>

#include "compiler_core/ir/execution_plan.h"

namespace sinter::codegen {

// What code reaches with 32-bit displacements past the weights.
inline constexpr int64_t kMaxNearWeightBytes = (int64_t{1} << 31) - (1 << 20);

struct WeightLayout {
  std::vector<int64_t> fragments;  // the start of each fragment's weights
  // By constant of each program. -1: it is not here, being of strings, empty, or in no slot.
  std::map<const ir::Program*, std::vector<int64_t>> constants;
  int64_t bytes = 0;
};

// One after another at multiples of 64, in the order of the fragments, then of the programs.
WeightLayout LayOutWeights(const ir::ModelPlan& model);

// The model's program and all below it, each before its own. Empty without a program.
std::vector<const ir::Program*> ProgramsOf(const ir::ModelPlan& model);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_WEIGHTS_WEIGHT_LAYOUT_H_
