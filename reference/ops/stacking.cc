#include "reference/ops/stacking.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/pick.h"

namespace sinter::reference {
namespace {

// Copies `count` runs of `size` elements, the next ones `from_step` and `to_step` further on.
void CopyRuns(const Tensor& from, int64_t from_offset, int64_t from_step, Tensor& to,
              int64_t to_offset, int64_t to_step, int64_t count, int64_t size) {
  for (int64_t i = 0; i < count; ++i) {
    CopyElements(from, from_offset + i * from_step, to, to_offset + i * to_step, size);
  }
}

}  // namespace

Tensor SliceOf(const Tensor& tensor, int64_t axis, int64_t begin, int64_t size) {
  Dims dims = tensor.dims();
  const int64_t whole = dims[axis];
  dims[axis] = size;
  const int64_t outer = CountOf(dims, 0, axis);
  const int64_t inner = CountOf(dims, axis + 1, static_cast<int64_t>(dims.size()));
  Tensor slice(tensor.dtype(), std::move(dims));
  CopyRuns(tensor, begin * inner, whole * inner, slice, 0, size * inner, outer, size * inner);
  return slice;
}

Tensor SliceAt(const Tensor& tensor, int64_t axis, int64_t index) {
  Tensor slice = SliceOf(tensor, axis, index, 1);
  Dims dims = slice.dims();
  dims.erase(dims.begin() + axis);
  slice.Reshape(std::move(dims));
  return slice;
}

absl::StatusOr<Tensor> Concatenate(const std::vector<Tensor>& parts, int64_t axis) {
  if (parts.empty()) return absl::InvalidArgumentError("there is nothing to put together");
  Dims dims = parts[0].dims();
  SINTER_ASSIGN_OR_RETURN(axis, NormalAxis(axis, parts[0].rank()));
  dims[axis] = 0;
  for (const Tensor& part : parts) {
    Dims other = part.dims();
    if (other.size() == dims.size()) other[axis] = dims[axis];
    if (part.dtype() != parts[0].dtype() || other != dims) {
      return absl::InvalidArgumentError(absl::StrCat(
          "tensors of ", Name(parts[0].dtype()), Text(parts[0].dims()), " and ", Name(part.dtype()),
          Text(part.dims()), " cannot be put together along axis ", axis));
    }
    dims[axis] += part.dims()[axis];
  }
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  const int64_t outer = CountOf(dims, 0, axis);
  const int64_t inner = CountOf(dims, axis + 1, static_cast<int64_t>(dims.size()));
  const int64_t step = dims[axis] * inner;
  Tensor all(parts[0].dtype(), std::move(dims));
  int64_t offset = 0;
  for (const Tensor& part : parts) {
    const int64_t size = part.dims()[axis] * inner;
    CopyRuns(part, 0, size, all, offset, step, outer, size);
    offset += size;
  }
  return all;
}

absl::StatusOr<Tensor> Stack(const std::vector<Tensor>& parts, int64_t axis) {
  if (parts.empty()) return absl::InvalidArgumentError("there is nothing to stack");
  SINTER_ASSIGN_OR_RETURN(axis, NormalAxis(axis, parts[0].rank() + 1));
  std::vector<Tensor> wider;
  for (const Tensor& part : parts) {
    Dims dims = part.dims();
    if (static_cast<int64_t>(dims.size()) < axis)
      return absl::InvalidArgumentError("tensors of different ranks");
    dims.insert(dims.begin() + axis, 1);
    wider.push_back(part.Reshaped(std::move(dims)));
  }
  return Concatenate(wider, axis);
}

Tensor PaddedAtEnd(const Tensor& tensor, int64_t size) {
  Dims dims = tensor.dims();
  dims[0] = size;
  Tensor padded(tensor.dtype(), std::move(dims));
  CopyRuns(tensor, 0, 0, padded, 0, 0, 1, tensor.count());
  return padded;
}

}  // namespace sinter::reference
