// What can be said about a SymExpr's value: bounds, evaluation, substitution.
#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "compiler_core/ir/sym_expr.h"

namespace sinter::ir {
namespace {

using AtomKind = SymExpr::AtomKind;
using Factor = SymExpr::Factor;
using Term = SymExpr::Term;

// Interval arithmetic in 128 bits; a bound beyond +-2^100 is "not known".
using Wide = __int128;
constexpr Wide kInfinity = static_cast<Wide>(1) << 100;
constexpr int64_t kMaxSymbol = (int64_t{1} << 31) - 1;

struct Interval {
  Wide low = -kInfinity;
  Wide high = kInfinity;
};

Wide Clamp(Wide value) { return std::clamp(value, -kInfinity, kInfinity); }

Wide MulClamped(Wide a, Wide b) {
  if (a == 0 || b == 0) return 0;
  const Wide magnitude_a = a < 0 ? -a : a, magnitude_b = b < 0 ? -b : b;
  const bool negative = (a < 0) != (b < 0);
  if (magnitude_a > kInfinity / magnitude_b) return negative ? -kInfinity : kInfinity;
  return Clamp(a * b);
}

Interval Multiply(Interval a, Interval b) {
  const auto bounds = std::minmax({MulClamped(a.low, b.low), MulClamped(a.low, b.high),
                                   MulClamped(a.high, b.low), MulClamped(a.high, b.high)});
  return {bounds.first, bounds.second};
}

Wide FloorDivWide(Wide a, Wide b) {
  if (a <= -kInfinity || a >= kInfinity) return a;
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

Interval BoundsOf(const SymExpr& expr);

Interval BoundsOf(const SymExpr::Atom& atom) {
  if (atom.kind == AtomKind::kSymbol) {
    return {SymExpr::IsDataSymbol(atom.symbol) ? 0 : 1, kMaxSymbol};
  }
  const Interval a = BoundsOf(atom.lhs), b = BoundsOf(atom.rhs);
  switch (atom.kind) {
    case AtomKind::kFloorDiv: {
      // The divisor is >= 1, so the extremes are at its ends.
      const Wide small = std::max<Wide>(b.low, 1), large = std::max(b.high, small);
      return {std::min(FloorDivWide(a.low, small), FloorDivWide(a.low, large)),
              std::max(FloorDivWide(a.high, small), FloorDivWide(a.high, large))};
    }
    case AtomKind::kMod:
      return {0, a.low >= 0 ? std::min(a.high, b.high - 1) : b.high - 1};
    case AtomKind::kMin:
      return {std::min(a.low, b.low), std::min(a.high, b.high)};
    case AtomKind::kMax:
      return {std::max(a.low, b.low), std::max(a.high, b.high)};
    case AtomKind::kSymbol:
      break;
  }
  return {};
}

Interval BoundsOf(const SymExpr& expr) {
  Interval sum{0, 0};
  for (const Term& term : expr.terms()) {
    Interval product{term.coefficient, term.coefficient};
    for (const Factor& factor : term.factors) {
      const Interval atom = BoundsOf(*factor.atom);
      for (int i = 0; i < factor.power; ++i) product = Multiply(product, atom);
    }
    sum.low = Clamp(sum.low + product.low);
    sum.high = Clamp(sum.high + product.high);
  }
  return sum;
}

bool IsLinearFloorDiv(const Term& term) {
  return term.factors.size() == 1 && term.factors[0].power == 1 &&
         term.factors[0].atom->kind == AtomKind::kFloorDiv &&
         term.factors[0].atom->rhs.IsConstant();
}

// A lower bound by replacing each k*floordiv(x,c) by what it is at least over the rationals, which
// keeps the relation between x and the other terms that intervals lose (h - floordiv(h,2) >= 1).
Wide RelaxedLowerBound(const SymExpr& expr) {
  int64_t scale = 1;
  for (const Term& term : expr.terms()) {
    if (!IsLinearFloorDiv(term)) continue;
    scale = std::lcm(scale, *term.factors[0].atom->rhs.AsConstant());
    if (scale > (1 << 20)) return -kInfinity;
  }
  if (scale == 1) return -kInfinity;
  SymExpr scaled;
  for (const Term& term : expr.terms()) {
    if (!IsLinearFloorDiv(term)) {
      scaled = scaled + SymExpr::Sum({term}) * SymExpr(scale);
      continue;
    }
    const SymExpr::Atom& atom = *term.factors[0].atom;
    const int64_t divisor = *atom.rhs.AsConstant();
    const SymExpr numerator = term.coefficient > 0 ? atom.lhs - SymExpr(divisor - 1) : atom.lhs;
    scaled = scaled + numerator * SymExpr(term.coefficient * (scale / divisor));
  }
  // Rounding up: the value is an integer.
  return -FloorDivWide(-BoundsOf(scaled).low, scale);
}

std::optional<int64_t> ToInt64(Wide value) {
  if (value < std::numeric_limits<int64_t>::min() || value > std::numeric_limits<int64_t>::max()) {
    return std::nullopt;
  }
  return static_cast<int64_t>(value);
}

int64_t EvaluateAtom(const SymExpr::Atom& atom, const std::map<std::string, int64_t>& symbols) {
  if (atom.kind == AtomKind::kSymbol) {
    auto found = symbols.find(atom.symbol);
    SINTER_CHECK(found != symbols.end()) << "no value for symbol `" << atom.symbol << "`";
    return found->second;
  }
  const SymExpr a(atom.lhs.Evaluate(symbols)), b(atom.rhs.Evaluate(symbols));
  switch (atom.kind) {
    case AtomKind::kFloorDiv:
      return *FloorDiv(a, b).AsConstant();
    case AtomKind::kMod:
      return *Mod(a, b).AsConstant();
    case AtomKind::kMin:
      return std::min(*a.AsConstant(), *b.AsConstant());
    case AtomKind::kMax:
      return std::max(*a.AsConstant(), *b.AsConstant());
    case AtomKind::kSymbol:
      break;
  }
  return 0;
}

}  // namespace

std::optional<int64_t> SymExpr::LowerBound() const {
  if (terms_ == nullptr) return constant_;
  return ToInt64(std::max(BoundsOf(*this).low, RelaxedLowerBound(*this)));
}

std::optional<int64_t> SymExpr::UpperBound() const {
  if (terms_ == nullptr) return constant_;
  return ToInt64(std::min(BoundsOf(*this).high, -RelaxedLowerBound(SymExpr(0) - *this)));
}

bool SymExpr::ProvablyLessEqual(const SymExpr& a, const SymExpr& b) {
  if (!a.terms_ && !b.terms_) return a.constant_ <= b.constant_;
  const std::optional<int64_t> difference = (b - a).LowerBound();
  return difference && *difference >= 0;
}

int64_t SymExpr::Evaluate(const std::map<std::string, int64_t>& symbols) const {
  if (terms_ == nullptr) return constant_;
  SymExpr sum;
  for (const Term& term : *terms_) {
    SymExpr product(term.coefficient);
    for (const Factor& factor : term.factors) {
      const SymExpr value(EvaluateAtom(*factor.atom, symbols));
      for (int i = 0; i < factor.power; ++i) product = product * value;
    }
    sum = sum + product;
  }
  return *sum.AsConstant();
}

SymExpr SymExpr::Substitute(
    const std::function<std::optional<SymExpr>(const std::string&)>& replace) const {
  if (terms_ == nullptr) return *this;
  SymExpr sum;
  for (const Term& term : *terms_) {
    SymExpr product(term.coefficient);
    for (const Factor& factor : term.factors) {
      const Atom& atom = *factor.atom;
      SymExpr value = Sum({Term{1, {Factor{factor.atom, 1}}}});
      const SymExpr a = atom.lhs.Substitute(replace), b = atom.rhs.Substitute(replace);
      switch (atom.kind) {
        case AtomKind::kSymbol:
          value = replace(atom.symbol).value_or(value);
          break;
        case AtomKind::kFloorDiv:
          value = FloorDiv(a, b);
          break;
        case AtomKind::kMod:
          value = Mod(a, b);
          break;
        case AtomKind::kMin:
          value = Min(a, b);
          break;
        case AtomKind::kMax:
          value = Max(a, b);
          break;
      }
      for (int i = 0; i < factor.power; ++i) product = product * value;
    }
    sum = sum + product;
  }
  return sum;
}

}  // namespace sinter::ir
