#include "compiler_core/optimize/plan_model.h"

#include "base/status_macros.h"
#include "compiler_core/optimize/groups.h"
#include "compiler_core/optimize/planner.h"
#include "compiler_core/optimize/simplify.h"

namespace sinter::optimize {

absl::StatusOr<ir::ExecutionPlan> PlanModel(ir::TensorModule module, const v1::Target& target,
                                            const v1::CompileOptions& options,
                                            ir::DiagnosticSink& sink) {
  ir::ModuleParts parts = std::move(module).Take();
  SINTER_RETURN_IF_ERROR(Simplify(*parts.module, parts.constants));
  auto main = parts.module->lookupSymbol<mlir::func::FuncOp>("main");
  ir::ExecutionPlan plan;
  plan.signature = std::move(parts.signature);
  Grouping grouping = FormGroups(main);
  SINTER_RETURN_IF_ERROR(Planner(main, parts.constants, target).Run(grouping, plan));
  plan.constants = std::move(parts.constants);
  return plan;
}

}  // namespace sinter::optimize
