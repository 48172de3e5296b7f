// What has to be equal for a model to make sense: relations between free dimensions that shape
// rules came upon. The importer starts again with each new one, so that in the end every dimension
// of the module is written in one way. Not thread-safe.
#ifndef SINTER_COMPILER_CORE_IMPORT_ASSUMPTIONS_H_
#define SINTER_COMPILER_CORE_IMPORT_ASSUMPTIONS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compiler_core/ir/signature.h"
#include "compiler_core/ir/sym_expr.h"

namespace sinter::import {

class Assumptions {
 public:
  // RETURNS: false if that was known. ERRORS: INVALID_ARGUMENT (shape_mismatch) if it can't be.
  absl::StatusOr<bool> Add(const ir::SymExpr& a, const ir::SymExpr& b);

  // `expr` with symbols replaced, or what it is equal to as a whole.
  ir::SymExpr Canonical(const ir::SymExpr& expr) const;
  ir::SymShape Canonical(const ir::SymShape& shape) const;

  // What is left to be checked when the model runs. Relations of plain symbols are not: the inputs'
  // dimensions then share a symbol or are constant.
  const std::vector<ir::DimEquality>& equalities() const { return equalities_; }

 private:
  ir::SymExpr Substituted(const ir::SymExpr& expr) const;
  absl::Status ReplaceSymbol(const std::string& name, const ir::SymExpr& value);

  std::map<std::string, ir::SymExpr> symbols_;  // values hold no replaced symbol
  std::vector<ir::DimEquality> equalities_;     // lhs is replaced by rhs
};

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_ASSUMPTIONS_H_
