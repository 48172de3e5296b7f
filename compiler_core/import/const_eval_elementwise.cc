// Arithmetic on constants.
#include <algorithm>
#include <cmath>

#include "compiler_core/import/const_eval.h"
#include "compiler_core/import/elements.h"

namespace sinter::import {
namespace {

using ir::DType;
using ir::HostTensor;

// Integers wrap, as compiled code's do.
int64_t Wrap(uint64_t value) { return static_cast<int64_t>(value); }

struct UnaryRow {
  absl::string_view op;
  double (*real)(double);
  int64_t (*integer)(int64_t);  // null: not for integers
};

double Erf(double x) { return std::erf(x); }
double Relu(double x) { return x < 0 ? 0 : x; }
double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double SignOf(double x) { return (x > 0) - (x < 0); }

constexpr UnaryRow kUnary[] = {
    {"Abs", [](double x) { return std::fabs(x); },
     [](int64_t x) { return x < 0 ? Wrap(-static_cast<uint64_t>(x)) : x; }},
    {"Ceil", [](double x) { return std::ceil(x); }, nullptr},
    {"Cos", [](double x) { return std::cos(x); }, nullptr},
    {"Erf", Erf, nullptr},
    {"Exp", [](double x) { return std::exp(x); }, nullptr},
    {"Floor", [](double x) { return std::floor(x); }, nullptr},
    {"Log", [](double x) { return std::log(x); }, nullptr},
    {"Neg", [](double x) { return -x; }, [](int64_t x) { return Wrap(-static_cast<uint64_t>(x)); }},
    {"Not", nullptr, [](int64_t x) { return int64_t{x == 0}; }},
    {"Reciprocal", [](double x) { return 1 / x; }, nullptr},
    {"Relu", Relu, [](int64_t x) { return std::max<int64_t>(x, 0); }},
    {"Round", [](double x) { return std::nearbyint(x); }, nullptr},
    {"Sigmoid", Sigmoid, nullptr},
    {"Sign", SignOf, [](int64_t x) { return static_cast<int64_t>(x > 0) - (x < 0); }},
    {"Sin", [](double x) { return std::sin(x); }, nullptr},
    {"Sqrt", [](double x) { return std::sqrt(x); }, nullptr},
    {"Tanh", [](double x) { return std::tanh(x); }, nullptr},
};

struct BinaryRow {
  absl::string_view op;
  double (*real)(double, double);
  int64_t (*integer)(int64_t, int64_t);
};

int64_t DivInt(int64_t a, int64_t b) {
  if (b == -1) return Wrap(-static_cast<uint64_t>(a));
  return b == 0 ? 0 : a / b;
}
// With the sign of the divisor.
int64_t ModInt(int64_t a, int64_t b) {
  if (b == 0 || b == -1) return 0;
  const int64_t remainder = a % b;
  return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}
int64_t PowInt(int64_t base, int64_t exponent) {
  if (exponent < 0) return base == 1 ? 1 : 0;
  uint64_t result = 1, factor = static_cast<uint64_t>(base);
  for (; exponent > 0; exponent >>= 1, factor *= factor) {
    if (exponent & 1) result *= factor;
  }
  return Wrap(result);
}

template <typename T>
T MaxOf(T a, T b) {
  return std::isnan(static_cast<double>(a)) || a > b ? a : b;
}
template <typename T>
T MinOf(T a, T b) {
  return std::isnan(static_cast<double>(a)) || a < b ? a : b;
}

using UInt = uint64_t;
constexpr BinaryRow kBinary[] = {
    {"Add", [](double a, double b) { return a + b; },
     [](int64_t a, int64_t b) { return Wrap(UInt(a) + UInt(b)); }},
    {"And", nullptr, [](int64_t a, int64_t b) { return int64_t{a != 0 && b != 0}; }},
    {"Div", [](double a, double b) { return a / b; }, DivInt},
    {"Equal", [](double a, double b) { return a == b ? 1.0 : 0.0; },
     [](int64_t a, int64_t b) { return int64_t{a == b}; }},
    {"Greater", [](double a, double b) { return a > b ? 1.0 : 0.0; },
     [](int64_t a, int64_t b) { return int64_t{a > b}; }},
    {"GreaterOrEqual", [](double a, double b) { return a >= b ? 1.0 : 0.0; },
     [](int64_t a, int64_t b) { return int64_t{a >= b}; }},
    {"Less", [](double a, double b) { return a < b ? 1.0 : 0.0; },
     [](int64_t a, int64_t b) { return int64_t{a < b}; }},
    {"LessOrEqual", [](double a, double b) { return a <= b ? 1.0 : 0.0; },
     [](int64_t a, int64_t b) { return int64_t{a <= b}; }},
    {"Max", MaxOf<double>, MaxOf<int64_t>},
    {"Min", MinOf<double>, MinOf<int64_t>},
    {"Mod", nullptr, ModInt},
    {"Mul", [](double a, double b) { return a * b; },
     [](int64_t a, int64_t b) { return Wrap(UInt(a) * UInt(b)); }},
    {"Or", nullptr, [](int64_t a, int64_t b) { return int64_t{a != 0 || b != 0}; }},
    {"Pow", [](double a, double b) { return std::pow(a, b); }, PowInt},
    {"Sub", [](double a, double b) { return a - b; },
     [](int64_t a, int64_t b) { return Wrap(UInt(a) - UInt(b)); }},
    {"Sum", [](double a, double b) { return a + b; }, nullptr},
    {"Xor", nullptr, [](int64_t a, int64_t b) { return int64_t{(a != 0) != (b != 0)}; }},
};

// uint64 does not fit the int64 that these evaluate in.
bool IsExactInt(DType dtype) {
  return dtype == DType::kBool || (IsInteger(dtype) && dtype != DType::kUInt64);
}

Evaluation EvaluateUnary(const UnaryRow& row, const EvalNode& e) {
  const HostTensor& in = e.In(0);
  TensorWriter writer(e.OutType(), in.dims());
  if (IsFloat(in.dtype()) && row.real != nullptr) {
    for (int64_t i = 0; i < writer.size(); ++i) writer.SetDouble(i, row.real(in.AsDouble(i)));
  } else if (IsExactInt(in.dtype()) && row.integer != nullptr) {
    for (int64_t i = 0; i < writer.size(); ++i) writer.SetInt(i, row.integer(in.AsInt(i)));
  } else {
    return std::nullopt;
  }
  return std::vector<HostTensor>{writer.Take()};
}

Evaluation Combine(const BinaryRow& row, const HostTensor& x, const HostTensor& y, DType out,
                   const std::vector<int64_t>& dims) {
  const HostTensor a = x.BroadcastTo(dims), b = y.BroadcastTo(dims);
  TensorWriter writer(out, dims);
  const bool real = IsFloat(a.dtype()) || IsFloat(b.dtype());
  if (real && row.real != nullptr) {
    for (int64_t i = 0; i < writer.size(); ++i) {
      writer.SetDouble(i, row.real(a.AsDouble(i), b.AsDouble(i)));
    }
  } else if (!real && IsExactInt(a.dtype()) && IsExactInt(b.dtype()) && row.integer != nullptr) {
    for (int64_t i = 0; i < writer.size(); ++i)
      writer.SetInt(i, row.integer(a.AsInt(i), b.AsInt(i)));
  } else {
    return std::nullopt;
  }
  return std::vector<HostTensor>{writer.Take()};
}

// Ops of two inputs; Max, Min and Sum of any number go from left to right.
Evaluation EvaluateBinary(const BinaryRow& row, const EvalNode& e) {
  if (e.node.Int("fmod", 0) != 0) return std::nullopt;
  const std::vector<int64_t> dims = e.OutDims();
  if (e.node.num_inputs() == 1) return std::vector<HostTensor>{e.In(0)};
  HostTensor sum = e.In(0);
  for (int i = 1; i < e.node.num_inputs(); ++i) {
    Evaluation next = Combine(row, sum, e.In(i), e.OutType(), dims);
    if (!next) return std::nullopt;
    sum = std::move(next->front());
  }
  return std::vector<HostTensor>{sum};
}

}  // namespace

Evaluation EvaluateElementwise(absl::string_view op, const EvalNode& node) {
  for (const UnaryRow& row : kUnary) {
    if (row.op == op) return EvaluateUnary(row, node);
  }
  for (const BinaryRow& row : kBinary) {
    if (row.op == op) return EvaluateBinary(row, node);
  }
  return std::nullopt;
}

}  // namespace sinter::import
