// Size expressions as the step list that host_runtime.c evaluates.
#ifndef SINTER_COMPILER_CORE_CODEGEN_HOST_STEP_LIST_H_
#define SINTER_COMPILER_CORE_CODEGEN_HOST_STEP_LIST_H_

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "compiler_core/codegen/host/host_tables.h"
#include "compiler_core/ir/sym_expr.h"

namespace sinter::codegen {

// Collects expressions; each distinct subexpression becomes one step. Not thread-safe.
class StepList {
 public:
  // `symbols` in the order of the values that eval_shapes() fills.
  explicit StepList(const std::vector<std::string>& symbols);

  // `expr` as a constant plus a value, so that offsets from one start share a step.
  // ERRORS: INTERNAL naming a symbol that no input dimension gives.
  absl::StatusOr<sinter_amount> AmountOf(const ir::SymExpr& expr);

  const std::vector<sinter_step>& steps() const { return steps_; }

 private:
  absl::StatusOr<int32_t> ValueOf(const ir::SymExpr& expr);
  absl::StatusOr<int32_t> ValueOfAtom(const ir::SymExpr::Atom& atom);
  // The sum of all terms but the constant one, which goes to `constant`.
  absl::StatusOr<int32_t> SumOf(const ir::SymExpr& expr, int64_t* constant);
  int32_t Add(sinter_step_kind kind, int32_t lhs, int32_t rhs, int64_t immediate = 0);

  std::map<std::string, int32_t> symbols_;
  std::vector<sinter_step> steps_;
  std::map<std::tuple<int, int32_t, int32_t, int64_t>, int32_t> known_steps_;
  std::map<std::string, sinter_amount> known_amounts_;
};

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_HOST_STEP_LIST_H_
