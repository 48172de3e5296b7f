// A plan's kernel calls, sizes and checks as tables: what a planned model and a fragment share.
#ifndef SINTER_COMPILER_CORE_CODEGEN_HOST_CALL_TABLES_H_
#define SINTER_COMPILER_CORE_CODEGEN_HOST_CALL_TABLES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compiler_core/codegen/host/constants.h"
#include "compiler_core/codegen/host/step_list.h"
#include "compiler_core/ir/execution_plan.h"

namespace sinter::codegen {

// Every amount must have been asked for before Work() is, and that before Steps() and num_steps().
// Not thread-safe.
class CallTables {
 public:
  // Borrows `plan` and `constants`. `kernels`: of each of the plan's kernels, its number in the
  // table that the calls index.
  CallTables(const ir::ExecutionPlan& plan, const std::vector<std::string>& symbols,
             std::vector<int32_t> kernels, Constants& constants)
      : plan_(plan), kernels_(std::move(kernels)), constants_(constants), steps_(symbols) {}

  // ERRORS: INTERNAL if the plan contradicts itself.
  absl::Status AddCalls();
  // A sinter_amount.
  absl::StatusOr<llvm::Constant*> Amount(const ir::SymExpr& expr);
  // A sinter_check, to blame on a dimension of an input.
  absl::StatusOr<llvm::Constant*> Check(const ir::SymExpr& non_negative, int32_t input,
                                        int32_t dim);
  absl::StatusOr<llvm::Constant*> OutputDims();
  llvm::Constant* Ranks(const std::vector<ir::ModelValue>& values);
  // A sinter_work_tables. What depends on symbols that the calls don't need is left unknown.
  llvm::Constant* Work();
  llvm::Constant* Steps();
  llvm::Constant* Calls() { return constants_.Array(calls_); }
  llvm::Constant* Slots() { return constants_.Array(slots_); }

  // Without those that only Work() needs.
  size_t num_steps() const { return num_run_steps_; }
  // What Work() needs room for when the model runs.
  size_t work_words() const { return steps_.steps().size() - num_run_steps_ + node_flops_.size(); }
  size_t max_slots() const { return max_slots_; }

 private:
  absl::StatusOr<llvm::Constant*> Slot(const ir::SymExpr& expr, int32_t base);
  absl::StatusOr<int32_t> BaseOf(const ir::BufferRef& buffer) const;
  absl::Status AddCall(const ir::KernelCall& call);
  llvm::Constant* AmountOrUnknown(const ir::SymExpr& expr);
  llvm::Constant* WorkOf(const ir::KernelCall& call);

  const ir::ExecutionPlan& plan_;
  const std::vector<int32_t> kernels_;
  Constants& constants_;
  StepList steps_;
  std::vector<llvm::Constant*> calls_;
  std::vector<llvm::Constant*> slots_;
  std::vector<llvm::Constant*> node_flops_;
  size_t max_slots_ = 0;
  size_t num_run_steps_ = 0;
};

// An array of sinter_steps.
llvm::Constant* StepTable(const std::vector<sinter_step>& steps, Constants& constants);

// All that has to be >= 0 for the signature to hold: an equality is two of these.
std::vector<ir::SymExpr> NonNegative(const ir::Signature& signature);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_HOST_CALL_TABLES_H_
