// Emits the values of a kernel's members at points: loads, scalar bodies made into vector code.
//
// A value that depends on the vector dimension is a vector of `lanes` elements, any other a scalar.
// What has been computed for a point is remembered for as long as the code that follows can use it.
#ifndef SINTER_COMPILER_CORE_LOWER_EVALUATOR_H_
#define SINTER_COMPILER_CORE_LOWER_EVALUATOR_H_

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "compiler_core/ir/kernel_spec.h"
#include "compiler_core/lower/index_math.h"
#include "compiler_core/lower/point.h"
#include "llvm/ADT/DenseMap.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

namespace sinter::lower {

class Evaluator {
 public:
  using Values = llvm::SmallVector<mlir::Value, 2>;

  // Borrows all. `buffers` are the kernel's memrefs.
  Evaluator(mlir::OpBuilder& builder, mlir::Location loc, const ir::KernelSpec& spec,
            IndexMath& math, std::vector<mlir::Value> buffers, int lanes,
            mlir::arith::FastMathFlags fast);

  // Values made between PushScope and PopScope are forgotten at PopScope: they were made inside of
  // a loop.
  void PushScope() { scopes_.emplace_back(); }
  void PopScope() { scopes_.pop_back(); }

  // The results of `member` at `point`; of a reduction: what SetResults was given.
  Values Member(int member, const Point& point);
  void SetResults(int member, const Point& point, Values values);

  // One step of a reduction: the body's results for the inputs at `point` and `accumulators`.
  Values Accumulate(int member, const Point& point, mlir::ValueRange accumulators);

  mlir::Value Load(const ir::Access& access, const Point& point);
  void Store(const ir::Access& access, const Point& point, mlir::Value value);

  // From now on pointwise `member` is read from where `access` stored it.
  void ReadBack(int member, const ir::Access* access) { stored_[member] = access; }
  void StopReadingBack(int member) { stored_.erase(member); }
  bool IsReadBack(int member) const { return stored_.count(member) > 0; }

  mlir::Value Broadcast(mlir::Value value);
  bool Varies(int member) const;  // its result depends on the vector dimension
  int lanes() const { return lanes_; }

 private:
  using Key = std::vector<uintptr_t>;

  // What is remembered under `key` by any scope, or null.
  const Values* Find(const Key& key) const;
  mlir::Value Linear(const ir::Access& access, const Point& point);
  mlir::Value LinearBase(const ir::Access& access, const Point& point);
  Values EvaluateBody(int member, const Point& point, mlir::ValueRange accumulators);
  mlir::Value EvaluateOp(mlir::Operation& op, const Point& point, const ir::KernelMember& member,
                         llvm::DenseMap<mlir::Value, mlir::Value>& values);
  mlir::Value EvaluateArithmetic(mlir::Operation& op,
                                 llvm::DenseMap<mlir::Value, mlir::Value>& values);
  mlir::Value PositionInBlock(mlir::Operation& op, const Point& point,
                              const ir::KernelMember& member);
  mlir::Value Folded(mlir::Operation& op, llvm::DenseMap<mlir::Value, mlir::Value>& values);
  mlir::Value Operand(mlir::Value value, llvm::DenseMap<mlir::Value, mlir::Value>& values);
  mlir::Value Index(int dim, const Point& point);
  mlir::Value Extract(mlir::Operation& op, const Point& point,
                      llvm::DenseMap<mlir::Value, mlir::Value>& values);
  bool IsFused(mlir::Operation& op) const;
  mlir::Value FusedMultiplyAdd(mlir::Operation& op,
                               llvm::DenseMap<mlir::Value, mlir::Value>& values);
  mlir::Value Vectorized(mlir::Operation& op, llvm::DenseMap<mlir::Value, mlir::Value>& values);
  mlir::Value Gather(mlir::Value buffer, mlir::Value base, mlir::Value indices, mlir::Type element,
                     const Point& point);
  mlir::Value MaskOf(const Point& point);
  mlir::Value Iota(int64_t step);
  mlir::VectorType VectorOf(mlir::Type element) const;
  mlir::Value Zero(mlir::Type type);

  mlir::OpBuilder& builder_;
  mlir::Location loc_;
  const ir::KernelSpec& spec_;
  IndexMath& math_;
  std::vector<mlir::Value> buffers_;
  int lanes_;
  mlir::arith::FastMathFlags fast_;
  std::vector<std::map<Key, Values>> scopes_;
  llvm::DenseMap<mlir::Value, mlir::Value> lane_base_;  // base + [0, 1, 2, ...] -> base
  std::map<int, const ir::Access*> stored_;
};

}  // namespace sinter::lower

#endif  // SINTER_COMPILER_CORE_LOWER_EVALUATOR_H_
