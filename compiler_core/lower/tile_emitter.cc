// What a kernel does at a tile: reductions in order, then the outputs.
#include <algorithm>

#include "compiler_core/ir/combiner.h"
#include "compiler_core/lower/kernel_emitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace sinter::lower {
namespace {

using mlir::Value;
namespace arith = mlir::arith;
namespace math = mlir::math;

constexpr size_t kMostUnrolledPoints = 8;

bool IsCostly(mlir::linalg::GenericOp op) {
  bool costly = false;
  op.getRegion().walk([&](mlir::Operation* inner) {
    costly |= mlir::isa<arith::DivFOp, math::ExpOp, math::ErfOp, math::TanhOp, math::PowFOp,
                        math::LogOp, math::SqrtOp>(inner);
  });
  return costly;
}

// Whether the value of `member` at a point is made of that of `source` there. What went through a
// reduction does not count: that is done before anything is stored. Members follow their inputs.
bool Reads(const ir::KernelSpec& spec, int member, int source) {
  std::vector<bool> reads(spec.members.size(), false);
  for (int i = source; i <= member; ++i) {
    reads[i] = i == source;
    if (!spec.members[i].reductions.empty()) continue;
    for (const ir::MemberInput& input : spec.members[i].inputs) {
      if (input.member >= 0 && reads[input.member]) reads[i] = true;
    }
  }
  return reads[member];
}

// Storing `holder` takes the memory of `source` that was kept there, so no other output may want
// it.
bool IsReadByOthers(const ir::KernelSpec& spec, int source, const ir::KernelOutput& holder) {
  if (holder.member == source) return false;
  for (const ir::KernelOutput& output : spec.outputs) {
    if (&output != &holder && Reads(spec, output.member, source)) return true;
  }
  return false;
}

}  // namespace

void KernelEmitter::EmitPoints(const std::vector<Point>& points, int rows) {
  for (size_t member = 0; member < spec_.members.size(); ++member) {
    if (spec_.members[member].reductions.empty()) continue;
    Reduce(static_cast<int>(member), points);
    for (const ir::MemberInput& input : spec_.members[member].inputs) {
      auto spill = spills_.find(input.member);
      if (spill != spills_.end()) values_.ReadBack(input.member, spill->second);
    }
  }
  if (spec_.kind == "contraction" && rows > 1 && HasCostlyEpilogue()) {
    StoreRowByRow(points, rows);
  } else {
    StoreOutputs(points);
  }
  for (auto& [member, access] : spills_) values_.StopReadingBack(member);
}

// ---- reductions

void KernelEmitter::Reduce(int id, const std::vector<Point>& points) {
  const ir::KernelMember& member = spec_.members[id];
  bool horizontal =
      schedule_.vector_inner && llvm::is_contained(member.reductions, spec_.vector_dim());
  Values accumulators;
  for (size_t point = 0; point < points.size(); ++point) {
    for (mlir::TypedAttr init : member.inits) {
      Value start = builder_.create<arith::ConstantOp>(loc_, init);
      accumulators.push_back(values_.Varies(id) ? values_.Broadcast(start) : start);
    }
  }
  if (horizontal) {
    ReduceHorizontally(id, points, accumulators.front());
    return;
  }
  accumulators = ReduceLoops(id, 0, points, std::move(accumulators));
  size_t results = member.inits.size();
  for (size_t point = 0; point < points.size(); ++point) {
    values_.SetResults(id, points[point],
                       Evaluator::Values(accumulators.begin() + point * results,
                                         accumulators.begin() + (point + 1) * results));
  }
}

// A reduction along the vector dimension: lanes and `vectors` side by side are reduced apart and
// combined in the end.
void KernelEmitter::ReduceHorizontally(int id, const std::vector<Point>& points, Value start) {
  auto kind = ir::CombinerOf(spec_.members[id].op);
  // Lanes start from the combination's neutral element, which is what the model starts from, too:
  // legalization makes reductions that way.
  Values lanes;
  for (int i = 0; i < schedule_.vectors; ++i) lanes.push_back(values_.Broadcast(start));
  Values done = ReduceLoops(id, 0, points, std::move(lanes));
  Value all = done.front();
  for (size_t i = 1; i < done.size(); ++i) all = Combine(*kind, all, done[i]);
  Value result = builder_.create<mlir::vector::ReductionOp>(loc_, *kind, all);
  values_.SetResults(id, points.front(), {result});
}

