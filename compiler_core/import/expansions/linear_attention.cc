// LinearAttention: the recurrence over tokens, unrolled where their number is small and known.
#include <cmath>

#include "absl/strings/str_cat.h"
#include "compiler_core/import/expansions/expansions.h"
#include "compiler_core/ir/diagnostic_kind.h"

namespace sinter::import::expansions {
namespace {

constexpr int64_t kMaxUnrolledSteps = 64;

struct Rule {
  bool gated, delta;
  int64_t kv_heads, groups;  // groups: query heads that share one of the others
  int64_t d_k, d_v;
  double scale;
  ir::DType type;
};

absl::StatusOr<Rule> ReadRule(const Body& b) {
  const std::string name = b.Text("update_rule", "gated_delta");
  Rule rule;
  rule.gated = name == "gated" || name == "gated_delta";
  rule.delta = name == "delta" || name == "gated_delta";
  if (!rule.gated && !rule.delta && name != "linear") {
    return UnsupportedForm(absl::StrCat("update_rule `", name, "`"));
  }
  const int64_t heads = b.Int("q_num_heads", 0);
  rule.kv_heads = b.Int("kv_num_heads", 0);
  const auto q = b.Dim(0, 2), v = b.Dim(2, 2);
  if (heads < 1 || rule.kv_heads < 1 || heads % rule.kv_heads != 0 || !q || !v || *q % heads != 0 ||
      *v % rule.kv_heads != 0 || b.Dim(1, 2) != *q / heads * rule.kv_heads) {
    return ir::Error(ir::DiagnosticKind::kShapeMismatch,
                     "query, key and value do not split into the heads");
  }
  rule.groups = heads / rule.kv_heads;
  rule.d_k = *q / heads;
  rule.d_v = *v / rule.kv_heads;
  rule.scale = b.Float("scale", 0);
  if (rule.scale == 0) rule.scale = 1 / std::sqrt(static_cast<double>(rule.d_k));
  rule.type = WideType(b.Type(0));
  if ((rule.gated && !b.Has(4)) || (rule.delta && !b.Has(5))) {
    return ir::Error(ir::DiagnosticKind::kMalformedModel, "`decay` or `beta` is absent");
  }
  return rule;
}

// What each token brings along; [tokens, batch, ...] before the loop, [batch, ...] in it.
struct Token {
  Name query;  // [kv_heads, groups, d_k], scaled
  Name key;    // [kv_heads, d_k, 1]
  Name value;  // [kv_heads, 1, d_v]
  Name decay;  // exp of it: [kv_heads, d_k or 1, 1], or ""
  Name beta;   // [kv_heads or 1, 1, 1], or ""
};

// Input `i` as [tokens, batch, dims...].
Name ByToken(Body& b, int i, const Rule& rule, std::vector<int64_t> dims) {
  dims.insert(dims.begin(), {0, 0});
  std::vector<int64_t> permutation = {1, 0};
  for (size_t d = 2; d < dims.size(); ++d) permutation.push_back(static_cast<int64_t>(d));
  return b.Transpose(b.Reshape(b.Cast(b.In(i), rule.type), dims), permutation);
}

Token AllTokens(Body& b, const Rule& rule) {
  Token token;
  const Name query = ByToken(b, 0, rule, {rule.kv_heads, rule.groups, rule.d_k});
  token.query = b.Mul(query, b.Number(rule.scale, rule.type));
  token.key = ByToken(b, 1, rule, {rule.kv_heads, rule.d_k, 1});
  token.value = ByToken(b, 2, rule, {rule.kv_heads, 1, rule.d_v});
  if (rule.gated) {
    const bool by_head = b.Dim(4, 2) == rule.kv_heads;
    token.decay = b.Op("Exp", {ByToken(b, 4, rule, {rule.kv_heads, by_head ? 1 : rule.d_k, 1})});
  }
  if (rule.delta) {
    const bool one = b.Dim(5, 2) == 1;
    token.beta = ByToken(b, 5, rule, {one ? 1 : rule.kv_heads, 1, 1});
  }
  return token;
}

// RETURNS: the output, [batch, kv_heads, groups, d_v]; `state` [batch, kv_heads, d_k, d_v] moves
// on.
Name Step(Body& b, const Token& token, Name& state) {
  if (!token.decay.empty()) state = b.Mul(token.decay, state);
  Name update = token.value;
  if (!token.beta.empty()) {
    const Name seen = b.Sum(b.Mul(token.key, state), {2});
    update = b.Mul(token.beta, b.Sub(token.value, seen));
  }
  state = b.Add(state, b.Mul(token.key, update));
  return b.MatMul(token.query, state);
}

Token PickToken(Body& b, const Token& all, int64_t t) {
  const auto pick = [&](const Name& x) { return x.empty() ? x : b.Pick(x, t, 0); };
  return {pick(all.query), pick(all.key), pick(all.value), pick(all.decay), pick(all.beta)};
}

// [tokens, batch, kv_heads, groups, d_v]
Name Scan(Body& b, const Token& all, Name& state) {
  std::vector<std::pair<Name, Name>> scanned;
  const auto inner = [&](const Name& x) {
    if (x.empty()) return x;
    scanned.emplace_back(b.NewName(), x);
    return scanned.back().first;
  };
  const Token token = {inner(all.query), inner(all.key), inner(all.value), inner(all.decay),
                       inner(all.beta)};
  const Name old = b.NewName();
  b.BeginGraph();
  Name next = old;
  const Name output = Step(b, token, next);
  const std::vector<Name> results = b.EndScan({{old, state}}, scanned, {next}, {output}, false);
  state = results[0];
  return results[1];
}

}  // namespace

absl::Status LinearAttention(Body& b) {
  for (int i = 0; i < 3; ++i) {
    if (!b.Has(i) || b.Rank(i) != 3) return UnsupportedForm("an input that is not of rank 3");
  }
  absl::StatusOr<Rule> read = ReadRule(b);
  if (!read.ok()) return read.status();
  const Rule& rule = *read;
  const Token all = AllTokens(b, rule);
  const Name state_shape =
      b.Joined({b.ShapeOf(b.In(0), 0, 1), b.IntVector({rule.kv_heads, rule.d_k, rule.d_v})});
  Name state = b.Has(3) ? b.Cast(b.In(3), rule.type) : b.Zeros(state_shape, rule.type);
  const std::optional<int64_t> steps = b.Dim(0, 1);
  Name outputs;
  if (steps && *steps > 0 && *steps <= kMaxUnrolledSteps) {
    std::vector<Name> parts;
    for (int64_t t = 0; t < *steps; ++t) {
      parts.push_back(b.Unsqueeze(Step(b, PickToken(b, all, t), state), {0}));
    }
    outputs = b.Concat(parts, 0);
  } else {
    outputs = Scan(b, all, state);
  }
  const Name packed = b.Reshape(b.Transpose(outputs, {1, 0, 2, 3, 4}),
                                {0, 0, rule.kv_heads * rule.groups * rule.d_v});
  b.Return(0, b.Cast(packed, b.Type(0)));
  b.Return(1, b.Cast(state, b.Has(3) ? b.Type(3) : b.Type(0)));
  return absl::OkStatus();
}

}  // namespace sinter::import::expansions
