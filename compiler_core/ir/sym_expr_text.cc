// SymExpr to text and back.
#include <cctype>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/ir/sym_expr.h"

namespace sinter::ir {
namespace {

bool StartsName(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool ContinuesName(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == ':' ||
         c == '/';
}

// Recursive descent:  sum := ['-'] product (('+'|'-') product)*;  product := atom ('*' atom)*.
class Parser {
 public:
  explicit Parser(absl::string_view text) : text_(text) {}

  absl::StatusOr<SymExpr> Parse() {
    SINTER_ASSIGN_OR_RETURN(SymExpr expr, ParseSum());
    SkipSpace();
    if (at_ != text_.size()) return Error("expected an operator");
    return expr;
  }

 private:
  // Nesting deeper than this is no model's, but may be an attack on the stack.
  static constexpr int kMaxDepth = 200;

  absl::StatusOr<SymExpr> ParseSum() {
    if (++depth_ > kMaxDepth) return Error("too deeply nested");
    const bool negative = Take('-');
    SINTER_ASSIGN_OR_RETURN(SymExpr sum, ParseProduct());
    if (negative) sum = SymExpr(0) - sum;
    while (true) {
      if (Take('+')) {
        SINTER_ASSIGN_OR_RETURN(SymExpr next, ParseProduct());
        sum = sum + next;
      } else if (Take('-')) {
        SINTER_ASSIGN_OR_RETURN(SymExpr next, ParseProduct());
        sum = sum - next;
      } else {
        --depth_;
        return sum;
      }
    }
  }

  absl::StatusOr<SymExpr> ParseProduct() {
    SINTER_ASSIGN_OR_RETURN(SymExpr product, ParseAtom());
    while (Take('*')) {
      SINTER_ASSIGN_OR_RETURN(SymExpr next, ParseAtom());
      product = product * next;
    }
    return product;
  }

  absl::StatusOr<SymExpr> ParseAtom() {
    if (Take('(')) {
      SINTER_ASSIGN_OR_RETURN(SymExpr inner, ParseSum());
      if (!Take(')')) return Error("expected `)`");
      return inner;
    }
    if (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_]))) {
      return ParseNumber();
    }
    if (at_ == text_.size() || !StartsName(text_[at_])) return Error("expected a number or a name");
    const size_t begin = at_;
    while (at_ < text_.size() && ContinuesName(text_[at_])) ++at_;
    const absl::string_view name = text_.substr(begin, at_ - begin);
    if (Take('(')) return ParseCall(name);
    return SymExpr::Symbol(name);
  }

  absl::StatusOr<SymExpr> ParseNumber() {
    const size_t begin = at_;
    while (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_]))) ++at_;
    int64_t value;
    if (!absl::SimpleAtoi(text_.substr(begin, at_ - begin), &value)) {
      return Error("number too large");
    }
    return SymExpr(value);
  }

  absl::StatusOr<SymExpr> ParseCall(absl::string_view function) {
    SINTER_ASSIGN_OR_RETURN(SymExpr a, ParseSum());
    if (!Take(',')) return Error("expected `,`");
    SINTER_ASSIGN_OR_RETURN(SymExpr b, ParseSum());
    if (!Take(')')) return Error("expected `)`");
    if (function == "min") return Min(a, b);
    if (function == "max") return Max(a, b);
    const std::optional<int64_t> divisor = b.AsConstant();
    if (divisor && *divisor <= 0) return Error("divisor not positive");
    if (function == "floordiv") return FloorDiv(a, b);
    if (function == "ceildiv") return CeilDiv(a, b);
    if (function == "mod") return Mod(a, b);
    return Error(absl::StrCat("unknown function `", function, "`"));
  }

  bool Take(char c) {
    SkipSpace();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    SkipSpace();
    return true;
  }
  void SkipSpace() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  absl::Status Error(absl::string_view what) const {
    return absl::InvalidArgumentError(
        absl::StrCat("expression `", text_, "` at character ", at_, ": ", what));
  }

  const absl::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
};

void AppendFactors(const std::vector<SymExpr::Factor>& factors, std::string& out) {
  bool first = true;
  for (const SymExpr::Factor& factor : factors) {
    for (int i = 0; i < factor.power; ++i) {
      absl::StrAppend(&out, first ? "" : "*", factor.atom->text);
      first = false;
    }
  }
}

}  // namespace

absl::StatusOr<SymExpr> SymExpr::Parse(absl::string_view text) {
  int64_t number;
  if (absl::SimpleAtoi(text, &number)) return SymExpr(number);
  return Parser(text).Parse();
}

std::string SymExpr::ToString() const {
  if (terms_ == nullptr) return absl::StrCat(constant_);
  std::string out;
  for (const Term& term : *terms_) {
    // INT64_MIN can't be negated, but coefficients saturate above it.
    const int64_t magnitude = term.coefficient < 0 ? -term.coefficient : term.coefficient;
    if (term.coefficient < 0) {
      out += "-";
    } else if (!out.empty()) {
      out += "+";
    }
    if (term.factors.empty()) {
      absl::StrAppend(&out, magnitude);
      continue;
    }
    if (magnitude != 1) absl::StrAppend(&out, magnitude, "*");
    AppendFactors(term.factors, out);
  }
  return out;
}

std::string ToString(const SymShape& shape) {
  std::string out = "[";
  for (size_t i = 0; i < shape.size(); ++i) {
    absl::StrAppend(&out, i == 0 ? "" : ", ", shape[i].ToString());
  }
  return out + "]";
}

}  // namespace sinter::ir
