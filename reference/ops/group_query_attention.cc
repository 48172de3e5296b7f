// com.microsoft's GroupQueryAttention, with a cache of floats.
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
#include "reference/ops/pick.h"
#include "reference/ops/quantized_math.h"
#include "reference/ops/rotary_math.h"
#include "reference/ops/stacking.h"

namespace sinter::reference {
namespace {

struct GroupQuery {
  Tensor q, k, v;             // [batch, heads or kv heads, length, size]
  std::vector<int64_t> ends;  // tokens of each batch entry after this step
  int64_t total = 0;          // the largest of them, as the node is told

  int64_t length() const { return q.dims()[2]; }
  // How many tokens came before. The first prompt has none, whatever its padding.
  int64_t Before(int64_t batch) const { return total == length() ? 0 : ends[batch] - length(); }
};

absl::Status Refuse(const Call& call) {
  SINTER_RETURN_IF_ERROR(RefuseFlags(call, {"sliding_window_cache", "qk_output"}));
  SINTER_RETURN_IF_ERROR(RefuseInputs(call, {12, 13, 14, 15, 16}));
  SINTER_RETURN_IF_ERROR(RefuseOutputs(call, {3}));
  for (const char* name : {"k_quant_type", "v_quant_type"}) {
    if (call.String(name, "NONE") != "NONE")
      return absl::UnimplementedError(
          absl::StrCat("`", name, "` of `", call.String(name, ""), "`"));
  }
  return absl::OkStatus();
}

absl::Status SplitInputs(const Call& call, GroupQuery& node) {
  const Tensor& query = call.tensor(0);
  const int64_t heads = call.Int("num_heads", 0), kv_heads = call.Int("kv_num_heads", 0);
  if (query.rank() != 3 || kv_heads < 1 || heads < kv_heads || heads % kv_heads != 0) {
    return absl::InvalidArgumentError(absl::StrCat("a query of ", Text(query.dims()), " for ",
                                                   heads, " and ", kv_heads, " heads"));
  }
  if (call.Has(1) != call.Has(2))
    return absl::InvalidArgumentError("keys and values come together");
  const int64_t width = query.dims()[2], parts = call.Has(1) ? heads : heads + 2 * kv_heads;
  if (width % parts != 0)
    return absl::InvalidArgumentError(
        absl::StrCat("a query of ", Text(query.dims()), " for ", parts, " heads"));
  const int64_t size = width / parts, kv_width = kv_heads * size;
  const Dims kv = {query.dims()[0], query.dims()[1], kv_width};
  if (call.Has(1) && (call.tensor(1).dims() != kv || call.tensor(2).dims() != kv)) {
    return absl::UnimplementedError(absl::StrCat("keys of ", Text(call.tensor(1).dims()),
                                                 " and values of ", Text(call.tensor(2).dims()),
                                                 "; they need to be ", Text(kv)));
  }
  node.q = SplitHeads(call.Has(1) ? query : SliceOf(query, 2, 0, heads * size), heads);
  node.k = SplitHeads(call.Has(1) ? call.tensor(1) : SliceOf(query, 2, heads * size, kv_width),
                      kv_heads);
  node.v = SplitHeads(
      call.Has(1) ? call.tensor(2) : SliceOf(query, 2, heads * size + kv_width, kv_width),
      kv_heads);
  return absl::OkStatus();
}

absl::Status ReadLengths(const Call& call, GroupQuery& node) {
  SINTER_ASSIGN_OR_RETURN(const double total, ScalarAt(call, 6));
  node.total = static_cast<int64_t>(total);
  if (!call.tensor(5).HoldsIntegers() || call.tensor(5).count() != node.q.dims()[0])
    return absl::InvalidArgumentError("`seqlens_k` needs one entry a batch");
  for (const int64_t last : call.tensor(5).ToInts()) {
    const int64_t end = last + 1;
    if (end < 1 || end > node.total || node.total < node.length() ||
        (node.total != node.length() && end < node.length())) {
      return absl::InvalidArgumentError(
          absl::StrCat("a sequence of ", end, " where the longest has ", node.total));
    }
    node.ends.push_back(end);
  }
  return absl::OkStatus();
}

absl::Status Rotate(const Call& call, GroupQuery& node) {
  if (!call.Flag("do_rotary")) return absl::OkStatus();
  SINTER_RETURN_IF_ERROR(CheckGiven(call, {7, 8}));
  const Tensor* ids = call.optional_tensor(9);
  const int64_t length = node.length();
  if (ids != nullptr && (!ids->HoldsIntegers() || ids->dims() != Dims{node.q.dims()[0], length}))
    return absl::InvalidArgumentError(absl::StrCat("position ids of ", Text(ids->dims())));
  const auto position = [&](int64_t b, int64_t i) {
    return ids != nullptr ? static_cast<int64_t>(ids->integers()[b * length + i])
                          : node.Before(b) + i;
  };
  const RotaryTables tables = {&call.tensor(7), &call.tensor(8), call.Flag("rotary_interleaved")};
  SINTER_ASSIGN_OR_RETURN(node.q, Rotated(node.q, tables, position));
  SINTER_ASSIGN_OR_RETURN(node.k, Rotated(node.k, tables, position));
  return absl::OkStatus();
}

// The cache after this step: new entries behind those that each batch entry had.
absl::StatusOr<Tensor> Present(const Tensor* past, const Tensor& fresh, const GroupQuery& node) {
  Dims dims = fresh.dims();
  const int64_t length = dims[2], size = dims[3];
  const int64_t stored = past == nullptr ? 0 : past->rank() == 4 ? past->dims()[2] : -1;
  dims[2] = stored;
  if (past != nullptr && (past->dims() != dims || past->dtype() != fresh.dtype())) {
    return absl::InvalidArgumentError(
        absl::StrCat("a past of ", Name(past->dtype()), Text(past->dims())));
  }
  dims[2] = std::max(stored, node.total);
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  Tensor present(fresh.dtype(), dims);
  for (IndexWalk row({dims[0], dims[1]}); !row.done(); row.Next()) {
    const int64_t before = node.Before(row.index()[0]);
    if (before > stored)
      return absl::InvalidArgumentError(
          absl::StrCat("a past of ", stored, " entries where ", before, " are needed"));
    if (before > 0)
      CopyElements(*past, row.count() * stored * size, present, row.count() * dims[2] * size,
                   before * size);
    CopyElements(fresh, row.count() * length * size, present,
                 (row.count() * dims[2] + before) * size, length * size);
  }
  return present;
}

absl::Status AddMasks(const Call& call, const GroupQuery& node, AttentionOperands& operands) {
  const int64_t heads = operands.q.dims()[1];
  const bool causal = call.Flag("causal", true);
  const int64_t window = call.Int("local_window_size", -1);
  if (!causal && (window != -1 || call.Has(3)))
    return absl::UnimplementedError("`causal` of 0 with a window or a past");
  SINTER_ASSIGN_OR_RETURN(
      const auto biased,
      ReadScoreBias(call.optional_tensor(10), node.q.dims()[0], heads, node.length(), node.total));
  operands.added = [=, &node](int64_t b, int64_t h, int64_t i, int64_t j) {
    const int64_t at = node.Before(b) + i;
    const bool seen = causal ? j <= at && (window < 0 || j > at - window) : j < node.ends[b];
    return seen && j < node.total ? biased(b, h, i, j) : -std::numeric_limits<double>::infinity();
  };
  if (call.Has(11)) {
    if (call.tensor(11).dims() != Dims{heads})
      return absl::InvalidArgumentError(
          absl::StrCat("`head_sink` has the shape ", Text(call.tensor(11).dims())));
    operands.sinks = call.tensor(11).reals();
  } else if (call.Int("smooth_softmax", 0) > 0) {
    operands.sinks.assign(heads, 0.0);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Value>> GroupQueryAttention(const Call& call) {
  SINTER_RETURN_IF_ERROR(CheckGiven(call, {5, 6}));
  SINTER_RETURN_IF_ERROR(CheckFloats(call, {0, 1, 2, 3, 4, 7, 8, 10, 11}));
  SINTER_RETURN_IF_ERROR(Refuse(call));
  const Tensor& query = call.tensor(0);
  GroupQuery node = {query, query, query, {}, 0};
  SINTER_RETURN_IF_ERROR(SplitInputs(call, node));
  SINTER_RETURN_IF_ERROR(ReadLengths(call, node));
  SINTER_RETURN_IF_ERROR(Rotate(call, node));
  SINTER_ASSIGN_OR_RETURN(Tensor present_k, Present(call.optional_tensor(3), node.k, node));
  SINTER_ASSIGN_OR_RETURN(Tensor present_v, Present(call.optional_tensor(4), node.v, node));
  const int64_t size = node.q.dims()[3];
  const double scale = call.Float("scale", 0) != 0 ? call.Float("scale", 0)
                                                   : 1 / std::sqrt(static_cast<double>(size));
  AttentionOperands operands = {node.q, present_k, present_v, scale, call.Float("softcap", 0),
                                {},     {}};
  SINTER_RETURN_IF_ERROR(AddMasks(call, node, operands));
  return std::vector<Value>{Attend(operands), std::move(present_k), std::move(present_v)};
}

}  // namespace

absl::Span<const Operator> GroupQueryAttentionOperators() {
  static constexpr Operator kOperators[] = {
      {"com.microsoft", "GroupQueryAttention", 1, OfNumbers<GroupQueryAttention>, 1}};
  return kOperators;
}

}  // namespace sinter::reference
