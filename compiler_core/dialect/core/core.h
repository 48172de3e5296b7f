// The `sinter` dialect (core.td) and the shapes that its types carry.
#ifndef SINTER_COMPILER_CORE_DIALECT_CORE_CORE_H_
#define SINTER_COMPILER_CORE_DIALECT_CORE_CORE_H_

#include "compiler_core/ir/sym_expr.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "compiler_core/dialect/core/core_dialect.h.inc"
#define GET_OP_CLASSES
#include "compiler_core/dialect/core/core_ops.h.inc"

namespace sinter::core {

// The dimensions of `type`: from its encoding where it has one, else from the type itself.
// REQUIRES: a ranked tensor type made by TensorType() or with static shape.
ir::SymShape ShapeOf(mlir::Type type);
inline ir::SymShape ShapeOf(mlir::Value value) { return ShapeOf(value.getType()); }

// The tensor type with this shape: encoded if a dimension is free, plain otherwise.
mlir::RankedTensorType TensorType(const ir::SymShape& shape, mlir::Type element);

// An index value holding `expr`: arith.constant if it is a number, else sinter.dim.
mlir::Value DimValue(mlir::OpBuilder& builder, mlir::Location loc, const ir::SymExpr& expr);

// tensor.empty of that type, with a sinter.dim for each free dimension.
mlir::Value EmptyTensor(mlir::OpBuilder& builder, mlir::Location loc, const ir::SymShape& shape,
                        mlir::Type element);

}  // namespace sinter::core

#endif  // SINTER_COMPILER_CORE_DIALECT_CORE_CORE_H_
