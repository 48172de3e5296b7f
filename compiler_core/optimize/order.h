// In which order a group's loops run and its results lie in memory.
#ifndef SINTER_COMPILER_CORE_OPTIMIZE_ORDER_H_
#define SINTER_COMPILER_CORE_OPTIMIZE_ORDER_H_

#include <functional>
#include <optional>

#include "compiler_core/optimize/groups.h"
#include "compiler_core/optimize/memory.h"

namespace sinter::optimize {

// The place of a value that exists already; nullopt for constants, which lie as it suits.
using ViewOf = std::function<std::optional<View>(mlir::Value)>;

// The group's domain dimensions from outermost to innermost, then its reductions likewise. The last
// domain dimension is the one that vectors run along.
llvm::SmallVector<int> LoopOrder(const Group& group, const ViewOf& view_of, bool row_major);

}  // namespace sinter::optimize

#endif  // SINTER_COMPILER_CORE_OPTIMIZE_ORDER_H_
