// Computes what a TensorModule means, element by element, with no regard for speed. The judge of
// the lowerings before any code is generated, and of the code generator after.
#ifndef SINTER_COMPILER_CORE_LEGALIZE_TESTING_INTERPRETER_H_
#define SINTER_COMPILER_CORE_LEGALIZE_TESTING_INTERPRETER_H_

#include <vector>

#include "absl/status/statusor.h"
#include "compiler_core/ir/modules.h"

namespace sinter::legalize {

// The outputs for `inputs` (in the order of the signature). Free dimensions get their sizes from
// the inputs' shapes. ERRORS: INVALID_ARGUMENT if the inputs don't fit the signature; UNIMPLEMENTED
// naming an op that the interpreter lacks.
absl::StatusOr<std::vector<ir::HostTensor>> Evaluate(ir::TensorModule& module,
                                                     const std::vector<ir::HostTensor>& inputs);

}  // namespace sinter::legalize

#endif  // SINTER_COMPILER_CORE_LEGALIZE_TESTING_INTERPRETER_H_
