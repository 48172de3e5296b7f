// Emits a kernel's loops, tile by tile, as ir::KernelSchedule cuts them.
#ifndef SINTER_COMPILER_CORE_LOWER_KERNEL_EMITTER_H_
#define SINTER_COMPILER_CORE_LOWER_KERNEL_EMITTER_H_

#include <functional>
#include <optional>
#include <vector>

#include "compiler_core/ir/kernel_schedule.h"
#include "compiler_core/ir/kernel_spec.h"
#include "compiler_core/lower/evaluator.h"
#include "compiler_core/lower/index_math.h"
#include "compiler_core/lower/point.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace sinter::lower {

class KernelEmitter {
 public:
  // Borrows all.
  KernelEmitter(mlir::OpBuilder& builder, mlir::Location loc, const ir::KernelSpec& spec,
                const ir::KernelSchedule& schedule, IndexMath& math, Evaluator& evaluator)
      : builder_(builder),
        loc_(loc),
        spec_(spec),
        schedule_(schedule),
        math_(math),
        values_(evaluator) {}

  // Emits the grid's iterations [begin, end) at the builder's insertion point.
  void Emit(mlir::Value begin, mlir::Value end);

 private:
  using Values = llvm::SmallVector<mlir::Value>;
  using Body = std::function<void()>;
  // A part of a strip: `count` units side by side from `base` on; `mask` for the last if it is cut.
  struct Segment {
    mlir::Value base;
    int count = 1;
    mlir::Value mask;
  };
  using CarriedBody = std::function<Values(const Segment&, mlir::ValueRange)>;
  using SegmentBody = std::function<void(const Segment&)>;

  // ---- kernel_emitter.cc: loops around tiles
  void For(mlir::Value from, mlir::Value to, int64_t step,
           const std::function<void(mlir::Value)>& body);
  Values ForCarried(mlir::Value from, mlir::Value to, int64_t step, mlir::ValueRange carried,
                    const std::function<Values(mlir::Value, mlir::ValueRange)>& body);
  void EnterGrid(mlir::Value iteration);
  void EmitLoops(size_t level);
  void EmitRows(const SegmentBody& body);
  void EmitVectors(int rows, mlir::Value row_base);
  void EmitPanel(int rows, mlir::Value row_base);
  void EmitTile(int rows, mlir::Value row_base, const Segment& vectors);
  mlir::Value RangeStart(int dim);
  mlir::Value RangeEnd(int dim);
  // Splits [from, to) of the vector dimension into parts of `vectors` vectors, single ones and a
  // cut one. `extent` is to - from if that is known.
  Values StripCarried(mlir::Value from, mlir::Value to, std::optional<int64_t> extent, int vectors,
                      Values carried, const CarriedBody& body);
  void Strip(mlir::Value from, mlir::Value to, std::optional<int64_t> extent, int vectors,
             const SegmentBody& body);
  mlir::Value MaskOfFirst(mlir::Value count);

  // ---- block_emitter.cc: dimensions that are done in blocks
  void EmitBlock(const Point& corner);
  void StoreBlock(llvm::ArrayRef<int> dims, const Point& point);

  // ---- tile_emitter.cc: what happens at a tile
  void EmitPoints(const std::vector<Point>& points, int rows);
  void Reduce(int member, const std::vector<Point>& points);
  Values ReduceLoops(int member, size_t depth, std::vector<Point> points, Values accumulators);
  Values ReduceUnrolled(int member, size_t depth, const std::vector<Point>& points,
                        Values accumulators);
  Values ReduceAlongVectors(int member, size_t depth, const std::vector<Point>& points,
                            Values accumulators);
  Values Step(int member, const std::vector<Point>& points, Values accumulators);
  void ReduceHorizontally(int member, const std::vector<Point>& points, mlir::Value start);
  mlir::Value Combine(mlir::vector::CombiningKind kind, mlir::Value a, mlir::Value b);
  bool HasCostlyEpilogue() const;
  void StoreRowByRow(const std::vector<Point>& points, int rows);
  mlir::Value Scratch(mlir::Type element);
  void StoreOutputs(const std::vector<Point>& points);
  void StoreAlong(const std::vector<const ir::KernelOutput*>& outputs, llvm::ArrayRef<int> inner,
                  std::vector<Point> points);
  void SpillCostly(int member, const Point& point);
  void ChooseSpills();

  mlir::OpBuilder& builder_;
  mlir::Location loc_;
  const ir::KernelSpec& spec_;
  const ir::KernelSchedule& schedule_;
  IndexMath& math_;
  Evaluator& values_;
  mlir::Block* entry_ = nullptr;
  mlir::Value scratch_;
  Point origin_;  // where the loops around the tile are
  std::vector<mlir::Value>
      row_block_;               // start of the grid's block of a tiled dimension, by dimension
  std::vector<int64_t> block_;  // its size; 0 = none
  // Costly members whose rows are written to an output's memory when first computed, then read
  // back.
  std::map<int, const ir::Access*> spills_;
};

}  // namespace sinter::lower

#endif  // SINTER_COMPILER_CORE_LOWER_KERNEL_EMITTER_H_
