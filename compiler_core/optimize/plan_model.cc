#include "compiler_core/optimize/plan_model.h"

#include "base/status_macros.h"
#include "compiler_core/optimize/groups.h"
#include "compiler_core/optimize/planner.h"
#include "compiler_core/optimize/simplify.h"
#include "compiler_core/optimize/winograd.h"

namespace sinter::optimize {

absl::StatusOr<ir::ExecutionPlan> PlanModel(ir::TensorModule module, const v1::Target& target,
                                            const v1::CompileOptions& options,
                                            ir::DiagnosticSink& sink) {
  ir::ModuleParts parts = std::move(module).Take();
  auto main = parts.module->lookupSymbol<mlir::func::FuncOp>("main");
  if (!main) return absl::InternalError("a TensorModule has no `main`");
  if (options.numerics() == v1::CompileOptions::FAST) UseWinograd(main, parts.constants, target);
  SINTER_RETURN_IF_ERROR(Simplify(*parts.module, parts.constants));
  ir::ExecutionPlan plan;
  plan.signature = std::move(parts.signature);
  Grouping grouping = FormGroups(main);
  SINTER_RETURN_IF_ERROR(Planner(main, parts.constants, target).Run(grouping, plan));
  plan.constants = std::move(parts.constants);
  return plan;
}

}  // namespace sinter::optimize
