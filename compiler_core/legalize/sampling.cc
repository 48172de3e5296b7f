#include "compiler_core/legalize/sampling.h"

#include "compiler_core/legalize/indexing.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace sinter::legalize {

namespace {

namespace arith = mlir::arith;
using mlir::Value;
using Relation = Scalars::Relation;

Value Both(Scalars& s, Value a, Value b) {
  if (!a || !b) return a ? a : b;
  return s.Emit<arith::AndIOp>(a, b);
}

}  // namespace

Value WholeToIndex(Scalars& s, Value whole) {
  const Value least = s.Like(whole, -0x1p30), most = s.Like(whole, 0x1p30);
  Value near = s.Select(s.Compare(Relation::kGreater, whole, least), whole, least);
  near = s.Select(s.Compare(Relation::kLess, near, most), near, most);
  const Value integer = s.Emit<arith::FPToSIOp>(s.builder().getI64Type(), near);
  return s.Emit<arith::IndexCastOp>(s.builder().getIndexType(), integer);
}

Value IntoRange(Scalars& s, Value position, Value size) {
  return s.Min(s.Max(position, s.Like(position, 0)), s.Sub(size, s.Like(size, 1)));
}

Value InRange(Scalars& s, Value position, Value size) {
  return Both(s, s.Compare(Relation::kGreaterEqual, position, s.Like(position, 0)),
              s.Compare(Relation::kLess, position, size));
}

Taps LinearTaps(Scalars& s, Value x, Value size) {
  const Value floor = s.Emit<mlir::math::FloorOp>(x);
  const Value first = WholeToIndex(s, floor), ratio = s.Sub(x, floor);
  const Value second = s.Add(first, s.Like(first, 1));
  return {{IntoRange(s, first, size), InRange(s, first, size), s.Sub(s.Like(x, 1), ratio)},
          {IntoRange(s, second, size), InRange(s, second, size), ratio}};
}

Value Interpolate(Scalars& s, Value source, const std::vector<Value>& lead,
                  llvm::ArrayRef<Taps> taps, mlir::Type type, Value inside) {
  if (taps.empty()) {
    const Value element = s.Convert(Extract(s, source, lead), type);
    return inside ? s.Select(inside, element, s.Number(type, 0)) : element;
  }
  Value sum;
  for (const Tap& tap : taps.front()) {
    std::vector<Value> at = lead;
    at.push_back(tap.index);
    const Value here = Both(s, inside, tap.inside);
    Value term = Interpolate(s, source, at, taps.drop_front(), type, here);
    if (tap.factor) term = s.Mul(term, s.Convert(tap.factor, type));
    sum = sum ? s.Add(sum, term) : term;
  }
  return sum;
}

}  // namespace sinter::legalize
