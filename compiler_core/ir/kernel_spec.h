// A kernel before scheduling, read from its canonical MLIR text: what `optimize` writes and `lower`
// turns into loops.
//
// The text is one function `kernel` over tensors. Attributes say what tensors alone can't:
//
//   func    sinter.kind         "pointwise", "contraction", "window" or "row"
//           sinter.domain_rank  dimensions [0, rank) are the shared loops, the others reductions
//           sinter.extents      of each dimension, over the kernel's own symbols s0, s1, ...
//           sinter.order        the domain's dimensions from outermost to innermost (the last one
//           is
//                               the vector dimension), then the reductions likewise
//           sinter.inner        the domain dimensions that rows run along
//   generic sinter.dims         for each loop, its dimension
//           sinter.block        for each loop, how many neighbouring iterations are done at once,
//                               from a multiple of that number on; 1 for loops without. Inputs may
//                               be read by the number of the block, `d floordiv block`
//   input   sinter.strides      of each tensor dimension, in elements
//           sinter.panel        [tensor dimension, panel width]: that dimension is cut into panels,
//                               its stride in `strides` is that from panel to panel, and inside of
//                               a panel its elements are adjacent
//   init    sinter.init         the value that a reduction starts from (no buffer of its own)
//   result  sinter.strides
//
// Arguments come in the order inputs, inits, then one index for each symbol. Buffers are numbered:
// inputs, then results.
#ifndef SINTER_COMPILER_CORE_IR_KERNEL_SPEC_H_
#define SINTER_COMPILER_CORE_IR_KERNEL_SPEC_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compiler_core/ir/sym_expr.h"
#include "llvm/ADT/SmallVector.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace sinter::ir {

inline constexpr char kBlockAttr[] = "sinter.block";

// A memory access whose element address is linear in the kernel's dimensions.
struct Access {
  int buffer = -1;
  mlir::Type element;
  SymExpr offset;         // in elements
  SymShape coefficients;  // by dimension
  int64_t panel = 0;      // > 0: the vector dimension's coefficient counts panels of this width
  SymShape blocks;  // by dimension: coefficients of the number of the point's block; may be empty
};

// Where an input of a member comes from.
struct MemberInput {
  int member = -1;  // >= 0: the result `result` of that member, at the same point
  int result = 0;
  Access access;  // else
};

struct KernelMember {
  mlir::linalg::GenericOp op;
  llvm::SmallVector<int> dims;        // loop -> dimension
  llvm::SmallVector<int> reductions;  // the dimensions it reduces, outermost first
  std::vector<MemberInput> inputs;
  std::vector<mlir::TypedAttr> inits;  // by result, for reductions
};

// A tensor that bodies extract elements from.
struct Table {
  mlir::Value argument;
  int buffer = -1;
  mlir::Type element;
  SymShape strides;
};

struct KernelOutput {
  int member = -1;
  int result = 0;
  Access access;
};

struct KernelSpec {
  std::string kind;
  int domain_rank = 0;
  SymShape extents;
  llvm::SmallVector<int> order;  // domain dimensions, outermost first
  llvm::SmallVector<int> reduction_order;
  llvm::SmallVector<bool> inner;  // by domain dimension
  // By dimension: iterations that are done at once, because a body shares work among them; 1 =
  // none.
  llvm::SmallVector<int64_t> block;
  std::vector<KernelMember> members;
  std::vector<Table> tables;
  std::vector<KernelOutput> outputs;
  std::vector<mlir::Type> buffers;  // element types
  int num_symbols = 0;

  // The dimension that vectors run along; -1 if the domain is a single point.
  int vector_dim() const { return order.empty() ? -1 : order.back(); }
  bool IsBlocked() const {
    return llvm::any_of(block, [](int64_t size) { return size != 1; });
  }
  // Domain dimensions of a member's result.
  llvm::SmallVector<int> DomainOf(int member) const;

  // `function` must outlive the spec. ERRORS: INTERNAL if it is not a kernel.
  static absl::StatusOr<KernelSpec> FromFunction(mlir::func::FuncOp function);
};

}  // namespace sinter::ir

#endif  // SINTER_COMPILER_CORE_IR_KERNEL_SPEC_H_
