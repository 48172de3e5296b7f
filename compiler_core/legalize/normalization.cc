// Normalizations. BatchNormalization with known statistics is one multiply-add; the others are a
// mean, a variance and elementwise rests.
#include <cmath>
#include <numeric>

#include "base/status_macros.h"
#include "compiler_core/dialect/core/core.h"
#include "compiler_core/legalize/lowerings.h"
#include "compiler_core/legalize/reduction.h"
#include "llvm/ADT/STLExtras.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace sinter::legalize {

namespace {

namespace math = mlir::math;
using mlir::Value;
using mlir::ValueRange;

// A vector over dimension 1 as a tensor that broadcasts to `rank` dimensions.
Value PerChannel(Emitter& e, Value vector, int64_t rank) {
  ir::SymShape shape = core::ShapeOf(vector);
  shape.resize(rank - 1, 1);
  return e.Reshape(vector, shape);
}

// y = x * a + b with a = scale / sqrt(var + epsilon), b = bias - mean * a, computed here.
absl::Status FoldedBatchNorm(Node& n, double epsilon) {
  const int64_t channels = n.Const(1)->num_elements();
  std::vector<double> factors(channels), offsets(channels);
  for (int64_t c = 0; c < channels; ++c) {
    factors[c] = n.Const(1)->AsDouble(c) / std::sqrt(n.Const(4)->AsDouble(c) + epsilon);
    offsets[c] = n.Const(2)->AsDouble(c) - n.Const(3)->AsDouble(c) * factors[c];
  }
  Emitter& e = n.emit();
  const auto type = mlir::cast<mlir::FloatType>(ComputeType(n.Element(0)));
  const Value a = PerChannel(e, e.Vector(factors, type), n.Rank(0));
  const Value b = PerChannel(e, e.Vector(offsets, type), n.Rank(0));
  return n.Return(n.Map({n.In(0), a, b},
                        [](Scalars& s, ValueRange x) { return s.Add(s.Mul(x[0], x[1]), x[2]); }));
}

absl::Status LowerBatchNorm(Node& n) {
  if (n.Int("training_mode", 0) != 0) return Unsupported("training mode");
  const int used = n.num_outputs();
  for (int i = 1; i < used; ++i) {
    if (n.IsUsed(i)) return Unsupported("outputs other than the first (training)");
  }
  const double epsilon = n.Float("epsilon", 1e-5);
  if (n.Const(1) && n.Const(2) && n.Const(3) && n.Const(4)) return FoldedBatchNorm(n, epsilon);
  std::vector<Value> inputs = {n.In(0)};
  for (int i = 1; i < 5; ++i) inputs.push_back(PerChannel(n.emit(), n.In(i), n.Rank(0)));
  return n.Return(n.Map(inputs, [&](Scalars& s, ValueRange x) {
    const mlir::Type type = x[0].getType();
    const Value deviation =
        s.Emit<math::SqrtOp>(s.Add(s.Convert(x[4], type), s.Like(x[0], epsilon)));
    const Value normal = s.Div(s.Sub(x[0], s.Convert(x[3], type)), deviation);
    return s.Add(s.Mul(normal, s.Convert(x[1], type)), s.Convert(x[2], type));
  }));
}

// What a row-wise normalization computes: (x - mean) and 1 / sqrt(variance + epsilon).
struct Normal {
  Value mean;      // reduced dimensions are 1; null if not centered
  Value centered;  // x - mean, or x
  Value inverse;   // reduced dimensions are 1
};

absl::StatusOr<Normal> Normalize(Emitter& e, Value x, const std::vector<int64_t>& axes,
                                 double epsilon, bool center) {
  const ir::SymShape shape = core::ShapeOf(x);
  const mlir::Type type = ComputeType(ElementOf(x));
  Normal result{{}, x, {}};
  if (center) {
    result.mean = MeanOver(e, x, axes);
    SINTER_ASSIGN_OR_RETURN(result.centered,
                            e.Map({x, result.mean}, shape, type,
                                  [](Scalars& s, ValueRange v) { return s.Sub(v[0], v[1]); }));
  }
  const mlir::TypedAttr zero = mlir::cast<mlir::TypedAttr>(e.builder().getZeroAttr(type));
  const Value squares = e.Reduce(result.centered, axes, zero, [](Scalars& s, ValueRange v) {
    return s.Add(v[1], s.Mul(v[0], v[0]));
  });
  const ir::SymShape kept = KeepDims(shape, axes);
  const Count count(e, SizeAlong(shape, axes));
  result.inverse = e.MapOperands(
      Operand{e.Reshape(squares, kept), e.Identity(kept.size())}, kept, type,
      [&](Scalars& s, ValueRange v) {
        const Value variance = s.Div(v[0], count.In(s, type));
        const Value deviation = s.Emit<math::SqrtOp>(s.Add(variance, s.Number(type, epsilon)));
        return s.Div(s.Number(type, 1), deviation);
      });
  return result;
}

std::vector<int64_t> AxesFrom(int64_t first, int64_t rank) {
  std::vector<int64_t> axes(rank - first);
  std::iota(axes.begin(), axes.end(), first);
  return axes;
}

// centered * inverse * scale + bias; either of the last two may be null.
absl::StatusOr<Value> Scaled(Node& n, const Normal& normal, Value scale, Value bias,
                             const ir::SymShape& shape) {
  std::vector<Value> inputs = {normal.centered, normal.inverse};
  if (scale) inputs.push_back(scale);
  if (bias) inputs.push_back(bias);
  return n.emit().Map(inputs, shape, n.OutElement(), [&](Scalars& s, ValueRange x) {
    const mlir::Type type = x[0].getType();
    Value result = s.Mul(x[0], x[1]);
    if (scale) result = s.Mul(result, s.Convert(x[2], type));
    if (bias) result = s.Add(result, s.Convert(x[scale ? 3 : 2], type));
    return result;
  });
}

absl::Status ReturnStatistic(Node& n, Value value, int output) {
  if (n.num_outputs() <= output || !n.IsUsed(output)) return absl::OkStatus();
  return n.Return(n.emit().Map(value, n.OutShape(output), n.OutElement(output),
                               [](Scalars&, ValueRange x) { return x[0]; }),
                  output);
}

absl::Status LowerLayerNorm(Node& n, bool center) {
  const std::vector<int64_t> axes = AxesFrom(n.Axis("axis", -1, n.Rank(0)), n.Rank(0));
  SINTER_ASSIGN_OR_RETURN(const Normal normal,
                          Normalize(n.emit(), n.In(0), axes, n.Float("epsilon", 1e-5), center));
  const Value bias = n.Has(2) ? n.In(2) : Value();
  SINTER_RETURN_IF_ERROR(n.Return(Scaled(n, normal, n.In(1), bias, n.OutShape())));
  if (!center) return absl::OkStatus();
  SINTER_RETURN_IF_ERROR(ReturnStatistic(n, normal.mean, 1));
  return ReturnStatistic(n, normal.inverse, 2);
}

absl::Status LowerInstanceNorm(Node& n) {
  const int64_t rank = n.Rank(0);
  SINTER_ASSIGN_OR_RETURN(const Normal normal, Normalize(n.emit(), n.In(0), AxesFrom(2, rank),
                                                         n.Float("epsilon", 1e-5), true));
  return n.Return(Scaled(n, normal, PerChannel(n.emit(), n.In(1), rank),
                         PerChannel(n.emit(), n.In(2), rank), n.OutShape()));
}

// Over [batch, groups, channels/group, rest...]. Scale and bias are one a channel (opset 21) or one
// a group (opset 18).
absl::Status LowerGroupNorm(Node& n) {
  Emitter& e = n.emit();
  const int64_t groups = n.Int("num_groups", 1);
  const ir::SymShape in = n.Shape(0);
  ir::SymShape split = {in[0], groups, FloorDiv(in[1], groups)};
  split.insert(split.end(), in.begin() + 2, in.end());
  const int64_t rank = static_cast<int64_t>(split.size());
  SINTER_ASSIGN_OR_RETURN(
      const Normal normal,
      Normalize(e, e.Reshape(n.In(0), split), AxesFrom(2, rank), n.Float("epsilon", 1e-5), true));
  const auto spread = [&](Value vector) {
    const bool by_channel = core::ShapeOf(vector)[0] == in[1];
    ir::SymShape shape = {groups, by_channel ? split[2] : ir::SymExpr(1)};
    shape.resize(rank - 1, 1);
    return e.Reshape(vector, shape);
  };
  SINTER_ASSIGN_OR_RETURN(const Value result,
                          Scaled(n, normal, spread(n.In(1)), spread(n.In(2)), split));
  return n.Return(e.Reshape(result, in));
}

// (x - mean) / deviation; the epsilon is the one of ONNX's definition.
absl::Status LowerMeanVariance(Node& n) {
  std::vector<int64_t> axes = n.Ints("axes");
  if (axes.empty()) axes = {0, 2, 3};
  for (int64_t& axis : axes) axis += axis < 0 ? n.Rank(0) : 0;
  llvm::sort(axes);
  SINTER_ASSIGN_OR_RETURN(const Normal normal, Normalize(n.emit(), n.In(0), axes, 1e-9, true));
  return n.Return(Scaled(n, normal, {}, {}, n.OutShape()));
}

// x / (bias + alpha / size * sum of squares of `size` neighbouring channels) ^ beta
absl::Status LowerLrn(Node& n) {
  Emitter& e = n.emit();
  const ir::SymShape in = n.Shape(0);
  const int64_t rank = n.Rank(0), size = n.Int("size", 1), before = (size - 1) / 2;
  ir::SymShape low(rank, 0), shape = in;
  low[1] = before;
  shape[1] = in[1] + size - 1;
  const mlir::Type type = ComputeType(n.Element(0));
  const Value padded = e.Pad(n.In(0), low, {}, shape, e.builder().getZeroAttr(n.Element(0)));
  llvm::SmallVector<mlir::AffineExpr> window;
  for (int64_t i = 0; i < rank; ++i) window.push_back(e.Loop(i));
  window[1] = window[1] + e.Loop(rank);
  llvm::SmallVector<int64_t> out_dims;
  for (int64_t i = 0; i < rank; ++i) out_dims.push_back(i);
  const Operand inputs[] = {{padded, mlir::AffineMap::get(rank + 1, 0, window, e.context())},
                            {e.Empty({size}, n.Element(0)), e.Dims(rank + 1, {rank})}};
  const Operand output{e.Fill(in, mlir::cast<mlir::TypedAttr>(e.builder().getZeroAttr(type))),
                       e.Dims(rank + 1, out_dims)};
  const Value sums =
      e.Generic(inputs, output, rank, 1, [&](Scalars& s, ValueRange x) -> Emitter::Values {
        const Value element = s.Convert(x[0], type);
        return {s.Add(x[2], s.Mul(element, element))};
      })[0];
  const double alpha = n.Float("alpha", 1e-4) / static_cast<double>(size);
  const double beta = n.Float("beta", 0.75), bias = n.Float("bias", 1);
  return n.Return(n.Map({n.In(0), sums}, [&](Scalars& s, ValueRange x) {
    const Value base = s.Add(s.Like(x[1], bias), s.Mul(x[1], s.Like(x[1], alpha)));
    return s.Div(x[0], s.Emit<math::PowFOp>(base, s.Like(base, beta)));
  }));
}

// x / norm along one axis; 0 where the norm is 0.
absl::Status LowerLpNorm(Node& n) {
  Emitter& e = n.emit();
  const int64_t axis = n.Axis("axis", -1, n.Rank(0));
  const bool euclidean = n.Int("p", 2) == 2;
  const mlir::Type type = ComputeType(n.Element(0));
  SINTER_ASSIGN_OR_RETURN(const Value powers,
                          e.Map(n.In(0), n.Shape(0), type, [&](Scalars& s, ValueRange x) {
                            return euclidean ? s.Mul(x[0], x[0]) : s.Abs(x[0]);
                          }));
  const Value sums = SumOver(e, powers, {axis});
  return n.Return(n.Map({n.In(0), sums}, [&](Scalars& s, ValueRange x) {
    const Value norm = euclidean ? s.Emit<math::SqrtOp>(x[1]) : x[1];
    const Value zero = s.Like(norm, 0);
    return s.Select(s.Compare(Scalars::Relation::kEqual, norm, zero), zero, s.Div(x[0], norm));
  }));
}

}  // namespace

void AddNormalization(LoweringTable& table) {
  table["BatchNormalization"] = LowerBatchNorm;
  table["LayerNormalization"] = [](Node& n) { return LowerLayerNorm(n, /*center=*/true); };
  table["RMSNormalization"] = [](Node& n) { return LowerLayerNorm(n, /*center=*/false); };
  table["InstanceNormalization"] = LowerInstanceNorm;
  table["GroupNormalization"] = LowerGroupNorm;
  table["MeanVarianceNormalization"] = LowerMeanVariance;
  table["LRN"] = LowerLrn;
  table["LpNormalization"] = LowerLpNorm;
}

}  // namespace sinter::legalize
