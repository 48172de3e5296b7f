#include "compiler_core/ir/sym_expr.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace sinter::ir {
namespace {

using Atom = SymExpr::Atom;
using AtomKind = SymExpr::AtomKind;
using AtomPtr = SymExpr::AtomPtr;
using Factor = SymExpr::Factor;
using Term = SymExpr::Term;

int64_t Saturate(__int128 value) {
  const __int128 limit = std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(std::clamp<__int128>(value, -limit, limit));
}

int64_t AddCoefficients(int64_t a, int64_t b) { return Saturate(static_cast<__int128>(a) + b); }
int64_t MulCoefficients(int64_t a, int64_t b) { return Saturate(static_cast<__int128>(a) * b); }

int64_t FloorDivInt(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }
int64_t ModInt(int64_t a, int64_t b) { return a - FloorDivInt(a, b) * b; }

bool SameAtom(const AtomPtr& a, const AtomPtr& b) { return a == b || a->text == b->text; }

int Degree(const std::vector<Factor>& factors) {
  int degree = 0;
  for (const Factor& factor : factors) degree += factor.power;
  return degree;
}

// Graded lexicographic order of monomials, an order that multiplication keeps (long division in
// ExactDiv() needs that). RETURNS: < 0 when `a` comes first, 0 when equal.
int Compare(const std::vector<Factor>& a, const std::vector<Factor>& b) {
  if (int difference = Degree(b) - Degree(a)) return difference;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (!SameAtom(a[i].atom, b[i].atom)) return a[i].atom->text < b[i].atom->text ? -1 : 1;
    if (a[i].power != b[i].power) return b[i].power - a[i].power;
  }
  return 0;
}

void SortFactors(std::vector<Factor>& factors) {
  std::sort(factors.begin(), factors.end(), [](const Factor& a, const Factor& b) {
    return a.atom != b.atom && a.atom->text < b.atom->text;
  });
  size_t kept = 0;
  for (size_t i = 0; i < factors.size(); ++i) {
    if (kept > 0 && SameAtom(factors[kept - 1].atom, factors[i].atom)) {
      factors[kept - 1].power += factors[i].power;
    } else {
      factors[kept++] = factors[i];
    }
  }
  factors.resize(kept);
}

Term Multiply(const Term& a, const Term& b) {
  Term product{MulCoefficients(a.coefficient, b.coefficient), a.factors};
  product.factors.insert(product.factors.end(), b.factors.begin(), b.factors.end());
  if (!a.factors.empty() && !b.factors.empty()) SortFactors(product.factors);
  return product;
}

// a / b if that is a term with an integer coefficient.
std::optional<Term> Divide(const Term& a, const Term& b) {
  if (a.coefficient % b.coefficient != 0) return std::nullopt;
  Term quotient{a.coefficient / b.coefficient, {}};
  size_t used = 0;
  for (const Factor& factor : a.factors) {
    int power = factor.power;
    if (used < b.factors.size() && SameAtom(factor.atom, b.factors[used].atom)) {
      power -= b.factors[used++].power;
    }
    if (power < 0) return std::nullopt;
    if (power > 0) quotient.factors.push_back({factor.atom, power});
  }
  if (used != b.factors.size()) return std::nullopt;
  return quotient;
}

absl::string_view NameOf(AtomKind kind) {
  switch (kind) {
    case AtomKind::kSymbol:
      return "";
    case AtomKind::kFloorDiv:
      return "floordiv";
    case AtomKind::kMod:
      return "mod";
    case AtomKind::kMin:
      return "min";
    case AtomKind::kMax:
      return "max";
  }
  return "";
}

SymExpr MakeAtom(AtomKind kind, const SymExpr& lhs, const SymExpr& rhs) {
  std::string text = absl::StrCat(NameOf(kind), "(", lhs.ToString(), ",", rhs.ToString(), ")");
  auto atom = std::make_shared<const Atom>(Atom{kind, "", lhs, rhs, std::move(text)});
  return SymExpr::Sum({Term{1, {Factor{std::move(atom), 1}}}});
}

// Splits `terms` into quotient * divisor + remainder with whole terms (constant divisors also split
// coefficients, so that the remainder's are in [0, divisor)).
void SplitByTerm(const std::vector<Term>& terms, const Term& divisor, std::vector<Term>& quotient,
                 std::vector<Term>& remainder) {
  for (const Term& term : terms) {
    if (divisor.factors.empty()) {
      quotient.push_back({FloorDivInt(term.coefficient, divisor.coefficient), term.factors});
      remainder.push_back({ModInt(term.coefficient, divisor.coefficient), term.factors});
    } else if (std::optional<Term> ratio = Divide(term, divisor)) {
      quotient.push_back(*ratio);
    } else {
      remainder.push_back(term);
    }
  }
}

