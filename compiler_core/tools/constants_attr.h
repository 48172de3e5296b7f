// A module's ConstantTable as text, for tests: the attribute `sinter.constants` of the module, a
// list of dense<...> in the order of their ids.
#ifndef SINTER_COMPILER_CORE_TOOLS_CONSTANTS_ATTR_H_
#define SINTER_COMPILER_CORE_TOOLS_CONSTANTS_ATTR_H_

#include "compiler_core/ir/host_tensor.h"
#include "mlir/IR/BuiltinOps.h"

namespace sinter::tools {

// The table that the attribute describes; empty if there is none. Elements are stored as a model
// would (one byte for a bool).
ir::ConstantTable ReadConstants(mlir::ModuleOp module);

// Sets the attribute. Constants of more than 64 elements are written as "elided".
void WriteConstants(mlir::ModuleOp module, const ir::ConstantTable& constants);

}  // namespace sinter::tools

#endif  // SINTER_COMPILER_CORE_TOOLS_CONSTANTS_ATTR_H_
