// Layer normalizations of com.microsoft, with what they fuse, and SimplifiedLayerNormalization.
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"
#include "reference/ops/contrib_checks.h"

namespace sinter::reference {
namespace {

constexpr double kSmallEpsilon = 1e-12f;  // the default of the fused ones

enum class Center { kMean, kZero };

// Rows of `x` of `size` elements, each centered, scaled to variance (or mean square) 1, times
// gamma, plus beta. `beta` may be null.
Tensor NormalizedRows(const Tensor& x, int64_t size, Center center, double epsilon,
                      const Tensor& gamma, const Tensor* beta) {
  Tensor y = x;
  for (int64_t row = 0; row < x.count(); row += size) {
    const double* in = x.reals().data() + row;
    double mean = 0, square = 0;
    for (int64_t i = 0; i < size && center == Center::kMean; ++i)
      mean += in[i] / static_cast<double>(size);
    for (int64_t i = 0; i < size; ++i)
      square += (in[i] - mean) * (in[i] - mean) / static_cast<double>(size);
    const double factor = 1 / std::sqrt(square + epsilon);
    for (int64_t i = 0; i < size; ++i) {
      y.reals()[row + i] =
          (in[i] - mean) * factor * gamma.reals()[i] + (beta == nullptr ? 0 : beta->reals()[i]);
    }
  }
  return y;
}

absl::Status CheckVector(const Call& call, int input, int64_t size) {
  if (!call.Has(input) || call.tensor(input).dims() == Dims{size}) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("input ", input, " has the shape ",
                                                 Text(call.tensor(input).dims()), "; it needs [",
                                                 size, "]"));
}

// input + skip + bias; the skip may lack the batch or have 1 there.
absl::StatusOr<Tensor> SkipSum(const Call& call, int bias_input) {
  SINTER_RETURN_IF_ERROR(CheckFloats(call, {0, 1, 2, 3, 4}));
  const Tensor& x = call.tensor(0);
  const Tensor& skip = call.tensor(1);
  if (x.rank() != 2 && x.rank() != 3)
    return absl::InvalidArgumentError(absl::StrCat("the input has the shape ", Text(x.dims())));
  const Dims without_batch(x.dims().begin() + 1, x.dims().end());
  Dims with_one = x.dims();
  with_one[0] = 1;
  const bool broadcast = x.rank() == 3 && (skip.dims() == without_batch || skip.dims() == with_one);
  if (skip.dims() != x.dims() && !broadcast)
    return absl::InvalidArgumentError(absl::StrCat("a skip of ", Text(skip.dims())));
  const int64_t size = x.dims().back();
  for (int i = 2; i <= bias_input; ++i) SINTER_RETURN_IF_ERROR(CheckVector(call, i, size));
  const Tensor* bias = call.optional_tensor(bias_input);
  Tensor sum = x;
  for (int64_t i = 0; i < sum.count(); ++i) {
    sum.reals()[i] +=
        skip.reals()[i % skip.count()] + (bias == nullptr ? 0 : bias->reals()[i % size]);
  }
  return sum;
}

// The outputs 1 and 2 are for training.
absl::StatusOr<std::vector<Value>> SkipOutputs(const Call& call, Tensor y, Tensor sum) {
  SINTER_RETURN_IF_ERROR(RefuseOutputs(call, {1, 2}));
  return std::vector<Value>{std::move(y), Tensor(Dtype::kFloat32, {}), Tensor(Dtype::kFloat32, {}),
                            std::move(sum)};
}

absl::StatusOr<std::vector<Value>> SkipLayerNormalization(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(Tensor sum, SkipSum(call, 4));
  Tensor y =
      NormalizedRows(sum, sum.dims().back(), Center::kMean, call.Float("epsilon", kSmallEpsilon),
                     call.tensor(2), call.optional_tensor(3));
  return SkipOutputs(call, std::move(y), std::move(sum));
}

absl::StatusOr<std::vector<Value>> SkipSimplified(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(Tensor sum, SkipSum(call, 3));
  Tensor y = NormalizedRows(sum, sum.dims().back(), Center::kZero,
                            call.Float("epsilon", kSmallEpsilon), call.tensor(2), nullptr);
  return SkipOutputs(call, std::move(y), std::move(sum));
}

absl::StatusOr<std::vector<Value>> Simplified(const Call& call) {
  SINTER_RETURN_IF_ERROR(CheckFloats(call, {0, 1}));
  const Tensor& x = call.tensor(0);
  const Tensor& scale = call.tensor(1);
  SINTER_RETURN_IF_ERROR(RefuseOutputs(call, {1}));
  SINTER_ASSIGN_OR_RETURN(const int64_t axis, NormalAxis(call.Int("axis", -1), x.rank()));
  const int64_t size = CountOf(x.dims(), axis, x.rank());
  if (scale.count() != size)
    return absl::InvalidArgumentError(
        absl::StrCat("a scale of ", Text(scale.dims()), " for rows of ", size));
  const Tensor y =
      NormalizedRows(x, size, Center::kZero, call.Float("epsilon", 1e-5f), scale, nullptr);
  return Single(Tensor(scale.dtype(), y.dims(), y.reals()));
}

// Row ids[i] of `table` added to row i of `sum`.
absl::Status AddRows(const Tensor& table, const std::vector<int64_t>& ids, Tensor& sum) {
  const int64_t size = sum.dims().back();
  if (table.rank() != 2 || table.dims()[1] != size)
    return absl::InvalidArgumentError(absl::StrCat("an embedding of ", Text(table.dims())));
  for (size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0 || ids[i] >= table.dims()[0])
      return absl::InvalidArgumentError(
          absl::StrCat("the id ", ids[i], " is outside of its embedding"));
    for (int64_t j = 0; j < size; ++j)
      sum.reals()[static_cast<int64_t>(i) * size + j] += table.reals()[ids[i] * size + j];
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<int64_t>> Positions(const Call& call, int64_t batch, int64_t length) {
  std::vector<int64_t> positions;
  const Tensor* given = call.optional_tensor(8);
  if (given != nullptr && given->dims() != Dims{batch, length} &&
      given->dims() != Dims{1, length}) {
    return absl::InvalidArgumentError(absl::StrCat("position ids of ", Text(given->dims())));
  }
  for (int64_t i = 0; i < batch * length; ++i) {
    positions.push_back(given == nullptr
                            ? i % length
                            : static_cast<int64_t>(given->integers()[i % given->count()]));
  }
  return positions;
}

absl::StatusOr<std::vector<Value>> EmbedLayerNormalization(const Call& call) {
  const Tensor& ids = call.tensor(0);
  SINTER_RETURN_IF_ERROR(CheckGiven(call, {2, 3, 5, 6}));
  const Tensor& words = call.tensor(2);
  SINTER_RETURN_IF_ERROR(CheckFloats(call, {2, 3, 4, 5, 6}));
  for (const int i : {0, 1, 7, 8}) {
    if (call.Has(i) && !call.tensor(i).HoldsIntegers()) {
      return absl::InvalidArgumentError(absl::StrCat("input ", i, " has to be of int32"));
    }
  }
  if (ids.rank() != 2 || !ids.HoldsIntegers() || words.rank() != 2)
    return absl::InvalidArgumentError("the ids have to be integers [batch, length]");
  const int64_t batch = ids.dims()[0], length = ids.dims()[1], size = words.dims()[1];
  for (const int i : {5, 6}) SINTER_RETURN_IF_ERROR(CheckVector(call, i, size));
  SINTER_RETURN_IF_ERROR(CheckElementCount({batch, length, size}));
  Tensor sum(words.dtype(), {batch, length, size});
  SINTER_ASSIGN_OR_RETURN(const std::vector<int64_t> positions, Positions(call, batch, length));
  SINTER_RETURN_IF_ERROR(AddRows(words, ids.ToInts(), sum));
  SINTER_RETURN_IF_ERROR(AddRows(call.tensor(3), positions, sum));
  if (call.Has(1) != call.Has(4))
    return absl::InvalidArgumentError("segment ids and their embedding come together");
  if (call.Has(1)) {
    if (call.tensor(1).dims() != ids.dims())
      return absl::InvalidArgumentError("segment ids of another shape than the ids");
    SINTER_RETURN_IF_ERROR(AddRows(call.tensor(4), call.tensor(1).ToInts(), sum));
  }
  Tensor y = NormalizedRows(sum, size, Center::kMean, call.Float("epsilon", kSmallEpsilon),
                            call.tensor(5), call.optional_tensor(6));
  Tensor mask_index(Dtype::kInt32, {batch});
  if (const Tensor* mask = call.optional_tensor(7)) {
    if (mask->dims() != ids.dims())
      return absl::InvalidArgumentError("a mask of another shape than the ids");
    for (int64_t i = 0; i < mask->count(); ++i)
      mask_index.integers()[i / length] += mask->integers()[i] == 1 ? 1 : 0;
  }
  return std::vector<Value>{std::move(y), std::move(mask_index), std::move(sum)};
}

}  // namespace

absl::Span<const Operator> ContribNormOperators() {
  static constexpr Operator kOperators[] = {
      {"", "SimplifiedLayerNormalization", 1, OfNumbers<Simplified>, 2},
      {"com.microsoft", "EmbedLayerNormalization", 1, OfNumbers<EmbedLayerNormalization>, 1},
      {"com.microsoft", "SkipLayerNormalization", 1, OfNumbers<SkipLayerNormalization>, 3},
      {"com.microsoft", "SkipSimplifiedLayerNormalization", 1, OfNumbers<SkipSimplified>, 3},
  };
  return kOperators;
}

}  // namespace sinter::reference
