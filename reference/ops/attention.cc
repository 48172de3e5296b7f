// Attention of ai.onnx and its preview with modifiers, FlexAttention.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/convert.h"
#include "reference/ops/categories.h"
#include "reference/ops/pick.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;

constexpr double kExcluded = -std::numeric_limits<double>::infinity();

// Queries, keys and values, each [batch, heads, length, size].
struct Operands {
  Tensor q, k, v;

  int64_t batch() const { return q.dims()[0]; }
  int64_t heads() const { return q.dims()[1]; }
  int64_t kv_heads() const { return k.dims()[1]; }
  int64_t queries() const { return q.dims()[2]; }
  int64_t keys() const { return k.dims()[2]; }
};

absl::Status CheckOperands(const Operands& x) {
  const Dims& q = x.q.dims();
  const Dims& k = x.k.dims();
  const Dims& v = x.v.dims();
  const bool ranks = q.size() == 4 && k.size() == 4 && v.size() == 4;
  if (!ranks || q[0] != k[0] || q[0] != v[0] || k[1] != v[1] || k[2] != v[2] || q[3] != k[3] ||
      k[1] == 0 || q[1] % k[1] != 0) {
    return absl::InvalidArgumentError(absl::StrCat("queries ", Text(q), ", keys ", Text(k),
                                                   " and values ", Text(v), " don't fit"));
  }
  return absl::OkStatus();
}

// [batch, length, heads * size] as [batch, heads, length, size]; rank 4 stays.
absl::StatusOr<Tensor> WithHeads(const Tensor& x, int64_t heads) {
  if (x.rank() == 4) return x;
  if (x.rank() != 3 || heads <= 0 || x.dims()[2] % heads != 0) {
    return absl::InvalidArgumentError("an input can't be divided into heads");
  }
  const Tensor split = x.Reshaped({x.dims()[0], x.dims()[1], heads, x.dims()[2] / heads});
  return Transposed(split, {0, 2, 1, 3});
}

// `past` and `x` one after the other along the length.
absl::StatusOr<Tensor> Joined(const Tensor& past, const Tensor& x) {
  Dims dims = x.dims();
  if (past.rank() != 4 || past.dims()[0] != dims[0] || past.dims()[1] != dims[1] ||
      past.dims()[3] != dims[3]) {
    return absl::InvalidArgumentError("the past does not fit the present");
  }
  dims[2] += past.dims()[2];
  Tensor y(x.dtype(), dims);
  const int64_t before = past.dims()[2] * dims[3];
  const int64_t after = x.dims()[2] * dims[3];
  for (int64_t i = 0; i < dims[0] * dims[1]; ++i) {
    CopyElements(past, i * before, y, i * (before + after), before);
    CopyElements(x, i * after, y, i * (before + after) + before, after);
  }
  return y;
}

// The products of all queries and keys of the same head, [batch, heads, queries, keys], rounded to
// `dtype`. Each head of keys serves heads / kv_heads neighbouring heads of queries.
Tensor Scores(const Operands& x, double scale, Dtype dtype) {
  const int64_t size = x.q.dims()[3];
  const int64_t share = x.heads() / x.kv_heads();
  // Both sides carry the root of the scale, as ONNX has it, so that narrow types don't overflow.
  const double root = RoundTo(dtype, std::sqrt(scale));
  const auto scaled = [&](double v) { return RoundTo(dtype, v * root); };
  Tensor y(dtype, {x.batch(), x.heads(), x.queries(), x.keys()});
  for (IndexWalk walk(y.dims()); !walk.done(); walk.Next()) {
    const Dims& at = walk.index();
    const int64_t q = ((at[0] * x.heads() + at[1]) * x.queries() + at[2]) * size;
    const int64_t k = ((at[0] * x.kv_heads() + at[1] / share) * x.keys() + at[3]) * size;
    double sum = 0;
    for (int64_t i = 0; i < size; ++i) {
      sum += scaled(x.q.reals()[q + i]) * scaled(x.k.reals()[k + i]);
    }
    y.reals()[walk.count()] = RoundTo(dtype, sum);
  }
  return y;
}

// Softmax over the keys. A row without any key becomes zero.
void Normalize(Tensor& scores) {
  const int64_t keys = scores.dims()[3];
  for (int64_t begin = 0; keys > 0 && begin < scores.count(); begin += keys) {
    const auto first = scores.reals().begin() + begin;
    double largest = kExcluded;
    for (int64_t j = 0; j < keys; ++j) {
      if (std::isnan(first[j]) || first[j] > largest) largest = first[j];
    }
    double sum = 0;
    for (int64_t j = 0; j < keys; ++j) {
      first[j] = largest == kExcluded ? 0 : std::exp(first[j] - largest);
      sum += first[j];
    }
    for (int64_t j = 0; sum != 0 && j < keys; ++j) first[j] /= sum;
  }
}

