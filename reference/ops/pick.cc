#include "reference/ops/pick.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace sinter::reference {

Tensor Pick(const Tensor& from, Dims dims, const std::vector<int64_t>& offsets) {
  Tensor result(from.dtype(), std::move(dims));
  std::visit(
      [&](auto& to) {
        const auto& source = std::get<std::decay_t<decltype(to)>>(from.elements());
        for (size_t i = 0; i < to.size(); ++i) {
          if (offsets[i] != kNothing) to[i] = source[offsets[i]];
        }
      },
      result.elements());
  return result;
}

void CopyElement(const Tensor& from, int64_t from_offset, Tensor& to, int64_t to_offset) {
  CopyElements(from, from_offset, to, to_offset, 1);
}

void CopyElements(const Tensor& from, int64_t from_offset, Tensor& to, int64_t to_offset,
                  int64_t count) {
  std::visit(
      [&](auto& target) {
        const auto& source = std::get<std::decay_t<decltype(target)>>(from.elements());
        std::copy_n(source.begin() + from_offset, count, target.begin() + to_offset);
      },
      to.elements());
}

Tensor Transposed(const Tensor& from, const std::vector<int64_t>& permutation) {
  const Dims from_strides = StridesOf(from.dims());
  Dims dims;
  Dims strides;
  for (const int64_t axis : permutation) {
    dims.push_back(from.dims()[axis]);
    strides.push_back(from_strides[axis]);
  }
  std::vector<int64_t> offsets;
  offsets.reserve(from.count());
  for (IndexWalk walk(dims, {strides}); !walk.done(); walk.Next()) {
    offsets.push_back(walk.offset(0));
  }
  return Pick(from, dims, offsets);
}

Tensor BroadcastTo(const Tensor& from, const Dims& dims) {
  if (from.dims() == dims) return from;
  std::vector<int64_t> offsets;
  for (IndexWalk walk(dims, {BroadcastStrides(from.dims(), dims)}); !walk.done(); walk.Next()) {
    offsets.push_back(walk.offset(0));
  }
  return Pick(from, dims, offsets);
}

}  // namespace sinter::reference
