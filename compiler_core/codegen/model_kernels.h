// The distinct kernels of all of a model's fragments.
#ifndef SINTER_COMPILER_CORE_CODEGEN_MODEL_KERNELS_H_
#define SINTER_COMPILER_CORE_CODEGEN_MODEL_KERNELS_H_

#include <set>
#include <string>
#include <vector>

#include "compiler_core/ir/execution_plan.h"

namespace sinter::codegen {

// One of each name (which is a digest of the text), in order of appearance. Borrows from `model`.
inline std::vector<const ir::Kernel*> KernelsOf(const ir::ModelPlan& model) {
  std::vector<const ir::Kernel*> kernels;
  std::set<std::string> names;
  for (const ir::ExecutionPlan& fragment : model.fragments) {
    for (const ir::Kernel& kernel : fragment.kernels) {
      if (names.insert(kernel.name).second) kernels.push_back(&kernel);
    }
  }
  return kernels;
}

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_MODEL_KERNELS_H_
