// Elements that indices or conditions select: Gather and its kin, Compress, NonZero, OneHot.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/convert.h"
#include "reference/ops/categories.h"
#include "reference/ops/pick.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;

// An index counted from the front. ERRORS: INVALID_ARGUMENT unless -size <= index < size.
absl::StatusOr<int64_t> NormalIndex(Integer index, int64_t size) {
  if (index < -size || index >= size) {
    return absl::InvalidArgumentError(absl::StrCat("index ", static_cast<int64_t>(index),
                                                   " is out of range for an axis of size ", size));
  }
  return static_cast<int64_t>(index < 0 ? index + size : index);
}

Values Gather(const Call& call) {
  const Tensor& x = call.tensor(0);
  const Tensor& indices = call.tensor(1);
  SINTER_ASSIGN_OR_RETURN(const int64_t axis, NormalAxis(call.Int("axis", 0), x.rank()));
  Dims dims(x.dims().begin(), x.dims().begin() + axis);
  dims.insert(dims.end(), indices.dims().begin(), indices.dims().end());
  dims.insert(dims.end(), x.dims().begin() + axis + 1, x.dims().end());
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  const int64_t inner = CountOf(x.dims(), axis + 1, x.rank());
  std::vector<int64_t> offsets;
  for (int64_t outer = 0; outer < CountOf(x.dims(), 0, axis); ++outer) {
    for (const Integer& index : indices.integers()) {
      SINTER_ASSIGN_OR_RETURN(const int64_t at, NormalIndex(index, x.dims()[axis]));
      for (int64_t i = 0; i < inner; ++i) {
        offsets.push_back((outer * x.dims()[axis] + at) * inner + i);
      }
    }
  }
  return Single(Pick(x, dims, offsets));
}

Values GatherElements(const Call& call) {
  const Tensor& x = call.tensor(0);
  const Tensor& indices = call.tensor(1);
  SINTER_ASSIGN_OR_RETURN(const int64_t axis, NormalAxis(call.Int("axis", 0), x.rank()));
  if (indices.rank() != x.rank()) return absl::InvalidArgumentError("the ranks must be equal");
  const Dims strides = StridesOf(x.dims());
  std::vector<int64_t> offsets;
  for (IndexWalk walk(indices.dims()); !walk.done(); walk.Next()) {
    SINTER_ASSIGN_OR_RETURN(const int64_t at,
                            NormalIndex(indices.integers()[walk.count()], x.dims()[axis]));
    int64_t offset = at * strides[axis];
    for (int64_t i = 0; i < x.rank(); ++i) {
      if (i == axis) continue;
      if (walk.index()[i] >= x.dims()[i]) {
        return absl::InvalidArgumentError("the indices' shape reaches beyond the data");
      }
      offset += walk.index()[i] * strides[i];
    }
    offsets.push_back(offset);
  }
  return Single(Pick(x, indices.dims(), offsets));
}

// The last axis of the indices holds coordinates of elements or, if there are fewer than axes, of
// slices, in each batch.
Values GatherNd(const Call& call) {
  const Tensor& x = call.tensor(0);
  const Tensor& indices = call.tensor(1);
  const int64_t batch = call.Int("batch_dims", 0);
  const int64_t depth = indices.rank() == 0 ? 0 : indices.dims().back();
  if (batch < 0 || batch >= indices.rank() || batch + depth > x.rank() ||
      !std::equal(x.dims().begin(), x.dims().begin() + batch, indices.dims().begin())) {
    return absl::InvalidArgumentError(absl::StrCat("indices of shape ", Text(indices.dims()),
                                                   " don't fit data of shape ", Text(x.dims())));
  }
  Dims dims(indices.dims().begin(), indices.dims().end() - 1);
  dims.insert(dims.end(), x.dims().begin() + batch + depth, x.dims().end());
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  const Dims strides = StridesOf(x.dims());
  const int64_t slice = CountOf(x.dims(), batch + depth, x.rank());
  const int64_t rows = CountOf(indices.dims(), 0, indices.rank() - 1);
  const int64_t rows_in_batch = CountOf(indices.dims(), batch, indices.rank() - 1);
  const int64_t batch_size = CountOf(x.dims(), batch, x.rank());
  std::vector<int64_t> offsets;
  for (int64_t row = 0; row < rows; ++row) {
    int64_t offset = row / rows_in_batch * batch_size;
    for (int64_t i = 0; i < depth; ++i) {
      SINTER_ASSIGN_OR_RETURN(
          const int64_t at, NormalIndex(indices.integers()[row * depth + i], x.dims()[batch + i]));
      offset += at * strides[batch + i];
    }
    for (int64_t i = 0; i < slice; ++i) offsets.push_back(offset + i);
  }
  return Single(Pick(x, dims, offsets));
}

