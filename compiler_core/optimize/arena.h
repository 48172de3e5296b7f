// Places buffers that live at different times on the same bytes.
//
// Sizes may be expressions, so offsets are worked out by slots: a slot is as large as the largest
// buffer that ever uses it, and a buffer may use a free slot only when one of the two sizes
// provably bounds the other for all values of the symbols.
#ifndef SINTER_COMPILER_CORE_OPTIMIZE_ARENA_H_
#define SINTER_COMPILER_CORE_OPTIMIZE_ARENA_H_

#include <vector>

#include "compiler_core/ir/sym_expr.h"

namespace sinter::optimize {

struct Lifetime {
  int first = -1;  // the steps in which the buffer is written or read; -1 = never
  int last = -1;
  ir::SymExpr bytes;
};

struct ArenaPlan {
  std::vector<ir::SymExpr> offsets;  // by buffer, multiples of 64
  ir::SymExpr bytes;
};

ArenaPlan PlanArena(const std::vector<Lifetime>& lifetimes);

}  // namespace sinter::optimize

#endif  // SINTER_COMPILER_CORE_OPTIMIZE_ARENA_H_
