// Carries the contents of small integer tensors through a graph as symbolic expressions, so that
// the arithmetic that exporters spend on shapes (Shape, Gather, Mul, Concat, ...) is done at
// compile time. A float tensor is carried too while its elements are integers (Shape -> Cast -> Mul
// by 2). Pure; thread-safe.
#ifndef SINTER_COMPILER_CORE_IMPORT_SYMBOLIC_EVAL_H_
#define SINTER_COMPILER_CORE_IMPORT_SYMBOLIC_EVAL_H_

#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "compiler_core/import/const_eval.h"
#include "compiler_core/ir/sym_expr.h"

namespace sinter::import {

// Tensors with more elements are never carried.
inline constexpr int64_t kMaxKnownElements = 4096;

// Small enough to be handled, and parsed back: what no model's dimension exceeds, but an attack may
// (a product of sums, squared, squared, ...).
bool IsReasonable(const ir::SymExpr& expr);

// The elements of each output, row-major. RETURNS: nullopt if they can't be said.
// Operands need not be known; e.node's Known() and Constant() say what is.
std::optional<std::vector<ir::SymShape>> EvaluateSymbolically(absl::string_view op,
                                                              const EvalNode& node);

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_SYMBOLIC_EVAL_H_
