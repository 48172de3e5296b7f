// Arithmetic on scalars and vectors alike, for writing math expansions as formulas.
#ifndef SINTER_COMPILER_CORE_CODEGEN_KERNEL_MATH_BUILDER_H_
#define SINTER_COMPILER_CORE_CODEGEN_KERNEL_MATH_BUILDER_H_

#include <cstdint>
#include <initializer_list>

#include "llvm/ADT/ArrayRef.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/IR/Value.h"

namespace sinter::codegen {

// Builds operations on values of one type: f32, f64, or a vector of either. Comparisons are ordered
// (false on NaN). Borrows the builder.
class MathBuilder {
 public:
  using Value = mlir::Value;

  MathBuilder(mlir::OpBuilder& builder, mlir::Location loc, mlir::Type type)
      : builder_(builder), loc_(loc), type_(type) {}

  mlir::Type type() const { return type_; }
  mlir::OpBuilder& builder() { return builder_; }
  mlir::Location loc() const { return loc_; }
  bool is_double() const { return mlir::getElementTypeOrSelf(type_).isF64(); }
  // The same on another element type.
  MathBuilder With(mlir::Type element) const;

  Value Const(double value);
  Value Add(Value a, Value b);
  Value Sub(Value a, Value b);
  Value Mul(Value a, Value b);
  Value Div(Value a, Value b);
  Value Neg(Value a);
  Value Abs(Value a);
  Value Sqrt(Value a);
  Value Floor(Value a);
  Value Trunc(Value a);
  Value Round(Value a);  // to even
  Value CopySign(Value magnitude, Value sign);
  // a * b + c, fused where the target can.
  Value Fma(Value a, Value b, Value c);
  // coefficients[0] + x * coefficients[1] + ...
  Value Polynomial(Value x, llvm::ArrayRef<double> coefficients);

  Value Less(Value a, Value b);
  Value LessEqual(Value a, Value b);
  Value Equal(Value a, Value b);
  Value Or(Value a, Value b);
  Value And(Value a, Value b);
  Value Select(Value condition, Value yes, Value no);

  // Integers as wide as the floating-point type.
  Value IntConst(int64_t value);
  Value Bits(Value a);  // of a float
  Value FromBits(Value a);
  Value IntToFloat(Value a);
  Value IntAdd(Value a, Value b);
  Value IntSub(Value a, Value b);
  Value ShiftLeft(Value a, int bits);
  Value ShiftRight(Value a, int bits);  // arithmetic

  Value Convert(Value a, mlir::Type element);  // f32 <-> f64

 private:
  mlir::Type Like(mlir::Type element) const;
  Value Splat(mlir::TypedAttr element, mlir::Type type);

  mlir::OpBuilder& builder_;
  const mlir::Location loc_;
  const mlir::Type type_;
};

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_KERNEL_MATH_BUILDER_H_
