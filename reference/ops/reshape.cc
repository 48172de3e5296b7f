// Other shapes for the same elements in the same order.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;

// The shape is an attribute in version 1. In it -1 stands for what the other dims leave, and 0 for
// the dim of the input unless `allowzero` is set.
Values Reshape(const Call& call) {
  const Tensor& x = call.tensor(0);
  Dims dims = call.Has(1) ? call.tensor(1).ToInts() : call.Ints("shape");
  const Dims wanted = dims;
  const bool zero_is_zero = call.Flag("allowzero");
  int64_t open = -1;
  int64_t known = 1;
  for (int64_t i = 0; i < static_cast<int64_t>(dims.size()); ++i) {
    if (dims[i] == 0 && !zero_is_zero) {
      if (i >= x.rank()) return absl::InvalidArgumentError("0 stands for a dim that is not there");
      dims[i] = x.dims()[i];
    }
    if (dims[i] == -1 && open >= 0) return absl::InvalidArgumentError("the shape has -1 twice");
    if (dims[i] == -1) {
      open = i;
    } else if (dims[i] < 0 || __builtin_mul_overflow(known, dims[i], &known)) {
      return absl::InvalidArgumentError(absl::StrCat("shape ", Text(wanted), " is no shape"));
    }
  }
  if (open >= 0) dims[open] = known == 0 ? 0 : x.count() / known;
  if (open >= 0 ? (known == 0 && x.count() != 0) || known * dims[open] != x.count()
                : known != x.count()) {
    return absl::InvalidArgumentError(
        absl::StrCat("shape ", Text(x.dims()), " can't be reshaped to ", Text(wanted)));
  }
  return Single(x.Reshaped(dims));
}

Values Flatten(const Call& call) {
  const Tensor& x = call.tensor(0);
  int64_t axis = call.Int("axis", 1);
  if (axis < 0) axis += x.rank();
  if (axis < 0 || axis > x.rank()) return absl::InvalidArgumentError("axis is out of range");
  return Single(x.Reshaped({CountOf(x.dims(), 0, axis), CountOf(x.dims(), axis, x.rank())}));
}

// An attribute before version 13, then an input.
Dims ReadAxes(const Call& call) {
  return call.Has(1) ? call.tensor(1).ToInts() : call.Ints("axes");
}

Values Squeeze(const Call& call) {
  const Tensor& x = call.tensor(0);
  SINTER_ASSIGN_OR_RETURN(const Dims axes, NormalAxes(ReadAxes(call), x.rank()));
  const bool all = !call.Has(1) && !call.HasAttribute("axes");
  Dims dims;
  for (int64_t axis = 0; axis < x.rank(); ++axis) {
    const int64_t dim = x.dims()[axis];
    const bool named = std::find(axes.begin(), axes.end(), axis) != axes.end();
    if (named && dim != 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("axis ", axis, " has size ", dim, "; only axes of size 1 can be removed"));
    }
    if (!named && !(all && dim == 1)) dims.push_back(dim);
  }
  return Single(x.Reshaped(dims));
}

Values Unsqueeze(const Call& call) {
  const Tensor& x = call.tensor(0);
  const Dims given = ReadAxes(call);
  const int64_t rank = x.rank() + static_cast<int64_t>(given.size());
  SINTER_ASSIGN_OR_RETURN(const Dims axes, NormalAxes(given, rank));
  Dims dims(rank, 0);
  for (const int64_t axis : axes) dims[axis] = 1;
  int64_t next = 0;
  for (int64_t axis = 0; axis < rank; ++axis) {
    const bool is_new = std::find(axes.begin(), axes.end(), axis) != axes.end();
    if (!is_new) dims[axis] = x.dims()[next++];
  }
  return Single(x.Reshaped(dims));
}

}  // namespace

absl::Span<const Operator> ReshapeOperators() {
  static constexpr Operator kOperators[] = {
      {"", "Flatten", 1, Flatten},
      {"", "Reshape", 1, Reshape},
      {"", "Squeeze", 1, Squeeze},
      {"", "Unsqueeze", 1, Unsqueeze},
  };
  return kOperators;
}

}  // namespace sinter::reference
