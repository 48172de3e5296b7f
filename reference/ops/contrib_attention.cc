// com.microsoft's Attention, QAttention and MultiHeadAttention.
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/attention_math.h"
#include "reference/ops/categories.h"
#include "reference/ops/contrib_checks.h"
#include "reference/ops/matmul.h"
#include "reference/ops/quantized_math.h"
#include "reference/ops/stacking.h"

namespace sinter::reference {
namespace {

constexpr double kExcluded = -std::numeric_limits<double>::infinity();
constexpr double kFiltered = -10000;  // the default of `mask_filter_value`

// [batch, length, width] with bias[first...] added along the last axis, if there is a bias.
Tensor WithBias(Tensor x, const Tensor* bias, int64_t first) {
  const int64_t width = x.dims().back();
  for (int64_t i = 0; bias != nullptr && i < x.count(); ++i)
    x.reals()[i] += bias->reals()[first + i % width];
  return x;
}

// Past keys or values in front of new ones, both [batch, heads, length, size].
absl::StatusOr<Tensor> WithPast(const Tensor* past, const Tensor& fresh) {
  if (past == nullptr) return fresh;
  if (past->dtype() != fresh.dtype())
    return absl::InvalidArgumentError("the past is of another type");
  return Concatenate({*past, fresh}, 2);
}

// What masks and causality add to the scores of keys that `past` others precede.
absl::Status AddMasks(const Call& call, const Tensor* mask, const Tensor* bias,
                      AttentionOperands& operands) {
  const int64_t batch = operands.q.dims()[0], heads = operands.q.dims()[1];
  const int64_t queries = operands.q.dims()[2], keys = operands.k.dims()[2];
  SINTER_ASSIGN_OR_RETURN(
      const auto masked,
      ReadKeyMask(mask, batch, queries, keys, call.Float("mask_filter_value", kFiltered)));
  SINTER_ASSIGN_OR_RETURN(const auto biased, ReadScoreBias(bias, batch, heads, queries, keys));
  const bool causal = call.Flag("unidirectional");
  operands.added = [=](int64_t b, int64_t h, int64_t i, int64_t j) {
    if (causal && j > keys - queries + i) return kExcluded;
    return masked(b, i, j) + biased(b, h, i, j);
  };
  return absl::OkStatus();
}

double ScaleOf(const Call& call, int64_t size) {
  const double given = call.Float("scale", 0);
  return given != 0 ? given : 1 / std::sqrt(static_cast<double>(size));
}

// The widths of queries, keys and values in the merged projection.
absl::StatusOr<Dims> Widths(const Call& call, int64_t total) {
  const int64_t heads = call.Int("num_heads", 0);
  Dims widths = call.Ints("qkv_hidden_sizes");
  if (widths.empty()) widths.assign(3, total / 3);
  bool fits = heads > 0 && widths.size() == 3 && widths[0] + widths[1] + widths[2] == total &&
              widths[0] == widths[1];
  for (size_t i = 0; fits && i < 3; ++i) fits = widths[i] > 0 && widths[i] % heads == 0;
  if (fits) return widths;
  return absl::InvalidArgumentError(absl::StrCat("`num_heads` of ", heads, " and hidden sizes of ",
                                                 Text(widths), " do not fit weights of ", total,
                                                 " columns"));
}

// Attention after its merged projection [batch, length, widths].
absl::StatusOr<std::vector<Value>> FromProjection(const Call& call, const Tensor& projected,
                                                  const Tensor* mask, const Tensor* past,
                                                  const Tensor* score_bias) {
  const int64_t heads = call.Int("num_heads", 0);
  SINTER_ASSIGN_OR_RETURN(const Dims widths, Widths(call, projected.dims()[2]));
  AttentionOperands operands = {SplitHeads(SliceOf(projected, 2, 0, widths[0]), heads),
                                SplitHeads(SliceOf(projected, 2, widths[0], widths[1]), heads),
                                SplitHeads(SliceOf(projected, 2, 2 * widths[0], widths[2]), heads),
                                ScaleOf(call, widths[0] / heads),
                                0,
                                {},
                                {}};
  if (past != nullptr) {
    if (past->rank() != 5 || past->dims()[0] != 2)
      return absl::InvalidArgumentError(absl::StrCat("a past of the shape ", Text(past->dims())));
    const Tensor past_k = SliceAt(*past, 0, 0), past_v = SliceAt(*past, 0, 1);
    SINTER_ASSIGN_OR_RETURN(operands.k, WithPast(&past_k, operands.k));
    SINTER_ASSIGN_OR_RETURN(operands.v, WithPast(&past_v, operands.v));
  }
  SINTER_RETURN_IF_ERROR(AddMasks(call, mask, score_bias, operands));
  std::vector<Value> outputs = {Attend(operands)};
  if (call.Wants(1)) {
    SINTER_ASSIGN_OR_RETURN(Tensor present, Stack({operands.k, operands.v}, 0));
    outputs.emplace_back(std::move(present));
  }
  return outputs;
}

absl::Status CheckProjection(const Tensor& x, const Tensor& weights, const Tensor* bias) {
  const bool fits =
      x.rank() == 3 && weights.rank() == 2 && weights.dims()[0] == x.dims()[2] &&
      (bias == nullptr || (bias->dims() == Dims{weights.dims()[1]} && bias->HoldsReals()));
  return fits ? absl::OkStatus()
              : absl::InvalidArgumentError(absl::StrCat("weights of ", Text(weights.dims()),
                                                        " do not fit an input of ", Text(x.dims()),
                                                        " or the bias"));
}

absl::StatusOr<std::vector<Value>> Attention(const Call& call) {
  SINTER_RETURN_IF_ERROR(CheckFloats(call, {0, 1, 2, 4, 5}));
  SINTER_RETURN_IF_ERROR(RefuseFlags(call, {"do_rotary", "past_present_share_buffer"}));
  SINTER_RETURN_IF_ERROR(RefuseInputs(call, {6}));
  const Tensor* bias = call.optional_tensor(2);
  SINTER_RETURN_IF_ERROR(CheckProjection(call.tensor(0), call.tensor(1), bias));
  SINTER_ASSIGN_OR_RETURN(Tensor projected, MatMul(call.tensor(0), call.tensor(1)));
  return FromProjection(call, WithBias(std::move(projected), bias, 0), call.optional_tensor(3),
                        call.optional_tensor(4), call.optional_tensor(5));
}

absl::StatusOr<std::vector<Value>> QAttention(const Call& call) {
  SINTER_RETURN_IF_ERROR(CheckFloats(call, {2, 3, 4, 8}));
  SINTER_RETURN_IF_ERROR(RefuseFlags(call, {"do_rotary", "past_present_share_buffer"}));
  const Tensor& bias = call.tensor(2);
  SINTER_RETURN_IF_ERROR(CheckProjection(call.tensor(0), call.tensor(1), &bias));
  SINTER_ASSIGN_OR_RETURN(const Tensor x,
                          Dequantized(call.tensor(0), call.tensor(3), call.optional_tensor(6), -1));
  SINTER_ASSIGN_OR_RETURN(const Tensor w,
                          Dequantized(call.tensor(1), call.tensor(4), call.optional_tensor(7), 1));
  SINTER_ASSIGN_OR_RETURN(const Tensor product, MatMul(x, w));
  Tensor projected(bias.dtype(), product.dims(), product.reals());
  return FromProjection(call, WithBias(std::move(projected), &bias, 0), call.optional_tensor(5),
                        call.optional_tensor(8), nullptr);
}

// Keys or values of MultiHeadAttention: [batch, length, width], to which the bias applies, or
// already split into heads.
absl::StatusOr<Tensor> KeysOrValues(const Call& call, int input, int64_t heads,
                                    int64_t first_bias) {
  const Tensor& x = call.tensor(input);
  const Tensor* bias = call.optional_tensor(3);
  if (x.rank() == 4 && x.dims()[1] == heads) {
    if (bias != nullptr)
      return absl::UnimplementedError("a bias together with keys that are split into heads");
    return x;
  }
  if (x.rank() != 3 || x.dims()[2] % heads != 0)
    return absl::InvalidArgumentError(
        absl::StrCat("input ", input, " has the shape ", Text(x.dims())));
  if (bias != nullptr && first_bias + x.dims()[2] > bias->count())
    return absl::InvalidArgumentError("the bias is too short");
  return SplitHeads(WithBias(x, bias, first_bias), heads);
}

absl::StatusOr<std::vector<Value>> MultiHeadAttention(const Call& call) {
  SINTER_RETURN_IF_ERROR(CheckFloats(call, {0, 1, 2, 3, 5, 6, 7}));
  const Tensor& query = call.tensor(0);
  if (query.rank() == 5 || !call.Has(2))
    return absl::UnimplementedError("packed queries, keys and values");
  SINTER_RETURN_IF_ERROR(CheckGiven(call, {1, 2}));
  SINTER_RETURN_IF_ERROR(RefuseInputs(call, {8, 9}));
  SINTER_RETURN_IF_ERROR(RefuseOutputs(call, {3}));
  const int64_t heads = call.Int("num_heads", 0);
  if (query.rank() != 3 || heads < 1 || query.dims()[2] % heads != 0)
    return absl::InvalidArgumentError(
        absl::StrCat("a query of ", Text(query.dims()), " for ", heads, " heads"));
  const int64_t width = query.dims()[2];
  if (call.Has(3) && call.tensor(3).count() < 2 * width)
    return absl::InvalidArgumentError("the bias is too short");
  AttentionOperands operands = {SplitHeads(WithBias(query, call.optional_tensor(3), 0), heads),
                                query,
                                query,
                                ScaleOf(call, width / heads),
                                0,
                                {},
                                {}};
  SINTER_ASSIGN_OR_RETURN(operands.k, KeysOrValues(call, 1, heads, width));
  SINTER_ASSIGN_OR_RETURN(operands.v, KeysOrValues(call, 2, heads, 2 * width));
  SINTER_ASSIGN_OR_RETURN(operands.k, WithPast(call.optional_tensor(6), operands.k));
  SINTER_ASSIGN_OR_RETURN(operands.v, WithPast(call.optional_tensor(7), operands.v));
  const Dims& k = operands.k.dims();
  const Dims& v = operands.v.dims();
  if (k[0] != query.dims()[0] || v[0] != k[0] || v[2] != k[2] || k[3] != width / heads) {
    return absl::InvalidArgumentError(absl::StrCat("keys of ", Text(k), " and values of ", Text(v),
                                                   " do not fit a query of ", Text(query.dims())));
  }
  SINTER_RETURN_IF_ERROR(
      AddMasks(call, call.optional_tensor(4), call.optional_tensor(5), operands));
  return std::vector<Value>{Attend(operands), operands.k, operands.v};
}

}  // namespace

absl::Span<const Operator> ContribAttentionOperators() {
  static constexpr Operator kOperators[] = {
      {"com.microsoft", "Attention", 1, OfNumbers<Attention>, 2},
      {"com.microsoft", "MultiHeadAttention", 1, OfNumbers<MultiHeadAttention>, 1},
      {"com.microsoft", "QAttention", 1, OfNumbers<QAttention>, 5},
  };
  return kOperators;
}

}  // namespace sinter::reference
