#include "reference/ops/recurrent_node.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/pick.h"

namespace sinter::reference {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// An activation of the specification with its parameters' defaults; NaN where it takes none, and
// `must` if there is no default for those that it takes.
struct Formula {
  double (*function)(double x, double alpha, double beta);
  double alpha = kNone, beta = kNone;
  bool must = false;
};

const Formula* FindFormula(const std::string& name) {
  static const auto* formulas = new std::map<std::string, Formula>{
      {"relu", {[](double x, double, double) { return std::fmax(x, 0); }}},
      {"tanh", {[](double x, double, double) { return std::tanh(x); }}},
      {"sigmoid", {[](double x, double, double) { return 1 / (1 + std::exp(-x)); }}},
      {"softsign", {[](double x, double, double) { return x / (1 + std::fabs(x)); }}},
      {"softplus", {[](double x, double, double) {
         return std::log1p(std::exp(-std::fabs(x))) + std::fmax(x, 0);
       }}},
      {"affine", {[](double x, double a, double b) { return a * x + b; }, 1, 0, true}},
      {"leakyrelu", {[](double x, double a, double) { return x >= 0 ? x : a * x; }, 0.01f}},
      {"thresholdedrelu", {[](double x, double a, double) { return x >= a ? x : 0; }, 1}},
      {"scaledtanh",
       {[](double x, double a, double b) { return a * std::tanh(b * x); }, 1, 1, true}},
      {"hardsigmoid",
       {[](double x, double a, double b) { return std::fmin(std::fmax(a * x + b, 0), 1); }, 0.2f,
        0.5}},
      {"elu", {[](double x, double a, double) { return x >= 0 ? x : a * std::expm1(x); }, 1}},
  };
  const auto found = formulas->find(absl::AsciiStrToLower(name));
  return found == formulas->end() ? nullptr : &found->second;
}

// Parameters are handed out in the order of the activations that take some.
absl::StatusOr<double> TakeParameter(double otherwise, bool must, const std::string& name,
                                     std::vector<double>& given) {
  if (std::isnan(otherwise)) return otherwise;
  if (given.empty()) {
    if (must)
      return absl::UnimplementedError(
          absl::StrCat("the activation `", name, "` without its parameters"));
    return otherwise;
  }
  const double value = given.front();
  given.erase(given.begin());
  return value;
}

absl::StatusOr<std::vector<Activation>> ReadActivations(const Call& call, int64_t directions,
                                                        const std::vector<std::string>& defaults) {
  std::vector<std::string> names = call.Strings("activations");
  if (names.empty()) {
    for (int64_t d = 0; d < directions; ++d)
      names.insert(names.end(), defaults.begin(), defaults.end());
  }
  if (names.size() != defaults.size() * directions) {
    return absl::InvalidArgumentError(absl::StrCat(
        "`activations` has ", names.size(), " entries; it needs ", defaults.size() * directions));
  }
  std::vector<double> alphas = call.Floats("activation_alpha"),
                      betas = call.Floats("activation_beta");
  const double clip = call.HasAttribute("clip") ? call.Float("clip", 0) : 0;
  std::vector<Activation> activations;
  for (const std::string& name : names) {
    const Formula* formula = FindFormula(name);
    if (formula == nullptr)
      return absl::InvalidArgumentError(absl::StrCat("there is no activation `", name, "`"));
    SINTER_ASSIGN_OR_RETURN(const double alpha,
                            TakeParameter(formula->alpha, formula->must, name, alphas));
    SINTER_ASSIGN_OR_RETURN(const double beta,
                            TakeParameter(formula->beta, formula->must, name, betas));
    activations.push_back([function = formula->function, alpha, beta, clip](double x) {
      return function(clip > 0 ? std::fmin(std::fmax(x, -clip), clip) : x, alpha, beta);
    });
  }
  return activations;
}

// Input `input` as reals, of the shape `dims`; zeros if left out. With the batch first, its first
// two axes come swapped.
absl::StatusOr<std::vector<double>> Operand(const Call& call, int input, const Dims& dims,
                                            bool swapped) {
  const Tensor* given = input < 0 ? nullptr : call.optional_tensor(input);
  if (given == nullptr) {
    SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
    return std::vector<double>(CountOf(dims), 0.0);
  }
  const Tensor turned = swapped && given->rank() == 3 ? Transposed(*given, {1, 0, 2}) : *given;
  if (turned.dims() != dims) {
    return absl::InvalidArgumentError(
        absl::StrCat("input ", input, " has the shape ", Text(given->dims())));
  }
  return turned.reals();
}

absl::Status ReadDirection(const Call& call, RecurrentNode& node) {
  const std::string direction = call.String("direction", "forward");
  node.reverse = direction == "reverse";
  node.directions = direction == "bidirectional" ? 2 : 1;
  if (node.reverse || node.directions == 2 || direction == "forward") return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("`direction` is `", direction, "`"));
}

