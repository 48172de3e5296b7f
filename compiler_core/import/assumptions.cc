#include "compiler_core/import/assumptions.h"

#include <optional>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/ir/data_symbols.h"
#include "compiler_core/ir/diagnostic_kind.h"

namespace sinter::import {
namespace {

using ir::SymExpr;

// The name if `expr` is just a symbol.
std::optional<std::string> AsSymbol(const SymExpr& expr) {
  const std::vector<SymExpr::Term> terms = expr.terms();
  if (terms.size() != 1 || terms[0].coefficient != 1 || terms[0].factors.size() != 1) {
    return std::nullopt;
  }
  const SymExpr::Factor& factor = terms[0].factors[0];
  if (factor.power != 1 || factor.atom->kind != SymExpr::AtomKind::kSymbol) return std::nullopt;
  return factor.atom->symbol;
}

// Constants are simplest, then symbols, then what is short. What data decides comes after all that
// is known before, and of that what is decided last.
std::tuple<int, size_t, std::string> Complexity(const SymExpr& expr) {
  std::string text = expr.ToString();
  const int kind =
      expr.IsConstant() ? 0 : (AsSymbol(expr) ? 1 : 2) + (ir::DependsOnData(expr) ? 2 : 0);
  const size_t length = text.size();
  return {kind, length, std::move(text)};
}

struct Solution {
  std::string symbol;
  int64_t value;
};

// c*symbol + d = constant.
std::optional<Solution> Solve(const SymExpr& expr, int64_t constant) {
  const std::vector<SymExpr::Term> terms = expr.terms();
  if (terms.size() > 2 || (terms.size() == 2 && !terms[1].factors.empty())) return std::nullopt;
  const int64_t rest = constant - (terms.size() == 2 ? terms[1].coefficient : 0);
  const std::optional<std::string> symbol = AsSymbol(SymExpr::Sum({{1, terms[0].factors}}));
  if (!symbol || rest % terms[0].coefficient != 0) return std::nullopt;
  return Solution{*symbol, rest / terms[0].coefficient};
}

absl::Status Contradiction(const SymExpr& a, const SymExpr& b) {
  return ir::Error(
      ir::DiagnosticKind::kShapeMismatch,
      absl::StrCat("`", a.ToString(), "` and `", b.ToString(), "` have to be equal, but can't be"));
}

bool CanBeEqual(const SymExpr& a, const SymExpr& b) {
  const SymExpr difference = a - b;
  const std::optional<int64_t> low = difference.LowerBound(), high = difference.UpperBound();
  return !(low && *low > 0) && !(high && *high < 0);
}

}  // namespace

absl::StatusOr<bool> Assumptions::Add(const SymExpr& left, const SymExpr& right) {
  SymExpr a = Canonical(left), b = Canonical(right);
  if (a == b) return false;
  if (!CanBeEqual(a, b)) return Contradiction(a, b);
  if (Complexity(a) < Complexity(b)) std::swap(a, b);
  // Now `a` is what gets replaced.
  if (std::optional<std::string> symbol = AsSymbol(a)) {
    SINTER_RETURN_IF_ERROR(ReplaceSymbol(*symbol, b));
    return true;
  }
  if (const std::optional<int64_t> constant = b.AsConstant()) {
    if (std::optional<Solution> solution = Solve(a, *constant)) {
      SINTER_RETURN_IF_ERROR(ReplaceSymbol(solution->symbol, SymExpr(solution->value)));
      return true;
    }
  }
  equalities_.push_back({a, b});
  return true;
}

SymExpr Assumptions::Substituted(const SymExpr& expr) const {
  if (symbols_.empty() || expr.IsConstant()) return expr;
  return expr.Substitute([this](const std::string& name) -> std::optional<SymExpr> {
    auto found = symbols_.find(name);
    if (found == symbols_.end()) return std::nullopt;
    return found->second;
  });
}

SymExpr Assumptions::Canonical(const SymExpr& expr) const {
  SymExpr result = Substituted(expr);
  // Each replacement is simpler than what it replaces, so one pass an equality is enough.
  for (size_t pass = 0; pass < equalities_.size(); ++pass) {
    if (result.IsConstant()) break;
    for (const ir::DimEquality& equality : equalities_) {
      if (result == equality.lhs) result = equality.rhs;
    }
  }
  return result;
}

ir::SymShape Assumptions::Canonical(const ir::SymShape& shape) const {
  ir::SymShape result;
  for (const SymExpr& dim : shape) result.push_back(Canonical(dim));
  return result;
}

absl::Status Assumptions::ReplaceSymbol(const std::string& name, const SymExpr& value) {
  symbols_[name] = value;
  for (auto& entry : symbols_) entry.second = Substituted(entry.second);
  // The other relations, in the remaining symbols.
  std::vector<ir::DimEquality> old = std::move(equalities_);
  equalities_.clear();
  for (const ir::DimEquality& equality : old) {
    SINTER_RETURN_IF_ERROR(Add(Substituted(equality.lhs), Substituted(equality.rhs)).status());
  }
  return absl::OkStatus();
}

}  // namespace sinter::import
