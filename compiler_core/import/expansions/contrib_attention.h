// What the attention ops of com.microsoft share.
#ifndef SINTER_COMPILER_CORE_IMPORT_EXPANSIONS_CONTRIB_ATTENTION_H_
#define SINTER_COMPILER_CORE_IMPORT_EXPANSIONS_CONTRIB_ATTENTION_H_

#include "absl/status/statusor.h"
#include "compiler_core/import/expansions/body.h"

namespace sinter::import::expansions {

// softmax(scale * q k^T + bias) v, in at least float32.
struct Attend {
  Name q;     // [batch, heads, queries, size]
  Name k, v;  // [batch, kv_heads, keys, size]; heads is a multiple of kv_heads
  int64_t heads, kv_heads;
  int64_t v_size;  // of one head of `v`
  double scale = 0;
  double softcap = 0;  // 0: none; else scores become softcap * tanh(score / softcap)
  Name bias;           // added to the scores, broadcasting from the right; or ""
  Name allowed;        // bool, likewise: keys that count; or ""
  Name sink;           // [heads]: the score of one more key, whose value is 0; or ""
  ir::DType type;
};

// RETURNS: [batch, queries, heads * v_size].
Name Write(Body& body, const Attend& attend);

// [batch, tokens, heads * size] as [batch, heads, tokens, size].
Name IntoHeads(Body& body, const Name& x, int64_t heads, int64_t size);

// Bool [queries, keys]: the last query may see all keys, the one before all but the last, ...
// `keys` and `queries` are int64 of rank 0.
Name CausalMask(Body& body, const Name& queries, const Name& keys);

// Input `i` as a mask of keys: lengths [batch], or 1 for each key that counts, [batch, keys] or
// [batch, queries, keys]. RETURNS: `fill` times what does not count, to be added to scores.
// ERRORS: UNIMPLEMENTED for other forms.
absl::StatusOr<Name> PaddingBias(Body& body, int i, const Name& keys, double fill, ir::DType type);

// The size of dimension `axis` of `x`, int64 of rank 0.
Name SizeOf(Body& body, const Name& x, int64_t axis);

}  // namespace sinter::import::expansions

#endif  // SINTER_COMPILER_CORE_IMPORT_EXPANSIONS_CONTRIB_ATTENTION_H_
