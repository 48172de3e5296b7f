// com.microsoft's ops of decoders: RotaryEmbedding and GroupQueryAttention with its cache.
#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/import/expansions/contrib_attention.h"
#include "compiler_core/import/expansions/expansions.h"
#include "compiler_core/ir/diagnostic_kind.h"

namespace sinter::import::expansions {
namespace {

Name Positions(Body& b, const Name& count) {
  return b.Op("Range", {b.IntNumber(0), count, b.IntNumber(1)});
}

// `x` is [batch, heads, tokens, size], `positions` [batch, tokens].
Name Rotated(Body& b, const Name& x, const Name& cos, const Name& sin, const Name& positions,
             bool interleaved, int64_t rotated) {
  const ir::DType type = b.Type(0), wide = WideType(type);
  const Name y =
      b.Op("RotaryEmbedding", {b.Cast(x, wide), b.Cast(cos, wide), b.Cast(sin, wide), positions},
           {{"interleaved", int64_t{interleaved}}, {"rotary_embedding_dim", rotated}});
  return b.Cast(y, type);
}

}  // namespace

absl::Status ContribRotary(Body& b) {
  if (!b.Has(0) || !b.Has(1) || !b.Has(2) || !b.Has(3) || !b.Dim(2, 1)) {
    return UnsupportedForm("a cache of free size");
  }
  if (b.Int("is_packed_batching", 0) != 0 || b.Float("scale", 1) != 1) {
    return UnsupportedForm("is_packed_batching or scale");
  }
  const int64_t rotated = b.Int("rotary_embedding_dim", 0);
  const int rank = b.Rank(0);
  int64_t size = 2 * *b.Dim(2, 1), heads = b.Int("num_heads", 0);
  const std::optional<int64_t> width = b.Dim(0, rank - 1);
  if (!width || (rank != 3 && rank != 4)) return UnsupportedForm("an input of free size");
  if (rank == 4) {
    size = *width;
  } else if (heads > 0) {
    size = *width / heads;
  }
  heads = rank == 3 ? *width / size : 1;
  if (rank == 3 && heads * size != *width)
    return UnsupportedForm("a width that is not whole heads");
  const Name x = rank == 4 ? b.In(0) : IntoHeads(b, b.In(0), heads, size);
  Name positions = b.In(1);
  if (b.Rank(1) == 1) {  // of the first token
    const Name tokens = Positions(b, SizeOf(b, x, 2));
    const Name shape = b.Joined({b.ShapeOf(x, 0, 1), b.ShapeOf(x, 2, 3)});
    positions = b.Op("Expand", {b.Add(b.In(1), tokens), shape});
  }
  const Name y = Rotated(b, x, b.In(2), b.In(3), positions, b.Int("interleaved", 0) != 0, rotated);
  b.Return(0, rank == 4 ? y : b.Reshape(b.Transpose(y, {0, 2, 1, 3}), {0, 0, *width}));
  return absl::OkStatus();
}

namespace {

struct Group {
  int64_t heads, kv_heads, size;
  Name q, k, v;       // [batch, heads, tokens, size]
  Name tokens;        // int64 of rank 0
  Name total;         // likewise: tokens and past of the longest sequence
  Name past_lengths;  // [batch]
  Name lengths;       // likewise, with the tokens
};

absl::Status CheckGroup(const Body& b) {
  for (int i : {0, 5, 6}) {
    if (!b.Has(i)) {
      return ir::Error(ir::DiagnosticKind::kMalformedModel,
                       absl::StrCat("input ", i, " is absent"));
    }
  }
  for (int i = 12; i < b.num_inputs(); ++i) {
    if (b.Has(i)) return UnsupportedForm(absl::StrCat("input ", i));
  }
  if (b.Wants(3)) return UnsupportedForm("the output `output_qk`");
  if (b.Has(3) != b.Has(4)) return UnsupportedForm("past keys without values");
  return absl::OkStatus();
}

absl::StatusOr<Group> ReadGroup(Body& b) {
  SINTER_RETURN_IF_ERROR(CheckGroup(b));
  Group g;
  g.heads = b.Int("num_heads", 0);
  g.kv_heads = b.Int("kv_num_heads", 0);
  const std::optional<int64_t> width = b.Dim(0, 2);
  if (b.Rank(0) != 3 || !width || g.heads < 1 || g.kv_heads < 1 || g.heads % g.kv_heads != 0) {
    return UnsupportedForm("such numbers of heads");
  }
  Name q = b.In(0), k = b.In(1), v = b.In(2);
  const bool packed = !b.Has(1);
  const int64_t parts = packed ? g.heads + 2 * g.kv_heads : g.heads;
  if (*width % parts != 0) return UnsupportedForm("a width that is not whole heads");
  g.size = *width / parts;
  if (packed) {
    const std::vector<Name> split =
        b.SplitInto(b.In(0), {g.heads * g.size, g.kv_heads * g.size, g.kv_heads * g.size}, 2);
    q = split[0];
    k = split[1];
    v = split[2];
  }
  g.q = IntoHeads(b, q, g.heads, g.size);
  g.k = IntoHeads(b, k, g.kv_heads, g.size);
  g.v = IntoHeads(b, v, g.kv_heads, g.size);
  g.tokens = SizeOf(b, q, 1);
  g.total = b.Reshape(b.Cast(b.In(6), ir::DType::kInt64), {});
  // seqlens_k is one less than all tokens of a sequence; in a prompt, shorter ones are padded.
  const Name seqlens = b.Reshape(b.Cast(b.In(5), ir::DType::kInt64), {-1});
  g.lengths = b.Add(seqlens, b.IntNumber(1));
  g.past_lengths = b.Op("Max", {b.Sub(g.lengths, g.tokens), b.IntNumber(0)});
  return g;
}

// The cache `input` with room for all tokens, and `fresh` after each sequence's past.
Name Extended(Body& b, const Group& g, int input, const Name& fresh) {
  Name room = b.Unsqueeze(g.total, {0});
  if (b.Has(input)) room = b.Op("Max", {room, b.ShapeOf(b.In(input), 2, 3)});
  Name cache;
  if (b.Has(input)) {
    // What a shorter sequence has behind its past is not handed on.
    const Name size = b.ShapeOf(b.In(input), 2, 3);
    const Name place = b.Unsqueeze(Positions(b, b.Squeeze(size, {0})), {1});
    const Name is_past = b.Op("Less", {place, b.Unsqueeze(g.past_lengths, {1, 2, 3})});
    const Name past = b.Op("Where", {is_past, b.In(input), b.Number(0, b.Type(0))});
    const Name more = b.Sub(room, size);
    cache = b.Op("Pad", {past, b.Joined({b.IntVector({0}), more}), "", b.IntVector({2})});
  } else {
    const Name shape = b.Joined({b.ShapeOf(fresh, 0, 2), room, b.IntVector({g.size})});
    cache = b.Zeros(shape, b.Type(0));
  }
  return b.Op("TensorScatter", {cache, fresh, g.past_lengths}, {{"axis", 2}});
}

}  // namespace

absl::Status GroupQueryAttention(Body& b) {
  SINTER_ASSIGN_OR_RETURN(Group g, ReadGroup(b));
  const Name tokens = Positions(b, g.tokens);
  // [batch, tokens]: where in its sequence each token is.
  const Name places = b.Add(b.Unsqueeze(g.past_lengths, {1}), tokens);
  if (b.Int("do_rotary", 0) != 0) {
    if (!b.Has(7) || !b.Has(8) || !b.Dim(7, 1)) return UnsupportedForm("a cache of free size");
    const bool interleaved = b.Int("rotary_interleaved", 0) != 0;
    const int64_t part = 2 * *b.Dim(7, 1) == g.size ? 0 : 2 * *b.Dim(7, 1);
    const Name positions = b.Has(9) ? b.In(9) : places;
    g.q = Rotated(b, g.q, b.In(7), b.In(8), positions, interleaved, part);
    g.k = Rotated(b, g.k, b.In(7), b.In(8), positions, interleaved, part);
  }
  Attend attend;
  attend.q = g.q;
  attend.k = Extended(b, g, 3, g.k);
  attend.v = Extended(b, g, 4, g.v);
  b.Return(1, attend.k);
  b.Return(2, attend.v);
  attend.heads = g.heads;
  attend.kv_heads = g.kv_heads;
  attend.v_size = g.size;
  attend.type = b.Type(0);
  attend.scale = b.Float("scale", 0);
  if (attend.scale == 0) attend.scale = 1 / std::sqrt(static_cast<double>(g.size));
  attend.softcap = b.Float("softcap", 0);
  const Name keys = Positions(b, SizeOf(b, attend.k, 2));
  const Name here = b.Unsqueeze(places, {2});
  // [batch, tokens, keys]
  Name allowed = b.Op("Less", {keys, b.Unsqueeze(g.lengths, {1, 2})});
  if (b.Int("causal", 1) != 0) {
    allowed = b.Op("And", {allowed, b.Op("LessOrEqual", {keys, here})});
  }
  const int64_t window = b.Int("local_window_size", -1);
  if (window > 0) {
    const Name near = b.Op("Greater", {keys, b.Sub(here, b.IntNumber(window))});
    allowed = b.Op("And", {allowed, near});
  }
  const bool grouped = g.heads != g.kv_heads;
  if (b.Has(10)) {
    attend.bias = b.In(10);
    if (grouped && b.Dim(10, 1) == 1) {
      attend.bias = b.Unsqueeze(attend.bias, {2});
    } else if (grouped && b.Dim(10, 1) == g.heads) {
      const Name split = b.IntVector({g.kv_heads, g.heads / g.kv_heads});
      attend.bias = b.ReshapeTo(
          attend.bias, b.Joined({b.ShapeOf(b.In(10), 0, 1), split, b.ShapeOf(b.In(10), 2, 4)}));
    } else if (grouped) {
      return UnsupportedForm("an attention_bias of a free number of heads");
    }
  }
  if (b.Has(11)) {
    attend.sink = b.In(11);
  } else if (b.Int("smooth_softmax", 0) > 0) {
    attend.sink = b.Zeros(b.IntVector({g.heads}), b.Type(0));
  }
  attend.allowed =
      b.Unsqueeze(allowed, grouped ? std::vector<int64_t>{1, 2} : std::vector<int64_t>{1});
  b.Return(0, Write(b, attend));
  return absl::OkStatus();
}

}  // namespace sinter::import::expansions