// The values averaged with the given weights, [batch, heads, queries, value size].
Tensor Averaged(const Operands& x, const Tensor& weights) {
  const int64_t size = x.v.dims()[3];
  const int64_t share = x.heads() / x.kv_heads();
  Tensor y(x.v.dtype(), {x.batch(), x.heads(), x.queries(), size});
  for (int64_t row = 0; row < x.batch() * x.heads() * x.queries(); ++row) {
    const int64_t head = row / x.queries();
    const int64_t kv = head / x.heads() * x.kv_heads() + head % x.heads() / share;
    for (int64_t j = 0; j < x.keys(); ++j) {
      const double weight = weights.reals()[row * x.keys() + j];
      // An excluded key has no part, not even by a value that is no number.
      if (weight == 0) continue;
      for (int64_t i = 0; i < size; ++i) {
        y.reals()[row * size + i] += weight * x.v.reals()[(kv * x.keys() + j) * size + i];
      }
    }
  }
  return y;
}

// What excludes keys or adds to scores.
struct Mask {
  const Tensor* given;    // bool or float, broadcast to the scores; its last axis may be shorter
  const Tensor* lengths;  // of each batch's keys, or null
  bool is_causal;
  int64_t past;
  int64_t left, right;  // how far a query sees; -1 for no limit
};

// What is added to the score of query i and key j, without the given mask.
double Frontier(const Mask& mask, const Operands& x, int64_t batch, int64_t i, int64_t j) {
  int64_t offset = mask.past;
  if (mask.lengths != nullptr) {
    const auto length = static_cast<int64_t>(mask.lengths->integers()[batch]);
    if (j >= length) return kExcluded;
    offset = length - x.queries();
  }
  const int64_t place = offset + i;
  const bool hidden = (mask.is_causal && j > place) || (mask.left >= 0 && j < place - mask.left) ||
                      (mask.right >= 0 && j > place + mask.right);
  return hidden ? kExcluded : 0;
}

absl::Status CheckMask(const Mask& mask, const Operands& x) {
  if (mask.lengths != nullptr && mask.lengths->dims() != Dims{x.batch()}) {
    return absl::InvalidArgumentError("there must be one length for each sample");
  }
  if (mask.given == nullptr) return absl::OkStatus();
  Dims dims = mask.given->dims();
  const bool shorter = !dims.empty() && dims.back() != 1 && dims.back() < x.keys();
  if (shorter) dims.back() = x.keys();
  const Dims scores = {x.batch(), x.heads(), x.queries(), x.keys()};
  SINTER_ASSIGN_OR_RETURN(const Dims common, BroadcastDims({dims, scores}));
  if (common != scores) return absl::InvalidArgumentError("the mask does not fit the scores");
  return absl::OkStatus();
}

// The sum of all biases, [batch, heads, queries, keys]. REQUIRES: CheckMask has passed.
Tensor Bias(const Mask& mask, const Operands& x, Dtype dtype) {
  Tensor bias(dtype, {x.batch(), x.heads(), x.queries(), x.keys()});
  Dims strides(4, 0);
  int64_t reach = x.keys();
  if (mask.given != nullptr && mask.given->rank() > 0) {
    Dims own = mask.given->dims();
    if (own.back() != 1) reach = own.back();
    Dims target = bias.dims();
    target.back() = own.back();
    strides = BroadcastStrides(own, target);
  }
  for (IndexWalk walk(bias.dims(), {strides}); !walk.done(); walk.Next()) {
    const Dims& at = walk.index();
    double& sum = bias.reals()[walk.count()];
    sum = Frontier(mask, x, at[0], at[2], at[3]);
    if (mask.given == nullptr) continue;
    if (at[3] >= reach) {
      sum = kExcluded;
    } else if (mask.given->HoldsReals()) {
      sum += mask.given->reals()[walk.offset(0)];
    } else if (mask.given->integers()[walk.offset(0)] == 0) {
      sum = kExcluded;
    }
  }
  return bias;
}

// Adds; what is excluded is so whatever its score.
void AddBias(const Tensor& bias, Tensor& scores) {
  for (int64_t i = 0; i < scores.count(); ++i) {
    const double b = bias.reals()[i];
    double& score = scores.reals()[i];
    score = b == kExcluded ? kExcluded : RoundTo(scores.dtype(), score + b);
  }
}

