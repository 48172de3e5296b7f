// The `legalize` stage as a pass of sinter_opt, `--sinter-legalize`.
#ifndef SINTER_COMPILER_CORE_TOOLS_LEGALIZE_PASS_H_
#define SINTER_COMPILER_CORE_TOOLS_LEGALIZE_PASS_H_

#include <memory>

#include "mlir/Pass/Pass.h"

namespace sinter::tools {

// Constants come from and go to the module's attribute (constants_attr.h). Diagnostics of the stage
// are emitted as errors of the module.
std::unique_ptr<mlir::Pass> CreateLegalizePass();

}  // namespace sinter::tools

#endif  // SINTER_COMPILER_CORE_TOOLS_LEGALIZE_PASS_H_
