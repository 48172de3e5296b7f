// Scaled dot-product attention, for the operators of com.microsoft that are built around it.
#ifndef SINTER_REFERENCE_OPS_ATTENTION_MATH_H_
#define SINTER_REFERENCE_OPS_ATTENTION_MATH_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "reference/value.h"

namespace sinter::reference {

struct AttentionOperands {
  // Tensors of reals with the shapes [batch, heads, queries, size], [batch, kv heads, keys, size]
  // and [batch, kv heads, keys, value size]; each head of keys serves heads / kv heads neighbours.
  Tensor q, k, v;
  double scale = 1;
  // 0 for none: scores become softcap * tanh(score / softcap).
  double softcap = 0;
  // Added to the score of a query and a key; minus infinity excludes the key.
  std::function<double(int64_t batch, int64_t head, int64_t query, int64_t key)> added;
  // For each head a score of its own that takes part in the softmax and has no value; may be empty.
  std::vector<double> sinks;
};

// RETURNS: [batch, queries, heads * value size]. A query that all keys are excluded from gets 0.
Tensor Attend(const AttentionOperands& operands);

// [batch, length, heads * size] as [batch, heads, length, size]. REQUIRES: rank 3, divisible.
Tensor SplitHeads(const Tensor& x, int64_t heads);

// The masks of com.microsoft's Attention and MultiHeadAttention, as what is added to a score:
// `filtered` for a masked key, else 0. `mask` has the shape [batch] (lengths), [2 * batch] (ends,
// then starts), [batch, keys] or [batch, queries, keys] (0 is masked).
// ERRORS: UNIMPLEMENTED for another shape that the operators know, INVALID_ARGUMENT otherwise.
absl::StatusOr<std::function<double(int64_t batch, int64_t query, int64_t key)>> ReadKeyMask(
    const Tensor* mask, int64_t batch, int64_t queries, int64_t keys, double filtered);

// A bias on the scores of the shape [batch or 1, heads or 1, queries, keys], or null for none.
// REQUIRES: it lives as long as the result. ERRORS: INVALID_ARGUMENT for another shape.
absl::StatusOr<std::function<double(int64_t batch, int64_t head, int64_t query, int64_t key)>>
ReadScoreBias(const Tensor* bias, int64_t batch, int64_t heads, int64_t queries, int64_t keys);

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_OPS_ATTENTION_MATH_H_
