// Writes a group down as a kernel: canonical text that is equal for equal work.
#ifndef SINTER_COMPILER_CORE_OPTIMIZE_KERNEL_TEXT_H_
#define SINTER_COMPILER_CORE_OPTIMIZE_KERNEL_TEXT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compiler_core/ir/kernel_schedule.h"
#include "compiler_core/optimize/groups.h"
#include "compiler_core/optimize/memory.h"
#include "proto/sinter/v1/target.pb.h"

namespace sinter::optimize {

struct KernelInput {
  mlir::Value value;  // as the group's members use it
  View view;
  int panel_dim = -1;  // dimension of `value` that is cut into panels, see kernel_spec.h
  int64_t panel_width = 0;
};

struct KernelResult {
  mlir::Value value;  // a member's result
  View view;
};

struct KernelDraft {
  std::string text;
  std::vector<ir::SymExpr> indices;  // what the kernel's own symbols stand for in this call
  ir::SymExpr count;
  ir::SymExpr cost;
};

// `order` has the group's domain dimensions from outermost to innermost, then its reductions.
// ERRORS: INTERNAL.
absl::StatusOr<KernelDraft> WriteKernel(const Group& group, llvm::ArrayRef<int> order,
                                        const std::vector<KernelInput>& inputs,
                                        const std::vector<KernelResult>& results,
                                        const v1::Target& target);

}  // namespace sinter::optimize

#endif  // SINTER_COMPILER_CORE_OPTIMIZE_KERNEL_TEXT_H_
