// Elementwise ops of one input: a row each, from the op's name to its scalar body.
#include "compiler_core/legalize/cast.h"
#include "compiler_core/legalize/lowerings.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace sinter::legalize {

namespace {

namespace arith = mlir::arith;
namespace math = mlir::math;
using mlir::Value;
using mlir::ValueRange;
using Relation = Scalars::Relation;
using UnaryBody = Value (*)(Scalars&, Value, Node&);

template <typename Op>
Value As(Scalars& s, Value x, Node&) {
  return s.Emit<Op>(x);
}

Value Sigmoid(Scalars& s, Value x) {
  const Value one = s.Like(x, 1);
  return s.Div(one, s.Add(one, s.Emit<math::ExpOp>(s.Neg(x))));
}

// max(x, 0) + log(1 + exp(-|x|)): doesn't overflow.
Value Softplus(Scalars& s, Value x) {
  const Value tail = s.Emit<math::Log1pOp>(s.Emit<math::ExpOp>(s.Neg(s.Abs(x))));
  return s.Add(s.Max(x, s.Like(x, 0)), tail);
}

Value ClampToUnit(Scalars& s, Value x) { return s.Max(s.Like(x, 0), s.Min(s.Like(x, 1), x)); }

Value IfPositive(Scalars& s, Value x, Value then, Value otherwise) {
  return s.Select(s.Compare(Relation::kGreater, x, s.Like(x, 0)), then, otherwise);
}

Value Scaled(Scalars& s, Value x, double factor) { return s.Mul(x, s.Like(x, factor)); }

Value Gelu(Scalars& s, Value x, Node& n) {
  Value inner;
  if (n.String("approximate", "none") == "tanh") {
    const Value cube = s.Mul(x, s.Mul(x, x));
    const Value argument = s.Add(x, Scaled(s, cube, 0.044715));
    inner = s.Emit<math::TanhOp>(Scaled(s, argument, 0.7978845608028654));  // sqrt(2 / pi)
  } else {
    inner = s.Emit<math::ErfOp>(Scaled(s, x, 0.7071067811865476));  // sqrt(1 / 2)
  }
  return s.Mul(Scaled(s, x, 0.5), s.Add(s.Like(x, 1), inner));
}

Value Selu(Scalars& s, Value x, Node& n) {
  const Value alpha = s.Like(x, n.Float("alpha", 1.67326319217681884765625));
  const Value negative = s.Sub(s.Mul(alpha, s.Emit<math::ExpOp>(x)), alpha);
  return Scaled(s, IfPositive(s, x, x, negative), n.Float("gamma", 1.05070102214813232421875));
}

Value Celu(Scalars& s, Value x, Node& n) {
  const double alpha = n.Float("alpha", 1);
  const Value zero = s.Like(x, 0);
  const Value grown = s.Emit<math::ExpM1Op>(s.Div(x, s.Like(x, alpha)));
  return s.Add(s.Max(x, zero), s.Min(zero, Scaled(s, grown, alpha)));
}

Value Elu(Scalars& s, Value x, Node& n) {
  const Value negative = Scaled(s, s.Emit<math::ExpM1Op>(x), n.Float("alpha", 1));
  return s.Select(s.Compare(Relation::kLess, x, s.Like(x, 0)), negative, x);
}

Value LeakyRelu(Scalars& s, Value x, Node& n) {
  const Value negative = Scaled(s, x, n.Float("alpha", 0.01));
  return s.Select(s.Compare(Relation::kLess, x, s.Like(x, 0)), negative, x);
}

Value ThresholdedRelu(Scalars& s, Value x, Node& n) {
  const Value alpha = s.Like(x, n.Float("alpha", 1));
  return s.Select(s.Compare(Relation::kGreater, x, alpha), x, s.Like(x, 0));
}

Value Shrink(Scalars& s, Value x, Node& n) {
  const double limit = n.Float("lambd", 0.5);
  const Value bias = s.Like(x, n.Float("bias", 0));
  const Value inside =
      s.Select(s.Compare(Relation::kGreater, x, s.Like(x, limit)), s.Sub(x, bias), s.Like(x, 0));
  return s.Select(s.Compare(Relation::kLess, x, s.Like(x, -limit)), s.Add(x, bias), inside);
}

Value HardSigmoid(Scalars& s, Value x, Node& n) {
  return ClampToUnit(s,
                     s.Add(Scaled(s, x, n.Float("alpha", 0.2)), s.Like(x, n.Float("beta", 0.5))));
}

Value HardSwish(Scalars& s, Value x, Node&) {
  return s.Mul(x, ClampToUnit(s, s.Add(Scaled(s, x, 1.0 / 6), s.Like(x, 0.5))));
}

// 1, -1, or x itself, which is then 0 or NaN.
Value Sign(Scalars& s, Value x, Node&) {
  if (s.is_unsigned()) return IfPositive(s, x, s.Like(x, 1), x);
  const Value negative = s.Compare(Relation::kLess, x, s.Like(x, 0));
  return IfPositive(s, x, s.Like(x, 1), s.Select(negative, s.Like(x, -1), x));
}

Value IsInf(Scalars& s, Value x, Node& n) {
  const bool positive = n.Int("detect_positive", 1) != 0;
  const bool negative = n.Int("detect_negative", 1) != 0;
  const Value highest = s.Emit<arith::ConstantOp>(s.Highest(x.getType()));
  const Value lowest = s.Emit<arith::ConstantOp>(s.Lowest(x.getType()));
  if (positive && negative) return s.StoreBool(s.Compare(Relation::kEqual, s.Abs(x), highest));
  if (positive) return s.StoreBool(s.Compare(Relation::kEqual, x, highest));
  if (negative) return s.StoreBool(s.Compare(Relation::kEqual, x, lowest));
  return s.Number(s.builder().getI8Type(), 0);
}

struct Row {
  const char* name;
  UnaryBody body;
};

constexpr Row kRows[] = {
    {"Abs", [](Scalars& s, Value x, Node&) { return s.Abs(x); }},
    {"Acos", As<math::AcosOp>},
    {"Acosh", As<math::AcoshOp>},
    {"Asin", As<math::AsinOp>},
    {"Asinh", As<math::AsinhOp>},
    {"Atan", As<math::AtanOp>},
    {"Atanh", As<math::AtanhOp>},
    {"BitwiseNot",
     [](Scalars& s, Value x, Node&) { return s.Emit<arith::XOrIOp>(x, s.Like(x, -1)); }},
    {"Ceil", As<math::CeilOp>},
    {"Celu", Celu},
    {"Cos", As<math::CosOp>},
    {"Cosh", As<math::CoshOp>},
    {"Elu", Elu},
    {"Erf", As<math::ErfOp>},
    {"Exp", As<math::ExpOp>},
    {"Floor", As<math::FloorOp>},
    {"Gelu", Gelu},
    {"HardSigmoid", HardSigmoid},
    {"HardSwish", HardSwish},
    {"IsInf", IsInf},
    {"IsNaN",
     [](Scalars& s, Value x, Node&) { return s.StoreBool(s.Compare(Relation::kNotEqual, x, x)); }},
    {"LeakyRelu", LeakyRelu},
    {"Log", As<math::LogOp>},
    {"Mish",
     [](Scalars& s, Value x, Node&) { return s.Mul(x, s.Emit<math::TanhOp>(Softplus(s, x))); }},
    {"Neg", [](Scalars& s, Value x, Node&) { return s.Neg(x); }},
    {"Not", [](Scalars& s, Value x, Node&) { return s.Emit<arith::XOrIOp>(x, s.Like(x, 1)); }},
    {"Reciprocal", [](Scalars& s, Value x, Node&) { return s.Div(s.Like(x, 1), x); }},
    {"Relu", [](Scalars& s, Value x, Node&) { return s.Max(x, s.Like(x, 0)); }},
    {"Round", As<math::RoundEvenOp>},
    {"Selu", Selu},
    {"Shrink", Shrink},
    {"Sigmoid", [](Scalars& s, Value x, Node&) { return Sigmoid(s, x); }},
    {"Sign", Sign},
    {"Sin", As<math::SinOp>},
    {"Sinh", As<math::SinhOp>},
    {"Softplus", [](Scalars& s, Value x, Node&) { return Softplus(s, x); }},
    {"Softsign",
     [](Scalars& s, Value x, Node&) { return s.Div(x, s.Add(s.Like(x, 1), s.Abs(x))); }},
    {"Sqrt", As<math::SqrtOp>},
    {"Swish", [](Scalars& s, Value x,
                 Node& n) { return s.Mul(x, Sigmoid(s, Scaled(s, x, n.Float("alpha", 1)))); }},
    {"Tan", As<math::TanOp>},
    {"Tanh", As<math::TanhOp>},
    {"ThresholdedRelu", ThresholdedRelu},
};

}  // namespace

void AddUnary(LoweringTable& table) {
  for (const Row& row : kRows) {
    table[row.name] = [body = row.body](Node& n) {
      return n.Return(n.Map(n.In(0), [&](Scalars& s, ValueRange x) {
        return body(s, Unpacked(s, x[0], n.Type(0)), n);
      }));
    };
  }
}

}  // namespace sinter::legalize