absl::Status ReadLengths(const Call& call, int input, RecurrentNode& node) {
  node.lengths.assign(node.batch, node.steps);
  if (!call.Has(input)) return absl::OkStatus();
  if (!call.tensor(input).HoldsIntegers()) {
    return absl::InvalidArgumentError("`sequence_lens` has to be of integers");
  }
  node.lengths = call.tensor(input).ToInts();
  bool fits = static_cast<int64_t>(node.lengths.size()) == node.batch;
  for (const int64_t length : node.lengths) fits = fits && length >= 0 && length <= node.steps;
  return fits ? absl::OkStatus()
              : absl::InvalidArgumentError("`sequence_lens` does not fit the input");
}

}  // namespace

absl::StatusOr<RecurrentNode> ReadRecurrentNode(const Call& call, int64_t gates, int64_t hidden,
                                                const RecurrentInputs& inputs,
                                                const std::vector<std::string>& defaults) {
  RecurrentNode node;
  const Tensor& x = call.tensor(inputs.x);
  if (x.rank() != 3)
    return absl::InvalidArgumentError(
        absl::StrCat("the input has the shape ", Text(x.dims()), "; it needs three axes"));
  if (call.HasAttribute("hidden_size") && call.Int("hidden_size", 0) != hidden) {
    return absl::InvalidArgumentError("`hidden_size` does not fit the weights");
  }
  node.gates = gates;
  node.hidden = hidden;
  node.dtype = x.dtype();
  node.batch_first = call.Flag("layout");
  node.steps = x.dims()[node.batch_first ? 1 : 0];
  node.batch = x.dims()[node.batch_first ? 0 : 1];
  node.width = x.dims()[2];
  SINTER_RETURN_IF_ERROR(ReadDirection(call, node));
  SINTER_RETURN_IF_ERROR(ReadLengths(call, inputs.lengths, node));
  const int64_t d = node.directions;
  const Dims state = {d, node.batch, hidden};
  SINTER_ASSIGN_OR_RETURN(
      node.x, Operand(call, inputs.x, {node.steps, node.batch, node.width}, node.batch_first));
  SINTER_ASSIGN_OR_RETURN(node.bias, Operand(call, inputs.bias, {d, 2 * gates * hidden}, false));
  SINTER_ASSIGN_OR_RETURN(node.initial_h, Operand(call, inputs.initial_h, state, node.batch_first));
  SINTER_ASSIGN_OR_RETURN(node.initial_c, Operand(call, inputs.initial_c, state, node.batch_first));
  SINTER_ASSIGN_OR_RETURN(node.peepholes, Operand(call, inputs.peepholes, {d, 3 * hidden}, false));
  SINTER_ASSIGN_OR_RETURN(node.activations, ReadActivations(call, d, defaults));
  return node;
}

