// Rotary position embedding.
#ifndef SINTER_REFERENCE_OPS_ROTARY_MATH_H_
#define SINTER_REFERENCE_OPS_ROTARY_MATH_H_

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "reference/value.h"

namespace sinter::reference {

struct RotaryTables {
  const Tensor* cos;  // [positions, pairs]
  const Tensor* sin;
  bool interleaved;  // pairs are neighbours; else the second halves lie `pairs` further on
};

// Turns the first 2 * pairs elements of each row of `x` [batch, heads, length, size] by the angles
// of its position. ERRORS: INVALID_ARGUMENT for tables or positions that do not fit.
absl::StatusOr<Tensor> Rotated(
    const Tensor& x, const RotaryTables& tables,
    const std::function<int64_t(int64_t batch, int64_t index)>& position);

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_OPS_ROTARY_MATH_H_
