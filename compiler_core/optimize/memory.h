// Where tensors live while a plan is made: buffers, and strided views of them.
#ifndef SINTER_COMPILER_CORE_OPTIMIZE_MEMORY_H_
#define SINTER_COMPILER_CORE_OPTIMIZE_MEMORY_H_

#include <optional>
#include <vector>

#include "compiler_core/ir/execution_plan.h"
#include "compiler_core/ir/sym_expr.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include "mlir/IR/Value.h"

namespace sinter::optimize {

// Some elements of a buffer, seen as a tensor.
struct View {
  int buffer = -1;
  ir::SymShape shape;
  ir::SymShape strides;  // in elements
  ir::SymExpr offset;    // in elements
};

struct Buffer {
  ir::BufferRef::Space space = ir::BufferRef::Space::kArena;
  int index = 0;      // of the input or output
  ir::SymExpr bytes;  // arena buffers
  int64_t weight_offset = 0;
};

// Bytes of one stored element (bool is i8).
int64_t ElementBytes(mlir::Type type);

// The strides of a dense tensor whose dimensions lie in `order`, outermost first.
ir::SymShape StridesInOrder(const ir::SymShape& shape, llvm::ArrayRef<int> order);

// The dimensions from the one with the largest stride to that with the smallest; dimensions of one
// element, and those that can't be compared, keep their place.
llvm::SmallVector<int> OrderOf(const View& view);

// The view under another shape with the same elements in row-major order, if no copy is needed.
std::optional<View> ReshapeView(const View& view, const ir::SymShape& shape);

class Memory {
 public:
  int AddBuffer(Buffer buffer) {
    buffers_.push_back(std::move(buffer));
    return static_cast<int>(buffers_.size()) - 1;
  }
  const std::vector<Buffer>& buffers() const { return buffers_; }

  void Set(mlir::Value value, View view) { views_[value] = std::move(view); }
  // The value's place, following views of values that have one; nullopt if it has none yet, or
  // only a copy would have the shape that is asked for.
  std::optional<View> Find(mlir::Value value) const;

 private:
  std::vector<Buffer> buffers_;
  llvm::DenseMap<mlir::Value, View> views_;
};

}  // namespace sinter::optimize

#endif  // SINTER_COMPILER_CORE_OPTIMIZE_MEMORY_H_
