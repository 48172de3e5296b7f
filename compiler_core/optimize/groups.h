// Which operations run together as one kernel.
//
// A group is a set of linalg.generics over one domain of loops. Its dimensions are numbered: first
// those of the domain, shared by all members, then private reduction dimensions. Four kinds:
//
//   pointwise    every member computes each point of the domain from the same point
//   contraction  a matmul or convolution, then pointwise members on its result
//   window       another reduction (pooling, depthwise convolution, a global mean), then pointwise
//   row          reductions along the same `inner` dimensions and pointwise members over rows:
//                softmax and normalizations
#ifndef SINTER_COMPILER_CORE_OPTIMIZE_GROUPS_H_
#define SINTER_COMPILER_CORE_OPTIMIZE_GROUPS_H_

#include <vector>

#include "compiler_core/ir/sym_expr.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace sinter::optimize {

struct Member {
  mlir::linalg::GenericOp op;
  llvm::SmallVector<int> dims;  // loop of `op` -> dimension of the group
};

struct Group {
  enum class Kind { kPointwise, kContraction, kWindow, kRow };
  Kind kind = Kind::kPointwise;
  ir::SymShape extents;           // of all dimensions
  int domain_rank = 0;            // dimensions [0, domain_rank) are the domain
  llvm::SmallVector<bool> inner;  // by domain dimension: rows run along it
  std::vector<Member> members;    // in order
  int vector_dim = -1;            // contraction: the dimension that only the right operand has
  int weight_operand = -1;        // contraction: which input of members[0] that is
  // By dimension, of a pointwise group whose first member has ir::kBlockAttr; else empty.
  llvm::SmallVector<int64_t> block;
};

struct Grouping {
  std::vector<Group> groups;                       // in an order in which they can run
  llvm::DenseMap<mlir::Operation*, int> group_of;  // a member -> its group
};

ir::SymShape LoopExtents(mlir::linalg::GenericOp op);

Grouping FormGroups(mlir::func::FuncOp main);

// The values that a group's members use from outside of it: operands and tensors that bodies
// extract from, each once, in order.
llvm::SmallVector<mlir::Value> ExternalInputs(const Group& group);

}  // namespace sinter::optimize

#endif  // SINTER_COMPILER_CORE_OPTIMIZE_GROUPS_H_
