// What only a model's data decides (see sym_expr.h). Pure; thread-safe.
#ifndef SINTER_COMPILER_CORE_IR_DATA_SYMBOLS_H_
#define SINTER_COMPILER_CORE_IR_DATA_SYMBOLS_H_

#include <algorithm>
#include <set>
#include <string>

#include "compiler_core/ir/sym_expr.h"

namespace sinter::ir {

// Whether the expression has a symbol whose name begins with "data.".
inline bool DependsOnData(const SymExpr& expr) {
  if (expr.IsConstant()) return false;
  std::set<std::string> symbols;
  expr.CollectSymbols(symbols);
  return std::any_of(symbols.begin(), symbols.end(),
                     [](const std::string& name) { return SymExpr::IsDataSymbol(name); });
}

}  // namespace sinter::ir

#endif  // SINTER_COMPILER_CORE_IR_DATA_SYMBOLS_H_
