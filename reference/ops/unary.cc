// Functions of one element: arithmetic, trigonometry, activations.
#include <cmath>
#include <limits>
#include <utility>

#include "reference/ops/categories.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;

// The numbers of a Call's attributes, named as in ONNX.
struct Parameters {
  double alpha;
  double beta;
};

// y = kFunction(x) for floats.
template <double (*kFunction)(double)>
Values OfReals(const Call& call) {
  Tensor y = call.tensor(0);
  for (double& v : y.reals()) v = kFunction(v);
  return Single(std::move(y));
}

// The same for floats and integers, each with its own function.
template <double (*kReal)(double), Integer (*kInteger)(Integer)>
Values OfNumbers(const Call& call) {
  Tensor y = call.tensor(0);
  if (y.HoldsReals()) {
    for (double& v : y.reals()) v = kReal(v);
  } else {
    for (Integer& v : y.integers()) v = kInteger(v);
  }
  return Single(std::move(y));
}

double Negative(double x) { return -x; }
double Sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
double Reciprocal(double x) { return 1 / x; }
double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double Softplus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }
double Softsign(double x) { return x / (1 + std::fabs(x)); }
double Relu(double x) { return x < 0 ? 0 : x; }  // NaN stays
double Mish(double x) { return x * std::tanh(Softplus(x)); }
double HardSwish(double x) { return x * std::fmax(0, std::fmin(1, x / 6 + 0.5)); }

Integer IntegerAbs(Integer x) { return x < 0 ? -x : x; }
Integer IntegerNegative(Integer x) { return -x; }
Integer IntegerSign(Integer x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }
Integer IntegerRelu(Integer x) { return x < 0 ? 0 : x; }

// y = function(x, alpha, beta), with the defaults of the op for the two.
template <typename Function>
Values WithParameters(const Call& call, Parameters otherwise, Function function) {
  const double alpha = call.Float("alpha", otherwise.alpha);
  const double beta = call.Float("beta", otherwise.beta);
  Tensor y = call.tensor(0);
  for (double& v : y.reals()) v = function(v, alpha, beta);
  return Single(std::move(y));
}

Values Elu(const Call& call) {
  return WithParameters(call, {1, 0}, [](double x, double alpha, double) {
    return x < 0 ? alpha * std::expm1(x) : x;
  });
}

// max(0, x) + min(0, alpha * (exp(x / alpha) - 1)), for whatever sign of alpha.
Values Celu(const Call& call) {
  return WithParameters(call, {1, 0}, [](double x, double alpha, double) {
    if (std::isnan(x)) return x;
    return std::fmax(0, x) + std::fmin(0, alpha * std::expm1(x / alpha));
  });
}

Values LeakyRelu(const Call& call) {
  return WithParameters(call, {0.01F, 0},
                        [](double x, double alpha, double) { return x < 0 ? alpha * x : x; });
}

Values ThresholdedRelu(const Call& call) {
  return WithParameters(call, {1, 0},
                        [](double x, double alpha, double) { return x > alpha ? x : 0; });
}

Values HardSigmoid(const Call& call) {
  return WithParameters(call, {0.2F, 0.5}, [](double x, double alpha, double beta) {
    const double y = alpha * x + beta;
    return y < 0 ? 0 : y > 1 ? 1 : y;  // NaN stays
  });
}

Values Swish(const Call& call) {
  return WithParameters(call, {1, 0},
                        [](double x, double alpha, double) { return x * Sigmoid(alpha * x); });
}

// The default constants changed in version 6: 1.6732 and 1.0507 before.
Values SeluWith(const Call& call, double alpha, double gamma) {
  gamma = call.Float("gamma", gamma);
  return WithParameters(call, {alpha, 0}, [gamma](double x, double alpha, double) {
    return gamma * (x > 0 ? x : alpha * std::expm1(x));
  });
}

Values Selu1(const Call& call) { return SeluWith(call, 1.6732F, 1.0507F); }
Values Selu6(const Call& call) {
  return SeluWith(call, 1.67326319217681884765625F, 1.05070102214813232421875F);
}