KernelEmitter::Values KernelEmitter::ReduceLoops(int id, size_t depth, std::vector<Point> points,
                                                 Values accumulators) {
  const ir::KernelMember& member = spec_.members[id];
  if (depth == member.reductions.size()) return Step(id, points, std::move(accumulators));
  int dim = member.reductions[depth];
  if (dim == spec_.vector_dim()) return ReduceAlongVectors(id, depth, points, accumulators);
  int64_t taps = 1;
  for (size_t i = depth; i < member.reductions.size(); ++i) {
    taps *= spec_.extents[member.reductions[i]].AsConstant().value_or(ir::kMostUnrolledTaps + 1);
    taps = std::min(taps, ir::kMostUnrolledTaps + 1);
  }
  if (spec_.kind == "window" && taps <= ir::kMostUnrolledTaps &&
      points.size() <= kMostUnrolledPoints) {
    return ReduceUnrolled(id, depth, points, std::move(accumulators));
  }
  return ForCarried(math_.Constant(0), math_.Of(spec_.extents[dim]), 1, accumulators,
                    [&](Value at, mlir::ValueRange carried) {
                      for (Point& point : points) point.at[dim] = {at, 0, nullptr};
                      return ReduceLoops(id, depth + 1, points,
                                         Values(carried.begin(), carried.end()));
                    });
}

KernelEmitter::Values KernelEmitter::ReduceUnrolled(int id, size_t depth,
                                                    const std::vector<Point>& points,
                                                    Values accumulators) {
  int dim = spec_.members[id].reductions[depth];
  int64_t extent = *spec_.extents[dim].AsConstant();
  for (int64_t tap = 0; tap < extent; ++tap) {
    std::vector<Point> moved = points;
    for (Point& point : moved) point.at[dim] = {nullptr, tap, nullptr};
    accumulators = ReduceLoops(id, depth + 1, std::move(moved), std::move(accumulators));
  }
  return accumulators;
}

KernelEmitter::Values KernelEmitter::ReduceAlongVectors(int id, size_t depth,
                                                        const std::vector<Point>& points,
                                                        Values accumulators) {
  int dim = spec_.vector_dim();
  return StripCarried(
      math_.Constant(0), math_.Of(spec_.extents[dim]), spec_.extents[dim].AsConstant(),
      schedule_.vectors, std::move(accumulators),
      [&](const Segment& segment, mlir::ValueRange carried) {
        Values next(carried.begin(), carried.end());
        for (int i = 0; i < segment.count; ++i) {
          Point point = points.front();
          point.at[dim] = {segment.base, static_cast<int64_t>(i) * schedule_.lanes, nullptr};
          point.mask = segment.mask;
          Values before = {next[i]};
          Value after = ReduceLoops(id, depth + 1, {point}, before).front();
          if (segment.mask) {
            after = builder_.create<arith::SelectOp>(loc_, segment.mask, after, next[i]);
          }
          next[i] = after;
        }
        return next;
      });
}

KernelEmitter::Values KernelEmitter::Step(int id, const std::vector<Point>& points,
                                          Values accumulators) {
  size_t results = accumulators.size() / points.size();
  Values next;
  for (size_t i = 0; i < points.size(); ++i) {
    for (const ir::MemberInput& input : spec_.members[id].inputs) {
      if (input.member >= 0) SpillCostly(input.member, points[i]);
    }
    mlir::ValueRange before(llvm::ArrayRef<Value>(accumulators).slice(i * results, results));
    for (Value value : values_.Accumulate(id, points[i], before)) {
      next.push_back(values_.Varies(id) || mlir::isa<mlir::VectorType>(before.front().getType())
                         ? values_.Broadcast(value)
                         : value);
    }
  }
  return next;
}

Value KernelEmitter::Combine(mlir::vector::CombiningKind kind, Value a, Value b) {
  return mlir::vector::makeArithReduction(builder_, loc_, kind, a, b);
}

// ---- values that are kept for a later pass over the row

// A costly member that a reduction reads and that later code needs again is kept in the memory of
// an output that has its shape and type, if that is the only output made of it.
void KernelEmitter::ChooseSpills() {
  if (spec_.kind != "row") return;
  for (const ir::KernelMember& reduction : spec_.members) {
    if (reduction.reductions.empty()) continue;
    for (const ir::MemberInput& input : reduction.inputs) {
      if (input.member < 0) continue;
      const ir::KernelMember& source = spec_.members[input.member];
      mlir::linalg::GenericOp op = source.op;
      if (!source.reductions.empty() || op->getNumResults() != 1 || !IsCostly(op)) continue;
      for (const ir::KernelOutput& output : spec_.outputs) {
        mlir::Type element =
            mlir::cast<mlir::RankedTensorType>(op->getResult(0).getType()).getElementType();
        bool taken = false;
        for (auto& [member, access] : spills_) taken |= access == &output.access;
        if (!taken && output.access.element == element &&
            spec_.DomainOf(output.member) == spec_.DomainOf(input.member) &&
            !IsReadByOthers(spec_, input.member, output)) {
          spills_[input.member] = &output.access;
          break;
        }
      }
    }
  }
}

