// Taking tensors apart along an axis and putting them together again, for elements of all kinds.
#ifndef SINTER_REFERENCE_OPS_STACKING_H_
#define SINTER_REFERENCE_OPS_STACKING_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "reference/value.h"

namespace sinter::reference {

// Entries [begin, begin + size) along `axis`. REQUIRES: they are there.
Tensor SliceOf(const Tensor& tensor, int64_t axis, int64_t begin, int64_t size);

// Entry `index` along `axis`, without that axis.
Tensor SliceAt(const Tensor& tensor, int64_t axis, int64_t index);

// Tensors one after another along an axis that they have; `axis` may count from the end.
// ERRORS: INVALID_ARGUMENT for none at all, or if type or the other sizes differ.
absl::StatusOr<Tensor> Concatenate(const std::vector<Tensor>& parts, int64_t axis);

// The same along a new axis.
absl::StatusOr<Tensor> Stack(const std::vector<Tensor>& parts, int64_t axis);

// With zeros (or empty strings) after its end, to `size` entries along axis 0.
Tensor PaddedAtEnd(const Tensor& tensor, int64_t size);

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_OPS_STACKING_H_