Values Gelu(const Call& call) {
  const bool by_tanh = call.String("approximate", "none") == "tanh";
  return WithParameters(call, {0, 0}, [by_tanh](double x, double, double) {
    if (!by_tanh) return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
    return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
  });
}

Values Shrink(const Call& call) {
  const double bias = call.Float("bias", 0);
  const double lambda = call.Float("lambd", 0.5);
  Tensor y = call.tensor(0);
  const auto shrink = [&](double x) {
    if (x < -lambda) return x + bias;
    return x > lambda ? x - bias : 0;
  };
  if (y.HoldsReals()) {
    for (double& v : y.reals()) v = shrink(v);
  } else {
    for (Integer& v : y.integers()) v = static_cast<Integer>(shrink(static_cast<double>(v)));
  }
  return Single(std::move(y));
}

// A bool for each element.
template <typename Predicate>
Values Test(const Call& call, Predicate predicate) {
  const Tensor& x = call.tensor(0);
  Tensor y(Dtype::kBool, x.dims());
  for (int64_t i = 0; i < x.count(); ++i) y.integers()[i] = predicate(x.reals()[i]) ? 1 : 0;
  return Single(std::move(y));
}

Values IsNan(const Call& call) {
  return Test(call, [](double x) { return std::isnan(x); });
}

Values IsInf(const Call& call) {
  const bool positive = call.Flag("detect_positive", true);
  const bool negative = call.Flag("detect_negative", true);
  return Test(call, [&](double x) { return std::isinf(x) && (x > 0 ? positive : negative); });
}

}  // namespace

absl::Span<const Operator> UnaryOperators() {
  static constexpr Operator kOperators[] = {
      {"", "Abs", 1, OfNumbers<std::fabs, IntegerAbs>},
      {"", "Acos", 7, OfReals<std::acos>},
      {"", "Acosh", 9, OfReals<std::acosh>},
      {"", "Asin", 7, OfReals<std::asin>},
      {"", "Asinh", 9, OfReals<std::asinh>},
      {"", "Atan", 7, OfReals<std::atan>},
      {"", "Atanh", 9, OfReals<std::atanh>},
      {"", "Ceil", 1, OfReals<std::ceil>},
      {"", "Celu", 12, Celu},
      {"", "Cos", 7, OfReals<std::cos>},
      {"", "Cosh", 9, OfReals<std::cosh>},
      {"", "Elu", 1, Elu},
      {"", "Erf", 9, OfReals<std::erf>},
      {"", "Exp", 1, OfReals<std::exp>},
      {"", "Floor", 1, OfReals<std::floor>},
      {"", "Gelu", 20, Gelu},
      {"", "HardSigmoid", 1, HardSigmoid},
      {"", "HardSwish", 14, OfReals<HardSwish>},
      {"", "IsInf", 10, IsInf},
      {"", "IsNaN", 9, IsNan},
      {"", "LeakyRelu", 1, LeakyRelu},
      {"", "Log", 1, OfReals<std::log>},
      {"", "Mish", 18, OfReals<Mish>},
      {"", "Neg", 1, OfNumbers<Negative, IntegerNegative>},
      {"", "Reciprocal", 1, OfReals<Reciprocal>},
      {"", "Relu", 1, OfNumbers<Relu, IntegerRelu>},
      {"", "Round", 11, OfReals<std::nearbyint>},
      {"", "Selu", 1, Selu1},
      {"", "Selu", 6, Selu6},
      {"", "Shrink", 9, Shrink},
      {"", "Sigmoid", 1, OfReals<Sigmoid>},
      {"", "Sign", 9, OfNumbers<Sign, IntegerSign>},
      {"", "Sin", 7, OfReals<std::sin>},
      {"", "Sinh", 9, OfReals<std::sinh>},
      {"", "Softplus", 1, OfReals<Softplus>},
      {"", "Softsign", 1, OfReals<Softsign>},
      {"", "Sqrt", 1, OfReals<std::sqrt>},
      {"", "Swish", 24, Swish},
      {"", "Tan", 7, OfReals<std::tan>},
      {"", "Tanh", 1, OfReals<std::tanh>},
      {"", "ThresholdedRelu", 1, ThresholdedRelu},
  };
  return kOperators;
}

}  // namespace sinter::reference
