#include "compiler_core/lower/kernel_emitter.h"

#include <algorithm>

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace sinter::lower {
namespace {

using mlir::Value;
namespace arith = mlir::arith;
namespace scf = mlir::scf;

}  // namespace

void KernelEmitter::For(Value from, Value to, int64_t step,
                        const std::function<void(Value)>& body) {
  ForCarried(from, to, step, {}, [&](Value at, mlir::ValueRange) {
    body(at);
    return Values{};
  });
}

KernelEmitter::Values KernelEmitter::ForCarried(
    Value from, Value to, int64_t step, mlir::ValueRange carried,
    const std::function<Values(Value, mlir::ValueRange)>& body) {
  auto loop = builder_.create<scf::ForOp>(
      loc_, from, to, math_.Constant(step), carried,
      [&](mlir::OpBuilder&, mlir::Location, Value at, mlir::ValueRange arguments) {
        values_.PushScope();
        Values results = body(at, arguments);
        values_.PopScope();
        builder_.create<scf::YieldOp>(loc_, results);
      });
  return Values(loop.getResults().begin(), loop.getResults().end());
}

void KernelEmitter::Emit(Value begin, Value end) {
  origin_.at.resize(spec_.extents.size());
  row_block_.resize(spec_.extents.size());
  block_.resize(spec_.extents.size(), 0);
  entry_ = builder_.getInsertionBlock();
  ChooseSpills();
  For(begin, end, 1, [&](Value iteration) {
    EnterGrid(iteration);
    EmitLoops(0);
  });
}

// Takes the collapsed loop's iteration apart, innermost first.
void KernelEmitter::EnterGrid(Value iteration) {
  Value rest = iteration;
  for (size_t i = schedule_.grid.size(); i-- > 0;) {
    const ir::TileLoop& loop = schedule_.grid[i];
    Value trips = math_.Of(loop.trips);
    Value tile = i == 0 ? rest : math_.Rem(rest, trips);
    if (i > 0) rest = math_.FloorDiv(rest, trips);
    Value base = math_.Mul(tile, math_.Constant(loop.step));
    bool tiled = loop.dim == spec_.vector_dim() || loop.dim == schedule_.row_dim;
    if (!tiled) {
      origin_.at[loop.dim] = {base, 0, spec_.block[loop.dim] > 1 ? tile : nullptr};
      continue;
    }
    row_block_[loop.dim] = base;
    block_[loop.dim] = loop.step;
    if (loop.dim == spec_.vector_dim()) origin_.at[loop.dim].tile = tile;
  }
}

void KernelEmitter::EmitLoops(size_t level) {
  if (level < schedule_.loops.size()) {
    const ir::TileLoop& loop = schedule_.loops[level];
    if (loop.dim != schedule_.row_dim && loop.dim != spec_.vector_dim()) {
      For(math_.Constant(0), math_.Of(loop.trips), 1, [&](Value at) {
        Value base = math_.Mul(at, math_.Constant(loop.step));
        origin_.at[loop.dim] = {base, 0, loop.step > 1 ? at : nullptr};
        EmitLoops(level + 1);
      });
      return;
    }
  }
  EmitRows([&](const Segment& rows) { EmitVectors(rows.count, rows.base); });
}

Value KernelEmitter::RangeStart(int dim) {
  return block_[dim] > 0 ? row_block_[dim] : math_.Constant(0);
}

Value KernelEmitter::RangeEnd(int dim) {
  Value extent = math_.Of(spec_.extents[dim]);
  if (block_[dim] == 0) return extent;
  return math_.Min(math_.Add(row_block_[dim], math_.Constant(block_[dim])), extent);
}

// Full tiles of rows, then what is left: a smaller tile if its size is known, else tiles of 4
// and 1.
void KernelEmitter::EmitRows(const SegmentBody& body) {
  if (schedule_.row_dim < 0) {
    body({nullptr, 1, nullptr});
    return;
  }
  int64_t rows = schedule_.rows;
  Value from = RangeStart(schedule_.row_dim), to = RangeEnd(schedule_.row_dim);
  const ir::SymExpr& extent = spec_.extents[schedule_.row_dim];
  auto tiles = [&](int64_t count) {
    Value length = math_.Sub(to, from);
    Value whole = math_.Mul(math_.FloorDiv(length, math_.Constant(count)), math_.Constant(count));
    Value until = math_.Add(from, whole);
    For(from, until, count, [&](Value at) { body({at, static_cast<int>(count), nullptr}); });
    from = until;
  };
  tiles(rows);
  if (ir::SymExpr::ExactDiv(extent, ir::SymExpr(rows))) return;
  if (std::optional<int64_t> fixed = extent.AsConstant()) {
    tiles(*fixed % rows);
    return;
  }
  if (rows > 4) tiles(4);
  tiles(1);
}

Value KernelEmitter::MaskOfFirst(Value count) {
  auto type = mlir::VectorType::get({schedule_.lanes}, builder_.getI1Type());
  return builder_.create<mlir::vector::CreateMaskOp>(loc_, type, count);
}

KernelEmitter::Values KernelEmitter::StripCarried(Value from, Value to,
                                                  std::optional<int64_t> extent, int vectors,
                                                  Values carried, const CarriedBody& body) {
  int64_t lanes = schedule_.lanes;
  auto run = [&](int count) {
    int64_t step = lanes * count;
    Value length = math_.Sub(to, from);
    Value whole = math_.Mul(math_.FloorDiv(length, math_.Constant(step)), math_.Constant(step));
    Value until = math_.Add(from, whole);
    carried = ForCarried(from, until, step, carried, [&](Value at, mlir::ValueRange arguments) {
      return body({at, count, nullptr}, arguments);
    });
    from = until;
  };
  if (!extent || *extent >= lanes * vectors) run(vectors);
  int64_t left = extent ? *extent % (lanes * vectors) : lanes * vectors - 1;
  if (vectors > 1 && left >= lanes) run(1);
  if (left % lanes == 0) return carried;
  if (extent) {
    Value mask = MaskOfFirst(math_.Constant(left % lanes));
    return body({from, 1, mask}, carried);
  }
  // At most one cut vector: a loop that runs once or not at all.
  return ForCarried(from, to, lanes, carried, [&](Value at, mlir::ValueRange arguments) {
    return body({at, 1, MaskOfFirst(math_.Sub(to, at))}, arguments);
  });
}

void KernelEmitter::Strip(Value from, Value to, std::optional<int64_t> extent, int vectors,
                          const SegmentBody& body) {
  StripCarried(from, to, extent, vectors, {}, [&](const Segment& segment, mlir::ValueRange) {
    body(segment);
    return Values{};
  });
}

void KernelEmitter::EmitVectors(int rows, Value row_base) {
  int vector = spec_.vector_dim();
  if (vector < 0 || schedule_.vector_inner) {
    EmitTile(rows, row_base, {nullptr, 1, nullptr});
    return;
  }
  if (spec_.kind == "contraction") {
    EmitPanel(rows, row_base);
    return;
  }
  std::optional<int64_t> extent = spec_.extents[vector].AsConstant();
  if (extent && block_[vector] > 0 && *extent % block_[vector] != 0) {
    // The last block is shorter; where a strip ends is only known at run time, but for whole lanes.
    extent = *extent <= block_[vector] ? extent : std::nullopt;
  } else if (extent && block_[vector] > 0) {
    extent = block_[vector];
  }
  Strip(RangeStart(vector), RangeEnd(vector), extent, schedule_.vectors,
        [&](const Segment& segment) { EmitTile(rows, row_base, segment); });
}

// One panel of a contraction's vector dimension, which may be cut.
void KernelEmitter::EmitPanel(int rows, Value row_base) {
  int vector = spec_.vector_dim();
  int64_t width = static_cast<int64_t>(schedule_.vectors) * schedule_.lanes;
  Value base = row_block_[vector];
  std::optional<int64_t> extent = spec_.extents[vector].AsConstant();
  auto full = [&] { EmitTile(rows, row_base, {base, schedule_.vectors, nullptr}); };
  auto cut = [&](int count, Value last) { EmitTile(rows, row_base, {base, count, last}); };
  if (extent && *extent % width == 0) {
    full();
    return;
  }
  auto branch = [&](const Body& body) {
    return [this, body](mlir::OpBuilder&, mlir::Location) {
      values_.PushScope();
      body();
      values_.PopScope();
      builder_.create<scf::YieldOp>(loc_);
    };
  };
  Value left = math_.Sub(math_.Of(spec_.extents[vector]), base);
  if (extent) {
    int64_t rest = *extent % width;
    int count = static_cast<int>((rest + schedule_.lanes - 1) / schedule_.lanes);
    Value mask;
    auto emit_rest = [&] {
      if (rest % schedule_.lanes != 0) mask = MaskOfFirst(math_.Constant(rest % schedule_.lanes));
      cut(count, mask);
    };
    if (*extent < width) {
      emit_rest();
      return;
    }
    Value whole = builder_.create<arith::CmpIOp>(loc_, arith::CmpIPredicate::sge, left,
                                                 math_.Constant(width));
    builder_.create<scf::IfOp>(loc_, whole, branch(full), branch(emit_rest));
    return;
  }
  Value whole =
      builder_.create<arith::CmpIOp>(loc_, arith::CmpIPredicate::sge, left, math_.Constant(width));
  builder_.create<scf::IfOp>(loc_, whole, branch(full), branch([&] {
                               // A free extent: vector by vector.
                               Value end = math_.Of(spec_.extents[vector]);
                               Strip(base, end, std::nullopt, 1, [&](const Segment& segment) {
                                 EmitTile(rows, row_base, segment);
                               });
                             }));
}

void KernelEmitter::EmitTile(int rows, Value row_base, const Segment& vectors) {
  std::vector<Point> points;
  int vector = spec_.vector_dim();
  for (int row = 0; row < rows; ++row) {
    for (int i = 0; i < vectors.count; ++i) {
      Point point = origin_;
      if (schedule_.row_dim >= 0) point.at[schedule_.row_dim] = {row_base, row, nullptr};
      if (vectors.base) {
        point.at[vector].base = vectors.base;
        point.at[vector].offset = static_cast<int64_t>(i) * schedule_.lanes;
        if (i == vectors.count - 1) point.mask = vectors.mask;
      }
      points.push_back(std::move(point));
    }
  }
  values_.PushScope();
  spec_.IsBlocked() ? EmitBlock(points.front()) : EmitPoints(points, rows);
  values_.PopScope();
}

}  // namespace sinter::lower