// The largest term with positive coefficient, made of symbols only, that divides all of `terms`.
Term CommonTerm(const std::vector<Term>& terms) {
  Term common{0, {}};
  for (const Factor& factor : terms[0].factors) {
    if (factor.atom->kind == AtomKind::kSymbol) common.factors.push_back(factor);
  }
  for (const Term& term : terms) {
    common.coefficient = std::gcd(common.coefficient, term.coefficient);
    std::vector<Factor> shared;
    for (const Factor& mine : common.factors) {
      for (const Factor& other : term.factors) {
        if (!SameAtom(mine.atom, other.atom)) continue;
        shared.push_back({mine.atom, std::min(mine.power, other.power)});
      }
    }
    common.factors = std::move(shared);
  }
  return common;
}

// floordiv(floordiv(x,c) + k, b) = floordiv(x + c*k, b*c) for constants.
std::optional<SymExpr> CollapseFloorDiv(const SymExpr& numerator, int64_t divisor) {
  const std::vector<Term> terms = numerator.terms();
  if (terms.empty() || terms.size() > 2 || terms[0].coefficient != 1) return std::nullopt;
  if (terms.size() == 2 && !terms[1].factors.empty()) return std::nullopt;
  if (terms[0].factors.size() != 1 || terms[0].factors[0].power != 1) return std::nullopt;
  const Atom& atom = *terms[0].factors[0].atom;
  if (atom.kind != AtomKind::kFloorDiv || !atom.rhs.IsConstant()) return std::nullopt;
  const SymExpr shift = terms.size() == 2 ? SymExpr(terms[1].coefficient) : SymExpr(0);
  return FloorDiv(atom.lhs + atom.rhs * shift, atom.rhs * SymExpr(divisor));
}

struct Division {
  SymExpr quotient;
  SymExpr remainder;
};

Division SplitByExpr(const SymExpr& a, const SymExpr& b) {
  const std::vector<Term> divisor = b.terms();
  if (divisor.size() != 1) return {SymExpr(0), a};
  std::vector<Term> quotient, remainder;
  SplitByTerm(a.terms(), divisor[0], quotient, remainder);
  return {SymExpr::Sum(std::move(quotient)), SymExpr::Sum(std::move(remainder))};
}

bool ProvablyInRange(const SymExpr& value, const SymExpr& end) {
  std::optional<int64_t> low = value.LowerBound();
  return low && *low >= 0 && SymExpr::ProvablyLessEqual(value + SymExpr(1), end);
}

}  // namespace

SymExpr::SymExpr(int64_t value) : constant_(value) {}

SymExpr SymExpr::Symbol(absl::string_view name) {
  auto atom = std::make_shared<const Atom>(
      Atom{AtomKind::kSymbol, std::string(name), SymExpr(), SymExpr(), std::string(name)});
  return Sum({Term{1, {Factor{std::move(atom), 1}}}});
}

SymExpr SymExpr::Sum(std::vector<Term> terms) {
  for (Term& term : terms) SortFactors(term.factors);
  std::stable_sort(terms.begin(), terms.end(),
                   [](const Term& a, const Term& b) { return Compare(a.factors, b.factors) < 0; });
  std::vector<Term> kept;
  for (Term& term : terms) {
    if (!kept.empty() && Compare(kept.back().factors, term.factors) == 0) {
      kept.back().coefficient = AddCoefficients(kept.back().coefficient, term.coefficient);
    } else {
      if (!kept.empty() && kept.back().coefficient == 0) kept.pop_back();
      kept.push_back(std::move(term));
    }
  }
  if (!kept.empty() && kept.back().coefficient == 0) kept.pop_back();
  if (kept.empty()) return SymExpr(0);
  if (kept[0].factors.empty()) return SymExpr(kept[0].coefficient);
  SymExpr sum;
  sum.terms_ = std::make_shared<const std::vector<Term>>(std::move(kept));
  return sum;
}

std::vector<SymExpr::Term> SymExpr::terms() const {
  if (terms_ != nullptr) return *terms_;
  if (constant_ == 0) return {};
  return {Term{constant_, {}}};
}

std::optional<int64_t> SymExpr::AsConstant() const {
  if (terms_ != nullptr) return std::nullopt;
  return constant_;
}

void SymExpr::CollectSymbols(std::set<std::string>& names) const {
  if (terms_ == nullptr) return;
  for (const Term& term : *terms_) {
    for (const Factor& factor : term.factors) {
      if (factor.atom->kind == AtomKind::kSymbol) {
        names.insert(factor.atom->symbol);
      } else {
        factor.atom->lhs.CollectSymbols(names);
        factor.atom->rhs.CollectSymbols(names);
      }
    }
  }
}

bool operator==(const SymExpr& a, const SymExpr& b) {
  if (a.terms_ == b.terms_) return a.terms_ != nullptr || a.constant_ == b.constant_;
  if (a.terms_ == nullptr || b.terms_ == nullptr) return false;
  return std::equal(a.terms_->begin(), a.terms_->end(), b.terms_->begin(), b.terms_->end(),
                    [](const Term& x, const Term& y) {
                      return x.coefficient == y.coefficient && Compare(x.factors, y.factors) == 0;
                    });
}

