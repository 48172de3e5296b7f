// Linear algebra: MatMul, Gemm, Einsum, Det.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"
#include "reference/ops/matmul.h"
#include "reference/ops/pick.h"
#include "reference/ops/product.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;

Values MatMulOp(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(Tensor y, MatMul(call.tensor(0), call.tensor(1)));
  return Single(std::move(y));
}

// alpha * product + beta * c for one element; integers are scaled as reals.
double Combine(double alpha, double product, double beta, double c) {
  return alpha * product + beta * c;
}
Integer Combine(double alpha, Integer product, double beta, Integer c) {
  if (alpha == 1 && beta == 1) return product + c;
  return static_cast<Integer>(alpha * static_cast<double>(product) + beta * static_cast<double>(c));
}

Values Gemm(const Call& call) {
  for (int i = 0; i < 2; ++i) {
    if (call.tensor(i).rank() != 2) return absl::InvalidArgumentError("A and B must have rank 2");
  }
  const Tensor a = call.Flag("transA") ? Transposed(call.tensor(0), {1, 0}) : call.tensor(0);
  const Tensor b = call.Flag("transB") ? Transposed(call.tensor(1), {1, 0}) : call.tensor(1);
  SINTER_ASSIGN_OR_RETURN(Tensor y, MatMul(a, b));
  const double alpha = call.Float("alpha", 1);
  const double beta = call.Float("beta", 1);
  Tensor c(y.dtype(), y.dims());
  if (call.Has(2)) {
    SINTER_ASSIGN_OR_RETURN(const Dims dims, BroadcastDims({call.tensor(2).dims(), y.dims()}));
    if (dims != y.dims()) return absl::InvalidArgumentError("C can't be broadcast to the product");
    c = BroadcastTo(call.tensor(2), dims);
  }
  for (int64_t i = 0; i < y.count(); ++i) {
    if (y.HoldsReals()) {
      y.reals()[i] = Combine(alpha, y.reals()[i], beta, c.reals()[i]);
    } else {
      y.integers()[i] = Combine(alpha, y.integers()[i], beta, c.integers()[i]);
    }
  }
  return Single(std::move(y));
}

// An equation with one letter for each axis; the axes of an ellipsis get digits.
struct Equation {
  std::vector<std::string> terms;
  std::string output;
};

absl::Status BadEquation(absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("the equation ", why));
}

absl::StatusOr<Equation> ReadEquation(const Call& call) {
  const std::string text = absl::StrReplaceAll(call.String("equation", ""), {{" ", ""}});
  const std::vector<std::string> sides = absl::StrSplit(text, "->");
  if (sides.size() > 2) return BadEquation("has two arrows");
  Equation equation;
  equation.terms = absl::StrSplit(sides[0], ',');
  if (static_cast<int>(equation.terms.size()) != call.input_count()) {
    return BadEquation("has another number of terms than there are inputs");
  }
  std::string ellipsis;
  for (int i = 0; i < call.input_count(); ++i) {
    std::string& term = equation.terms[i];
    const int64_t rank = call.tensor(i).rank();
    const size_t dots = term.find("...");
    if (dots == std::string::npos) {
      if (static_cast<int64_t>(term.size()) != rank) return BadEquation("does not fit a rank");
      continue;
    }
    const int64_t covered = rank - (static_cast<int64_t>(term.size()) - 3);
    if (covered < 0 || covered > 10) return BadEquation("does not fit a rank");
    // Aligned at the right, as broadcasting has it.
    const std::string digits = std::string("0123456789").substr(10 - covered);
    if (digits.size() > ellipsis.size()) ellipsis = digits;
    term.replace(dots, 3, digits);
  }
  if (sides.size() == 2) {
    equation.output = absl::StrReplaceAll(sides[1], {{"...", ellipsis}});
    return equation;
  }
  std::map<char, int> uses;
  for (const std::string& term : equation.terms) {
    for (const char label : term) ++uses[label];
  }
  equation.output = ellipsis;
  for (const auto& [label, count] : uses) {
    if (count == 1 && !std::isdigit(label)) equation.output += label;
  }
  return equation;
}

