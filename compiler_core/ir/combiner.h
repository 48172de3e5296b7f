// How a reduction combines what it has with what comes: needed to reduce several parts side by
// side.
#ifndef SINTER_COMPILER_CORE_IR_COMBINER_H_
#define SINTER_COMPILER_CORE_IR_COMBINER_H_

#include <optional>

#include "llvm/ADT/TypeSwitch.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace sinter::ir {

// The operation `acc = acc OP x` that the body of `op` yields for its only result; nullopt if the
// body is not of that form or OP is not associative.
inline std::optional<mlir::vector::CombiningKind> CombinerOf(mlir::linalg::GenericOp op) {
  using Kind = mlir::vector::CombiningKind;
  if (op.getNumDpsInits() != 1) return std::nullopt;
  mlir::Block* body = op.getBody();
  mlir::Value acc = body->getArgument(op.getNumDpsInputs());
  mlir::Operation* combine = body->getTerminator()->getOperand(0).getDefiningOp();
  if (!combine || combine->getNumOperands() != 2 ||
      !llvm::is_contained(combine->getOperands(), acc)) {
    return std::nullopt;
  }
  return llvm::TypeSwitch<mlir::Operation*, std::optional<Kind>>(combine)
      .Case<mlir::arith::AddFOp, mlir::arith::AddIOp>([](auto) { return Kind::ADD; })
      .Case<mlir::arith::MulFOp, mlir::arith::MulIOp>([](auto) { return Kind::MUL; })
      .Case<mlir::arith::MaximumFOp>([](auto) { return Kind::MAXIMUMF; })
      .Case<mlir::arith::MinimumFOp>([](auto) { return Kind::MINIMUMF; })
      .Case<mlir::arith::MaxNumFOp>([](auto) { return Kind::MAXNUMF; })
      .Case<mlir::arith::MinNumFOp>([](auto) { return Kind::MINNUMF; })
      .Case<mlir::arith::MaxSIOp>([](auto) { return Kind::MAXSI; })
      .Case<mlir::arith::MinSIOp>([](auto) { return Kind::MINSI; })
      .Case<mlir::arith::MaxUIOp>([](auto) { return Kind::MAXUI; })
      .Case<mlir::arith::MinUIOp>([](auto) { return Kind::MINUI; })
      .Case<mlir::arith::AndIOp>([](auto) { return Kind::AND; })
      .Case<mlir::arith::OrIOp>([](auto) { return Kind::OR; })
      .Default([](auto) { return std::nullopt; });
}

}  // namespace sinter::ir

#endif  // SINTER_COMPILER_CORE_IR_COMBINER_H_