SymExpr operator+(const SymExpr& a, const SymExpr& b) {
  if (!a.terms_ && !b.terms_) return SymExpr(AddCoefficients(a.constant_, b.constant_));
  std::vector<Term> terms = a.terms();
  for (Term& term : b.terms()) terms.push_back(std::move(term));
  return SymExpr::Sum(std::move(terms));
}

SymExpr operator-(const SymExpr& a, const SymExpr& b) { return a + b * SymExpr(-1); }

SymExpr operator*(const SymExpr& a, const SymExpr& b) {
  if (!a.terms_ && !b.terms_) return SymExpr(MulCoefficients(a.constant_, b.constant_));
  std::vector<Term> terms;
  const std::vector<Term> right = b.terms();
  for (const Term& x : a.terms()) {
    for (const Term& y : right) terms.push_back(Multiply(x, y));
  }
  return SymExpr::Sum(std::move(terms));
}

std::optional<SymExpr> SymExpr::ExactDiv(const SymExpr& a, const SymExpr& b) {
  const std::vector<Term> divisor = b.terms();
  if (divisor.empty()) return std::nullopt;
  // Long division of polynomials; the bound only guards against huge products.
  SymExpr rest = a, quotient;
  for (int step = 0; step < 256; ++step) {
    const std::vector<Term> terms = rest.terms();
    if (terms.empty()) return quotient;
    std::optional<Term> ratio = Divide(terms[0], divisor[0]);
    if (!ratio) return std::nullopt;
    const SymExpr part = Sum({*ratio});
    quotient = quotient + part;
    rest = rest - part * b;
  }
  return std::nullopt;
}

SymExpr FloorDiv(const SymExpr& a, const SymExpr& b) {
  const std::optional<int64_t> divisor = b.AsConstant();
  SINTER_CHECK(!divisor || *divisor > 0) << "floordiv by " << *divisor;
  if (divisor && a.IsConstant()) return FloorDivInt(*a.AsConstant(), *divisor);
  if (std::optional<SymExpr> exact = SymExpr::ExactDiv(a, b)) return *exact;
  auto [quotient, remainder] = SplitByExpr(a, b);
  if (ProvablyInRange(remainder, b)) return quotient;
  if (divisor) {
    if (auto collapsed = CollapseFloorDiv(remainder, *divisor)) return quotient + *collapsed;
  }
  std::vector<Term> all = remainder.terms();
  for (Term& term : b.terms()) all.push_back(std::move(term));
  const SymExpr common = SymExpr::Sum({CommonTerm(all)});
  if (common != SymExpr(1)) {
    return quotient +
           FloorDiv(*SymExpr::ExactDiv(remainder, common), *SymExpr::ExactDiv(b, common));
  }
  return quotient + MakeAtom(AtomKind::kFloorDiv, remainder, b);
}

SymExpr CeilDiv(const SymExpr& a, const SymExpr& b) { return FloorDiv(a + b - SymExpr(1), b); }

SymExpr Mod(const SymExpr& a, const SymExpr& b) {
  const std::optional<int64_t> divisor = b.AsConstant();
  SINTER_CHECK(!divisor || *divisor > 0) << "mod by " << *divisor;
  if (divisor && a.IsConstant()) return ModInt(*a.AsConstant(), *divisor);
  if (SymExpr::ExactDiv(a, b)) return SymExpr(0);
  const SymExpr remainder = SplitByExpr(a, b).remainder;
  if (ProvablyInRange(remainder, b)) return remainder;
  return MakeAtom(AtomKind::kMod, remainder, b);
}

SymExpr Min(const SymExpr& a, const SymExpr& b) {
  if (SymExpr::ProvablyLessEqual(a, b)) return a;
  if (SymExpr::ProvablyLessEqual(b, a)) return b;
  return a.ToString() < b.ToString() ? MakeAtom(AtomKind::kMin, a, b)
                                     : MakeAtom(AtomKind::kMin, b, a);
}

SymExpr Max(const SymExpr& a, const SymExpr& b) {
  if (SymExpr::ProvablyLessEqual(a, b)) return b;
  if (SymExpr::ProvablyLessEqual(b, a)) return a;
  return a.ToString() < b.ToString() ? MakeAtom(AtomKind::kMax, a, b)
                                     : MakeAtom(AtomKind::kMax, b, a);
}

SymExpr NumElements(const SymShape& shape) {
  SymExpr product(1);
  for (const SymExpr& dim : shape) product = product * dim;
  return product;
}

SymShape RowMajorStrides(const SymShape& shape) {
  SymShape strides(shape.size(), SymExpr(1));
  for (size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

}  // namespace sinter::ir
