// The arithmetic of quantized operators.
//
// Integers are kept as doubles, which are exact up to 2^53. What the definitions leave open, how
// scales multiply and round, is done in float32 as ONNX's own expected outputs have it.
#ifndef SINTER_REFERENCE_OPS_QUANTIZED_MATH_H_
#define SINTER_REFERENCE_OPS_QUANTIZED_MATH_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "reference/operator.h"
#include "reference/value.h"

namespace sinter::reference {

// A scale or zero point in a shape that broadcasts to `dims`: of one element; of one for each index
// along `axis`; or already of the rank of `dims`. As float64. ERRORS: INVALID_ARGUMENT for another.
absl::StatusOr<Tensor> SpreadParameter(const Tensor& parameter, const Dims& dims, int64_t axis);

// q - zero as float64, `zero` null for none.
absl::StatusOr<Tensor> Centered(const Tensor& q, const Tensor* zero, int64_t axis);

// (q - zero) * scale as float64, each step exact.
absl::StatusOr<Tensor> Dequantized(const Tensor& q, const Tensor& scale, const Tensor* zero,
                                   int64_t axis);

// round(scaled) + zero, saturated to the type: an integer type or float8.
double QuantizedTo(Dtype dtype, double scaled, double zero);

// The only element. ERRORS: INVALID_ARGUMENT if there are others.
absl::StatusOr<double> ScalarAt(const Call& call, int input);
// The same, or 0 if it is left out.
absl::StatusOr<double> ScalarOrZero(const Call& call, int input);

// A tensor of type `dtype` (of integers or floats) with these values.
Tensor FromReals(Dtype dtype, Dims dims, const std::vector<double>& values);
// The elements as float64.
Tensor AsReals(const Tensor& tensor);

// Adds bias[m] to all of channel m (axis 1) of `y`, which holds reals. `bias` may be null.
// ERRORS: INVALID_ARGUMENT if it does not fit.
absl::Status AddChannelBias(const Tensor* bias, Tensor& y);

// What DynamicQuantizeLinear makes of a tensor.
struct DynamicallyQuantized {
  Tensor q;  // uint8
  float scale;
  int zero;
};
DynamicallyQuantized QuantizeDynamically(const Tensor& x);

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_OPS_QUANTIZED_MATH_H_
