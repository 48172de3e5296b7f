#include "reference/ops/quantized_math.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/broadcast.h"
#include "reference/small_types.h"

namespace sinter::reference {

absl::StatusOr<Tensor> SpreadParameter(const Tensor& parameter, const Dims& dims, int64_t axis) {
  const Tensor reals = AsReals(parameter);
  if (parameter.count() == 1) return reals.Reshaped({});
  const auto rank = static_cast<int64_t>(dims.size());
  if (parameter.rank() == 1 && axis >= 0 && axis < rank && parameter.count() == dims[axis]) {
    Dims spread(rank, 1);
    spread[axis] = dims[axis];
    return reals.Reshaped(std::move(spread));
  }
  bool fits = parameter.rank() == rank && rank > 1;
  for (int64_t i = 0; fits && i < rank; ++i)
    fits = parameter.dims()[i] == 1 || parameter.dims()[i] == dims[i];
  if (fits) return reals;
  return absl::InvalidArgumentError(absl::StrCat("a scale or zero point of the shape ",
                                                 Text(parameter.dims()),
                                                 " does not fit a tensor of ", Text(dims)));
}

absl::StatusOr<Tensor> Centered(const Tensor& q, const Tensor* zero, int64_t axis) {
  Tensor reals = AsReals(q);
  if (zero == nullptr) return reals;
  SINTER_ASSIGN_OR_RETURN(const Tensor spread, SpreadParameter(*zero, q.dims(), axis));
  reals.reals() = Zip<double>(reals.reals(), q.dims(), spread.reals(), spread.dims(), q.dims(),
                              [](double x, double z) { return x - z; });
  return reals;
}

absl::StatusOr<Tensor> Dequantized(const Tensor& q, const Tensor& scale, const Tensor* zero,
                                   int64_t axis) {
  SINTER_ASSIGN_OR_RETURN(Tensor reals, Centered(q, zero, axis));
  SINTER_ASSIGN_OR_RETURN(const Tensor spread, SpreadParameter(scale, q.dims(), axis));
  reals.reals() = Zip<double>(reals.reals(), q.dims(), spread.reals(), spread.dims(), q.dims(),
                              [](double x, double s) { return x * s; });
  return reals;
}

double QuantizedTo(Dtype dtype, double scaled, double zero) {
  if (IsFloat(dtype)) return RoundTo(dtype, scaled + zero, Overflow::kSaturate);
  const double moved = std::nearbyint(scaled) + zero;
  const auto least = static_cast<double>(LowestInteger(dtype)),
             largest = static_cast<double>(LargestInteger(dtype));
  // NaN becomes the least.
  return std::fmin(std::fmax(moved, least), largest);
}

absl::StatusOr<double> ScalarAt(const Call& call, int input) {
  if (!call.Has(input))
    return absl::InvalidArgumentError(absl::StrCat("input ", input, " is missing"));
  const Tensor& tensor = call.tensor(input);
  if (tensor.count() == 1) return tensor.RealAt(0);
  return absl::InvalidArgumentError(absl::StrCat("input ", input, " has the shape ",
                                                 Text(tensor.dims()), "; it has to be one number"));
}

absl::StatusOr<double> ScalarOrZero(const Call& call, int input) {
  if (!call.Has(input)) return 0.0;
  return ScalarAt(call, input);
}

Tensor FromReals(Dtype dtype, Dims dims, const std::vector<double>& values) {
  Tensor tensor(dtype, std::move(dims));
  for (size_t i = 0; i < values.size(); ++i) {
    if (tensor.HoldsReals()) {
      tensor.reals()[i] = values[i];
    } else {
      tensor.integers()[i] = static_cast<Integer>(values[i]);
    }
  }
  return tensor;
}

Tensor AsReals(const Tensor& tensor) {
  Tensor reals(Dtype::kFloat64, tensor.dims());
  for (int64_t i = 0; i < tensor.count(); ++i) reals.reals()[i] = tensor.RealAt(i);
  return reals;
}

absl::Status AddChannelBias(const Tensor* bias, Tensor& y) {
  if (bias == nullptr) return absl::OkStatus();
  if (bias->dims() != Dims{y.dims()[1]}) {
    return absl::InvalidArgumentError(absl::StrCat("a bias of ", Text(bias->dims())));
  }
  const int64_t inner = CountOf(y.dims(), 2, y.rank());
  for (int64_t i = 0; i < y.count(); ++i) y.reals()[i] += bias->RealAt(i / inner % bias->count());
  return absl::OkStatus();
}

DynamicallyQuantized QuantizeDynamically(const Tensor& x) {
  // The range always has zero in it, so that zero is exact.
  float least = 0, largest = 0;
  for (const double value : x.reals()) {
    least = std::min(least, static_cast<float>(value));
    largest = std::max(largest, static_cast<float>(value));
  }
  const float scale = largest == least ? 1.0f : (largest - least) / 255.0f;
  const float zero = std::nearbyint(std::fmin(std::fmax(0.0f - least / scale, 0.0f), 255.0f));
  DynamicallyQuantized result = {Tensor(Dtype::kUint8, x.dims()), scale, static_cast<int>(zero)};
  for (int64_t i = 0; i < x.count(); ++i) {
    const float scaled = static_cast<float>(x.reals()[i]) / scale;
    result.q.integers()[i] = static_cast<Integer>(QuantizedTo(Dtype::kUint8, scaled, zero));
  }
  return result;
}

}  // namespace sinter::reference
