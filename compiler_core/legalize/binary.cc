// Elementwise ops of two or more inputs of one type.
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/legalize/lowerings.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace sinter::legalize {

namespace {

namespace arith = mlir::arith;
namespace math = mlir::math;
using mlir::Value;
using mlir::ValueRange;
using Relation = Scalars::Relation;
using BinaryBody = Value (*)(Scalars&, Value, Value, Node&);

template <Value (Scalars::*method)(Value, Value)>
Value Call(Scalars& s, Value a, Value b, Node&) {
  return (s.*method)(a, b);
}

template <typename Op>
Value As(Scalars& s, Value a, Value b, Node&) {
  return s.Emit<Op>(a, b);
}

template <Relation relation>
Value Compare(Scalars& s, Value a, Value b, Node&) {
  return s.StoreBool(s.Compare(relation, a, b));
}

// Integer division traps on 0 and on the least number by -1: there the quotient is the dividend's
// (as if by 1) and its wrapped negation. Floats, and divisors known to be harmless, are left alone.
bool IsHarmless(Scalars& s, Value divisor) {
  if (!mlir::isa<mlir::IntegerType>(divisor.getType())) return true;
  auto constant = divisor.getDefiningOp<arith::ConstantOp>();
  if (!constant) return false;
  const llvm::APInt value = mlir::cast<mlir::IntegerAttr>(constant.getValue()).getValue();
  return !value.isZero() && (s.is_unsigned() || !value.isAllOnes());
}

Value IsMinusOne(Scalars& s, Value x) { return s.Compare(Relation::kEqual, x, s.Like(x, -1)); }

Value SafeDivisor(Scalars& s, Value divisor) {
  Value unsafe = s.Compare(Relation::kEqual, divisor, s.Like(divisor, 0));
  if (!s.is_unsigned()) unsafe = s.Emit<arith::OrIOp>(unsafe, IsMinusOne(s, divisor));
  return s.Select(unsafe, s.Like(divisor, 1), divisor);
}

Value Div(Scalars& s, Value a, Value b, Node&) {
  if (IsHarmless(s, b)) return s.Div(a, b);
  const Value quotient = s.Div(a, SafeDivisor(s, b));
  return s.is_unsigned() ? quotient : s.Select(IsMinusOne(s, b), s.Neg(a), quotient);
}

// fmod: as C (the sign of a); otherwise as Python (the sign of b).
Value Mod(Scalars& s, Value a, Value b, Node& n) {
  const Value rest = s.Rem(a, IsHarmless(s, b) ? b : SafeDivisor(s, b));
  if (n.Int("fmod", 0) != 0 || s.is_unsigned()) return rest;
  const Value zero = s.Like(rest, 0);
  const Value signs_differ = s.Emit<arith::XOrIOp>(s.Compare(Relation::kLess, rest, zero),
                                                   s.Compare(Relation::kLess, b, zero));
  const Value wrong =
      s.Emit<arith::AndIOp>(s.Compare(Relation::kNotEqual, rest, zero), signs_differ);
  return s.Select(wrong, s.Add(rest, b), rest);
}

// A shift by the width or more gives 0 (-1 for a negative number to the right): poison otherwise.
Value BitShift(Scalars& s, Value a, Value b, Node& n) {
  const int64_t width = a.getType().getIntOrFloatBitWidth();
  const Value last = s.Like(b, static_cast<double>(width - 1));
  const Value zero = s.Like(a, 0);
  const Value in_range = s.Emit<arith::CmpIOp>(arith::CmpIPredicate::ule, b, last);
  const Value amount = s.Select(in_range, b, last);
  if (n.String("direction", "") == "LEFT") {
    return s.Select(in_range, s.Emit<arith::ShLIOp>(a, amount), zero);
  }
  if (!s.is_unsigned()) return s.Emit<arith::ShRSIOp>(a, amount);
  return s.Select(in_range, s.Emit<arith::ShRUIOp>(a, amount), zero);
}

Value PRelu(Scalars& s, Value x, Value slope, Node&) {
  return s.Select(s.Compare(Relation::kLess, x, s.Like(x, 0)), s.Mul(x, slope), x);
}

struct Row {
  const char* name;
  BinaryBody body;
};

constexpr Row kRows[] = {
    {"Add", Call<&Scalars::Add>},
    {"And", As<arith::AndIOp>},
    {"BitShift", BitShift},
    {"BitwiseAnd", As<arith::AndIOp>},
    {"BitwiseOr", As<arith::OrIOp>},
    {"BitwiseXor", As<arith::XOrIOp>},
    {"Div", Div},
    {"Equal", Compare<Relation::kEqual>},
    {"Greater", Compare<Relation::kGreater>},
    {"GreaterOrEqual", Compare<Relation::kGreaterEqual>},
    {"Less", Compare<Relation::kLess>},
    {"LessOrEqual", Compare<Relation::kLessEqual>},
    {"Mod", Mod},
    {"Mul", Call<&Scalars::Mul>},
    {"Or", As<arith::OrIOp>},
    {"PRelu", PRelu},
    {"Sub", Call<&Scalars::Sub>},
    {"Xor", As<arith::XOrIOp>},
};

using Combine = Value (Scalars::*)(Value, Value);

absl::Status Fold(Node& n, Combine combine, bool mean) {
  const double count = n.num_inputs();
  return n.Return(n.Map(n.Inputs(), [&](Scalars& s, ValueRange values) {
    Value result = values[0];
    for (Value value : values.drop_front()) result = (s.*combine)(result, value);
    return mean ? s.Div(result, s.Like(result, count)) : result;
  }));
}

// x to the power of a number known now, where that is a few multiplications; null otherwise.
Value KnownPower(Scalars& s, Value x, double exponent) {
  const Value one = s.Like(x, 1);
  if (exponent == 0) return one;
  if (exponent == 1) return x;
  if (exponent == 2) return s.Mul(x, x);
  if (exponent == 3) return s.Mul(s.Mul(x, x), x);
  if (!mlir::isa<mlir::FloatType>(x.getType())) return {};
  if (exponent == 0.5) return s.Emit<math::SqrtOp>(x);
  if (exponent == -1) return s.Div(one, x);
  if (exponent == -0.5) return s.Div(one, s.Emit<math::SqrtOp>(x));
  return {};
}

Value Power(Scalars& s, Value x, Value exponent) {
  const mlir::Type type = x.getType();
  const bool whole_base = mlir::isa<mlir::IntegerType>(type);
  if (whole_base && mlir::isa<mlir::IntegerType>(exponent.getType())) {
    return s.Emit<math::IPowIOp>(x, s.Convert(exponent, type));
  }
  if (!whole_base) return s.Emit<math::PowFOp>(x, s.Convert(exponent, type));
  const mlir::Type wide = s.builder().getF64Type();
  const Value power = s.Emit<math::PowFOp>(s.Convert(x, wide), s.Convert(exponent, wide));
  // Cut off to a whole number, but not just below one that an exact power would be.
  const Value whole = s.Emit<math::RoundEvenOp>(power);
  const Value slack = s.Mul(s.Abs(whole), s.Like(whole, 1e-6));
  const Value is_whole = s.Compare(Relation::kLessEqual, s.Abs(s.Sub(power, whole)), slack);
  return s.Convert(s.Select(is_whole, whole, power), type);
}

absl::Status Pow(Node& n) {
  if (n.Const(1) != nullptr && n.emit().SplatOf(n.In(1))) {
    const double exponent = n.Const(1)->AsDouble(0);
    bool known = false;
    auto result = n.Map({n.In(0)}, [&](Scalars& s, ValueRange x) {
      const Value power = KnownPower(s, x[0], exponent);
      known = power != nullptr;
      return known ? power : x[0];
    });
    if (!result.ok() || known) return n.Return(result);
  }
  return n.Return(
      n.Map({n.In(0), n.In(1)}, [](Scalars& s, ValueRange x) { return Power(s, x[0], x[1]); }));
}

}  // namespace

void AddBinary(LoweringTable& table) {
  for (const Row& row : kRows) {
    table[row.name] = [body = row.body](Node& n) {
      return n.Return(n.Map({n.In(0), n.In(1)},
                            [&](Scalars& s, ValueRange x) { return body(s, x[0], x[1], n); }));
    };
  }
  table["Sum"] = [](Node& n) { return Fold(n, &Scalars::Add, /*mean=*/false); };
  table["Mean"] = [](Node& n) { return Fold(n, &Scalars::Add, /*mean=*/true); };
  table["Max"] = [](Node& n) { return Fold(n, &Scalars::Max, /*mean=*/false); };
  table["Min"] = [](Node& n) { return Fold(n, &Scalars::Min, /*mean=*/false); };
  table["Pow"] = Pow;
}

}  // namespace sinter::legalize
