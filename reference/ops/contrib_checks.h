// Checks for operators that ONNX has no schema of, whose inputs may be of any type.
#ifndef SINTER_REFERENCE_OPS_CONTRIB_CHECKS_H_
#define SINTER_REFERENCE_OPS_CONTRIB_CHECKS_H_

#include <initializer_list>
#include <vector>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "reference/operator.h"

namespace sinter::reference {

// ERRORS: INVALID_ARGUMENT naming an input that is neither of integers nor of floats.
absl::Status CheckNumbers(const Call& call);

// ERRORS: INVALID_ARGUMENT naming one of the inputs that is missing.
absl::Status CheckGiven(const Call& call, std::initializer_list<int> inputs);

// ERRORS: INVALID_ARGUMENT naming one of the inputs that is given and not of a float.
absl::Status CheckFloats(const Call& call, std::initializer_list<int> inputs);

// ERRORS: UNIMPLEMENTED naming one of the inputs that is given, or of the outputs that is wanted.
absl::Status RefuseInputs(const Call& call, std::initializer_list<int> inputs);
absl::Status RefuseOutputs(const Call& call, std::initializer_list<int> outputs);

// ERRORS: UNIMPLEMENTED naming one of the integer attributes that is not zero.
absl::Status RefuseFlags(const Call& call, std::initializer_list<const char*> names);

// An operator for numbers alone.
template <OperatorFunction function>
absl::StatusOr<std::vector<Value>> OfNumbers(const Call& call) {
  SINTER_RETURN_IF_ERROR(CheckNumbers(call));
  return function(call);
}

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_OPS_CONTRIB_CHECKS_H_
