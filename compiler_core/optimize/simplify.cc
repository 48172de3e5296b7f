#include "compiler_core/optimize/simplify.h"

#include <numeric>

#include "compiler_core/dialect/core/core.h"
#include "compiler_core/ir/kernel_spec.h"
#include "compiler_core/optimize/groups.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

namespace sinter::optimize {
namespace {

using mlir::AffineExpr;
using mlir::AffineMap;
using mlir::Value;
using mlir::linalg::GenericOp;

// ---- views of constants

// The constant that a view of `source` is, or null when the view can't be taken at compile time.
Value FoldView(mlir::OpBuilder& builder, mlir::Operation* view, core::ConstantOp source,
               ir::ConstantTable& constants) {
  ir::HostTensor tensor = constants.Get(source.getId());
  auto type = mlir::cast<mlir::RankedTensorType>(view->getResult(0).getType());
  if (!type.hasStaticShape()) return nullptr;
  if (auto transpose = mlir::dyn_cast<core::TransposeOp>(view)) {
    auto permutation = transpose.getPermutation();
    tensor = tensor.Transposed(absl::MakeConstSpan(permutation.data(), permutation.size()));
  } else if (mlir::isa<core::ReshapeOp>(view)) {
    tensor = tensor.Reshaped(type.getShape().vec());
  } else {
    auto slice = mlir::cast<core::SliceOp>(view);
    std::vector<int64_t> offsets;
    for (mlir::Attribute text : slice.getOffsets()) {
      auto expr = ir::SymExpr::Parse(mlir::cast<mlir::StringAttr>(text).getValue().str());
      if (!expr.ok() || !expr->IsConstant()) return nullptr;
      offsets.push_back(*expr->AsConstant());
    }
    auto steps = slice.getSteps();
    auto sizes = type.getShape();
    tensor = tensor.Sliced(offsets, absl::MakeConstSpan(sizes.data(), sizes.size()),
                           absl::MakeConstSpan(steps.data(), steps.size()));
  }
  return builder.create<core::ConstantOp>(view->getLoc(), type,
                                          builder.getI64IntegerAttr(constants.Add(tensor)));
}

// ---- views of views

bool IsIdentity(llvm::ArrayRef<int64_t> permutation) {
  for (size_t i = 0; i < permutation.size(); ++i) {
    if (permutation[i] != static_cast<int64_t>(i)) return false;
  }
  return true;
}

// A simpler value equal to the view's result, or null.
Value ShortenView(mlir::OpBuilder& builder, mlir::Operation* op) {
  Value source = op->getOperand(0);
  mlir::Type type = op->getResult(0).getType();
  if (auto reshape = mlir::dyn_cast<core::ReshapeOp>(op)) {
    if (source.getType() == type) return source;
    auto inner = source.getDefiningOp<core::ReshapeOp>();
    if (!inner) return nullptr;
    if (inner.getSource().getType() == type) return inner.getSource();
    return builder.create<core::ReshapeOp>(op->getLoc(), type, inner.getSource());
  }
  if (auto transpose = mlir::dyn_cast<core::TransposeOp>(op)) {
    if (IsIdentity(transpose.getPermutation())) return source;
    auto inner = source.getDefiningOp<core::TransposeOp>();
    if (!inner) return nullptr;
    llvm::SmallVector<int64_t> composed;
    for (int64_t dim : transpose.getPermutation()) {
      composed.push_back(inner.getPermutation()[dim]);
    }
    return builder.create<core::TransposeOp>(op->getLoc(), type, inner.getSource(), composed);
  }
  return nullptr;
}

// ---- loops of one iteration

// Which loops go: those of one iteration, but the last reduction (an accumulation stays one).
llvm::SmallVector<bool> UnitLoops(GenericOp op) {
  ir::SymShape extents = LoopExtents(op);
  llvm::SmallVector<bool> unit(extents.size(), false);
  unsigned reductions_left = op.getNumReductionLoops();
  auto kinds = op.getIteratorTypesArray();
  for (size_t i = 0; i < extents.size(); ++i) {
    if (!(extents[i] == ir::SymExpr(1))) continue;
    if (kinds[i] == mlir::utils::IteratorType::reduction && reductions_left-- == 1) continue;
    unit[i] = true;
  }
  return unit;
}

struct Reduced {
  Value value;
  AffineMap map;
};

// `operand` without the dimensions that only unit loops index.
Reduced DropUnitDims(mlir::OpBuilder& builder, mlir::Location loc, Value operand, AffineMap map,
                     llvm::ArrayRef<bool> unit, llvm::ArrayRef<AffineExpr> replacement,
                     unsigned loops) {
  ir::SymShape shape = core::ShapeOf(operand);
  ir::SymShape kept;
  llvm::SmallVector<AffineExpr> results;
  for (unsigned i = 0; i < map.getNumResults(); ++i) {
    AffineExpr expr = map.getResult(i).replaceDims(replacement);
    auto fixed = mlir::dyn_cast<mlir::AffineConstantExpr>(expr);
    if (fixed && fixed.getValue() == 0 && shape[i] == ir::SymExpr(1)) continue;
    kept.push_back(shape[i]);
    results.push_back(expr);
  }
  auto element = mlir::cast<mlir::RankedTensorType>(operand.getType()).getElementType();
  if (kept.size() != shape.size()) {
    operand = builder.create<core::ReshapeOp>(loc, core::TensorType(kept, element), operand);
  }
  return {operand, AffineMap::get(loops, 0, results, builder.getContext())};
}

Value ReducedInit(mlir::OpBuilder& builder, Value init, const ir::SymShape& shape) {
  auto element = mlir::cast<mlir::RankedTensorType>(init.getType()).getElementType();
  Value empty = core::EmptyTensor(builder, init.getLoc(), shape, element);
  auto fill = init.getDefiningOp<mlir::linalg::FillOp>();
  if (!fill) return empty;
  return builder.create<mlir::linalg::FillOp>(init.getLoc(), fill.getInputs()[0], empty)
      .getResult(0);
}

void RenumberIndices(mlir::Region& body, llvm::ArrayRef<int> position) {
  body.walk([&](mlir::linalg::IndexOp index) {
    int at = position[index.getDim()];
    if (at >= 0) {
      index.setDim(at);
      return;
    }
    mlir::OpBuilder builder(index);
    index.replaceAllUsesWith(
        builder.create<mlir::arith::ConstantIndexOp>(index.getLoc(), 0).getResult());
  });
  llvm::SmallVector<mlir::Operation*> dead;
  body.walk([&](mlir::linalg::IndexOp index) {
    if (index->use_empty()) dead.push_back(index);
  });
  for (mlir::Operation* op : dead) op->erase();
}

// Rewrites `op` over its loops of more than one iteration; false when there are no others.
bool DropUnitLoops(GenericOp op) {
  llvm::SmallVector<bool> unit = UnitLoops(op);
  if (llvm::none_of(unit, [](bool is_unit) { return is_unit; })) return false;
  mlir::OpBuilder builder(op);
  llvm::SmallVector<AffineExpr> replacement;
  llvm::SmallVector<int> position;
  llvm::SmallVector<mlir::utils::IteratorType> kinds;
  auto old_kinds = op.getIteratorTypesArray();
  for (size_t i = 0; i < unit.size(); ++i) {
    position.push_back(unit[i] ? -1 : static_cast<int>(kinds.size()));
    replacement.push_back(unit[i] ? builder.getAffineConstantExpr(0)
                                  : builder.getAffineDimExpr(kinds.size()));
    if (!unit[i]) kinds.push_back(old_kinds[i]);
  }
  llvm::SmallVector<Value> inputs, inits;
  llvm::SmallVector<AffineMap> maps;
  llvm::SmallVector<mlir::Type> types;
  for (mlir::OpOperand& operand : op->getOpOperands()) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    Reduced reduced;
    if (op.isDpsInput(&operand)) {
      reduced =
          DropUnitDims(builder, op.getLoc(), operand.get(), map, unit, replacement, kinds.size());
      inputs.push_back(reduced.value);
    } else {
      ir::SymShape shape;
      llvm::SmallVector<AffineExpr> results;
      ir::SymShape old_shape = core::ShapeOf(operand.get());
      for (unsigned i = 0; i < map.getNumResults(); ++i) {
        auto dim = mlir::cast<mlir::AffineDimExpr>(map.getResult(i));
        if (unit[dim.getPosition()]) continue;
        shape.push_back(old_shape[i]);
        results.push_back(replacement[dim.getPosition()]);
      }
      reduced = {ReducedInit(builder, operand.get(), shape),
                 AffineMap::get(kinds.size(), 0, results, builder.getContext())};
      inits.push_back(reduced.value);
      types.push_back(reduced.value.getType());
    }
    maps.push_back(reduced.map);
  }
  auto reduced = builder.create<GenericOp>(op.getLoc(), types, inputs, inits, maps, kinds);
  reduced.getRegion().takeBody(op.getRegion());
  if (auto block = op->getAttrOfType<mlir::DenseI64ArrayAttr>(ir::kBlockAttr)) {
    llvm::SmallVector<int64_t> kept;
    for (size_t i = 0; i < unit.size(); ++i) {
      if (!unit[i]) kept.push_back(block[i]);
    }
    reduced->setAttr(ir::kBlockAttr, builder.getDenseI64ArrayAttr(kept));
  }
  RenumberIndices(reduced.getRegion(), position);
  builder.setInsertionPointAfter(reduced);
  for (auto [before, after] : llvm::zip(op.getResults(), reduced.getResults())) {
    Value value = after;
    if (value.getType() != before.getType()) {
      value = builder.create<core::ReshapeOp>(op.getLoc(), before.getType(), value);
    }
    before.replaceAllUsesWith(value);
  }
  op.erase();
  return true;
}

void SimplifyViews(mlir::func::FuncOp main, ir::ConstantTable& constants) {
  for (mlir::Operation& op : llvm::make_early_inc_range(main.getBody().front())) {
    if (!mlir::isa<core::TransposeOp, core::ReshapeOp, core::SliceOp>(op)) continue;
    mlir::OpBuilder builder(&op);
    Value simpler;
    if (auto constant = op.getOperand(0).getDefiningOp<core::ConstantOp>()) {
      simpler = FoldView(builder, &op, constant, constants);
    }
    if (!simpler) simpler = ShortenView(builder, &op);
    if (!simpler) continue;
    op.getResult(0).replaceAllUsesWith(simpler);
    op.erase();
  }
}

void DropDead(mlir::func::FuncOp main) {
  llvm::SmallVector<mlir::Operation*> ops;
  for (mlir::Operation& op : main.getBody().front().without_terminator()) ops.push_back(&op);
  for (mlir::Operation* op : llvm::reverse(ops)) {
    if (op->use_empty()) op->erase();
  }
}

}  // namespace

absl::Status Simplify(mlir::ModuleOp module, ir::ConstantTable& constants) {
  auto main = module.lookupSymbol<mlir::func::FuncOp>("main");
  if (!main) return absl::InternalError("a TensorModule has no `main`");
  SimplifyViews(main, constants);
  for (mlir::Operation& op : llvm::make_early_inc_range(main.getBody().front())) {
    if (auto generic = mlir::dyn_cast<GenericOp>(op)) DropUnitLoops(generic);
  }
  SimplifyViews(main, constants);
  DropDead(main);
  mlir::PassManager passes(module.getContext());
  passes.enableVerifier(false);
  passes.addPass(mlir::createCSEPass());
  if (mlir::failed(passes.run(module))) return absl::InternalError("cse failed");
  return absl::OkStatus();
}

}  // namespace sinter::optimize
