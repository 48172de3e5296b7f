// The sum of products that all convolutions compute, of reals or of integers.
#ifndef SINTER_REFERENCE_OPS_CONVOLVE_H_
#define SINTER_REFERENCE_OPS_CONVOLVE_H_

#include "absl/status/statusor.h"
#include "reference/operator.h"

namespace sinter::reference {

// Convolves `x` [N, C, spatial...] with `w` [M, C / group, kernel...], with the geometry that the
// attributes of `call` state (group, strides, dilations, pads, auto_pad, kernel_shape). Padding is
// zero. Both tensors hold reals or both integers; the result is of type `result` and not rounded.
// ERRORS: INVALID_ARGUMENT for shapes and attributes that don't fit.
absl::StatusOr<Tensor> Convolve(const Call& call, const Tensor& x, const Tensor& w, Dtype result);

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_OPS_CONVOLVE_H_
