#include "compiler_core/legalize/reduction.h"

#include <numeric>

#include "base/status_macros.h"
#include "compiler_core/dialect/core/core.h"
#include "compiler_core/legalize/lowerings.h"
#include "llvm/ADT/STLExtras.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace sinter::legalize {

namespace {

namespace math = mlir::math;
using mlir::Value;
using mlir::ValueRange;
using ScalarFunction = Value (*)(Scalars&, Value);
using Relation = Scalars::Relation;

Value Same(Scalars&, Value x) { return x; }
Value Square(Scalars& s, Value x) { return s.Mul(x, x); }
Value Magnitude(Scalars& s, Value x) { return s.Abs(x); }
Value Root(Scalars& s, Value x) { return s.Emit<math::SqrtOp>(x); }
Value Logarithm(Scalars& s, Value x) { return s.Emit<math::LogOp>(x); }

// A reduction: `before` on each element, then `combine` from `init` on, then `after`.
struct Kind {
  enum class Init { kZero, kOne, kLowest, kHighest };
  const char* name;
  Init init;
  Value (Scalars::*combine)(Value, Value);
  ScalarFunction before = Same;
  ScalarFunction after = Same;
  bool mean = false;
};

constexpr Kind kKinds[] = {
    {"ReduceSum", Kind::Init::kZero, &Scalars::Add},
    {"ReduceMean", Kind::Init::kZero, &Scalars::Add, Same, Same, true},
    {"ReduceMax", Kind::Init::kLowest, &Scalars::Max},
    {"ReduceMin", Kind::Init::kHighest, &Scalars::Min},
    {"ReduceProd", Kind::Init::kOne, &Scalars::Mul},
    {"ReduceL1", Kind::Init::kZero, &Scalars::Add, Magnitude},
    {"ReduceL2", Kind::Init::kZero, &Scalars::Add, Square, Root},
    {"ReduceSumSquare", Kind::Init::kZero, &Scalars::Add, Square},
    {"ReduceLogSum", Kind::Init::kZero, &Scalars::Add, Same, Logarithm},
};

mlir::TypedAttr InitOf(Emitter& e, Kind::Init init, mlir::Type type) {
  Scalars s = e.scalars();
  switch (init) {
    case Kind::Init::kZero:
      return mlir::cast<mlir::TypedAttr>(e.builder().getZeroAttr(type));
    case Kind::Init::kOne:
      return mlir::cast<mlir::TypedAttr>(e.builder().getOneAttr(type));
    case Kind::Init::kLowest:
      return s.Lowest(type);
    case Kind::Init::kHighest:
      return s.Highest(type);
  }
  __builtin_unreachable();
}

// The dimensions to reduce, sorted; all of them if none are named. Empty: the op is to do nothing.
absl::StatusOr<std::vector<int64_t>> AxesOf(Node& n) {
  std::vector<int64_t> axes = n.Ints("axes");
  if (n.Has(1)) {
    SINTER_ASSIGN_OR_RETURN(axes, n.RequiredNumbers(1, "axes"));
  }
  const int64_t rank = n.Rank(0);
  if (axes.empty()) {
    if (n.Int("noop_with_empty_axes", 0) != 0) return axes;
    axes.resize(rank);
    std::iota(axes.begin(), axes.end(), 0);
  }
  for (int64_t& axis : axes) axis += axis < 0 ? rank : 0;
  llvm::sort(axes);
  axes.erase(std::unique(axes.begin(), axes.end()), axes.end());
  return axes;
}

absl::Status LowerReduction(Node& n, const Kind& kind) {
  SINTER_ASSIGN_OR_RETURN(const std::vector<int64_t> axes, AxesOf(n));
  Emitter& e = n.emit();
  const mlir::TypedAttr init = InitOf(e, kind.init, ComputeType(n.Element(0)));
  const Value reduced = e.Reduce(n.In(0), axes, init, [&](Scalars& s, ValueRange x) {
    return (s.*kind.combine)(x[1], kind.before(s, x[0]));
  });
  const Count count(e, SizeAlong(n.Shape(0), axes));
  const Value shaped = e.Reshape(reduced, n.OutShape());
  if (ElementOf(shaped) == n.OutElement() && kind.after == Same && !kind.mean) {
    return n.Return(shaped);
  }
  return n.Return(n.Map(shaped, [&](Scalars& s, ValueRange x) {
    return kind.mean ? s.Div(x[0], count.In(s, x[0].getType())) : kind.after(s, x[0]);
  }));
}

// max + log(sum(exp(x - max))); where max is infinite it is not subtracted.
absl::Status LowerLogSumExp(Node& n) {
  SINTER_ASSIGN_OR_RETURN(const std::vector<int64_t> axes, AxesOf(n));
  Emitter& e = n.emit();
  const mlir::Type type = ComputeType(n.Element(0));
  const Value greatest = MaxOver(e, n.In(0), axes);
  const auto finite = [&](Scalars& s, Value max) {
    const Value infinity = s.Emit<mlir::arith::ConstantOp>(s.Highest(max.getType()));
    return s.Select(s.Compare(Relation::kEqual, s.Abs(max), infinity), s.Like(max, 0), max);
  };
  SINTER_ASSIGN_OR_RETURN(
      const Value powers,
      e.Map({n.In(0), greatest}, n.Shape(0), type, [&](Scalars& s, ValueRange x) {
        return s.Emit<math::ExpOp>(s.Sub(x[0], finite(s, x[1])));
      }));
  const Value sums = SumOver(e, powers, axes);
  return n.Return(n.Map(
      {e.Reshape(sums, n.OutShape()), e.Reshape(greatest, n.OutShape())},
      [&](Scalars& s, ValueRange x) { return s.Add(s.Emit<math::LogOp>(x[0]), finite(s, x[1])); }));
}

// Over all spatial dimensions.
std::vector<int64_t> SpatialAxes(Node& n) {
  std::vector<int64_t> axes(n.Rank(0) - 2);
  std::iota(axes.begin(), axes.end(), 2);
  return axes;
}

absl::Status GlobalAveragePool(Node& n) {
  const Value mean = MeanOver(n.emit(), n.In(0), SpatialAxes(n));
  if (ElementOf(mean) == n.OutElement()) return n.Return(mean);
  return n.Return(n.Map(mean, [](Scalars&, ValueRange x) { return x[0]; }));
}

absl::Status LowerArg(Node& n, bool greatest) {
  const int64_t axis = n.Axis("axis", 0, n.Rank(0));
  const bool last = n.Int("select_last_index", 0) != 0;
  const Value positions = ArgOver(n.emit(), n.In(0), axis, greatest, last);
  return n.Return(n.emit().Reshape(positions, n.OutShape()));
}

// (sum of |x|^p)^(1/p) over all spatial dimensions.
absl::Status GlobalLpPool(Node& n) {
  Emitter& e = n.emit();
  const double p = n.Float("p", static_cast<double>(n.Int("p", 2)));
  SINTER_ASSIGN_OR_RETURN(
      const Value powers,
      e.Map(n.In(0), n.Shape(0), ComputeType(n.Element(0)), [&](Scalars& s, ValueRange x) {
        const Value magnitude = s.Abs(x[0]);
        return s.Emit<math::PowFOp>(magnitude, s.Like(magnitude, p));
      }));
  return n.Return(n.Map(SumOver(e, powers, SpatialAxes(n)), [&](Scalars& s, ValueRange x) {
    return s.Emit<math::PowFOp>(x[0], s.Like(x[0], 1 / p));
  }));
}

}  // namespace

