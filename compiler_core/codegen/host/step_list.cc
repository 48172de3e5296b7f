#include "compiler_core/codegen/host/step_list.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace sinter::codegen {

using ir::SymExpr;

StepList::StepList(const std::vector<std::string>& symbols) {
  for (const std::string& symbol : symbols) {
    const int32_t value = 1 + static_cast<int32_t>(symbols_.size());
    symbols_.emplace(symbol, value);
  }
}

int32_t StepList::Add(sinter_step_kind kind, int32_t lhs, int32_t rhs, int64_t immediate) {
  const int32_t next = 1 + static_cast<int32_t>(symbols_.size() + steps_.size());
  auto [entry, is_new] = known_steps_.try_emplace({kind, lhs, rhs, immediate}, next);
  if (is_new) steps_.push_back({immediate, kind, lhs, rhs, 0});
  return entry->second;
}

absl::StatusOr<int32_t> StepList::ValueOfAtom(const SymExpr::Atom& atom) {
  if (atom.kind == SymExpr::AtomKind::kSymbol) {
    auto symbol = symbols_.find(atom.symbol);
    if (symbol != symbols_.end()) return symbol->second;
    return absl::InternalError(
        absl::StrCat("the dimension `", atom.symbol, "` is not a dimension of any input"));
  }
  SINTER_ASSIGN_OR_RETURN(const int32_t lhs, ValueOf(atom.lhs));
  SINTER_ASSIGN_OR_RETURN(const int32_t rhs, ValueOf(atom.rhs));
  switch (atom.kind) {
    case SymExpr::AtomKind::kFloorDiv:
      return Add(SINTER_STEP_FLOOR_DIV, lhs, rhs);
    case SymExpr::AtomKind::kMod:
      return Add(SINTER_STEP_MOD, lhs, rhs);
    case SymExpr::AtomKind::kMin:
      return Add(SINTER_STEP_MIN, lhs, rhs);
    default:
      return Add(SINTER_STEP_MAX, lhs, rhs);
  }
}

absl::StatusOr<int32_t> StepList::SumOf(const SymExpr& expr, int64_t* constant) {
  int32_t sum = 0;
  *constant = 0;
  for (const SymExpr::Term& term : expr.terms()) {
    if (term.factors.empty()) {
      *constant = term.coefficient;
      continue;
    }
    int32_t product = -1;
    for (const SymExpr::Factor& factor : term.factors) {
      SINTER_ASSIGN_OR_RETURN(const int32_t value, ValueOfAtom(*factor.atom));
      for (int i = 0; i < factor.power; ++i) {
        product = product < 0 ? value : Add(SINTER_STEP_MUL, product, value);
      }
    }
    if (term.coefficient != 1) {
      sum = Add(SINTER_STEP_AFFINE, product, sum, term.coefficient);
    } else {
      sum = sum == 0 ? product : Add(SINTER_STEP_ADD, product, sum);
    }
  }
  return sum;
}

absl::StatusOr<int32_t> StepList::ValueOf(const SymExpr& expr) {
  SINTER_ASSIGN_OR_RETURN(const sinter_amount amount, AmountOf(expr));
  if (amount.immediate == 0) return amount.value;
  const int32_t constant = Add(SINTER_STEP_CONSTANT, 0, 0, amount.immediate);
  return amount.value == 0 ? constant : Add(SINTER_STEP_ADD, amount.value, constant);
}

absl::StatusOr<sinter_amount> StepList::AmountOf(const SymExpr& expr) {
  if (auto constant = expr.AsConstant()) return sinter_amount{*constant, 0, 0};
  std::string text = expr.ToString();
  auto known = known_amounts_.find(text);
  if (known != known_amounts_.end()) return known->second;
  sinter_amount amount{0, 0, 0};
  SINTER_ASSIGN_OR_RETURN(amount.value, SumOf(expr, &amount.immediate));
  known_amounts_.emplace(std::move(text), amount);
  return amount;
}

}  // namespace sinter::codegen
