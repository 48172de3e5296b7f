// com.microsoft's activations, with the bias that some add first.
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"
#include "reference/ops/contrib_checks.h"

namespace sinter::reference {
namespace {

double ExactGelu(double x) { return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0))); }

// By tanh, with the constants as ONNX Runtime has them.
double TanhGelu(double x) {
  return 0.5 * x * (1 + std::tanh(x * (0.035677408136300125 * x * x + 0.7978845608028654)));
}

absl::StatusOr<Tensor> CheckedInput(const Call& call) {
  SINTER_RETURN_IF_ERROR(CheckFloats(call, {0, 1}));
  return call.tensor(0);
}

// The input with the one-dimensional bias of input 1 added along the last axis, if it is given.
absl::StatusOr<Tensor> BiasedInput(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(Tensor x, CheckedInput(call));
  const Tensor* bias = call.optional_tensor(1);
  if (bias == nullptr) return x;
  if (bias->rank() != 1 || x.rank() == 0 || bias->dims()[0] != x.dims().back() ||
      bias->dtype() != x.dtype()) {
    return absl::InvalidArgumentError(absl::StrCat("a bias of ", Text(bias->dims()),
                                                   " does not fit an input of ", Text(x.dims())));
  }
  for (int64_t i = 0; i < x.count(); ++i) x.reals()[i] += bias->reals()[i % bias->count()];
  return x;
}

template <double (*function)(double)>
absl::StatusOr<std::vector<Value>> OfBiased(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(Tensor x, BiasedInput(call));
  for (double& v : x.reals()) v = function(v);
  return Single(std::move(x));
}

absl::StatusOr<std::vector<Value>> QuickGelu(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(Tensor x, CheckedInput(call));
  const double alpha = call.Float("alpha", 1.702f);
  for (double& v : x.reals()) v = v / (1 + std::exp(-alpha * v));
  return Single(std::move(x));
}

// The left half of the last axis times the activation of the right one.
absl::StatusOr<std::vector<Value>> BiasSplitGelu(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Tensor x, BiasedInput(call));
  if (x.rank() == 0 || x.dims().back() % 2 != 0)
    return absl::InvalidArgumentError(
        absl::StrCat("the last axis of ", Text(x.dims()), " has no halves"));
  Dims dims = x.dims();
  const int64_t half = dims.back() / 2;
  dims.back() = half;
  Tensor y(x.dtype(), std::move(dims));
  for (int64_t i = 0; i < y.count(); ++i) {
    const int64_t left = i / half * 2 * half + i % half;
    y.reals()[i] = x.reals()[left] * ExactGelu(x.reals()[left + half]);
  }
  return Single(std::move(y));
}

}  // namespace

absl::Span<const Operator> ContribActivationOperators() {
  static constexpr Operator kOperators[] = {
      {"com.microsoft", "BiasGelu", 1, OfBiased<ExactGelu>, 2},
      {"com.microsoft", "BiasSplitGelu", 1, BiasSplitGelu, 2},
      {"com.microsoft", "FastGelu", 1, OfBiased<TanhGelu>, 1},
      {"com.microsoft", "Gelu", 1, OfBiased<ExactGelu>, 1},
      {"com.microsoft", "QuickGelu", 1, QuickGelu, 1},
  };
  return kOperators;
}

}  // namespace sinter::reference
