#include "compiler_core/codegen/kernel/small_floats.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

namespace sinter::codegen {
namespace {

namespace arith = mlir::arith;
using mlir::Type;
using mlir::Value;

Type Like(Type shape, Type element) {
  auto vector = mlir::dyn_cast<mlir::VectorType>(shape);
  if (!vector) return element;
  return mlir::VectorType::get(vector.getShape(), element, vector.getScalableDims());
}

bool IsSmall(Type type) {
  const Type element = mlir::getElementTypeOrSelf(type);
  return element.isF16() || element.isBF16();
}

bool IsArithmetic(mlir::Operation* op) {
  if (mlir::isa<arith::ExtFOp, arith::TruncFOp, arith::ConstantOp, arith::BitcastOp,
                arith::SelectOp>(op)) {
    return false;
  }
  if (mlir::isa<mlir::vector::FMAOp, mlir::vector::ReductionOp, mlir::vector::MultiDimReductionOp>(
          op)) {
    return true;
  }
  return mlir::isa_and_nonnull<arith::ArithDialect, mlir::math::MathDialect>(op->getDialect());
}

// Computes `op` in f32.
void Widen(mlir::Operation* op) {
  mlir::OpBuilder builder(op);
  const Type f32 = builder.getF32Type();
  for (mlir::OpOperand& operand : op->getOpOperands()) {
    const Type type = operand.get().getType();
    if (!IsSmall(type)) continue;
    operand.set(builder.create<arith::ExtFOp>(op->getLoc(), Like(type, f32), operand.get()));
  }
  builder.setInsertionPointAfter(op);
  for (mlir::OpResult result : op->getResults()) {
    const Type type = result.getType();
    if (!IsSmall(type)) continue;
    result.setType(Like(type, f32));
    auto narrow = builder.create<arith::TruncFOp>(op->getLoc(), type, result);
    result.replaceAllUsesExcept(narrow, narrow);
  }
}

// Integer operations on 32-bit elements, for the formulas below.
class Bits {
 public:
  Bits(mlir::OpBuilder& builder, mlir::Location loc, Type shape)
      : b_(builder), loc_(loc), shape_(shape) {}

  Type Of(Type element) { return Like(shape_, element); }
  Type I16() { return Of(b_.getIntegerType(16)); }
  Type I32() { return Of(b_.getIntegerType(32)); }
  Type F32() { return Of(b_.getF32Type()); }
  Value Const(uint32_t value) {
    mlir::TypedAttr element = b_.getIntegerAttr(b_.getIntegerType(32), value);
    if (auto vector = mlir::dyn_cast<mlir::VectorType>(I32())) {
      element = mlir::DenseElementsAttr::get(vector, element);
    }
    return b_.create<arith::ConstantOp>(loc_, element);
  }
  Value And(Value a, uint32_t mask) { return b_.create<arith::AndIOp>(loc_, a, Const(mask)); }
  Value Or(Value a, Value c) { return b_.create<arith::OrIOp>(loc_, a, c); }
  Value Add(Value a, Value c) { return b_.create<arith::AddIOp>(loc_, a, c); }
  Value Shl(Value a, int bits) { return b_.create<arith::ShLIOp>(loc_, a, Const(bits)); }
  Value Shr(Value a, int bits) { return b_.create<arith::ShRUIOp>(loc_, a, Const(bits)); }
  Value AtLeast(Value a, uint32_t limit) {
    return b_.create<arith::CmpIOp>(loc_, arith::CmpIPredicate::uge, a, Const(limit));
  }
  Value Select(Value c, Value yes, Value no) {
    return b_.create<arith::SelectOp>(loc_, c, yes, no);
  }
  Value Cast(Type type, Value a) { return b_.create<arith::BitcastOp>(loc_, type, a); }
  Value Widen(Value a) { return b_.create<arith::ExtUIOp>(loc_, I32(), a); }
  Value Narrow(Value a) { return b_.create<arith::TruncIOp>(loc_, I16(), a); }
  Value AddF(Value a, Value c) { return b_.create<arith::AddFOp>(loc_, a, c); }
  Value MulF(Value a, Value c) { return b_.create<arith::MulFOp>(loc_, a, c); }

