// The second phase: an ONNX graph becomes tensor arithmetic.
//
// One walk over `main`, in order; each node is replaced by what the function for its op emits
// (lowerings.h). Logical layouts stay as ONNX has them; nothing is fused or reordered.
#ifndef SINTER_COMPILER_CORE_LEGALIZE_LEGALIZE_H_
#define SINTER_COMPILER_CORE_LEGALIZE_LEGALIZE_H_

#include "absl/status/statusor.h"
#include "compiler_core/ir/diagnostic_sink.h"
#include "compiler_core/ir/modules.h"
#include "mlir/IR/DialectRegistry.h"

namespace sinter::legalize {

// ERRORS: UNIMPLEMENTED if some node can't be lowered; `diagnostics` then has an ERROR for each
// such node, not only for the first. INTERNAL if a lowering broke the invariant of TensorModule.
absl::StatusOr<ir::TensorModule> Legalize(ir::OnnxModule module, ir::DiagnosticSink& diagnostics);

// Adds the dialects that Legalize() makes ops of.
void RegisterDialects(mlir::DialectRegistry& registry);

}  // namespace sinter::legalize

#endif  // SINTER_COMPILER_CORE_LEGALIZE_LEGALIZE_H_