absl::StatusOr<Operands> ReadOperands(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(Tensor q, WithHeads(call.tensor(0), call.Int("q_num_heads", 0)));
  SINTER_ASSIGN_OR_RETURN(Tensor k, WithHeads(call.tensor(1), call.Int("kv_num_heads", 0)));
  SINTER_ASSIGN_OR_RETURN(Tensor v, WithHeads(call.tensor(2), call.Int("kv_num_heads", 0)));
  if (call.Has(4) != call.Has(5)) {
    return absl::InvalidArgumentError("past key and past value must come together");
  }
  if (call.Has(4)) {
    SINTER_ASSIGN_OR_RETURN(k, Joined(call.tensor(4), k));
    SINTER_ASSIGN_OR_RETURN(v, Joined(call.tensor(5), v));
  }
  Operands x{std::move(q), std::move(k), std::move(v)};
  SINTER_RETURN_IF_ERROR(CheckOperands(x));
  return x;
}

Values Attention(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Operands x, ReadOperands(call));
  const Dtype dtype = x.q.dtype();
  const Mask mask{call.optional_tensor(3),          call.optional_tensor(6),
                  call.Flag("is_causal"),           call.Has(4) ? call.tensor(4).dims()[2] : 0,
                  call.Int("left_window_size", -1), call.Int("right_window_size", -1)};
  SINTER_RETURN_IF_ERROR(CheckMask(mask, x));
  SINTER_ASSIGN_OR_RETURN(const Dtype precision,
                          DtypeFromNumber(call.Int("softmax_precision", static_cast<int>(dtype))));
  const double size = static_cast<double>(x.q.dims()[3]);
  const double softcap = call.Float("softcap", 0);
  const int64_t mode = call.Int("qk_matmul_output_mode", 0);

  Tensor scores = Scores(x, call.Float("scale", 1 / std::sqrt(size)), dtype);
  Tensor shown = scores;
  for (double& s : scores.reals()) {
    if (softcap > 0) s = RoundTo(dtype, softcap * std::tanh(s / softcap));
  }
  if (mode == 1) shown = scores;
  AddBias(Bias(mask, x, dtype), scores);
  if (mode == 2) shown = scores;
  scores = ConvertNumbers(scores, precision);
  Normalize(scores);
  scores.RoundElements();
  scores = ConvertNumbers(scores, dtype);
  if (mode == 3) shown = scores;

  Tensor y = Averaged(x, scores);
  if (call.tensor(0).rank() == 3) {
    const int64_t hidden = x.heads() * x.v.dims()[3];
    y = Transposed(y, {0, 2, 1, 3}).Reshaped({x.batch(), x.queries(), hidden});
  }
  // The output has the type of the queries.
  y = Tensor(dtype, y.dims(), y.elements());
  return std::vector<Value>{std::move(y), x.k, x.v, std::move(shown)};
}

// The tensor that a modifier graph makes of `x`, which must be of its type and shape; `x` if the
// node has none.
absl::StatusOr<Tensor> Modified(const Call& call, const char* modifier, Tensor x) {
  if (!call.HasAttribute(modifier)) return x;
  x.RoundElements();
  SINTER_ASSIGN_OR_RETURN(const std::vector<Value> outputs,
                          call.environment().RunGraph(call.Graph(modifier), {Value(x)}));
  const Tensor* y = outputs.size() == 1 ? outputs[0].tensor() : nullptr;
  if (y == nullptr || y->dtype() != x.dtype() || y->dims() != x.dims()) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", modifier, "` must return a tensor of its input's type and shape"));
  }
  return *y;
}

Values FlexAttention(const Call& call) {
  const Operands x{call.tensor(0), call.tensor(1), call.tensor(2)};
  SINTER_RETURN_IF_ERROR(CheckOperands(x));
  const Dtype dtype = x.q.dtype();
  const Dtype usual = dtype == Dtype::kFloat64 ? dtype : Dtype::kFloat32;
  SINTER_ASSIGN_OR_RETURN(const Dtype precision,
                          DtypeFromNumber(call.Int("softmax_precision", static_cast<int>(usual))));
  const double size = static_cast<double>(x.q.dims()[3]);
  Tensor scores =
      ConvertNumbers(Scores(x, call.Float("scale", 1 / std::sqrt(size)), dtype), precision);
  SINTER_ASSIGN_OR_RETURN(scores, Modified(call, "score_mod", std::move(scores)));
  Normalize(scores);
  SINTER_ASSIGN_OR_RETURN(scores, Modified(call, "prob_mod", std::move(scores)));
  const Tensor y = Averaged(x, ConvertNumbers(scores, dtype));
  return Single(Tensor(dtype, y.dims(), y.elements()));
}

}  // namespace

absl::Span<const Operator> AttentionOperators() {
  static constexpr Operator kOperators[] = {
      {"", "Attention", 23, Attention},
      {"ai.onnx.preview", "FlexAttention", 1, FlexAttention},
  };
  return kOperators;
}

}  // namespace sinter::reference
