// Brings a TensorModule into the form that grouping expects: no loops of one iteration, no views of
// views, no views of constants, nothing computed twice or for nothing.
#ifndef SINTER_COMPILER_CORE_OPTIMIZE_SIMPLIFY_H_
#define SINTER_COMPILER_CORE_OPTIMIZE_SIMPLIFY_H_

#include "absl/status/status.h"
#include "compiler_core/ir/host_tensor.h"
#include "mlir/IR/BuiltinOps.h"

namespace sinter::optimize {

// Rewrites `module` in place; constants that folding makes are added to `constants`.
// ERRORS: INTERNAL.
absl::Status Simplify(mlir::ModuleOp module, ir::ConstantTable& constants);

}  // namespace sinter::optimize

#endif  // SINTER_COMPILER_CORE_OPTIMIZE_SIMPLIFY_H_
