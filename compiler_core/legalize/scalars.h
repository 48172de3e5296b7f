// Scalar arithmetic inside the body of a linalg.generic, chosen by type: Add() is arith.addf or
// arith.addi, Div() divf, divsi or divui. A body is written once for all element types.
//
// Made by Emitter for each body; lives as long as the body is being built. Not thread-safe.
#ifndef SINTER_COMPILER_CORE_LEGALIZE_SCALARS_H_
#define SINTER_COMPILER_CORE_LEGALIZE_SCALARS_H_

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"

namespace sinter::legalize {

// REQUIRES of all binary operations: operands of one type.
class Scalars {
 public:
  // How two numbers are compared; ordered for floats (false if either is NaN), except kNotEqual.
  enum class Relation { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

  // `is_unsigned`: integers of the operands are unsigned.
  Scalars(mlir::OpBuilder& builder, mlir::Location location, bool is_unsigned)
      : builder_(builder), location_(location), is_unsigned_(is_unsigned) {}

  mlir::OpBuilder& builder() { return builder_; }
  mlir::Location location() const { return location_; }
  bool is_unsigned() const { return is_unsigned_; }
  // The same, whose operations are marked core::kExactAttr: none is contracted with another or
  // otherwise computed in more or fewer roundings than written.
  Scalars Exact() const;

  // `value` as a constant of `type` (a float, integer or index type).
  mlir::Value Number(mlir::Type type, double value);
  // As above, with the type of `like`.
  mlir::Value Like(mlir::Value like, double value) { return Number(like.getType(), value); }
  // The least and greatest values of `type`; the infinities for floats.
  mlir::TypedAttr Lowest(mlir::Type type) const;
  mlir::TypedAttr Highest(mlir::Type type) const;

  mlir::Value Add(mlir::Value a, mlir::Value b);
  mlir::Value Sub(mlir::Value a, mlir::Value b);
  mlir::Value Mul(mlir::Value a, mlir::Value b);
  mlir::Value Div(mlir::Value a, mlir::Value b);  // integers: towards zero
  mlir::Value Rem(mlir::Value a, mlir::Value b);  // has the sign of `a`
  mlir::Value Max(mlir::Value a, mlir::Value b);  // NaN if either is
  mlir::Value Min(mlir::Value a, mlir::Value b);
  mlir::Value Neg(mlir::Value a);
  mlir::Value Abs(mlir::Value a);

  mlir::Value Compare(Relation relation, mlir::Value a, mlir::Value b);  // i1
  mlir::Value Select(mlir::Value condition, mlir::Value a, mlir::Value b);
  mlir::Value IsTrue(mlir::Value stored);    // bool as stored (i8) -> i1
  mlir::Value StoreBool(mlir::Value truth);  // i1 -> i8 0 or 1

  mlir::Value Index(int64_t dimension);                       // linalg.index
  mlir::Value ToIndex(mlir::Value integer);                   // sign-extended unless is_unsigned()
  mlir::Value FromIndex(mlir::Value index, mlir::Type type);  // to an integer or float type
  // Between integer and float types of any width, as C does; integers are read as signed or
  // unsigned by is_unsigned(), and written so by `to_unsigned`.
  mlir::Value Convert(mlir::Value value, mlir::Type type, bool to_unsigned = false);

  template <typename Op, typename... Operands>
  mlir::Value Emit(Operands... operands) {
    Op op = builder_.create<Op>(location_, operands...);
    if (exact_) MarkExact(op);
    return op;
  }

 private:
  template <typename FloatOp, typename SignedOp, typename UnsignedOp>
  mlir::Value ByType(mlir::Value a, mlir::Value b);
  mlir::Value FloatToInteger(mlir::Value value, mlir::IntegerType type, bool to_unsigned);
  mlir::Value FloatToFloat(mlir::Value value, mlir::Type type);
  static void MarkExact(mlir::Operation* op);

  mlir::OpBuilder& builder_;
  mlir::Location location_;
  bool is_unsigned_;
  bool exact_ = false;
};

}  // namespace sinter::legalize

#endif  // SINTER_COMPILER_CORE_LEGALIZE_SCALARS_H_
