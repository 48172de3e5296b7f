// When the symbols of a program get their values, and what can be checked when.
#ifndef SINTER_COMPILER_CORE_CODEGEN_HOST_SYMBOL_RULES_H_
#define SINTER_COMPILER_CORE_CODEGEN_HOST_SYMBOL_RULES_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "compiler_core/ir/program.h"
#include "compiler_core/ir/sym_expr.h"

namespace sinter::codegen {

// What is done with one dimension of a slot when it has been written.
struct DimRule {
  int32_t symbol = -1;   // gets the dimension as its value; or, if -1:
  ir::SymExpr expected;  // is what it has to be
};

// What one writing of slots allows. All dimension rules come before the others.
struct StageRules {
  std::vector<std::vector<DimRule>> dims;  // of each slot, in the order given; none if not ranked
  std::vector<ir::SymExpr> non_negative;   // now computable: has to be >= 0
};

struct SymbolRules {
  std::vector<std::string> symbols;
  std::vector<int64_t> min, max;        // of each
  std::vector<StageRules> stages;       // [0] of the inputs, then one for each step
  std::map<std::string, int> known_at;  // the stage after which a symbol has its value
  // Whether all symbols of the expression have values after that stage.
  bool IsKnown(const ir::SymExpr& expr, int stage) const;
};

// A dimension that is an expression with unknown symbols gets a symbol of its own, and is checked
// once these are known. REQUIRES: the program's slot numbers are valid.
SymbolRules MakeSymbolRules(const ir::Program& program);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_HOST_SYMBOL_RULES_H_
