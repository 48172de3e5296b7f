// Index arithmetic in the making: expressions over a kernel's symbols as SSA values, with the
// trivial cases folded so that the IR stays small.
#ifndef SINTER_COMPILER_CORE_LOWER_INDEX_MATH_H_
#define SINTER_COMPILER_CORE_LOWER_INDEX_MATH_H_

#include <map>
#include <string>
#include <vector>

#include "compiler_core/ir/sym_expr.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"

namespace sinter::lower {

// Not thread-safe; borrows the builder.
class IndexMath {
 public:
  // Values of expressions are made at the start of `entry`, where everything can use them.
  IndexMath(mlir::OpBuilder& builder, mlir::Location loc, mlir::Block* entry)
      : builder_(builder), loc_(loc), entry_(entry) {}

  // The kernel's symbols s0, s1, ... in order.
  void SetSymbols(std::vector<mlir::Value> symbols) { symbols_ = std::move(symbols); }

  mlir::Value Constant(int64_t value);
  mlir::Value Of(const ir::SymExpr& expr);
  mlir::Value Add(mlir::Value a, mlir::Value b);
  mlir::Value Mul(mlir::Value a, mlir::Value b);
  mlir::Value Sub(mlir::Value a, mlir::Value b);
  mlir::Value FloorDiv(mlir::Value a, mlir::Value b);  // both >= 0
  mlir::Value Rem(mlir::Value a, mlir::Value b);
  mlir::Value Min(mlir::Value a, mlir::Value b);

 private:
  mlir::Value Build(const ir::SymExpr& expr);
  mlir::Value BuildAtom(const ir::SymExpr::Atom& atom);

  mlir::OpBuilder& builder_;
  mlir::Location loc_;
  mlir::Block* entry_;
  std::vector<mlir::Value> symbols_;
  std::map<std::string, mlir::Value> expressions_;
  std::map<int64_t, mlir::Value> constants_;
  mlir::Operation* last_ = nullptr;  // the last operation made at the entry
};

}  // namespace sinter::lower

#endif  // SINTER_COMPILER_CORE_LOWER_INDEX_MATH_H_
