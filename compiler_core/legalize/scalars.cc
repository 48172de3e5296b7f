#include "compiler_core/legalize/scalars.h"

#include "compiler_core/dialect/core/exact.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace sinter::legalize {

namespace {

namespace arith = mlir::arith;
using mlir::Type;
using mlir::Value;

bool IsFloat(Value value) { return mlir::isa<mlir::FloatType>(value.getType()); }

arith::CmpFPredicate FloatPredicate(Scalars::Relation relation) {
  switch (relation) {
    case Scalars::Relation::kEqual:
      return arith::CmpFPredicate::OEQ;
    case Scalars::Relation::kNotEqual:
      return arith::CmpFPredicate::UNE;
    case Scalars::Relation::kLess:
      return arith::CmpFPredicate::OLT;
    case Scalars::Relation::kLessEqual:
      return arith::CmpFPredicate::OLE;
    case Scalars::Relation::kGreater:
      return arith::CmpFPredicate::OGT;
    case Scalars::Relation::kGreaterEqual:
      return arith::CmpFPredicate::OGE;
  }
  __builtin_unreachable();
}

arith::CmpIPredicate IntegerPredicate(Scalars::Relation relation, bool is_unsigned) {
  using P = arith::CmpIPredicate;
  switch (relation) {
    case Scalars::Relation::kEqual:
      return P::eq;
    case Scalars::Relation::kNotEqual:
      return P::ne;
    case Scalars::Relation::kLess:
      return is_unsigned ? P::ult : P::slt;
    case Scalars::Relation::kLessEqual:
      return is_unsigned ? P::ule : P::sle;
    case Scalars::Relation::kGreater:
      return is_unsigned ? P::ugt : P::sgt;
    case Scalars::Relation::kGreaterEqual:
      return is_unsigned ? P::uge : P::sge;
  }
  __builtin_unreachable();
}

}  // namespace

Scalars Scalars::Exact() const {
  Scalars exact = *this;
  exact.exact_ = true;
  return exact;
}

void Scalars::MarkExact(mlir::Operation* op) {
  if (!mlir::isa<arith::ArithFastMathInterface>(op)) return;
  op->setAttr(core::kExactAttr, mlir::UnitAttr::get(op->getContext()));
}

template <typename FloatOp, typename SignedOp, typename UnsignedOp>
Value Scalars::ByType(Value a, Value b) {
  if (IsFloat(a)) return Emit<FloatOp>(a, b);
  if (is_unsigned_ && !a.getType().isIndex()) return Emit<UnsignedOp>(a, b);
  return Emit<SignedOp>(a, b);
}

Value Scalars::Number(Type type, double value) {
  if (auto float_type = mlir::dyn_cast<mlir::FloatType>(type)) {
    return Emit<arith::ConstantOp>(builder_.getFloatAttr(float_type, value));
  }
  return Emit<arith::ConstantOp>(builder_.getIntegerAttr(type, static_cast<int64_t>(value)));
}

mlir::TypedAttr Scalars::Lowest(Type type) const {
  if (auto float_type = mlir::dyn_cast<mlir::FloatType>(type)) {
    return mlir::FloatAttr::get(type, llvm::APFloat::getInf(float_type.getFloatSemantics(), true));
  }
  const unsigned width = type.getIntOrFloatBitWidth();
  return mlir::IntegerAttr::get(
      type, is_unsigned_ ? llvm::APInt::getMinValue(width) : llvm::APInt::getSignedMinValue(width));
}

mlir::TypedAttr Scalars::Highest(Type type) const {
  if (auto float_type = mlir::dyn_cast<mlir::FloatType>(type)) {
    return mlir::FloatAttr::get(type, llvm::APFloat::getInf(float_type.getFloatSemantics()));
  }
  const unsigned width = type.getIntOrFloatBitWidth();
  return mlir::IntegerAttr::get(
      type, is_unsigned_ ? llvm::APInt::getMaxValue(width) : llvm::APInt::getSignedMaxValue(width));
}

