// com.microsoft's normalizations: of a sum, without a mean, of embeddings.
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/import/expansions/expansions.h"
#include "compiler_core/ir/diagnostic_kind.h"

namespace sinter::import::expansions {
namespace {

absl::Status NeedInputs(const Body& b, std::vector<int> inputs) {
  for (int i : inputs) {
    if (b.Has(i)) continue;
    return ir::Error(ir::DiagnosticKind::kMalformedModel, absl::StrCat("input ", i, " is absent"));
  }
  return absl::OkStatus();
}

// x / sqrt(mean(x^2) + epsilon) * scale over `axes`, in at least float32; and the reciprocal root.
struct Simple {
  Name y, inverse;
};
Simple Simplified(Body& b, const Name& x, ir::DType type, const Name& scale,
                  std::vector<int64_t> axes, double epsilon) {
  const ir::DType wide = WideType(type);
  const Name value = b.Cast(x, wide);
  const Name mean = b.Mean(b.Mul(value, value), std::move(axes));
  const Name root = b.Op("Sqrt", {b.Add(mean, b.Number(epsilon, wide))});
  const Name inverse = b.Op("Reciprocal", {root});
  return {b.Cast(b.Mul(b.Mul(value, inverse), b.Cast(scale, wide)), type), inverse};
}

// The sum of these inputs, those that are there, in at least float32.
Name SumOf(Body& b, std::vector<int> inputs) {
  Name sum;
  for (int i : inputs) {
    if (!b.Has(i)) continue;
    const Name wide = b.Cast(b.In(i), WideType(b.Type(i)));
    sum = sum.empty() ? wide : b.Add(sum, wide);
  }
  return sum;
}

// LayerNormalization of `x`, which is wide, by inputs `gamma` and `beta`: the result in their type,
// the mean and the reciprocal deviation.
std::vector<Name> Normalized(Body& b, const Name& x, int gamma, int beta) {
  const ir::DType type = b.Type(gamma), wide = WideType(type);
  const Name offset = b.Has(beta) ? b.Cast(b.In(beta), wide) : Name();
  std::vector<Name> results = b.Ops("LayerNormalization", {x, b.Cast(b.In(gamma), wide), offset}, 3,
                                    {{"axis", -1}, {"epsilon", b.Float("epsilon", 1e-12)}});
  results[0] = b.Cast(results[0], type);
  return results;
}

}  // namespace

absl::Status SimplifiedLayerNorm(Body& b) {
  SINTER_RETURN_IF_ERROR(NeedInputs(b, {0, 1}));
  if (b.Type(0) != b.Type(1)) return UnsupportedForm("a scale of another type than the input");
  const int64_t rank = b.Rank(0), axis = b.Int("axis", -1);
  std::vector<int64_t> axes;
  for (int64_t i = axis < 0 ? axis + rank : axis; i < rank; ++i) axes.push_back(i);
  const Simple simple = Simplified(b, b.In(0), b.Type(0), b.In(1), axes, b.Float("epsilon", 1e-5));
  b.Return(0, simple.y);
  b.Return(1, simple.inverse);
  return absl::OkStatus();
}

absl::Status SkipSimplifiedLayerNorm(Body& b) {
  SINTER_RETURN_IF_ERROR(NeedInputs(b, {0, 1, 2}));
  if (b.Wants(1) || b.Wants(2)) return UnsupportedForm("the output `mean` or `inv_std_var`");
  const Name sum = SumOf(b, {0, 1, 3});
  const std::vector<int64_t> axes = {b.Rank(0) - 1};
  b.Return(0, Simplified(b, sum, b.Type(0), b.In(2), axes, b.Float("epsilon", 1e-12)).y);
  b.Return(3, b.Cast(sum, b.Type(0)));
  return absl::OkStatus();
}

absl::Status SkipLayerNorm(Body& b) {
  SINTER_RETURN_IF_ERROR(NeedInputs(b, {0, 1, 2}));
  const Name sum = SumOf(b, {0, 1, 4});
  const std::vector<Name> results = Normalized(b, sum, 2, 3);
  for (int i = 0; i < 3; ++i) b.Return(i, results[i]);
  b.Return(3, b.Cast(sum, b.Type(0)));
  return absl::OkStatus();
}

absl::Status EmbedLayerNorm(Body& b) {
  SINTER_RETURN_IF_ERROR(NeedInputs(b, {0, 2, 3, 5, 6}));
  if (b.Rank(0) != 2) return UnsupportedForm("ids that are not of rank 2");
  if (b.Has(1) != b.Has(4)) return UnsupportedForm("segments without their embedding");
  const Name length = b.Squeeze(b.ShapeOf(b.In(0), 1, 2), {0});
  const Name positions =
      b.Has(8) ? b.In(8) : b.Op("Range", {b.IntNumber(0), length, b.IntNumber(1)});
  const auto looked_up = [&](int table, const Name& ids) {
    return b.Cast(b.Op("Gather", {b.In(table), ids}), WideType(b.Type(table)));
  };
  Name sum = b.Add(looked_up(2, b.In(0)), looked_up(3, positions));
  if (b.Has(1)) sum = b.Add(sum, looked_up(4, b.In(1)));
  b.Return(0, Normalized(b, sum, 5, 6)[0]);
  if (b.Wants(1)) {
    const Name zeros = b.Op("Expand", {b.Integer(0, ir::DType::kInt32), b.ShapeOf(b.In(0), 0, 1)});
    b.Return(1, b.Has(7) ? b.Sum(b.In(7), {1}, false) : zeros);
  }
  b.Return(2, b.Cast(sum, b.Type(2)));
  return absl::OkStatus();
}

}  // namespace sinter::import::expansions