 private:
  mlir::OpBuilder& b_;
  const mlir::Location loc_;
  const Type shape_;
};

Value ExtendBF16(Bits& b, Value x) {
  return b.Cast(b.F32(), b.Shl(b.Widen(b.Cast(b.I16(), x)), 16));
}

Value TruncateToBF16(Bits& b, Value x) {
  Value bits = b.Cast(b.I32(), x);
  Value tie = b.And(b.Shr(bits, 16), 1);
  Value rounded = b.Shr(b.Add(bits, b.Add(tie, b.Const(0x7fff))), 16);
  Value is_nan = b.AtLeast(b.And(bits, 0x7fffffff), 0x7f800001);
  return b.Narrow(b.Select(is_nan, b.Or(b.Shr(bits, 16), b.Const(0x40)), rounded));
}

Value ExtendF16(Bits& b, Value x) {
  Value bits = b.Widen(b.Cast(b.I16(), x));
  Value sign = b.Shl(b.And(bits, 0x8000), 16);
  Value magnitude = b.Shl(b.And(bits, 0x7fff), 13);
  // The exponents' biases differ by 112; multiplying handles small numbers too.
  Value scaled =
      b.Cast(b.I32(), b.MulF(b.Cast(b.F32(), magnitude), b.Cast(b.F32(), b.Const(0x77800000))));
  Value special = b.Or(magnitude, b.Const(0x7f800000));
  return b.Cast(b.F32(), b.Or(sign, b.Select(b.AtLeast(magnitude, 0x0f800000), special, scaled)));
}

Value TruncateToF16(Bits& b, Value x) {
  Value bits = b.Cast(b.I32(), x);
  Value magnitude = b.And(bits, 0x7fffffff);
  Value sign = b.Shr(b.And(bits, 0x80000000), 16);
  // Rebias the exponent and round at bit 13.
  Value tie = b.And(b.Shr(magnitude, 13), 1);
  Value normal = b.Shr(b.Add(b.Add(magnitude, b.Const(0xc8000fff)), tie), 13);
  // Below 2^-14, adding 1/2 moves the bits that stay to the end.
  Value half = b.Const(0x3f000000);
  Value shifted = b.Cast(b.I32(), b.AddF(b.Cast(b.F32(), magnitude), b.Cast(b.F32(), half)));
  Value small = b.Add(shifted, b.Const(0xc1000000));
  Value special = b.Select(b.AtLeast(magnitude, 0x7f800001), b.Const(0x7e00), b.Const(0x7c00));
  Value result = b.Select(b.AtLeast(magnitude, 0x38800000), normal, small);
  result = b.Select(b.AtLeast(magnitude, 0x47800000), special, result);
  return b.Narrow(b.Or(sign, result));
}

// Makes f32 the other side of a conversion from or to a small type.
void SplitThroughF32(mlir::Operation* op, Type small) {
  mlir::OpBuilder builder(op);
  const Type middle = Like(small, builder.getF32Type());
  const Type from = op->getOperand(0).getType();
  const Type to = op->getResult(0).getType();
  if (from == middle || to == middle) return;
  if (mlir::isa<arith::ExtFOp>(op)) {
    op->setOperand(0, builder.create<arith::ExtFOp>(op->getLoc(), middle, op->getOperand(0)));
  } else {
    op->setOperand(0, builder.create<arith::TruncFOp>(op->getLoc(), middle, op->getOperand(0)));
  }
}

void ExpandConversion(mlir::Operation* op, bool native_f16) {
  Value from = op->getOperand(0);
  const Type to = op->getResult(0).getType();
  const bool extends = mlir::isa<arith::ExtFOp>(op);
  const bool is_f16 = mlir::getElementTypeOrSelf(extends ? from.getType() : to).isF16();
  if (is_f16 && native_f16) return;
  mlir::OpBuilder builder(op);
  Bits b(builder, op->getLoc(), to);
  Value result;
  if (extends) {
    result = is_f16 ? ExtendF16(b, from) : ExtendBF16(b, from);
  } else {
    result = b.Cast(to, is_f16 ? TruncateToF16(b, from) : TruncateToBF16(b, from));
  }
  op->getResult(0).replaceAllUsesWith(result);
  op->erase();
}

// `type` with integers of 16 bits for the small floats in it, but for f16 if `keep_f16`.
Type AsBits(Type type, bool keep_f16) {
  if (auto buffer = mlir::dyn_cast<mlir::MemRefType>(type)) {
    return mlir::MemRefType::Builder(buffer).setElementType(
        AsBits(buffer.getElementType(), keep_f16));
  }
  if (!IsSmall(type) || (keep_f16 && mlir::getElementTypeOrSelf(type).isF16())) return type;
  return Like(type, mlir::IntegerType::get(type.getContext(), 16));
}

mlir::TypedAttr AsBits(mlir::TypedAttr value, Type type) {
  if (auto elements = mlir::dyn_cast<mlir::DenseElementsAttr>(value)) {
    return elements.bitcast(mlir::getElementTypeOrSelf(type));
  }
  return mlir::IntegerAttr::get(type,
                                mlir::cast<mlir::FloatAttr>(value).getValue().bitcastToAPInt());
}

void Retype(mlir::Operation* op, bool keep_f16) {
  for (mlir::Region& region : op->getRegions()) {
    for (mlir::BlockArgument argument : region.getArguments()) {
      argument.setType(AsBits(argument.getType(), keep_f16));
    }
  }
  for (mlir::OpResult result : op->getResults()) {
    const Type type = AsBits(result.getType(), keep_f16);
    if (type == result.getType()) continue;
    result.setType(type);
    if (auto constant = mlir::dyn_cast<arith::ConstantOp>(op)) {
      constant.setValueAttr(AsBits(constant.getValue(), type));
    }
  }
  if (auto function = mlir::dyn_cast<mlir::func::FuncOp>(op)) {
    function.setType(mlir::FunctionType::get(
        op->getContext(), function.getBody().getArgumentTypes(), function.getResultTypes()));
  }
}

// What is left are moves. LLVM would make calls of a run-time library of some: it takes the
// clearing of a sign bit for an absolute value, say, and that for one of f32.
void MoveAsBits(mlir::ModuleOp module, bool keep_f16) {
  llvm::SmallVector<arith::BitcastOp> casts;
  module.walk([&](mlir::Operation* op) {
    Retype(op, keep_f16);
    if (auto cast = mlir::dyn_cast<arith::BitcastOp>(op)) casts.push_back(cast);
  });
  for (arith::BitcastOp cast : casts) {
    if (cast.getIn().getType() != cast.getType()) continue;
    cast.getResult().replaceAllUsesWith(cast.getIn());
    cast.erase();
  }
}

}  // namespace

void WidenSmallFloats(mlir::ModuleOp module, bool native_f16) {
  llvm::SmallVector<mlir::Operation*> arithmetic;
  module.walk([&](mlir::Operation* op) {
    if (!IsArithmetic(op)) return;
    if (llvm::any_of(op->getOperandTypes(), IsSmall) ||
        llvm::any_of(op->getResultTypes(), IsSmall)) {
      arithmetic.push_back(op);
    }
  });
  for (mlir::Operation* op : arithmetic) Widen(op);

  llvm::SmallVector<mlir::Operation*> conversions;
  module.walk([&](mlir::Operation* op) {
    if (!mlir::isa<arith::ExtFOp, arith::TruncFOp>(op)) return;
    const Type from = op->getOperand(0).getType();
    const Type to = op->getResult(0).getType();
    if (IsSmall(from)) SplitThroughF32(op, from);
    if (IsSmall(to)) SplitThroughF32(op, to);
  });
  module.walk([&](mlir::Operation* op) {
    if (!mlir::isa<arith::ExtFOp, arith::TruncFOp>(op)) return;
    if (IsSmall(op->getOperand(0).getType()) || IsSmall(op->getResult(0).getType())) {
      conversions.push_back(op);
    }
  });
  for (mlir::Operation* op : conversions) ExpandConversion(op, native_f16);
  MoveAsBits(module, /*keep_f16=*/native_f16);
}

}  // namespace sinter::codegen