// Without `axis`, from the flattened input.
Values Compress(const Call& call) {
  const bool flat = !call.HasAttribute("axis");
  const Tensor x = flat ? call.tensor(0).Reshaped({call.tensor(0).count()}) : call.tensor(0);
  const Tensor& condition = call.tensor(1);
  SINTER_ASSIGN_OR_RETURN(const int64_t axis, NormalAxis(call.Int("axis", 0), x.rank()));
  std::vector<int64_t> chosen;
  for (int64_t i = 0; i < std::min(condition.count(), x.dims()[axis]); ++i) {
    if (condition.integers()[i] != 0) chosen.push_back(i);
  }
  Dims dims = x.dims();
  dims[axis] = static_cast<int64_t>(chosen.size());
  const int64_t stride = StridesOf(x.dims())[axis];
  std::vector<int64_t> offsets;
  Dims x_strides = StridesOf(x.dims());
  x_strides[axis] = 0;
  for (IndexWalk walk(dims, {x_strides}); !walk.done(); walk.Next()) {
    offsets.push_back(walk.offset(0) + chosen[walk.index()[axis]] * stride);
  }
  return Single(Pick(x, dims, offsets));
}

// The coordinates of all elements that are not zero, one column each.
Values NonZero(const Call& call) {
  const Tensor& x = call.tensor(0);
  std::vector<Dims> found;
  for (IndexWalk walk(x.dims()); !walk.done(); walk.Next()) {
    if (x.RealAt(walk.count()) != 0) found.push_back(walk.index());
  }
  const auto count = static_cast<int64_t>(found.size());
  Tensor y(Dtype::kInt64, {x.rank(), count});
  for (int64_t axis = 0; axis < x.rank(); ++axis) {
    for (int64_t i = 0; i < count; ++i) y.integers()[axis * count + i] = found[i][axis];
  }
  return Single(std::move(y));
}

Values OneHot(const Call& call) {
  const Tensor indices = ConvertNumbers(call.tensor(0), Dtype::kInt64);
  const Tensor& values = call.tensor(2);
  if (call.tensor(1).count() != 1 || values.count() != 2) {
    return absl::InvalidArgumentError("depth must be a scalar and values a pair");
  }
  const auto depth = static_cast<int64_t>(call.tensor(1).RealAt(0));
  SINTER_ASSIGN_OR_RETURN(const int64_t axis, NormalAxis(call.Int("axis", -1), indices.rank() + 1));
  Dims dims = indices.dims();
  dims.insert(dims.begin() + axis, depth);
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  Dims strides = StridesOf(indices.dims());
  strides.insert(strides.begin() + axis, 0);
  std::vector<int64_t> offsets;
  for (IndexWalk walk(dims, {strides}); !walk.done(); walk.Next()) {
    Integer at = indices.integers()[walk.offset(0)];
    if (at < 0) at += depth;
    offsets.push_back(at == walk.index()[axis] ? 1 : 0);
  }
  return Single(Pick(values, dims, offsets));
}

}  // namespace

absl::Span<const Operator> GatherOperators() {
  static constexpr Operator kOperators[] = {
      {"", "Compress", 9, Compress},
      {"", "Gather", 1, Gather},
      {"", "GatherElements", 11, GatherElements},
      {"", "GatherND", 11, GatherNd},
      {"", "NonZero", 9, NonZero},
      {"", "OneHot", 9, OneHot},
  };
  return kOperators;
}

}  // namespace sinter::reference
