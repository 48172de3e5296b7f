// The `optimize` stage: a TensorModule becomes kernels, memory and an order to run them in.
#ifndef SINTER_COMPILER_CORE_OPTIMIZE_PLAN_MODEL_H_
#define SINTER_COMPILER_CORE_OPTIMIZE_PLAN_MODEL_H_

#include "absl/status/statusor.h"
#include "compiler_core/ir/diagnostic_sink.h"
#include "compiler_core/ir/execution_plan.h"
#include "compiler_core/ir/modules.h"
#include "proto/sinter/v1/options.pb.h"
#include "proto/sinter/v1/target.pb.h"

namespace sinter::optimize {

// Fuses operations into kernels, gives every tensor a memory layout, packs the weights for their
// kernels, and places all buffers in one arena. Deterministic.
// ERRORS: UNIMPLEMENTED (with diagnostics in `sink`), INTERNAL.
absl::StatusOr<ir::ExecutionPlan> PlanModel(ir::TensorModule module, const v1::Target& target,
                                            const v1::CompileOptions& options,
                                            ir::DiagnosticSink& sink);

}  // namespace sinter::optimize

#endif  // SINTER_COMPILER_CORE_OPTIMIZE_PLAN_MODEL_H_
