// com.microsoft's Attention, QAttention and MultiHeadAttention.
#include "compiler_core/import/expansions/contrib_attention.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/import/expansions/expansions.h"
#include "compiler_core/ir/diagnostic_kind.h"

namespace sinter::import::expansions {

Name SizeOf(Body& b, const Name& x, int64_t axis) {
  return b.Squeeze(b.ShapeOf(x, axis, axis + 1), {0});
}

Name IntoHeads(Body& b, const Name& x, int64_t heads, int64_t size) {
  return b.Transpose(b.Reshape(x, {0, 0, heads, size}), {0, 2, 1, 3});
}

Name CausalMask(Body& b, const Name& queries, const Name& keys) {
  const Name zero = b.IntNumber(0), one = b.IntNumber(1);
  const Name row = b.Unsqueeze(b.Op("Range", {zero, queries, one}), {1});
  const Name column = b.Op("Range", {zero, keys, one});
  return b.Op("LessOrEqual", {column, b.Add(row, b.Sub(keys, queries))});
}

absl::StatusOr<Name> PaddingBias(Body& b, int i, const Name& keys, double fill, ir::DType type) {
  const Name none = b.Number(0, type), off = b.Number(fill, type);
  if (b.Rank(i) == 1) {
    const Name positions = b.Op("Range", {b.IntNumber(0), keys, b.IntNumber(1)});
    const Name bounds = b.Unsqueeze(b.Cast(b.In(i), ir::DType::kInt64), {1, 2, 3});
    if (b.Shape(i)[0] == b.Shape(0)[0]) {
      return b.Op("Where", {b.Op("Less", {positions, bounds}), none, off});
    }
    if (b.Shape(i)[0] != b.Shape(0)[0] * ir::SymExpr(2)) return UnsupportedForm("such a mask");
    // All ends, then all starts.
    const std::vector<Name> ends = b.Split(bounds, 2, 0);
    const Name counts = b.Op(
        "And", {b.Op("Less", {positions, ends[0]}), b.Op("GreaterOrEqual", {positions, ends[1]})});
    return b.Op("Where", {counts, none, off});
  }
  if (b.Rank(i) != 2 && b.Rank(i) != 3) return UnsupportedForm("a mask of 4 dimensions");
  const Name counts = b.Op("Greater", {b.In(i), b.Integer(0, b.Type(i))});
  const Name mask = b.Op("Where", {counts, none, off});
  return b.Unsqueeze(mask, b.Rank(i) == 2 ? std::vector<int64_t>{1, 2} : std::vector<int64_t>{1});
}

namespace {

// Softmax over the keys, of which `sink` is one more.
Name Weights(Body& b, const Attend& a, const Name& scores, int64_t rank) {
  if (a.sink.empty()) return b.Softmax(scores, -1);
  const int64_t groups = a.heads / a.kv_heads;
  const Name column = groups == 1 ? b.Reshape(a.sink, {a.heads, 1, 1})
                                  : b.Reshape(a.sink, {a.kv_heads, groups, 1, 1});
  const Name shape = b.Joined({b.ShapeOf(scores, 0, rank - 1), b.IntVector({1})});
  const Name more = b.Concat({scores, b.Op("Expand", {column, shape})}, rank - 1);
  return b.Slice(b.Softmax(more, -1), 0, -1, rank - 1);
}

}  // namespace

Name Write(Body& b, const Attend& a) {
  const int64_t groups = a.heads / a.kv_heads;
  const ir::DType wide = WideType(a.type);
  const auto widened = [&](const Name& x) {
    return x.empty() || wide == a.type ? x : b.Cast(x, wide);
  };
  Name q = widened(a.q), k = b.Transpose(widened(a.k), {0, 1, 3, 2}), v = widened(a.v);
  if (groups > 1) {
    // [batch, kv_heads, groups, tokens, size]
    q = b.ReshapeTo(
        q, b.Joined({b.ShapeOf(q, 0, 1), b.IntVector({a.kv_heads, groups}), b.ShapeOf(q, 2, 4)}));
    k = b.Unsqueeze(k, {2});
    v = b.Unsqueeze(v, {2});
  }
  Name scores = b.Mul(b.MatMul(q, k), b.Number(a.scale, wide));
  if (a.softcap != 0) {
    const Name cap = b.Number(a.softcap, wide);
    scores = b.Mul(cap, b.Op("Tanh", {b.Div(scores, cap)}));
  }
  if (!a.bias.empty()) scores = b.Add(scores, widened(a.bias));
  if (!a.allowed.empty()) scores = b.Op("Where", {a.allowed, scores, b.Number(-1e30, wide)});
  Attend with_sink = a;
  with_sink.sink = widened(a.sink);
  Name out = b.MatMul(Weights(b, with_sink, scores, groups > 1 ? 5 : 4), v);
  if (groups > 1) {
    out = b.ReshapeTo(
        out, b.Joined({b.ShapeOf(out, 0, 1), b.IntVector({a.heads}), b.ShapeOf(out, 3, 5)}));
  }
  out = b.Reshape(b.Transpose(out, {0, 2, 1, 3}), {0, 0, a.heads * a.v_size});
  return wide == a.type ? out : b.Cast(out, a.type);
}

namespace {

absl::Status BadShapes(const Body& b) {
  std::string shapes;
  for (int i = 0; i < b.num_inputs(); ++i) {
    if (b.Has(i)) absl::StrAppend(&shapes, " ", ir::ToString(b.Shape(i)));
  }
  return ir::Error(ir::DiagnosticKind::kShapeMismatch,
                   absl::StrCat("inputs of shapes", shapes, " do not fit the heads"));
}

absl::Status CheckPlain(const Body& b) {
  if (!IsRealFloat(b.Type(0)) && b.num_inputs() < 5) return UnsupportedForm("the type");
  for (const char* name : {"do_rotary", "past_present_share_buffer"}) {
    if (b.Int(name, 0) != 0) return UnsupportedForm(absl::StrCat("attribute `", name, "`"));
  }
  return absl::OkStatus();
}

// The inputs of Attention and QAttention beside the first, by position.
struct Packed {
  Name qkv;              // [batch, tokens, all sizes]
  int mask, past, bias;  // -1: the op has no such input
  ir::DType type;
};

absl::Status AttendPacked(Body& b, const Packed& packed, std::vector<int64_t> sizes) {
  const int64_t heads = b.Int("num_heads", 0);
  for (int64_t size : sizes) {
    if (heads < 1 || size % heads != 0) return BadShapes(b);
  }
  if (sizes[0] != sizes[1]) return BadShapes(b);
  const std::vector<Name> parts = b.SplitInto(packed.qkv, sizes, 2);
  Attend attend;
  attend.type = packed.type;
  attend.heads = attend.kv_heads = heads;
  attend.v_size = sizes[2] / heads;
  attend.q = IntoHeads(b, parts[0], heads, sizes[0] / heads);
  attend.k = IntoHeads(b, parts[1], heads, sizes[1] / heads);
  attend.v = IntoHeads(b, parts[2], heads, attend.v_size);
  if (b.Has(packed.past)) {
    attend.k = b.Concat({b.Pick(b.In(packed.past), 0, 0), attend.k}, 2);
    attend.v = b.Concat({b.Pick(b.In(packed.past), 1, 0), attend.v}, 2);
  }
  if (b.Wants(1)) {
    if (sizes[1] != sizes[2]) return UnsupportedForm("`present` of keys and values of two sizes");
    b.Return(1, b.Concat({b.Unsqueeze(attend.k, {0}), b.Unsqueeze(attend.v, {0})}, 0));
  }
  attend.scale = b.Float("scale", 0);
  if (attend.scale == 0) {
    attend.scale = 1 / std::sqrt(static_cast<double>(sizes[0] / heads));
  }
  const Name keys = SizeOf(b, attend.k, 2);
  if (packed.bias >= 0 && b.Has(packed.bias)) attend.bias = b.In(packed.bias);
  if (b.Has(packed.mask)) {
    SINTER_ASSIGN_OR_RETURN(
        const Name padding,
        PaddingBias(b, packed.mask, keys, b.Float("mask_filter_value", -10000), packed.type));
    attend.bias = attend.bias.empty() ? padding : b.Add(attend.bias, padding);
  }
  if (b.Int("unidirectional", 0) != 0) {
    attend.allowed = CausalMask(b, SizeOf(b, attend.q, 2), keys);
  }
  b.Return(0, Write(b, attend));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<int64_t>> PackedSizes(const Body& b) {
  std::vector<int64_t> sizes = b.Ints("qkv_hidden_sizes");
  const std::optional<int64_t> all = b.Has(1) ? b.Dim(1, 1) : std::nullopt;
  if (b.Rank(0) != 3 || !b.Has(1) || b.Rank(1) != 2 || !all) return BadShapes(b);
  if (sizes.empty()) sizes.assign(3, *all / 3);
  if (sizes.size() != 3 || sizes[0] + sizes[1] + sizes[2] != *all) return BadShapes(b);
  return sizes;
}

}  // namespace

absl::Status ContribAttention(Body& b) {
  SINTER_RETURN_IF_ERROR(CheckPlain(b));
  if (b.Has(6)) return UnsupportedForm("input `past_sequence_length`");
  SINTER_ASSIGN_OR_RETURN(const std::vector<int64_t> sizes, PackedSizes(b));
  Packed packed{b.MatMul(b.In(0), b.In(1)), 3, 4, 5, b.Type(0)};
  if (b.Has(2)) packed.qkv = b.Add(packed.qkv, b.In(2));
  return AttendPacked(b, packed, sizes);
}

absl::Status QAttention(Body& b) {
  SINTER_RETURN_IF_ERROR(CheckPlain(b));
  SINTER_ASSIGN_OR_RETURN(const std::vector<int64_t> sizes, PackedSizes(b));
  const Name product = b.Op("MatMulInteger", {b.In(0), b.In(1), b.In(6), b.In(7)});
  const Name scaled = b.Mul(b.Cast(product, b.Type(3)), b.Mul(b.In(3), b.In(4)));
  return AttendPacked(b, {b.Add(scaled, b.In(2)), 5, 8, -1, b.Type(3)}, sizes);
}

namespace {

// Queries, keys and values of MultiHeadAttention as [batch, heads, tokens, size].
struct Separate {
  Name q, k, v;
  int64_t size = 0, v_size = 0;
};

absl::StatusOr<Separate> FromPacked(Body& b, int64_t heads) {
  // [batch, tokens, heads, 3, size]
  Separate s;
  const auto size = b.Dim(0, 4);
  if (b.Rank(0) != 5 || !size || b.Dim(0, 2) != heads || b.Has(3)) return BadShapes(b);
  s.size = s.v_size = *size;
  const auto part = [&](int64_t i) { return b.Transpose(b.Pick(b.In(0), i, 3), {0, 2, 1, 3}); };
  s.q = part(0);
  s.k = part(1);
  s.v = part(2);
  return s;
}

absl::StatusOr<Separate> FromInputs(Body& b, int64_t heads) {
  const auto width = b.Dim(0, 2);
  if (b.Rank(0) != 3 || !width || *width % heads != 0) return BadShapes(b);
  Separate s;
  s.size = *width / heads;
  if (b.Rank(1) == 4 && b.Has(2) && b.Rank(2) == 4) {  // [batch, heads, tokens, size]
    if (b.Has(3) || !b.Dim(2, 3)) return UnsupportedForm("a bias on keys that are split already");
    s.v_size = *b.Dim(2, 3);
    s.q = IntoHeads(b, b.In(0), heads, s.size);
    s.k = b.In(1);
    s.v = b.In(2);
    return s;
  }
  const auto v_width = b.Dim(2, 2);
  if (b.Rank(1) != 3 || !b.Has(2) || b.Rank(2) != 3 || !v_width || *v_width % heads != 0) {
    return UnsupportedForm("keys and values in one tensor");
  }
  s.v_size = *v_width / heads;
  Name q = b.In(0), k = b.In(1), v = b.In(2);
  if (b.Has(3)) {
    const std::vector<Name> biases = b.SplitInto(b.In(3), {*width, *width, *v_width}, 0);
    q = b.Add(q, biases[0]);
    k = b.Add(k, biases[1]);
    v = b.Add(v, biases[2]);
  }
  s.q = IntoHeads(b, q, heads, s.size);
  s.k = IntoHeads(b, k, heads, s.size);
  s.v = IntoHeads(b, v, heads, s.v_size);
  return s;
}

}  // namespace

absl::Status MultiHeadAttention(Body& b) {
  const int64_t heads = b.Int("num_heads", 0);
  if (heads < 1) return BadShapes(b);
  if (b.Has(8) || b.Has(9) || b.Wants(3)) {
    return UnsupportedForm("a shared past, beams, or the output `qk`");
  }
  SINTER_ASSIGN_OR_RETURN(Separate s, b.Has(1) ? FromInputs(b, heads) : FromPacked(b, heads));
  if (b.Has(6)) s.k = b.Concat({b.In(6), s.k}, 2);
  if (b.Has(7)) s.v = b.Concat({b.In(7), s.v}, 2);
  b.Return(1, s.k);
  b.Return(2, s.v);
  Attend attend;
  attend.q = s.q;
  attend.k = s.k;
  attend.v = s.v;
  attend.heads = attend.kv_heads = heads;
  attend.v_size = s.v_size;
  attend.type = b.Type(0);
  attend.scale = b.Float("scale", 0);
  if (attend.scale == 0) attend.scale = 1 / std::sqrt(static_cast<double>(s.size));
  const Name keys = SizeOf(b, s.k, 2);
  attend.bias = b.Has(5) ? b.In(5) : Name();
  if (b.Has(4)) {
    SINTER_ASSIGN_OR_RETURN(
        const Name padding,
        PaddingBias(b, 4, keys, b.Float("mask_filter_value", -10000), b.Type(0)));
    attend.bias = attend.bias.empty() ? padding : b.Add(attend.bias, padding);
  }
  if (b.Int("unidirectional", 0) != 0) attend.allowed = CausalMask(b, SizeOf(b, s.q, 2), keys);
  b.Return(0, Write(b, attend));
  return absl::OkStatus();
}

}  // namespace sinter::import::expansions
