#include "compiler_core/codegen/host/symbol_rules.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace sinter::codegen {
namespace {

using ir::SymExpr;

// What SymExpr takes symbols to be below.
constexpr int64_t kMaxSymbol = (int64_t{1} << 31) - 1;

// The name, if the expression is one symbol; else "".
std::string AsSymbol(const SymExpr& expr) {
  std::set<std::string> symbols;
  expr.CollectSymbols(symbols);
  if (symbols.size() != 1 || expr != SymExpr::Symbol(*symbols.begin())) return "";
  return *symbols.begin();
}

class RuleMaker {
 public:
  explicit RuleMaker(const ir::Program& program) : program_(program) {
    pending_ = program.non_negative;
    for (const ir::DimEquality& equality : program.equalities) {
      AddEquality(equality.lhs, equality.rhs);
    }
  }

  SymbolRules Make() {
    AddStage(program_.inputs);
    for (const ir::Step& step : program_.steps) AddStage(step.outputs);
    return std::move(rules_);
  }

 private:
  void AddEquality(const SymExpr& lhs, const SymExpr& rhs) {
    pending_.push_back(lhs - rhs);
    pending_.push_back(rhs - lhs);
  }

  int32_t AddSymbol(const std::string& name, int64_t min, int64_t max) {
    rules_.symbols.push_back(name);
    rules_.min.push_back(min);
    rules_.max.push_back(max);
    rules_.known_at.emplace(name, static_cast<int>(rules_.stages.size()));
    return static_cast<int32_t>(rules_.symbols.size()) - 1;
  }

  int32_t Bind(const std::string& name) {
    int64_t min = SymExpr::IsDataSymbol(name) ? 0 : 1;
    int64_t max = kMaxSymbol;
    for (const ir::DimRange& range : program_.ranges) {
      if (range.symbol != name) continue;
      min = std::max(min, range.min);
      if (range.max > 0) max = range.max;
    }
    return AddSymbol(name, min, max);
  }

  // Plain symbols first: what else the stage has may be expressed in them.
  void BindPlain(const std::vector<int>& slots, StageRules& stage) {
    for (size_t i = 0; i < slots.size(); ++i) {
      stage.dims.emplace_back();
      if (slots[i] < 0 || !program_.slots[slots[i]].type.ranked) continue;
      for (const SymExpr& dim : program_.slots[slots[i]].type.shape) {
        DimRule rule;
        rule.expected = dim;
        const std::string name = AsSymbol(dim);
        if (!name.empty() && rules_.known_at.count(name) == 0) rule.symbol = Bind(name);
        stage.dims.back().push_back(std::move(rule));
      }
    }
  }

  void AddStage(const std::vector<int>& slots) {
    const int number = static_cast<int>(rules_.stages.size());
    StageRules stage;
    BindPlain(slots, stage);
    for (std::vector<DimRule>& dims : stage.dims) {
      for (DimRule& rule : dims) {
        if (rule.symbol >= 0 || rules_.IsKnown(rule.expected, number)) continue;
        // No name of a model's symbol has a space.
        const std::string name = absl::StrCat("dim ", rules_.symbols.size());
        rule.symbol = AddSymbol(name, 0, std::numeric_limits<int64_t>::max());
        AddEquality(SymExpr::Symbol(name), rule.expected);
      }
    }
    const auto known = [&](const SymExpr& expr) { return rules_.IsKnown(expr, number); };
    const auto rest = std::stable_partition(pending_.begin(), pending_.end(),
                                            [&](const SymExpr& expr) { return !known(expr); });
    stage.non_negative.assign(rest, pending_.end());
    pending_.erase(rest, pending_.end());
    rules_.stages.push_back(std::move(stage));
  }

  const ir::Program& program_;
  SymbolRules rules_;
  std::vector<SymExpr> pending_;  // have to be >= 0; not all of their symbols are known
};

}  // namespace

bool SymbolRules::IsKnown(const SymExpr& expr, int stage) const {
  std::set<std::string> symbols;
  expr.CollectSymbols(symbols);
  return std::all_of(symbols.begin(), symbols.end(), [&](const std::string& symbol) {
    const auto known = known_at.find(symbol);
    return known != known_at.end() && known->second <= stage;
  });
}

SymbolRules MakeSymbolRules(const ir::Program& program) { return RuleMaker(program).Make(); }

}  // namespace sinter::codegen
