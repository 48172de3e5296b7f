// com.microsoft's element-wise operators, pools and conversions on quantized tensors. Each is the
// float operator between a dequantization and a quantization.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/broadcast.h"
#include "reference/ops/categories.h"
#include "reference/ops/contrib_checks.h"
#include "reference/ops/pick.h"
#include "reference/ops/quantized_math.h"
#include "reference/ops/stacking.h"
#include "reference/ops/window.h"

namespace sinter::reference {
namespace {

// Scale and zero point in two neighbouring inputs, the latter optional.
struct Linear {
  float scale = 1;
  double zero = 0;
};

absl::StatusOr<Linear> ReadLinear(const Call& call, int scale_input) {
  Linear linear;
  SINTER_ASSIGN_OR_RETURN(const double scale, ScalarAt(call, scale_input));
  SINTER_ASSIGN_OR_RETURN(linear.zero, ScalarOrZero(call, scale_input + 1));
  linear.scale = static_cast<float>(scale);
  return linear;
}

absl::Status CheckBytes(const Tensor& tensor) {
  if (tensor.dtype() == Dtype::kUint8 || tensor.dtype() == Dtype::kInt8) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("a quantized tensor of ", Name(tensor.dtype()), "; it is uint8 or int8"));
}

// Elements as reals, exact but for the inputs' own precision.
std::vector<double> Reals(const Tensor& q, const Linear& linear) {
  std::vector<double> reals;
  for (int64_t i = 0; i < q.count(); ++i)
    reals.push_back((q.RealAt(i) - linear.zero) * linear.scale);
  return reals;
}

Tensor Quantized(Dtype dtype, Dims dims, std::vector<double> reals, const Linear& linear) {
  for (double& v : reals) v = QuantizedTo(dtype, static_cast<float>(v / linear.scale), linear.zero);
  return FromReals(dtype, std::move(dims), reals);
}

template <double (*function)(double, double)>
absl::StatusOr<std::vector<Value>> Binary(const Call& call) {
  SINTER_RETURN_IF_ERROR(CheckGiven(call, {3}));
  const Tensor& a = call.tensor(0);
  const Tensor& b = call.tensor(3);
  SINTER_RETURN_IF_ERROR(CheckBytes(a));
  SINTER_RETURN_IF_ERROR(CheckBytes(b));
  SINTER_ASSIGN_OR_RETURN(const Linear of_a, ReadLinear(call, 1));
  SINTER_ASSIGN_OR_RETURN(const Linear of_b, ReadLinear(call, 4));
  SINTER_ASSIGN_OR_RETURN(const Linear of_y, ReadLinear(call, 6));
  SINTER_ASSIGN_OR_RETURN(const Dims dims, BroadcastDims({a.dims(), b.dims()}));
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  std::vector<double> y =
      Zip<double>(Reals(a, of_a), a.dims(), Reals(b, of_b), b.dims(), dims, function);
  return Single(Quantized(a.dtype(), dims, std::move(y), of_y));
}

double Sum(double a, double b) { return a + b; }
double Product(double a, double b) { return a * b; }

absl::StatusOr<std::vector<Value>> Unary(const Call& call, double (*function)(double, double),
                                         double parameter) {
  const Tensor& x = call.tensor(0);
  SINTER_RETURN_IF_ERROR(CheckBytes(x));
  SINTER_ASSIGN_OR_RETURN(const Linear of_x, ReadLinear(call, 1));
  SINTER_ASSIGN_OR_RETURN(const Linear of_y, ReadLinear(call, 3));
  std::vector<double> y = Reals(x, of_x);
  for (double& v : y) v = function(v, parameter);
  return Single(Quantized(x.dtype(), x.dims(), std::move(y), of_y));
}

absl::StatusOr<std::vector<Value>> QLinearSigmoid(const Call& call) {
  return Unary(call, [](double x, double) { return 1 / (1 + std::exp(-x)); }, 0);
}

absl::StatusOr<std::vector<Value>> QLinearLeakyRelu(const Call& call) {
  return Unary(
      call, [](double x, double alpha) { return x >= 0 ? x : alpha * x; },
      call.Float("alpha", 0.01f));
}

// Over one axis from opset 13 of Softmax on, before that over all from `axis` on.
absl::StatusOr<std::vector<Value>> QLinearSoftmax(const Call& call) {
  const Tensor& x = call.tensor(0);
  SINTER_RETURN_IF_ERROR(CheckBytes(x));
  SINTER_ASSIGN_OR_RETURN(const Linear of_x, ReadLinear(call, 1));
  SINTER_ASSIGN_OR_RETURN(const Linear of_y, ReadLinear(call, 3));
  SINTER_ASSIGN_OR_RETURN(const int64_t axis, NormalAxis(call.Int("axis", -1), x.rank()));
  const bool one_axis = call.Int("opset", 0) >= 13;
  const int64_t size = one_axis ? x.dims()[axis] : CountOf(x.dims(), axis, x.rank());
  const int64_t step = one_axis ? CountOf(x.dims(), axis + 1, x.rank()) : 1;
  std::vector<double> y = Reals(x, of_x);
  for (int64_t row = 0; size > 0 && row < x.count() / size; ++row) {
    double* first = &y[row / step * size * step + row % step];
    double largest = first[0], sum = 0;
    for (int64_t i = 1; i < size; ++i) largest = std::fmax(largest, first[i * step]);
    for (int64_t i = 0; i < size; ++i) sum += first[i * step] = std::exp(first[i * step] - largest);
    for (int64_t i = 0; i < size; ++i) first[i * step] /= sum;
  }
  return Single(Quantized(x.dtype(), x.dims(), std::move(y), of_y));
}

absl::StatusOr<std::vector<Value>> QLinearConcat(const Call& call) {
  if (call.input_count() < 5 || (call.input_count() - 2) % 3 != 0)
    return absl::InvalidArgumentError(
        "the inputs are an output's scale and zero point, then triples");
  SINTER_ASSIGN_OR_RETURN(const Linear of_y, ReadLinear(call, 0));
  SINTER_RETURN_IF_ERROR(CheckGiven(call, {1}));
  SINTER_RETURN_IF_ERROR(CheckBytes(call.tensor(1)));
  const Dtype dtype = call.tensor(1).dtype();
  std::vector<Tensor> parts;
  for (int i = 2; i < call.input_count(); i += 3) {
    SINTER_RETURN_IF_ERROR(CheckGiven(call, {i}));
    SINTER_RETURN_IF_ERROR(CheckBytes(call.tensor(i)));
    SINTER_ASSIGN_OR_RETURN(const Linear of_x, ReadLinear(call, i + 1));
    parts.push_back(Quantized(dtype, call.tensor(i).dims(), Reals(call.tensor(i), of_x), of_y));
  }
  SINTER_ASSIGN_OR_RETURN(Tensor all, Concatenate(parts, call.Int("axis", 0)));
  return Single(std::move(all));
}

// The axes that bring the channels last to the front, and back.
Dims ChannelsFirst(int64_t rank) {
  Dims perm = {0, rank - 1};
  for (int64_t i = 1; i + 1 < rank; ++i) perm.push_back(i);
  return perm;
}
Dims ChannelsLast(int64_t rank) {
  Dims perm = {0};
  for (int64_t i = 2; i < rank; ++i) perm.push_back(i);
  perm.push_back(1);
  return perm;
}

// The average over each window of `x`, [batch, channel, spatial...]; `dims` becomes that of the
// result.
absl::StatusOr<std::vector<double>> Averages(const Call& call, const std::vector<double>& x,
                                             Dims& dims) {
  const Dims spatial(dims.begin() + 2, dims.end());
  const Dims kernel = call.Ints("kernel_shape");
  if (kernel.size() != spatial.size()) {
    return absl::InvalidArgumentError("`kernel_shape` does not fit the input");
  }
  SINTER_ASSIGN_OR_RETURN(const Window window, ReadWindow(call, spatial, kernel));
  const auto rank = static_cast<int64_t>(spatial.size());
  const bool include = call.Flag("count_include_pad");
  std::copy(window.output.begin(), window.output.end(), dims.begin() + 2);
  std::vector<double> y;
  for (IndexWalk out(dims); !out.done(); out.Next()) {
    const int64_t plane = out.index()[0] * dims[1] + out.index()[1];
    double sum = 0;
    int64_t count = 0;
    for (IndexWalk tap(kernel); !tap.done(); tap.Next()) {
      int64_t offset = plane;
      bool inside = true, padded = true;
      for (int64_t i = 0; i < rank; ++i) {
        const int64_t at = window.At(i, out.index()[i + 2], tap.index()[i]);
        inside = inside && at >= 0 && at < spatial[i];
        // A window that ceil_mode lets reach past the padding does not count what lies there.
        padded = padded && at < spatial[i] + window.after[i];
        offset = offset * spatial[i] + at;
      }
      if (inside) sum += x[offset];
      if (inside || (include && padded)) ++count;
    }
    y.push_back(sum / static_cast<double>(count));
  }
  return y;
}

absl::StatusOr<std::vector<Value>> Pooled(const Call& call, bool global) {
  const Tensor& given = call.tensor(0);
  SINTER_RETURN_IF_ERROR(CheckBytes(given));
  if (given.rank() < 3)
    return absl::InvalidArgumentError(absl::StrCat("an input of ", Text(given.dims())));
  const bool last = call.Flag("channels_last");
  const Tensor x = last ? Transposed(given, ChannelsFirst(given.rank())) : given;
  SINTER_ASSIGN_OR_RETURN(const Linear of_x, ReadLinear(call, 1));
  SINTER_ASSIGN_OR_RETURN(const Linear of_y, ReadLinear(call, 3));
  Dims dims = x.dims();
  std::vector<double> y;
  if (global) {
    const std::vector<double> reals = Reals(x, of_x);
    const int64_t area = CountOf(dims, 2, x.rank());
    std::fill(dims.begin() + 2, dims.end(), 1);
    y.resize(CountOf(dims), 0.0);
    for (size_t i = 0; i < reals.size(); ++i) y[i / area] += reals[i] / static_cast<double>(area);
  } else {
    SINTER_ASSIGN_OR_RETURN(y, Averages(call, Reals(x, of_x), dims));
  }
  const Tensor result = Quantized(x.dtype(), dims, std::move(y), of_y);
  return Single(last ? Transposed(result, ChannelsLast(result.rank())) : result);
}

absl::StatusOr<std::vector<Value>> QLinearAveragePool(const Call& call) {
  return Pooled(call, false);
}
absl::StatusOr<std::vector<Value>> QLinearGlobalAveragePool(const Call& call) {
  return Pooled(call, true);
}

// The axis of several scales; it has no default.
absl::StatusOr<int64_t> ScaleAxis(const Call& call) {
  if (call.tensor(1).count() == 1) return -1;
  if (!call.HasAttribute("axis"))
    return absl::InvalidArgumentError("several scales need an `axis`");
  return NormalAxis(call.Int("axis", 0), call.tensor(0).rank());
}

absl::StatusOr<std::vector<Value>> QuantizeLinear(const Call& call) {
  const Tensor& x = call.tensor(0);
  if (!x.HoldsReals()) return absl::InvalidArgumentError("the input has to be of a float");
  SINTER_ASSIGN_OR_RETURN(const int64_t axis, ScaleAxis(call));
  SINTER_ASSIGN_OR_RETURN(const Tensor scale, SpreadParameter(call.tensor(1), x.dims(), axis));
  const Dtype dtype = call.Has(2) ? call.tensor(2).dtype() : Dtype::kUint8;
  Tensor zero(Dtype::kFloat64, {});
  if (call.Has(2)) {
    SINTER_ASSIGN_OR_RETURN(zero, SpreadParameter(call.tensor(2), x.dims(), axis));
  }
  std::vector<double> y;
  IndexWalk walk(x.dims(), {BroadcastStrides(scale.dims(), x.dims()),
                            BroadcastStrides(zero.dims(), x.dims())});
  for (; !walk.done(); walk.Next()) {
    const float scaled = static_cast<float>(x.reals()[walk.count()]) /
                         static_cast<float>(scale.reals()[walk.offset(0)]);
    y.push_back(QuantizedTo(dtype, scaled, zero.reals()[walk.offset(1)]));
  }
  return Single(FromReals(dtype, x.dims(), y));
}

absl::StatusOr<std::vector<Value>> DequantizeLinear(const Call& call) {
  SINTER_RETURN_IF_ERROR(CheckFloats(call, {1}));
  SINTER_ASSIGN_OR_RETURN(const int64_t axis, ScaleAxis(call));
  SINTER_ASSIGN_OR_RETURN(
      const Tensor y, Dequantized(call.tensor(0), call.tensor(1), call.optional_tensor(2), axis));
  return Single(Tensor(call.tensor(1).dtype(), y.dims(), y.reals()));
}

}  // namespace

