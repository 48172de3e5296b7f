#include "reference/ops/attention_math.h"

#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "reference/ops/pick.h"

namespace sinter::reference {
namespace {

// Scores in place to weights; what is at minus infinity gets none.
void Softmax(std::vector<double>& scores, const double* sink) {
  double largest = sink == nullptr ? -std::numeric_limits<double>::infinity() : *sink;
  for (const double score : scores) largest = std::fmax(largest, score);
  if (std::isinf(largest) && largest < 0) {
    scores.assign(scores.size(), 0.0);
    return;
  }
  double sum = sink == nullptr ? 0 : std::exp(*sink - largest);
  for (double& score : scores) sum += score = std::exp(score - largest);
  for (double& score : scores) score /= sum;
}

}  // namespace

Tensor Attend(const AttentionOperands& operands) {
  const Dims& q = operands.q.dims();
  const Dims& v = operands.v.dims();
  const int64_t heads = q[1], queries = q[2], size = q[3], keys = v[2], value_size = v[3];
  const int64_t shared = heads / v[1];
  Tensor y(operands.q.dtype(), {q[0], queries, heads * value_size});
  std::vector<double> weights(keys);
  for (IndexWalk at({q[0], heads, queries}); !at.done(); at.Next()) {
    const int64_t b = at.index()[0], h = at.index()[1], i = at.index()[2];
    const int64_t kv_head = b * v[1] + h / shared;
    const double* query = operands.q.reals().data() + at.count() * size;
    for (int64_t j = 0; j < keys; ++j) {
      const double* key = operands.k.reals().data() + (kv_head * keys + j) * size;
      double score = 0;
      for (int64_t d = 0; d < size; ++d) score += query[d] * key[d];
      score *= operands.scale;
      if (operands.softcap > 0) score = operands.softcap * std::tanh(score / operands.softcap);
      weights[j] = score + operands.added(b, h, i, j);
    }
    Softmax(weights, operands.sinks.empty() ? nullptr : &operands.sinks[h]);
    double* out = y.reals().data() + ((b * queries + i) * heads + h) * value_size;
    for (int64_t j = 0; j < keys; ++j) {
      if (weights[j] == 0) continue;
      const double* value = operands.v.reals().data() + (kv_head * keys + j) * value_size;
      for (int64_t d = 0; d < value_size; ++d) out[d] += weights[j] * value[d];
    }
  }
  return y;
}

Tensor SplitHeads(const Tensor& x, int64_t heads) {
  return Transposed(x.Reshaped({x.dims()[0], x.dims()[1], heads, x.dims()[2] / heads}),
                    {0, 2, 1, 3});
}

absl::StatusOr<std::function<double(int64_t, int64_t, int64_t)>> ReadKeyMask(
    const Tensor* mask, int64_t batch, int64_t queries, int64_t keys, double filtered) {
  using Mask = std::function<double(int64_t, int64_t, int64_t)>;
  if (mask == nullptr) return Mask([](int64_t, int64_t, int64_t) { return 0.0; });
  if (!mask->HoldsIntegers()) return absl::InvalidArgumentError("the mask has to be of int32");
  const Dims& dims = mask->dims();
  const std::vector<int64_t> values = mask->ToInts();
  const auto when = [filtered](bool kept) { return kept ? 0.0 : filtered; };
  if (dims == Dims{batch}) {
    return Mask([=](int64_t b, int64_t, int64_t j) { return when(j < values[b]); });
  }
  if (dims == Dims{2 * batch}) {
    return Mask([=](int64_t b, int64_t, int64_t j) {
      return when(j < values[b] && j >= values[batch + b]);
    });
  }
  if (dims == Dims{batch, keys}) {
    return Mask([=](int64_t b, int64_t, int64_t j) { return when(values[b * keys + j] != 0); });
  }
  if (dims == Dims{batch, queries, keys}) {
    return Mask([=](int64_t b, int64_t i, int64_t j) {
      return when(values[(b * queries + i) * keys + j] != 0);
    });
  }
  if (dims.size() == 4 || dims == Dims{3 * batch + 2}) {
    return absl::UnimplementedError(absl::StrCat("a mask of the shape ", Text(dims)));
  }
  return absl::InvalidArgumentError(absl::StrCat("a mask of the shape ", Text(dims), " for ", batch,
                                                 " x ", queries, " x ", keys, " scores"));
}

absl::StatusOr<std::function<double(int64_t, int64_t, int64_t, int64_t)>> ReadScoreBias(
    const Tensor* bias, int64_t batch, int64_t heads, int64_t queries, int64_t keys) {
  using Bias = std::function<double(int64_t, int64_t, int64_t, int64_t)>;
  if (bias == nullptr) return Bias([](int64_t, int64_t, int64_t, int64_t) { return 0.0; });
  const Dims& dims = bias->dims();
  const bool fits = bias->HoldsReals() && dims.size() == 4 && (dims[0] == batch || dims[0] == 1) &&
                    (dims[1] == heads || dims[1] == 1) && dims[2] == queries && dims[3] == keys;
  if (!fits)
    return absl::InvalidArgumentError(
        absl::StrCat("a bias of the shape ", Text(dims), " on ", queries, " x ", keys, " scores"));
  return Bias([bias, dims](int64_t b, int64_t h, int64_t i, int64_t j) {
    const int64_t row = ((dims[0] == 1 ? 0 : b) * dims[1] + (dims[1] == 1 ? 0 : h)) * dims[2] + i;
    return bias->reals()[row * dims[3] + j];
  });
}

}  // namespace sinter::reference