std::vector<Value> RunRecurrent(const RecurrentNode& node, const GateProducts& products,
                                const Cell& cell) {
  const int64_t size = node.hidden, rows = node.gates * size, batch = node.batch;
  Tensor y(node.dtype, {node.steps, node.directions, batch, size});
  std::vector<double> h = node.initial_h, c = node.initial_c;
  for (int64_t d = 0; d < node.directions; ++d) {
    const bool backwards = d == 1 || node.reverse;
    const std::vector<double> from_x = products.of_input(d, node.x);
    double* h_of = h.data() + d * batch * size;
    double* c_of = c.data() + d * batch * size;
    for (int64_t t = 0; t < node.steps; ++t) {
      const std::vector<double> from_h = products.of_state(d, {h_of, h_of + batch * size});
      for (int64_t b = 0; b < batch; ++b) {
        if (t >= node.lengths[b]) continue;
        const int64_t at = backwards ? node.lengths[b] - 1 - t : t;
        cell(d, &from_x[(at * batch + b) * rows], &from_h[b * rows], h_of + b * size,
             c_of + b * size);
        std::copy(h_of + b * size, h_of + (b + 1) * size,
                  &y.reals()[((at * node.directions + d) * batch + b) * size]);
      }
    }
  }
  Tensor last_h(node.dtype, {node.directions, batch, size}, std::move(h));
  Tensor last_c(node.dtype, {node.directions, batch, size}, std::move(c));
  if (node.batch_first) {
    y = Transposed(y, {2, 0, 1, 3});
    last_h = Transposed(last_h, {1, 0, 2});
    last_c = Transposed(last_c, {1, 0, 2});
  }
  return {std::move(y), std::move(last_h), std::move(last_c)};
}

std::vector<double> TimesTransposed(const double* rows, int64_t n, int64_t k, const double* weights,
                                    int64_t m) {
  std::vector<double> product(n * m, 0.0);
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = 0; j < m; ++j) {
      double sum = 0;
      for (int64_t l = 0; l < k; ++l) sum += rows[i * k + l] * weights[j * k + l];
      product[i * m + j] = sum;
    }
  }
  return product;
}

GateProducts PlainProducts(const RecurrentNode& node, const std::vector<double>& w,
                           const std::vector<double>& r) {
  const int64_t rows = node.gates * node.hidden, width = node.width, hidden = node.hidden;
  const auto times = [rows](const std::vector<double>& weights, int64_t k, int64_t direction,
                            const std::vector<double>& x) {
    return TimesTransposed(x.data(), k == 0 ? 0 : static_cast<int64_t>(x.size()) / k, k,
                           weights.data() + direction * rows * k, rows);
  };
  return {
      [times, width, &w](int64_t d, const std::vector<double>& x) { return times(w, width, d, x); },
      [times, hidden, &r](int64_t d, const std::vector<double>& h) {
        return times(r, hidden, d, h);
      }};
}

Cell LstmCell(const RecurrentNode& node, bool coupled) {
  return [&node, coupled](int64_t d, const double* from_x, const double* from_h, double* h,
                          double* c) {
    const int64_t n = node.hidden;
    const double* bias = node.bias.data() + d * 8 * n;
    const double* peep = node.peepholes.data() + d * 3 * n;
    const Activation* act = &node.activations[d * 3];
    for (int64_t j = 0; j < n; ++j) {
      const auto sum = [&](int64_t gate) {
        const int64_t at = gate * n + j;
        return from_x[at] + from_h[at] + bias[at] + bias[4 * n + at];
      };
      const double i = act[0](sum(0) + peep[j] * c[j]);
      const double f = coupled ? 1 - i : act[0](sum(2) + peep[2 * n + j] * c[j]);
      c[j] = f * c[j] + i * act[1](sum(3));
      const double o = act[0](sum(1) + peep[n + j] * c[j]);
      h[j] = o * act[2](c[j]);
    }
  };
}

}  // namespace sinter::reference