absl::Span<const Operator> ContribQLinearOperators() {
  static constexpr Operator kOperators[] = {
      {"com.microsoft", "DequantizeLinear", 1, OfNumbers<DequantizeLinear>, 2},
      {"com.microsoft", "QLinearAdd", 1, OfNumbers<Binary<Sum>>, 2},
      {"com.microsoft", "QLinearAveragePool", 1, OfNumbers<QLinearAveragePool>, 2},
      {"com.microsoft", "QLinearConcat", 1, OfNumbers<QLinearConcat>, 2},
      {"com.microsoft", "QLinearGlobalAveragePool", 1, OfNumbers<QLinearGlobalAveragePool>, 2},
      {"com.microsoft", "QLinearLeakyRelu", 1, OfNumbers<QLinearLeakyRelu>, 2},
      {"com.microsoft", "QLinearMul", 1, OfNumbers<Binary<Product>>, 2},
      {"com.microsoft", "QLinearSigmoid", 1, OfNumbers<QLinearSigmoid>, 2},
      {"com.microsoft", "QLinearSoftmax", 1, OfNumbers<QLinearSoftmax>, 2},
      {"com.microsoft", "QuantizeLinear", 1, OfNumbers<QuantizeLinear>, 2},
  };
  return kOperators;
}

}  // namespace sinter::reference
