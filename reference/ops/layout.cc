// The same elements in another order.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"
#include "reference/ops/pick.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;

Values Transpose(const Call& call) {
  const Tensor& x = call.tensor(0);
  Dims permutation = call.Ints("perm");
  if (!call.HasAttribute("perm")) {
    for (int64_t axis = x.rank() - 1; axis >= 0; --axis) permutation.push_back(axis);
  }
  SINTER_ASSIGN_OR_RETURN(permutation, NormalAxes(permutation, x.rank()));
  if (static_cast<int64_t>(permutation.size()) != x.rank()) {
    return absl::InvalidArgumentError("`perm` must name every axis");
  }
  return Single(Transposed(x, permutation));
}

// What the two block operators ask of their input.
absl::Status CheckBlocks(const Tensor& x, int64_t block) {
  if (x.rank() != 4) return absl::InvalidArgumentError("the input must have rank 4");
  if (block <= 0) return absl::InvalidArgumentError("`blocksize` must be positive");
  return absl::OkStatus();
}

// Channels are made of (row, column, depth) or, in mode CRD, of (depth, row, column).
Values DepthToSpace(const Call& call) {
  const Tensor& x = call.tensor(0);
  const int64_t block = call.Int("blocksize", 0);
  SINTER_RETURN_IF_ERROR(CheckBlocks(x, block));
  const Dims& d = x.dims();
  if (d[1] % (block * block) != 0) {
    return absl::InvalidArgumentError("the channels can't be divided into blocks");
  }
  const int64_t depth = d[1] / (block * block);
  const bool depth_first = call.String("mode", "DCR") == "CRD";
  const Tensor parts = depth_first ? x.Reshaped({d[0], depth, block, block, d[2], d[3]})
                                   : x.Reshaped({d[0], block, block, depth, d[2], d[3]});
  Tensor y =
      depth_first ? Transposed(parts, {0, 1, 4, 2, 5, 3}) : Transposed(parts, {0, 3, 4, 1, 5, 2});
  y.Reshape({d[0], depth, d[2] * block, d[3] * block});
  return Single(std::move(y));
}

Values SpaceToDepth(const Call& call) {
  const Tensor& x = call.tensor(0);
  const int64_t block = call.Int("blocksize", 0);
  SINTER_RETURN_IF_ERROR(CheckBlocks(x, block));
  const Dims& d = x.dims();
  if (d[2] % block != 0 || d[3] % block != 0) {
    return absl::InvalidArgumentError("height and width can't be divided into blocks");
  }
  const Tensor parts = x.Reshaped({d[0], d[1], d[2] / block, block, d[3] / block, block});
  const bool depth_first = call.String("mode", "DCR") == "CRD";
  Tensor y =
      depth_first ? Transposed(parts, {0, 1, 3, 5, 2, 4}) : Transposed(parts, {0, 3, 5, 1, 2, 4});
  y.Reshape({d[0], d[1] * block * block, d[2] / block, d[3] / block});
  return Single(std::move(y));
}

Values ReverseSequence(const Call& call) {
  const Tensor& x = call.tensor(0);
  const Tensor& lengths = call.tensor(1);
  SINTER_ASSIGN_OR_RETURN(const int64_t time, NormalAxis(call.Int("time_axis", 0), x.rank()));
  SINTER_ASSIGN_OR_RETURN(const int64_t batch, NormalAxis(call.Int("batch_axis", 1), x.rank()));
  if (time == batch || lengths.dims() != Dims{x.dims()[batch]}) {
    return absl::InvalidArgumentError("there must be one length for each sequence of the batch");
  }
  for (const Integer& length : lengths.integers()) {
    if (length < 0 || length > x.dims()[time]) {
      return absl::InvalidArgumentError("a length is not within the time axis");
    }
  }
  const int64_t stride = StridesOf(x.dims())[time];
  std::vector<int64_t> offsets;
  for (IndexWalk walk(x.dims()); !walk.done(); walk.Next()) {
    const int64_t t = walk.index()[time];
    const auto length = static_cast<int64_t>(lengths.integers()[walk.index()[batch]]);
    const int64_t from = t < length ? length - 1 - t : t;
    offsets.push_back(walk.count() + (from - t) * stride);
  }
  return Single(Pick(x, x.dims(), offsets));
}

// Keeps the upper (or lower) triangle of each matrix, shifted by `k`; the rest becomes zero.
Values Trilu(const Call& call) {
  const Tensor& x = call.tensor(0);
  if (x.rank() < 2) return absl::InvalidArgumentError("the input must have rank 2 or more");
  if (call.Has(1) && call.tensor(1).count() != 1) {
    return absl::InvalidArgumentError("k must have one element");
  }
  const int64_t k = call.Has(1) ? call.tensor(1).ToInts()[0] : 0;
  const bool upper = call.Flag("upper", true);
  std::vector<int64_t> offsets;
  for (IndexWalk walk(x.dims()); !walk.done(); walk.Next()) {
    const int64_t diagonal = walk.index()[x.rank() - 1] - walk.index()[x.rank() - 2];
    const bool kept = upper ? diagonal >= k : diagonal <= k;
    offsets.push_back(kept ? walk.count() : kNothing);
  }
  return Single(Pick(x, x.dims(), offsets));
}

}  // namespace

absl::Span<const Operator> LayoutOperators() {
  static constexpr Operator kOperators[] = {
      {"", "DepthToSpace", 1, DepthToSpace},
      {"", "ReverseSequence", 10, ReverseSequence},
      {"", "SpaceToDepth", 1, SpaceToDepth},
      {"", "Transpose", 1, Transpose},
      {"", "Trilu", 14, Trilu},
  };
  return kOperators;
}

}  // namespace sinter::reference
