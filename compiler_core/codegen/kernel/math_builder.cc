#include "compiler_core/codegen/kernel/math_builder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace sinter::codegen {

namespace arith = mlir::arith;
namespace math = mlir::math;
using mlir::Value;

mlir::Type MathBuilder::Like(mlir::Type element) const {
  auto vector = mlir::dyn_cast<mlir::VectorType>(type_);
  if (!vector) return element;
  return mlir::VectorType::get(vector.getShape(), element, vector.getScalableDims());
}

MathBuilder MathBuilder::With(mlir::Type element) const {
  return MathBuilder(builder_, loc_, Like(element));
}

Value MathBuilder::Splat(mlir::TypedAttr element, mlir::Type type) {
  if (auto vector = mlir::dyn_cast<mlir::VectorType>(type)) {
    element = mlir::DenseElementsAttr::get(vector, element);
  }
  return builder_.create<arith::ConstantOp>(loc_, element);
}

Value MathBuilder::Const(double value) {
  return Splat(builder_.getFloatAttr(mlir::getElementTypeOrSelf(type_), value), type_);
}

Value MathBuilder::Add(Value a, Value b) { return builder_.create<arith::AddFOp>(loc_, a, b); }
Value MathBuilder::Sub(Value a, Value b) { return builder_.create<arith::SubFOp>(loc_, a, b); }
Value MathBuilder::Mul(Value a, Value b) { return builder_.create<arith::MulFOp>(loc_, a, b); }
Value MathBuilder::Div(Value a, Value b) { return builder_.create<arith::DivFOp>(loc_, a, b); }
Value MathBuilder::Neg(Value a) { return builder_.create<arith::NegFOp>(loc_, a); }
Value MathBuilder::Abs(Value a) { return builder_.create<math::AbsFOp>(loc_, a); }
Value MathBuilder::Sqrt(Value a) { return builder_.create<math::SqrtOp>(loc_, a); }
Value MathBuilder::Floor(Value a) { return builder_.create<math::FloorOp>(loc_, a); }
Value MathBuilder::Trunc(Value a) { return builder_.create<math::TruncOp>(loc_, a); }
Value MathBuilder::Round(Value a) { return builder_.create<math::RoundEvenOp>(loc_, a); }

Value MathBuilder::CopySign(Value magnitude, Value sign) {
  return builder_.create<math::CopySignOp>(loc_, magnitude, sign);
}

Value MathBuilder::Fma(Value a, Value b, Value c) {
  return builder_.create<math::FmaOp>(loc_, a, b, c);
}

Value MathBuilder::Polynomial(Value x, llvm::ArrayRef<double> coefficients) {
  Value sum = Const(coefficients.back());
  for (double coefficient : llvm::reverse(coefficients.drop_back())) {
    sum = Fma(sum, x, Const(coefficient));
  }
  return sum;
}

Value MathBuilder::Less(Value a, Value b) {
  return builder_.create<arith::CmpFOp>(loc_, arith::CmpFPredicate::OLT, a, b);
}

Value MathBuilder::LessEqual(Value a, Value b) {
  return builder_.create<arith::CmpFOp>(loc_, arith::CmpFPredicate::OLE, a, b);
}

Value MathBuilder::Equal(Value a, Value b) {
  return builder_.create<arith::CmpFOp>(loc_, arith::CmpFPredicate::OEQ, a, b);
}

Value MathBuilder::Or(Value a, Value b) { return builder_.create<arith::OrIOp>(loc_, a, b); }
Value MathBuilder::And(Value a, Value b) { return builder_.create<arith::AndIOp>(loc_, a, b); }

Value MathBuilder::Select(Value condition, Value yes, Value no) {
  return builder_.create<arith::SelectOp>(loc_, condition, yes, no);
}

Value MathBuilder::IntConst(int64_t value) {
  mlir::Type element = builder_.getIntegerType(is_double() ? 64 : 32);
  return Splat(builder_.getIntegerAttr(element, value), Like(element));
}

Value MathBuilder::Bits(Value a) {
  return builder_.create<arith::BitcastOp>(loc_,
                                           Like(builder_.getIntegerType(is_double() ? 64 : 32)), a);
}

Value MathBuilder::FromBits(Value a) { return builder_.create<arith::BitcastOp>(loc_, type_, a); }

Value MathBuilder::IntToFloat(Value a) { return builder_.create<arith::SIToFPOp>(loc_, type_, a); }

Value MathBuilder::IntAdd(Value a, Value b) { return builder_.create<arith::AddIOp>(loc_, a, b); }
Value MathBuilder::IntSub(Value a, Value b) { return builder_.create<arith::SubIOp>(loc_, a, b); }

Value MathBuilder::ShiftLeft(Value a, int bits) {
  return builder_.create<arith::ShLIOp>(loc_, a, IntConst(bits));
}

Value MathBuilder::ShiftRight(Value a, int bits) {
  return builder_.create<arith::ShRSIOp>(loc_, a, IntConst(bits));
}

Value MathBuilder::Convert(Value a, mlir::Type element) {
  if (element.isF64()) return builder_.create<arith::ExtFOp>(loc_, Like(element), a);
  return builder_.create<arith::TruncFOp>(loc_, Like(element), a);
}

}  // namespace sinter::codegen