void KernelEmitter::SpillCostly(int member, const Point& point) {
  auto spill = spills_.find(member);
  if (spill == spills_.end() || values_.IsReadBack(member)) return;
  values_.Store(*spill->second, point, values_.Member(member, point).front());
}

// ---- outputs

bool KernelEmitter::HasCostlyEpilogue() const {
  return std::any_of(spec_.members.begin() + 1, spec_.members.end(),
                     [](const ir::KernelMember& member) { return IsCostly(member.op); });
}

// Parks the accumulators of a tile on the stack and does what follows in a loop over its rows: an
// expansion of exp or erf made for every row apart would be most of the kernel's code.
void KernelEmitter::StoreRowByRow(const std::vector<Point>& points, int rows) {
  size_t vectors = points.size() / rows;
  mlir::Type element;
  for (size_t i = 0; i < points.size(); ++i) {
    Value sum = values_.Member(0, points[i]).front();
    element = mlir::cast<mlir::VectorType>(sum.getType()).getElementType();
    builder_.create<mlir::vector::StoreOp>(loc_, sum, Scratch(element),
                                           math_.Constant(i * schedule_.lanes));
  }
  For(math_.Constant(0), math_.Constant(rows), 1, [&](Value row) {
    std::vector<Point> moved(points.begin(), points.begin() + vectors);
    Value start = math_.Mul(row, math_.Constant(vectors * schedule_.lanes));
    for (size_t i = 0; i < vectors; ++i) {
      Coord& coord = moved[i].at[schedule_.row_dim];
      coord.base = math_.Add(coord.base, row);
      Value sum = builder_.create<mlir::vector::LoadOp>(
          loc_, mlir::VectorType::get({schedule_.lanes}, element), Scratch(element),
          math_.Add(start, math_.Constant(i * schedule_.lanes)));
      values_.SetResults(0, moved[i], {sum});
    }
    StoreOutputs(moved);
  });
}

// The kernel's one piece of stack, large enough for any tile.
Value KernelEmitter::Scratch(mlir::Type element) {
  if (!scratch_) {
    mlir::OpBuilder::InsertionGuard guard(builder_);
    builder_.setInsertionPointToStart(entry_);
    int64_t size = int64_t{schedule_.rows} * schedule_.vectors * schedule_.lanes;
    scratch_ = builder_.create<mlir::memref::AllocaOp>(loc_, mlir::MemRefType::get({size}, element),
                                                       builder_.getI64IntegerAttr(64));
  }
  return scratch_;
}

void KernelEmitter::StoreOutputs(const std::vector<Point>& points) {
  // Outputs that rows run along in the same way are stored by the same loop.
  std::vector<std::pair<llvm::SmallVector<int>, std::vector<const ir::KernelOutput*>>> sets;
  for (const ir::KernelOutput& output : spec_.outputs) {
    llvm::SmallVector<int> inner;
    for (int dim : spec_.DomainOf(output.member)) {
      if (spec_.inner[dim]) inner.push_back(dim);
    }
    auto same =
        std::find_if(sets.begin(), sets.end(), [&](auto& set) { return set.first == inner; });
    if (same == sets.end()) same = sets.insert(sets.end(), {inner, {}});
    same->second.push_back(&output);
  }
  for (auto& [inner, outputs] : sets) StoreAlong(outputs, inner, points);
}

void KernelEmitter::StoreAlong(const std::vector<const ir::KernelOutput*>& outputs,
                               llvm::ArrayRef<int> inner, std::vector<Point> points) {
  if (inner.empty()) {
    for (const Point& point : points) {
      for (const ir::KernelOutput* output : outputs) {
        values_.Store(output->access, point, values_.Member(output->member, point)[output->result]);
      }
    }
    return;
  }
  int dim = inner.front();
  if (dim != spec_.vector_dim()) {
    For(math_.Constant(0), math_.Of(spec_.extents[dim]), 1, [&](Value at) {
      for (Point& point : points) point.at[dim] = {at, 0, nullptr};
      StoreAlong(outputs, inner.drop_front(), points);
    });
    return;
  }
  Strip(math_.Constant(0), math_.Of(spec_.extents[dim]), spec_.extents[dim].AsConstant(),
        schedule_.vectors, [&](const Segment& segment) {
          for (int i = 0; i < segment.count; ++i) {
            Point point = points.front();
            point.at[dim] = {segment.base, static_cast<int64_t>(i) * schedule_.lanes, nullptr};
            point.mask = segment.mask;
            StoreAlong(outputs, inner.drop_front(), {point});
          }
        });
}

}  // namespace sinter::lower