ir::SymShape KeepDims(ir::SymShape shape, const std::vector<int64_t>& axes) {
  for (int64_t axis : axes) shape[axis] = 1;
  return shape;
}

ir::SymExpr SizeAlong(const ir::SymShape& shape, const std::vector<int64_t>& axes) {
  ir::SymExpr size = 1;
  for (int64_t axis : axes) size = size * shape[axis];
  return size;
}

// Two results side by side: the best element so far and its position.
Value ArgOver(Emitter& e, Value source, int64_t axis, bool greatest, bool last) {
  ir::SymShape shape = core::ShapeOf(source);
  const int64_t rank = static_cast<int64_t>(shape.size());
  shape.erase(shape.begin() + axis);
  llvm::SmallVector<int64_t> source_dims, out_dims;
  for (int64_t dim = 0; dim < rank; ++dim) {
    source_dims.push_back(dim == axis ? rank - 1 : dim - (dim > axis ? 1 : 0));
    if (dim + 1 < rank) out_dims.push_back(dim);
  }
  const mlir::Type index = e.builder().getI64Type();
  const mlir::TypedAttr worst =
      InitOf(e, greatest ? Kind::Init::kLowest : Kind::Init::kHighest, ElementOf(source));
  const Operand outputs[] = {
      {e.Fill(shape, worst), e.Dims(rank, out_dims)},
      {e.Fill(shape, e.builder().getI64IntegerAttr(-1)), e.Dims(rank, out_dims)}};
  const Operand input{source, e.Dims(rank, source_dims)};
  const Relation better = greatest ? Relation::kGreater : Relation::kLess;
  return e.Generic(input, outputs, rank - 1, 1, [&](Scalars& s, ValueRange x) -> Emitter::Values {
    const Value position = s.FromIndex(s.Index(rank - 1), index);
    Value wins = s.Compare(better, x[0], x[1]);
    if (last) wins = s.Emit<mlir::arith::OrIOp>(wins, s.Compare(Relation::kEqual, x[0], x[1]));
    // The first element always wins, even against an equal start value.
    const Value first =
        s.Emit<mlir::arith::CmpIOp>(mlir::arith::CmpIPredicate::eq, x[2], s.Like(x[2], -1));
    wins = s.Emit<mlir::arith::OrIOp>(wins, first);
    return {s.Select(wins, x[0], x[1]), s.Select(wins, position, x[2])};
  })[1];
}

