// Tensors made of the elements of other tensors: the one way in which all operators that only move
// elements work, whatever the type.
#ifndef SINTER_REFERENCE_OPS_PICK_H_
#define SINTER_REFERENCE_OPS_PICK_H_

#include <cstdint>
#include <vector>

#include "reference/value.h"

namespace sinter::reference {

// An offset that stands for no element: zero, false or the empty string instead.
constexpr int64_t kNothing = -1;

// The tensor of shape `dims` whose element i is element offsets[i] of `from`.
// REQUIRES: as many offsets as `dims` has elements, each kNothing or an offset of `from`.
Tensor Pick(const Tensor& from, Dims dims, const std::vector<int64_t>& offsets);

// to[to_offset] = from[from_offset]. REQUIRES: tensors of one type.
void CopyElement(const Tensor& from, int64_t from_offset, Tensor& to, int64_t to_offset);

// The same, for `count` neighbours.
void CopyElements(const Tensor& from, int64_t from_offset, Tensor& to, int64_t to_offset,
                  int64_t count);

// `from` with axis i being its axis permutation[i]. REQUIRES: a permutation.
Tensor Transposed(const Tensor& from, const std::vector<int64_t>& permutation);

// `from` repeated along the axes where `dims` is larger. REQUIRES: it can be broadcast so.
Tensor BroadcastTo(const Tensor& from, const Dims& dims);

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_OPS_PICK_H_
