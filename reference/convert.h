// Conversions between element types, as ONNX's Cast defines them.
#ifndef SINTER_REFERENCE_CONVERT_H_
#define SINTER_REFERENCE_CONVERT_H_

#include "absl/status/statusor.h"
#include "reference/value.h"

namespace sinter::reference {

struct Conversion {
  // Only for float8 types; all other floats overflow to infinity.
  Overflow overflow = Overflow::kSaturate;
  // Only for float8e8m0.
  Rounding rounding = Rounding::kNearestEven;
};

// ERRORS: INVALID_ARGUMENT for a string that is no number, UNIMPLEMENTED for complex numbers from
// or to other types.
absl::StatusOr<Tensor> ConvertTo(const Tensor& tensor, Dtype dtype, const Conversion& how = {});

// As above for float, integer and bool types on both sides, which can't fail.
Tensor ConvertNumbers(const Tensor& tensor, Dtype dtype, const Conversion& how = {});

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_CONVERT_H_
