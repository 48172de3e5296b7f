// Integer expressions over a model's symbolic dimensions ("batch", "height").
//
// Every dimension, size, stride and offset that the compiler handles is one of these: a constant
// where the model fixes it, else a polynomial over atoms. An atom is a symbol, or a floordiv, mod,
// min or max of two expressions. Expressions are kept in a normal form (like terms collected, atoms
// sorted), so that equal polynomials compare equal and 768*b*s divided by b*s is exactly 768.
//
// Symbols stand for dimensions and are therefore taken to be >= 1; the compiled model checks that.
// Those whose name begins with "data." stand for dimensions that only the model's data decides
// (how many elements are not zero, say): they are >= 0.
// Coefficients beyond 64 bits saturate.
//
// Value type; immutable; cheap to copy; thread-safe.
#ifndef SINTER_COMPILER_CORE_IR_SYM_EXPR_H_
#define SINTER_COMPILER_CORE_IR_SYM_EXPR_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sinter::ir {

class SymExpr {
 public:
  enum class AtomKind { kSymbol, kFloorDiv, kMod, kMin, kMax };
  struct Atom;  // immutable, shared; ordered by its canonical text
  using AtomPtr = std::shared_ptr<const Atom>;
  struct Factor {
    AtomPtr atom;
    int power;
  };
  // A product of atoms times `coefficient`; no factors = the constant term.
  struct Term {
    int64_t coefficient;
    std::vector<Factor> factors;
  };

  SymExpr() = default;     // 0
  SymExpr(int64_t value);  // NOLINT: a number is an expression
  static SymExpr Symbol(absl::string_view name);
  static bool IsDataSymbol(absl::string_view name) { return name.substr(0, 5) == "data."; }

  // The inverse of ToString(): `+ - *`, parentheses, integers, names ([A-Za-z_][A-Za-z0-9_.:/]*),
  // floordiv(a,b) ceildiv(a,b) mod(a,b) min(a,b) max(a,b).
  // ERRORS: INVALID_ARGUMENT with the position.
  static absl::StatusOr<SymExpr> Parse(absl::string_view text);
  std::string ToString() const;

  std::optional<int64_t> AsConstant() const;
  bool IsConstant() const { return AsConstant().has_value(); }
  // The terms of the normal form, for code generators: higher degrees first, the constant last.
  std::vector<Term> terms() const;
  // The sum of any terms (factors sorted or not). The inverse of terms().
  static SymExpr Sum(std::vector<Term> terms);
  // Adds the name of every symbol in the expression to `names`.
  void CollectSymbols(std::set<std::string>& names) const;

  friend SymExpr operator+(const SymExpr& a, const SymExpr& b);
  friend SymExpr operator-(const SymExpr& a, const SymExpr& b);
  friend SymExpr operator*(const SymExpr& a, const SymExpr& b);
  friend SymExpr FloorDiv(const SymExpr& a, const SymExpr& b);  // b > 0; simplified when exact
  friend SymExpr CeilDiv(const SymExpr& a, const SymExpr& b);   // floordiv(a + b - 1, b)
  friend SymExpr Mod(const SymExpr& a, const SymExpr& b);
  friend SymExpr Min(const SymExpr& a, const SymExpr& b);  // folded when one side provably wins
  friend SymExpr Max(const SymExpr& a, const SymExpr& b);
  // a / b when b divides a term by term; nullopt when that can't be shown.
  static std::optional<SymExpr> ExactDiv(const SymExpr& a, const SymExpr& b);

  // Structural equality of normal forms: true means equal for all symbol values.
  friend bool operator==(const SymExpr& a, const SymExpr& b);
  friend bool operator!=(const SymExpr& a, const SymExpr& b) { return !(a == b); }

  // The bounds that follow from symbols being in [1, 2^31); nullopt where none can be shown.
  std::optional<int64_t> LowerBound() const;
  std::optional<int64_t> UpperBound() const;
  static bool ProvablyLessEqual(const SymExpr& a, const SymExpr& b);

  // REQUIRES: `symbols` has every symbol of the expression.
  int64_t Evaluate(const std::map<std::string, int64_t>& symbols) const;
  // Replaces symbols; those for which `replace` returns nullopt stay.
  SymExpr Substitute(
      const std::function<std::optional<SymExpr>(const std::string&)>& replace) const;

 private:
  int64_t constant_ = 0;  // the value, where terms_ is null
  // In graded lexicographic order, no zero coefficients, at least one factor somewhere.
  std::shared_ptr<const std::vector<Term>> terms_;
};

// The friends above, declared where ordinary lookup finds them.
SymExpr FloorDiv(const SymExpr& a, const SymExpr& b);
SymExpr CeilDiv(const SymExpr& a, const SymExpr& b);
SymExpr Mod(const SymExpr& a, const SymExpr& b);
SymExpr Min(const SymExpr& a, const SymExpr& b);
SymExpr Max(const SymExpr& a, const SymExpr& b);

struct SymExpr::Atom {
  AtomKind kind;
  std::string symbol;  // kSymbol
  SymExpr lhs, rhs;    // the others
  std::string text;    // canonical
};

// The dimensions of a tensor, outermost first; empty = rank 0.
using SymShape = std::vector<SymExpr>;

SymExpr NumElements(const SymShape& shape);
std::string ToString(const SymShape& shape);  // "[batch, 3, floordiv(h,2)]"
// Row-major strides in elements.
SymShape RowMajorStrides(const SymShape& shape);

}  // namespace sinter::ir

#endif  // SINTER_COMPILER_CORE_IR_SYM_EXPR_H_
