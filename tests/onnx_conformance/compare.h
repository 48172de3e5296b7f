// Judges a computed value by the one that an ONNX test case expects.
#ifndef SINTER_TESTS_ONNX_CONFORMANCE_COMPARE_H_
#define SINTER_TESTS_ONNX_CONFORMANCE_COMPARE_H_

#include "absl/status/status.h"
#include "runtime/tensor.h"
#include "runtime/value.h"

namespace sinter::conformance {

struct Tolerance {
  double relative = 0;
  double absolute = 0;
  // How many units in the last place a float of less than 32 bits may be off.
  int units = 1;
  // The values are random by definition: only type and shape are compared.
  bool only_shape = false;
};

// Floating-point elements may differ by `absolute + relative * |wanted|`; those of less than 32
// bits also by `units` in the last place. NaN equals NaN. Other elements must be equal.
// ERRORS: FAILED_PRECONDITION saying what differs, for values the first place and how many.
absl::Status Compare(const runtime::TensorView& found, const runtime::TensorView& wanted,
                     const Tolerance& tolerance);

// The same for values of all kinds. Strings must be equal; sequences agree item by item, optionals
// are both empty or hold what agrees, maps have the same keys, in any order, and under each what
// agrees. ERRORS: as above, with the item's place before it.
absl::Status Compare(const runtime::Value& found, const runtime::Value& wanted,
                     const Tolerance& tolerance);

// The value of element `index` of a floating-point tensor, of any format that ONNX has.
// REQUIRES: the type is of kind kFloat.
double FloatAt(const runtime::TensorView& tensor, int64_t index);

}  // namespace sinter::conformance

#endif  // SINTER_TESTS_ONNX_CONFORMANCE_COMPARE_H_