Value Scalars::Add(Value a, Value b) {
  return ByType<arith::AddFOp, arith::AddIOp, arith::AddIOp>(a, b);
}
Value Scalars::Sub(Value a, Value b) {
  return ByType<arith::SubFOp, arith::SubIOp, arith::SubIOp>(a, b);
}
Value Scalars::Mul(Value a, Value b) {
  return ByType<arith::MulFOp, arith::MulIOp, arith::MulIOp>(a, b);
}
Value Scalars::Div(Value a, Value b) {
  return ByType<arith::DivFOp, arith::DivSIOp, arith::DivUIOp>(a, b);
}
Value Scalars::Rem(Value a, Value b) {
  return ByType<arith::RemFOp, arith::RemSIOp, arith::RemUIOp>(a, b);
}
Value Scalars::Max(Value a, Value b) {
  return ByType<arith::MaximumFOp, arith::MaxSIOp, arith::MaxUIOp>(a, b);
}
Value Scalars::Min(Value a, Value b) {
  return ByType<arith::MinimumFOp, arith::MinSIOp, arith::MinUIOp>(a, b);
}

Value Scalars::Neg(Value a) { return IsFloat(a) ? Emit<arith::NegFOp>(a) : Sub(Like(a, 0), a); }

Value Scalars::Abs(Value a) {
  if (IsFloat(a)) return Emit<mlir::math::AbsFOp>(a);
  return is_unsigned_ ? a : Max(a, Neg(a));
}

Value Scalars::Compare(Relation relation, Value a, Value b) {
  if (IsFloat(a)) return Emit<arith::CmpFOp>(FloatPredicate(relation), a, b);
  const bool is_unsigned = is_unsigned_ && !a.getType().isIndex();
  return Emit<arith::CmpIOp>(IntegerPredicate(relation, is_unsigned), a, b);
}

Value Scalars::Select(Value condition, Value a, Value b) {
  return Emit<arith::SelectOp>(condition, a, b);
}

Value Scalars::IsTrue(Value stored) {
  return Compare(Relation::kNotEqual, stored, Like(stored, 0));
}

Value Scalars::StoreBool(Value truth) { return Emit<arith::ExtUIOp>(builder_.getI8Type(), truth); }

Value Scalars::Index(int64_t dimension) { return Emit<mlir::linalg::IndexOp>(dimension); }

Value Scalars::ToIndex(Value integer) {
  if (integer.getType().isIndex()) return integer;
  if (is_unsigned_) return Emit<arith::IndexCastUIOp>(builder_.getIndexType(), integer);
  return Emit<arith::IndexCastOp>(builder_.getIndexType(), integer);
}

Value Scalars::FromIndex(Value index, Type type) {
  if (mlir::isa<mlir::IntegerType>(type)) return Emit<arith::IndexCastOp>(type, index);
  const Value wide = Emit<arith::IndexCastOp>(builder_.getI64Type(), index);
  return Emit<arith::SIToFPOp>(type, wide);
}

Value Scalars::FloatToInteger(Value value, mlir::IntegerType type, bool to_unsigned) {
  // Through a signed type that holds every value of `type`: what is out of range then wraps around
  // instead of being poison, at least for the narrow types.
  if (type.getWidth() == 64 && to_unsigned) return Emit<arith::FPToUIOp>(type, value);
  const unsigned width = type.getWidth() < 32 ? 32 : 64;
  if (type.getWidth() == 32 && !to_unsigned) return Emit<arith::FPToSIOp>(type, value);
  const Value wide = Emit<arith::FPToSIOp>(builder_.getIntegerType(width), value);
  return type.getWidth() == width ? wide : Emit<arith::TruncIOp>(type, wide);
}

Value Scalars::FloatToFloat(Value value, Type type) {
  const unsigned from = value.getType().getIntOrFloatBitWidth();
  const unsigned to = type.getIntOrFloatBitWidth();
  if (from < to) return Emit<arith::ExtFOp>(type, value);
  if (from > to) return Emit<arith::TruncFOp>(type, value);
  return Emit<arith::TruncFOp>(type, Emit<arith::ExtFOp>(builder_.getF32Type(), value));
}

Value Scalars::Convert(Value value, Type type, bool to_unsigned) {
  const Type from = value.getType();
  if (from == type) return value;
  if (from.isIndex()) return FromIndex(value, type);
  auto integer = mlir::dyn_cast<mlir::IntegerType>(type);
  if (IsFloat(value)) {
    return integer ? FloatToInteger(value, integer, to_unsigned) : FloatToFloat(value, type);
  }
  if (!integer) {
    return is_unsigned_ ? Emit<arith::UIToFPOp>(type, value) : Emit<arith::SIToFPOp>(type, value);
  }
  if (from.getIntOrFloatBitWidth() > integer.getWidth()) return Emit<arith::TruncIOp>(type, value);
  return is_unsigned_ ? Emit<arith::ExtUIOp>(type, value) : Emit<arith::ExtSIOp>(type, value);
}

}  // namespace sinter::legalize
