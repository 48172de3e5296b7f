// Tensors with some elements replaced or updated.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"
#include "reference/ops/pick.h"
#include "reference/ops/product.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;

template <typename T>
T Updated(T old, T update, const std::string& reduction) {
  if (reduction == "add") return Sum(old, update);
  if (reduction == "mul") return Product(old, update);
  if (update != update) return update;  // NaN wins
  if (reduction == "max") return update > old ? update : old;
  return update < old ? update : old;
}

// Puts element `from` of `updates` into element `to` of `y`, or combines the two.
absl::Status Update(const Tensor& updates, int64_t from, Tensor& y, int64_t to,
                    const std::string& reduction) {
  if (reduction == "none") {
    CopyElement(updates, from, y, to);
  } else if (reduction != "add" && reduction != "mul" && reduction != "max" && reduction != "min") {
    return absl::InvalidArgumentError(absl::StrCat("`reduction` is `", reduction, "`"));
  } else if (y.HoldsReals()) {
    y.reals()[to] = RoundTo(y.dtype(), Updated(y.reals()[to], updates.reals()[from], reduction));
  } else if (y.HoldsIntegers()) {
    const Integer updated = Updated(y.integers()[to], updates.integers()[from], reduction);
    y.integers()[to] = WrapTo(y.dtype(), updated);
  } else {
    return absl::UnimplementedError(
        absl::StrCat("reduction `", reduction, "` of type ", Name(y.dtype())));
  }
  return absl::OkStatus();
}

Values ScatterElements(const Call& call) {
  Tensor y = call.tensor(0);
  const Tensor& indices = call.tensor(1);
  const Tensor& updates = call.tensor(2);
  SINTER_ASSIGN_OR_RETURN(const int64_t axis, NormalAxis(call.Int("axis", 0), y.rank()));
  if (indices.dims() != updates.dims() || indices.rank() != y.rank()) {
    return absl::InvalidArgumentError(
        "indices and updates must be of one shape, and of the rank "
        "of the data");
  }
  const std::string reduction = call.String("reduction", "none");
  const Dims strides = StridesOf(y.dims());
  for (IndexWalk walk(indices.dims()); !walk.done(); walk.Next()) {
    Dims at = walk.index();
    const auto index = static_cast<int64_t>(indices.integers()[walk.count()]);
    at[axis] = index < 0 ? index + y.dims()[axis] : index;
    int64_t offset = 0;
    for (int64_t i = 0; i < y.rank(); ++i) {
      if (at[i] < 0 || at[i] >= y.dims()[i]) {
        return absl::InvalidArgumentError(absl::StrCat("index ", index, " is out of range"));
      }
      offset += at[i] * strides[i];
    }
    SINTER_RETURN_IF_ERROR(Update(updates, walk.count(), y, offset, reduction));
  }
  return Single(std::move(y));
}

Values ScatterNd(const Call& call) {
  Tensor y = call.tensor(0);
  const Tensor& indices = call.tensor(1);
  const Tensor& updates = call.tensor(2);
  const int64_t depth = indices.rank() == 0 ? 0 : indices.dims().back();
  if (indices.rank() == 0 || depth > y.rank()) {
    return absl::InvalidArgumentError("the indices have too many coordinates");
  }
  Dims expected(indices.dims().begin(), indices.dims().end() - 1);
  expected.insert(expected.end(), y.dims().begin() + depth, y.dims().end());
  if (updates.dims() != expected) {
    return absl::InvalidArgumentError(absl::StrCat("updates have shape ", Text(updates.dims()),
                                                   "; the indices demand ", Text(expected)));
  }
  const std::string reduction = call.String("reduction", "none");
  const Dims strides = StridesOf(y.dims());
  const int64_t slice = CountOf(y.dims(), depth, y.rank());
  for (int64_t row = 0; row < CountOf(indices.dims(), 0, indices.rank() - 1); ++row) {
    int64_t offset = 0;
    for (int64_t i = 0; i < depth; ++i) {
      Integer at = indices.integers()[row * depth + i];
      if (at < 0) at += y.dims()[i];
      if (at < 0 || at >= y.dims()[i])
        return absl::InvalidArgumentError("an index is out of range");
      offset += static_cast<int64_t>(at) * strides[i];
    }
    for (int64_t i = 0; i < slice; ++i) {
      SINTER_RETURN_IF_ERROR(Update(updates, row * slice + i, y, offset + i, reduction));
    }
  }
  return Single(std::move(y));
}

// Writes the update into a cache along its sequence axis, from a place that each sample has.
Values TensorScatter(const Call& call) {
  Tensor y = call.tensor(0);
  const Tensor& update = call.tensor(1);
  SINTER_ASSIGN_OR_RETURN(const int64_t axis, NormalAxis(call.Int("axis", -2), y.rank()));
  Dims expected = y.dims();
  if (update.rank() == y.rank()) expected[axis] = update.dims()[axis];
  if (axis == 0 || update.dims() != expected) {
    return absl::InvalidArgumentError("the update may differ from the cache only in the sequence");
  }
  if (call.Has(2) && call.tensor(2).dims() != Dims{y.dims()[0]}) {
    return absl::InvalidArgumentError("there must be one write index for each sample");
  }
  const bool circular = call.String("mode", "linear") == "circular";
  const int64_t size = y.dims()[axis];
  const int64_t stride = StridesOf(y.dims())[axis];
  Dims strides = StridesOf(y.dims());
  strides[axis] = 0;
  for (IndexWalk walk(update.dims(), {strides}); !walk.done(); walk.Next()) {
    Integer at = walk.index()[axis];
    if (call.Has(2)) at += call.tensor(2).integers()[walk.index()[0]];
    if (circular) at = (at % size + size) % size;
    if (at < 0 || at >= size) return absl::InvalidArgumentError("an index is beyond the cache");
    CopyElement(update, walk.count(), y, walk.offset(0) + static_cast<int64_t>(at) * stride);
  }
  return Single(std::move(y));
}

}  // namespace

absl::Span<const Operator> ScatterOperators() {
  static constexpr Operator kOperators[] = {
      {"", "Scatter", 9, ScatterElements},
      {"", "ScatterElements", 11, ScatterElements},
      {"", "ScatterND", 11, ScatterNd},
      {"", "TensorScatter", 24, TensorScatter},
  };
  return kOperators;
}

}  // namespace sinter::reference
