// Judges a computed value by the one that an ONNX test case expects.
#ifndef SINTER_REFERENCE_TOOLS_COMPARE_H_
#define SINTER_REFERENCE_TOOLS_COMPARE_H_

#include "absl/status/status.h"
#include "reference/value.h"

namespace sinter::reference {

struct Tolerance {
  double relative = 1e-3;
  double absolute = 1e-7;
  // How many units in the last place a float of less than 32 bits may be off.
  int units = 1;
  // The values are random by definition: only type and shape are compared.
  bool only_shape = false;
};

// Floats may differ by `absolute + relative * |wanted|`, narrow ones also by `units`; NaN equals
// NaN. All else must be equal. Sequences, optionals and maps are compared element by element.
// ERRORS: FAILED_PRECONDITION saying what differs first.
absl::Status Compare(const Value& found, const Value& wanted, const Tolerance& tolerance);

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_TOOLS_COMPARE_H_
