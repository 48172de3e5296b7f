#include "compiler_core/dialect/core/core.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinAttributes.h"

#include "compiler_core/dialect/core/core_dialect.cc.inc"
#define GET_OP_CLASSES
#include "compiler_core/dialect/core/core_ops.cc.inc"

namespace sinter::core {

void SinterDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "compiler_core/dialect/core/core_ops.cc.inc"
      >();
}

ir::SymShape ShapeOf(mlir::Type type) {
  auto tensor = mlir::cast<mlir::RankedTensorType>(type);
  ir::SymShape shape;
  auto encoding = mlir::dyn_cast_or_null<mlir::ArrayAttr>(tensor.getEncoding());
  for (int64_t i = 0; i < tensor.getRank(); ++i) {
    if (!tensor.isDynamicDim(i)) {
      shape.push_back(tensor.getDimSize(i));
      continue;
    }
    assert(encoding && "a free dimension needs an encoding");
    auto text = mlir::cast<mlir::StringAttr>(encoding[i]).getValue();
    auto expr = ir::SymExpr::Parse(absl::string_view(text.data(), text.size()));
    assert(expr.ok() && "an encoding holds expressions");
    shape.push_back(*expr);
  }
  return shape;
}

mlir::RankedTensorType TensorType(const ir::SymShape& shape, mlir::Type element) {
  llvm::SmallVector<int64_t> dims;
  llvm::SmallVector<mlir::Attribute> texts;
  bool free = false;
  for (const ir::SymExpr& dim : shape) {
    std::optional<int64_t> fixed = dim.AsConstant();
    free |= !fixed;
    dims.push_back(fixed.value_or(mlir::ShapedType::kDynamic));
    texts.push_back(mlir::StringAttr::get(element.getContext(), dim.ToString()));
  }
  if (!free) return mlir::RankedTensorType::get(dims, element);
  return mlir::RankedTensorType::get(dims, element,
                                     mlir::ArrayAttr::get(element.getContext(), texts));
}

mlir::Value DimValue(mlir::OpBuilder& builder, mlir::Location loc, const ir::SymExpr& expr) {
  if (std::optional<int64_t> fixed = expr.AsConstant()) {
    return builder.create<mlir::arith::ConstantIndexOp>(loc, *fixed);
  }
  return builder.create<DimOp>(loc, builder.getIndexType(), builder.getStringAttr(expr.ToString()));
}

mlir::Value EmptyTensor(mlir::OpBuilder& builder, mlir::Location loc, const ir::SymShape& shape,
                        mlir::Type element) {
  llvm::SmallVector<mlir::Value> sizes;
  for (const ir::SymExpr& dim : shape) {
    if (!dim.IsConstant()) sizes.push_back(DimValue(builder, loc, dim));
  }
  return builder.create<mlir::tensor::EmptyOp>(loc, TensorType(shape, element), sizes);
}

}  // namespace sinter::core
