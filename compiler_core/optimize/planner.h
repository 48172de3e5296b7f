// Turns groups into kernel calls: decides layouts, where each tensor lies, and what is copied.
//
// A tensor that is only ever a part of a larger one (a source of a concatenation, the inside of a
// padded convolution input) is written there by its producer, so concatenating and padding cost
// nothing but the border.
#ifndef SINTER_COMPILER_CORE_OPTIMIZE_PLANNER_H_
#define SINTER_COMPILER_CORE_OPTIMIZE_PLANNER_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compiler_core/ir/execution_plan.h"
#include "compiler_core/optimize/groups.h"
#include "compiler_core/optimize/kernel_text.h"
#include "compiler_core/optimize/memory.h"
#include "compiler_core/optimize/weights.h"
#include "llvm/ADT/DenseSet.h"
#include "proto/sinter/v1/target.pb.h"

namespace sinter::optimize {

class Planner {
 public:
  Planner(mlir::func::FuncOp main, const ir::ConstantTable& constants, const v1::Target& target)
      : main_(main), constants_(constants), target_(target) {}

  // Fills in the kernels, calls, arena and weights of `plan`. Once. ERRORS: INTERNAL.
  absl::Status Run(const Grouping& grouping, ir::ExecutionPlan& plan);

 private:
  struct Placement {
    mlir::Operation* into = nullptr;  // a sinter.pad or sinter.concat
    int source = 0;
  };
  struct Call {
    ir::KernelCall call;
    std::vector<View> views;  // by buffer
    std::vector<int64_t> element_bytes;
  };

  // ---- planner.cc: the walk
  void PlacePartsOfLargerTensors();
  void ClaimOutputs();
  void ClaimRoot(mlir::Value value, mlir::Operation* into, int source);
  absl::Status RunGroup(const Group& group);
  // Sees to it that vectors can run along what a group with blocks reads.
  absl::Status PrepareBlocks(const Group& group);
  absl::Status FinishOutputs();
  absl::Status AddCall(const Group& group, llvm::ArrayRef<int> order,
                       const std::vector<KernelInput>& inputs,
                       const std::vector<KernelResult>& results);
  void Finish(ir::ExecutionPlan& plan);

  // ---- planner_views.cc: where tensors are
  absl::StatusOr<View> Ensure(mlir::Value value);
  absl::StatusOr<View> EnsureReshape(mlir::Value value, const View& source);
  absl::Status MaterializeParts(mlir::Operation* op);
  View PartOf(mlir::Operation* op, const View& whole, int source);
  absl::StatusOr<View> Allocate(mlir::Value value, llvm::ArrayRef<int> order, bool flexible);
  absl::Status AllocateWhole(mlir::Operation* op, llvm::ArrayRef<int> order);
  View AllocateDense(mlir::Value value, llvm::ArrayRef<int> order);
  // `loc`: of the node for which it is.
  absl::Status Copy(mlir::Value source, const View& target, mlir::Location loc);
  // A dense copy of which dimension `innermost` has stride 1.
  absl::StatusOr<View> CopyWithInnermost(mlir::Value source, int innermost);
  absl::Status Fill(mlir::Type element, const View& target, mlir::Attribute value,
                    mlir::Location loc);
  absl::Status FillBorder(mlir::Operation* pad, const View& whole);

  mlir::func::FuncOp main_;
  const ir::ConstantTable& constants_;
  const v1::Target& target_;
  Memory memory_;
  WeightPacker weights_;
  int weight_buffer_ = -1;
  llvm::DenseMap<mlir::Value, Placement> placements_;
  llvm::DenseMap<mlir::Value, int> claims_;
  llvm::DenseMap<mlir::Operation*, View> partial_;  // allocated pads and concats
  llvm::DenseSet<mlir::Operation*> materialized_;
  std::vector<int> output_buffers_;
  std::map<std::string, int> kernel_ids_;
  std::vector<ir::Kernel> kernels_;
  std::vector<Call> calls_;
  ir::SymExpr flops_, bytes_moved_;  // of all calls
};

}  // namespace sinter::optimize

#endif  // SINTER_COMPILER_CORE_OPTIMIZE_PLANNER_H_
