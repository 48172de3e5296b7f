// A kernel of which some dimensions are done in blocks (see `sinter.block` in ir/kernel_spec.h): at
// a tile, all points of a block are unrolled, so that what their values share is made once.
#include "compiler_core/lower/kernel_emitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace sinter::lower {
namespace {

using mlir::Value;

llvm::SmallVector<int> BlockedDims(const ir::KernelSpec& spec) {
  llvm::SmallVector<int> dims;
  for (int dim : spec.order) {
    if (spec.block[dim] > 1) dims.push_back(dim);
  }
  return dims;
}

}  // namespace

void KernelEmitter::EmitBlock(const Point& corner) {
  const llvm::SmallVector<int> dims = BlockedDims(spec_);
  std::vector<Point> points = {corner};
  for (int dim : dims) {
    std::vector<Point> unrolled;
    for (Point point : points) {
      // A dimension of one block has no loop.
      if (!point.at[dim].tile) point.at[dim] = {math_.Constant(0), 0, math_.Constant(0)};
      for (int64_t i = 0; i < spec_.block[dim]; ++i) {
        point.at[dim].offset = i;
        unrolled.push_back(point);
      }
    }
    points = std::move(unrolled);
  }
  // Made here, whatever of the block exists, so that no branch has to make it again.
  for (size_t member = 0; member < spec_.members.size(); ++member) {
    mlir::linalg::GenericOp op = spec_.members[member].op;
    if (!op->hasAttr(ir::kBlockAttr)) continue;
    for (const Point& point : points) values_.Member(static_cast<int>(member), point);
  }
  StoreBlock(dims, points.front());
}

// Stores the points of the block that exist, along `dims` and from `point` on.
void KernelEmitter::StoreBlock(llvm::ArrayRef<int> dims, const Point& point) {
  if (dims.empty()) {
    StoreOutputs({point});
    return;
  }
  const int dim = dims.front();
  const bool is_whole = ir::SymExpr::ExactDiv(spec_.extents[dim], spec_.block[dim]).has_value();
  for (int64_t i = 0; i < spec_.block[dim]; ++i) {
    Point moved = point;
    moved.at[dim].offset = i;
    // The first one exists: else there would not be this block.
    if (is_whole || i == 0) {
      StoreBlock(dims.drop_front(), moved);
      continue;
    }
    Value at = math_.Add(moved.at[dim].base, math_.Constant(i));
    Value exists = builder_.create<mlir::arith::CmpIOp>(loc_, mlir::arith::CmpIPredicate::slt, at,
                                                        math_.Of(spec_.extents[dim]));
    builder_.create<mlir::scf::IfOp>(loc_, exists, [&](mlir::OpBuilder&, mlir::Location) {
      values_.PushScope();
      StoreBlock(dims.drop_front(), moved);
      values_.PopScope();
      builder_.create<mlir::scf::YieldOp>(loc_);
    });
  }
}

}  // namespace sinter::lower
