#include "compiler_core/import_mlir/symbolic_index.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/Matchers.h"

namespace sinter::import_mlir {
namespace {

using ir::SymExpr;
using ir::SymShape;

absl::Status Unknown(mlir::Operation* op) {
  return ir::Error(
      ir::DiagnosticKind::kUnsupportedShape,
      absl::StrCat("a size depends on ",
                   op == nullptr ? std::string("a scalar input")
                                 : absl::StrCat("op `", op->getName().getStringRef().str(), "`"),
                   ", which is not supported"),
      "shapes may depend on the inputs' shapes only");
}

}  // namespace

absl::StatusOr<SymExpr> SymbolicIndex::Of(mlir::Value value) {
  mlir::APInt constant;
  if (mlir::matchPattern(value, mlir::m_ConstantInt(&constant))) {
    return SymExpr(constant.getSExtValue());
  }
  mlir::Operation* op = value.getDefiningOp();
  if (op == nullptr) return Unknown(nullptr);
  if (auto dim = mlir::dyn_cast<mlir::tensor::DimOp>(op)) {
    const std::optional<int64_t> index = dim.getConstantIndex();
    const SymShape shape = shape_of_(dim.getSource());
    if (!index || *index < 0 || *index >= static_cast<int64_t>(shape.size())) return Unknown(op);
    return shape[*index];
  }
  if (auto apply = mlir::dyn_cast<mlir::affine::AffineApplyOp>(op)) {
    const mlir::AffineMap map = apply.getAffineMap();
    return OfAffine(map.getResult(0), apply.getDimOperands(), apply.getSymbolOperands());
  }
  if (mlir::isa<mlir::arith::IndexCastOp, mlir::arith::IndexCastUIOp, mlir::arith::ExtSIOp,
                mlir::arith::ExtUIOp, mlir::arith::TruncIOp>(op)) {
    return Of(op->getOperand(0));
  }
  if (op->getNumOperands() != 2) return Unknown(op);
  SINTER_ASSIGN_OR_RETURN(const SymExpr a, Of(op->getOperand(0)));
  SINTER_ASSIGN_OR_RETURN(const SymExpr b, Of(op->getOperand(1)));
  if (mlir::isa<mlir::arith::AddIOp>(op)) return a + b;
  if (mlir::isa<mlir::arith::SubIOp>(op)) return a - b;
  if (mlir::isa<mlir::arith::MulIOp>(op)) return a * b;
  if (mlir::isa<mlir::arith::MinSIOp, mlir::arith::MinUIOp>(op)) return Min(a, b);
  if (mlir::isa<mlir::arith::MaxSIOp, mlir::arith::MaxUIOp>(op)) return Max(a, b);
  const std::optional<int64_t> least = b.LowerBound(), least_a = a.LowerBound();
  if (!least || *least < 1) return Unknown(op);
  if (mlir::isa<mlir::arith::FloorDivSIOp>(op)) return FloorDiv(a, b);
  if (mlir::isa<mlir::arith::CeilDivSIOp>(op)) return CeilDiv(a, b);
  // These round to zero: the same where nothing is negative.
  if (!least_a || *least_a < 0) return Unknown(op);
  if (mlir::isa<mlir::arith::DivSIOp, mlir::arith::DivUIOp>(op)) return FloorDiv(a, b);
  if (mlir::isa<mlir::arith::RemSIOp, mlir::arith::RemUIOp>(op)) return Mod(a, b);
  return Unknown(op);
}

absl::StatusOr<SymExpr> SymbolicIndex::OfAffine(mlir::AffineExpr expr, mlir::ValueRange dims,
                                                mlir::ValueRange symbols) {
  if (auto constant = mlir::dyn_cast<mlir::AffineConstantExpr>(expr)) {
    return SymExpr(constant.getValue());
  }
  if (auto dim = mlir::dyn_cast<mlir::AffineDimExpr>(expr)) return Of(dims[dim.getPosition()]);
  if (auto symbol = mlir::dyn_cast<mlir::AffineSymbolExpr>(expr)) {
    return Of(symbols[symbol.getPosition()]);
  }
  auto binary = mlir::cast<mlir::AffineBinaryOpExpr>(expr);
  SINTER_ASSIGN_OR_RETURN(const SymExpr a, OfAffine(binary.getLHS(), dims, symbols));
  SINTER_ASSIGN_OR_RETURN(const SymExpr b, OfAffine(binary.getRHS(), dims, symbols));
  switch (expr.getKind()) {
    case mlir::AffineExprKind::Add:
      return a + b;
    case mlir::AffineExprKind::Mul:
      return a * b;
    case mlir::AffineExprKind::FloorDiv:
      return FloorDiv(a, b);
    case mlir::AffineExprKind::CeilDiv:
      return CeilDiv(a, b);
    default:
      return Mod(a, b);
  }
}

absl::StatusOr<SymExpr> SymbolicIndex::Of(mlir::OpFoldResult value) {
  if (auto attribute = mlir::dyn_cast<mlir::Attribute>(value)) {
    return SymExpr(mlir::cast<mlir::IntegerAttr>(attribute).getInt());
  }
  return Of(mlir::cast<mlir::Value>(value));
}

absl::StatusOr<SymShape> SymbolicIndex::Of(llvm::ArrayRef<mlir::OpFoldResult> values) {
  SymShape shape;
  for (mlir::OpFoldResult value : values) {
    SINTER_ASSIGN_OR_RETURN(SymExpr expr, Of(value));
    shape.push_back(std::move(expr));
  }
  return shape;
}

}  // namespace sinter::import_mlir
