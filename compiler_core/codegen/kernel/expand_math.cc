#include "compiler_core/codegen/kernel/expand_math.h"

#include <optional>

#include "compiler_core/codegen/kernel/math_builder.h"
#include "compiler_core/codegen/kernel/math_f32.h"
#include "compiler_core/codegen/kernel/math_f64.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

namespace sinter::codegen {
namespace {

using mlir::Value;
using Operands = llvm::ArrayRef<Value>;
using Expansion = Value (*)(MathBuilder& b, Operands x);

template <Value (*function)(MathBuilder&, Value)>
Value Unary(MathBuilder& b, Operands x) {
  return function(b, x[0]);
}

template <Value (*function)(MathBuilder&, Value, Value)>
Value Binary(MathBuilder& b, Operands x) {
  return function(b, x[0], x[1]);
}

// Half away from zero. The fraction is exact, so that nothing is rounded twice.
Value RoundHalfAway(MathBuilder& b, Operands x) {
  Value a = b.Abs(x[0]);
  Value whole = b.Trunc(a);
  Value up = b.LessEqual(b.Const(0.5), b.Sub(a, whole));
  return b.CopySign(b.Select(up, b.Add(whole, b.Const(1)), whole), x[0]);
}

Value ReciprocalSqrt(MathBuilder& b, Operands x) { return b.Div(b.Const(1), b.Sqrt(x[0])); }

std::optional<double> ConstantOf(Value value) {
  while (auto* definition = value.getDefiningOp()) {
    if (!mlir::isa<mlir::vector::BroadcastOp, mlir::vector::SplatOp>(definition)) break;
    value = definition->getOperand(0);
  }
  llvm::APFloat constant(0.0);
  if (!mlir::matchPattern(value, mlir::m_ConstantFloat(&constant))) return std::nullopt;
  return constant.convertToDouble();
}

// The exponents that models are full of.
Value PowByConstant(MathBuilder& b, Value x, double exponent) {
  if (exponent == 1) return x;
  if (exponent == 2) return b.Mul(x, x);
  if (exponent == 3) return b.Mul(b.Mul(x, x), x);
  if (exponent == 4) return b.Mul(b.Mul(x, x), b.Mul(x, x));
  if (exponent == -1) return b.Div(b.Const(1), x);
  if (exponent == -2) return b.Div(b.Const(1), b.Mul(x, x));
  return nullptr;
}

Value Pow(MathBuilder& b, Operands x) {
  if (std::optional<double> exponent = ConstantOf(x[1])) {
    if (Value result = PowByConstant(b, x[0], *exponent)) return result;
  }
  if (b.is_double()) return PowF64(b, x[0], x[1]);
  MathBuilder wide = b.With(b.builder().getF64Type());
  Value base = b.Convert(x[0], b.builder().getF64Type());
  Value exponent = b.Convert(x[1], b.builder().getF64Type());
  return b.Convert(PowF64(wide, base, exponent), b.builder().getF32Type());
}

Value PowByInt(MathBuilder& b, Operands x) {
  Value exponent = b.builder().create<mlir::arith::SIToFPOp>(b.loc(), b.type(), x[1]);
  return Pow(b, {x[0], exponent});
}

struct Row {
  llvm::StringRef op;
  Expansion f32;  // null: through f64
  Expansion f64;
};

constexpr Row kRows[] = {
    {"arith.remf", nullptr, Binary<RemF64>},
    {"math.acos", nullptr, Unary<AcosF64>},
    {"math.acosh", nullptr, Unary<AcoshF64>},
    {"math.asin", nullptr, Unary<AsinF64>},
    {"math.asinh", nullptr, Unary<AsinhF64>},
    {"math.atan", nullptr, Unary<AtanF64>},
    {"math.atan2", nullptr, Binary<Atan2F64>},
    {"math.atanh", nullptr, Unary<AtanhF64>},
    {"math.cbrt", nullptr, Unary<CbrtF64>},
    {"math.cos", nullptr, Unary<CosF64>},
    {"math.cosh", nullptr, Unary<CoshF64>},
    {"math.erf", Unary<ErfF32>, Unary<ErfF64>},
    {"math.exp", Unary<ExpF32>, Unary<ExpF64>},
    {"math.exp2", nullptr, Unary<Exp2F64>},
    {"math.expm1", nullptr, Unary<Expm1F64>},
    {"math.fpowi", PowByInt, PowByInt},
    {"math.log", Unary<LogF32>, Unary<LogF64>},
    {"math.log10", nullptr, Unary<Log10F64>},
    {"math.log1p", nullptr, Unary<Log1pF64>},
    {"math.log2", nullptr, Unary<Log2F64>},
    {"math.powf", Pow, Pow},
    {"math.round", RoundHalfAway, RoundHalfAway},
    {"math.rsqrt", ReciprocalSqrt, ReciprocalSqrt},
    {"math.sin", nullptr, Unary<SinF64>},
    {"math.sinh", nullptr, Unary<SinhF64>},
    {"math.tan", nullptr, Unary<TanF64>},
    {"math.tanh", Unary<TanhF32>, Unary<TanhF64>},
};

Value ThroughF64(const Row& row, MathBuilder& b, Operands x) {
  const mlir::Type f64 = b.builder().getF64Type();
  llvm::SmallVector<Value> wide;
  for (Value operand : x) wide.push_back(b.Convert(operand, f64));
  MathBuilder builder = b.With(f64);
  return b.Convert(row.f64(builder, wide), b.builder().getF32Type());
}

// Integer powers by squaring: one step for each bit that the exponent's type has.
Value ExpandIntegerPower(mlir::math::IPowIOp op, mlir::OpBuilder& builder) {
  namespace arith = mlir::arith;
  const mlir::Location loc = op.getLoc();
  const mlir::Type type = op.getType();
  const mlir::Type element = mlir::getElementTypeOrSelf(type);
  auto constant = [&](int64_t value) -> Value {
    mlir::TypedAttr attribute = builder.getIntegerAttr(element, value);
    if (auto vector = mlir::dyn_cast<mlir::VectorType>(type)) {
      attribute = mlir::DenseElementsAttr::get(vector, attribute);
    }
    return builder.create<arith::ConstantOp>(loc, attribute);
  };
  auto compare = [&](arith::CmpIPredicate predicate, Value a, Value b) -> Value {
    return builder.create<arith::CmpIOp>(loc, predicate, a, b);
  };
  auto select = [&](Value condition, Value yes, Value no) -> Value {
    return builder.create<arith::SelectOp>(loc, condition, yes, no);
  };
  const Value zero = constant(0), one = constant(1);
  const int bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  Value power = op.getLhs(), rest = op.getRhs(), result = one;
  for (int bit = 0; bit < bits - 1; ++bit) {
    Value is_set =
        compare(arith::CmpIPredicate::ne, builder.create<arith::AndIOp>(loc, rest, one), zero);
    result = select(is_set, builder.create<arith::MulIOp>(loc, result, power), result);
    power = builder.create<arith::MulIOp>(loc, power, power);
    rest = builder.create<arith::ShRUIOp>(loc, rest, one);
  }
  // A negative power of 1 or -1 is itself or 1; of anything else it is truncated to 0.
  Value odd =
      compare(arith::CmpIPredicate::ne, builder.create<arith::AndIOp>(loc, op.getRhs(), one), zero);
  Value of_minus_one = select(odd, op.getLhs(), one);
  Value inverse =
      select(compare(arith::CmpIPredicate::eq, op.getLhs(), constant(-1)), of_minus_one, zero);
  inverse = select(compare(arith::CmpIPredicate::eq, op.getLhs(), one), one, inverse);
  return select(compare(arith::CmpIPredicate::slt, op.getRhs(), zero), inverse, result);
}

bool IsNative(mlir::Operation* op) {
  namespace math = mlir::math;
  return mlir::isa<math::AbsFOp, math::AbsIOp, math::CeilOp, math::CopySignOp,
                   math::CountLeadingZerosOp, math::CountTrailingZerosOp, math::CtPopOp,
                   math::FloorOp, math::FmaOp, math::RoundEvenOp, math::SqrtOp, math::TruncOp>(op);
}

const Row* FindRow(mlir::Operation* op) {
  const llvm::StringRef name = op->getName().getStringRef();
  for (const Row& row : kRows) {
    if (row.op == name) return &row;
  }
  return nullptr;
}

mlir::LogicalResult Expand(mlir::Operation* op) {
  mlir::OpBuilder builder(op);
  Value result;
  if (auto power = mlir::dyn_cast<mlir::math::IPowIOp>(op)) {
    result = ExpandIntegerPower(power, builder);
  } else {
    const Row* row = FindRow(op);
    const mlir::Type type = op->getResult(0).getType();
    const mlir::Type element = mlir::getElementTypeOrSelf(type);
    if (row == nullptr || !(element.isF32() || element.isF64())) {
      return op->emitOpError() << "on " << type << " has no expansion";
    }
    MathBuilder b(builder, op->getLoc(), type);
    const llvm::SmallVector<Value> operands(op->getOperands());
    if (element.isF64()) {
      result = row->f64(b, operands);
    } else {
      result = row->f32 != nullptr ? row->f32(b, operands) : ThroughF64(*row, b, operands);
    }
  }
  op->getResult(0).replaceAllUsesWith(result);
  op->erase();
  return mlir::success();
}

}  // namespace

mlir::LogicalResult ExpandMath(mlir::ModuleOp module) {
  llvm::SmallVector<mlir::Operation*> wanted;
  module.walk([&](mlir::Operation* op) {
    const bool is_math = mlir::isa_and_nonnull<mlir::math::MathDialect>(op->getDialect());
    if ((is_math && !IsNative(op)) || mlir::isa<mlir::arith::RemFOp>(op)) wanted.push_back(op);
  });
  for (mlir::Operation* op : wanted) {
    if (failed(Expand(op))) return mlir::failure();
  }
  return mlir::success();
}

}  // namespace sinter::codegen
