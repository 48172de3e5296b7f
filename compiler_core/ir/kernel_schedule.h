// How a kernel's loops are cut into tiles. A pure function of the kernel and the target, used by
// `optimize` (to know how many iterations a call has) and by `lower` (to make them).
#ifndef SINTER_COMPILER_CORE_IR_KERNEL_SCHEDULE_H_
#define SINTER_COMPILER_CORE_IR_KERNEL_SCHEDULE_H_

#include <vector>

#include "compiler_core/ir/kernel_spec.h"
#include "compiler_core/ir/sym_expr.h"
#include "proto/sinter/v1/target.pb.h"

namespace sinter::ir {

// Windows of at most so many taps are unrolled.
inline constexpr int64_t kMostUnrolledTaps = 25;

// A loop over a domain dimension.
struct TileLoop {
  int dim = -1;
  int64_t step = 1;  // elements of the dimension that one iteration covers
  SymExpr trips;     // ceil(extent / step)
};

struct KernelSchedule {
  int lanes = 1;              // elements of a vector register of 32-bit elements
  bool vector_inner = false;  // rows run along the vector dimension
  int vectors = 1;            // vector registers side by side along the vector dimension
  int row_dim = -1;           // dimension of the register tile's rows; -1 = one row
  int rows = 1;
  std::vector<TileLoop> grid;   // the kernel's outermost loop, collapsed: begin..end run over it
  std::vector<TileLoop> loops;  // inside of it, outermost first; may end with the row dimension,
                                // then the vector dimension
  SymExpr count;                // iterations of the grid
  SymExpr cost;                 // rough cycles of the whole kernel
};

// Merges dimensions that every access walks through as if they were one.
void CoalesceDimensions(KernelSpec& spec);

KernelSchedule ChooseSchedule(const KernelSpec& spec, const v1::Target& target);

// The width, in elements, of the panels that a contraction's packed weights are cut into when its
// vector dimension has `extent` elements.
int64_t PanelWidth(const SymExpr& extent, const v1::Target& target);

}  // namespace sinter::ir

#endif  // SINTER_COMPILER_CORE_IR_KERNEL_SCHEDULE_H_