// The size that each label stands for. A size of 1 is broadcast where the label is of an ellipsis.
absl::StatusOr<std::map<char, int64_t>> LabelSizes(const Call& call, const Equation& equation) {
  std::map<char, int64_t> sizes;
  for (int i = 0; i < call.input_count(); ++i) {
    for (size_t axis = 0; axis < equation.terms[i].size(); ++axis) {
      const int64_t dim = call.tensor(i).dims()[axis];
      int64_t& size = sizes.emplace(equation.terms[i][axis], dim).first->second;
      if (size == 1) size = dim;
      if (dim != size && dim != 1) {
        return BadEquation(absl::StrCat("gives one label the sizes ", size, " and ", dim));
      }
    }
  }
  for (const char label : equation.output) {
    if (sizes.count(label) == 0) return BadEquation("has an output label that no term has");
  }
  return sizes;
}

// Sums the products over all values of the labels: the definition, word by word.
Values Einsum(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Equation equation, ReadEquation(call));
  SINTER_ASSIGN_OR_RETURN(const auto sizes, LabelSizes(call, equation));
  std::string labels = equation.output;
  for (const auto& [label, size] : sizes) {
    if (labels.find(label) == std::string::npos) labels += label;
  }
  Dims all_dims;
  for (const char label : labels) all_dims.push_back(sizes.at(label));
  const Dims dims(all_dims.begin(), all_dims.begin() + equation.output.size());
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));

  // How far each tensor moves when a label counts on; a label may stand on several of its axes.
  std::vector<Dims> strides;
  for (int i = 0; i < call.input_count(); ++i) {
    const Dims own = StridesOf(call.tensor(i).dims());
    Dims moves(labels.size(), 0);
    for (size_t axis = 0; axis < own.size(); ++axis) {
      if (call.tensor(i).dims()[axis] == 1) continue;
      moves[labels.find(equation.terms[i][axis])] += own[axis];
    }
    strides.push_back(moves);
  }
  Dims to = StridesOf(dims);
  to.resize(labels.size(), 0);
  strides.push_back(to);

  Tensor y(call.tensor(0).dtype(), dims);
  for (IndexWalk walk(all_dims, strides); !walk.done(); walk.Next()) {
    const int64_t at = walk.offset(call.input_count());
    if (y.HoldsReals()) {
      double product = 1;
      for (int i = 0; i < call.input_count(); ++i) {
        product *= call.tensor(i).reals()[walk.offset(i)];
      }
      y.reals()[at] += product;
    } else {
      Integer product = 1;
      for (int i = 0; i < call.input_count(); ++i) {
        product = Product(product, call.tensor(i).integers()[walk.offset(i)]);
      }
      y.integers()[at] = Sum(y.integers()[at], product);
    }
  }
  return Single(std::move(y));
}

// By elimination with the largest pivot of each column.
double Determinant(std::vector<double> m, int64_t n) {
  double result = 1;
  for (int64_t column = 0; column < n; ++column) {
    int64_t pivot = column;
    for (int64_t row = column; row < n; ++row) {
      if (std::fabs(m[row * n + column]) > std::fabs(m[pivot * n + column])) pivot = row;
    }
    if (m[pivot * n + column] == 0) return 0;
    if (pivot != column) {
      result = -result;
      for (int64_t i = 0; i < n; ++i) std::swap(m[pivot * n + i], m[column * n + i]);
    }
    result *= m[column * n + column];
    for (int64_t row = column + 1; row < n; ++row) {
      const double factor = m[row * n + column] / m[column * n + column];
      for (int64_t i = column; i < n; ++i) m[row * n + i] -= factor * m[column * n + i];
    }
  }
  return result;
}

Values Det(const Call& call) {
  const Tensor& x = call.tensor(0);
  if (x.rank() < 2 || x.dims()[x.rank() - 1] != x.dims()[x.rank() - 2]) {
    return absl::InvalidArgumentError("the last two axes must be a square matrix");
  }
  const int64_t n = x.dims().back();
  Tensor y(x.dtype(), Dims(x.dims().begin(), x.dims().end() - 2));
  for (int64_t i = 0; i < y.count(); ++i) {
    const auto begin = x.reals().begin() + i * n * n;
    y.reals()[i] = Determinant(std::vector<double>(begin, begin + n * n), n);
  }
  return Single(std::move(y));
}

}  // namespace

absl::Span<const Operator> LinearOperators() {
  static constexpr Operator kOperators[] = {
      {"", "Det", 11, Det},
      {"", "Einsum", 12, Einsum},
      {"", "Gemm", 1, Gemm},
      {"", "MatMul", 1, MatMulOp},
  };
  return kOperators;
}

}  // namespace sinter::reference