Count::Count(Emitter& emit, const ir::SymExpr& size) : known_(size.AsConstant()) {
  if (!known_) value_ = emit.Dim(size);
}

Value Count::In(Scalars& s, mlir::Type type) const {
  return known_ ? s.Number(type, static_cast<double>(*known_)) : s.FromIndex(value_, type);
}

Value SumOver(Emitter& emit, Value source, const std::vector<int64_t>& axes) {
  const mlir::TypedAttr init = InitOf(emit, Kind::Init::kZero, ComputeType(ElementOf(source)));
  const Value sums =
      emit.Reduce(source, axes, init, [](Scalars& s, ValueRange x) { return s.Add(x[1], x[0]); });
  return emit.Reshape(sums, KeepDims(core::ShapeOf(source), axes));
}

Value MaxOver(Emitter& emit, Value source, const std::vector<int64_t>& axes) {
  const mlir::TypedAttr init = InitOf(emit, Kind::Init::kLowest, ElementOf(source));
  const Value greatest =
      emit.Reduce(source, axes, init, [](Scalars& s, ValueRange x) { return s.Max(x[1], x[0]); });
  return emit.Reshape(greatest, KeepDims(core::ShapeOf(source), axes));
}

Value MeanOver(Emitter& emit, Value source, const std::vector<int64_t>& axes) {
  const ir::SymShape shape = core::ShapeOf(source);
  const Value sums = SumOver(emit, source, axes);
  const Count count(emit, SizeAlong(shape, axes));
  const ir::SymShape kept = KeepDims(shape, axes);
  return emit.MapOperands(
      Operand{sums, emit.Identity(kept.size())}, kept, ElementOf(sums),
      [&](Scalars& s, ValueRange x) { return s.Div(x[0], count.In(s, x[0].getType())); });
}

void AddReduction(LoweringTable& table) {
  for (const Kind& kind : kKinds) {
    table[kind.name] = [&kind](Node& n) { return LowerReduction(n, kind); };
  }
  table["ReduceLogSumExp"] = LowerLogSumExp;
  table["GlobalAveragePool"] = GlobalAveragePool;
  table["GlobalMaxPool"] = [](Node& n) {
    return n.Return(MaxOver(n.emit(), n.In(0), SpatialAxes(n)));
  };
  table["GlobalLpPool"] = GlobalLpPool;
  table["ArgMax"] = [](Node& n) { return LowerArg(n, /*greatest=*/true); };
  table["ArgMin"] = [](Node& n) { return LowerArg(n, /*greatest=*/false); };
}

}  // namespace sinter::legalize
