// Functions of corresponding elements of two tensors that are broadcast to each other.
#ifndef SINTER_REFERENCE_OPS_BROADCAST_H_
#define SINTER_REFERENCE_OPS_BROADCAST_H_

#include <utility>
#include <vector>

#include "reference/shape.h"

namespace sinter::reference {

// y[i] = function(a[i], b[i]) for all i of the shape `dims`, to which `a` (of shape a_dims) and `b`
// are broadcast. REQUIRES: they can be.
template <typename Y, typename A, typename B, typename Function>
std::vector<Y> Zip(const std::vector<A>& a, const Dims& a_dims, const std::vector<B>& b,
                   const Dims& b_dims, const Dims& dims, Function function) {
  std::vector<Y> y;
  y.reserve(CountOf(dims));
  if (a_dims == dims && b_dims == dims) {
    for (size_t i = 0; i < a.size(); ++i) y.push_back(function(a[i], b[i]));
    return y;
  }
  IndexWalk walk(dims, {BroadcastStrides(a_dims, dims), BroadcastStrides(b_dims, dims)});
  for (; !walk.done(); walk.Next()) y.push_back(function(a[walk.offset(0)], b[walk.offset(1)]));
  return y;
}

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_OPS_BROADCAST_H_
