// Signal processing: Fourier transforms, windows, the mel scale.
#include <cmath>
#include <complex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/convert.h"
#include "reference/ops/categories.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;
using Signal = std::vector<std::complex<double>>;

// The transform by its definition; the inverse is divided by the length.
Signal Transformed(const Signal& x, bool inverse) {
  const auto n = static_cast<int64_t>(x.size());
  Signal y(x.size());
  for (int64_t k = 0; k < n; ++k) {
    for (int64_t i = 0; i < n; ++i) {
      // The product modulo n: angles stay small and exact.
      const double angle = 2 * M_PI * static_cast<double>(k * i % n) / static_cast<double>(n);
      y[k] += x[i] * std::polar(1.0, inverse ? angle : -angle);
    }
    if (inverse) y[k] /= static_cast<double>(n);
  }
  return y;
}

// Tensors of signals have the parts (1 of a real signal, 2 of a complex one) in their last axis.
std::complex<double> PartsAt(const Tensor& x, int64_t element) {
  const int64_t parts = x.dims().back();
  const double imaginary = parts == 2 ? x.reals()[element * parts + 1] : 0;
  return {x.reals()[element * parts], imaginary};
}

struct Transform {
  int64_t axis;
  int64_t length;
  bool inverse;
  bool onesided;
};

// The other half of the spectrum of a real signal mirrors the first.
void Mirror(Signal& spectrum, int64_t known) {
  const auto n = static_cast<int64_t>(spectrum.size());
  for (int64_t k = known; k < n; ++k) spectrum[k] = std::conj(spectrum[n - k]);
}

Values Dft(const Tensor& x, const Transform& how) {
  const bool to_real = how.inverse && how.onesided;
  Dims dims = x.dims();
  const int64_t size = dims[how.axis];
  dims[how.axis] = how.onesided && !how.inverse ? how.length / 2 + 1 : how.length;
  dims.back() = to_real ? 1 : 2;
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  Tensor y(x.dtype(), dims);
  const int64_t inner = CountOf(dims, how.axis + 1, x.rank() - 1);
  const int64_t outer = CountOf(dims, 0, how.axis);
  for (int64_t line = 0; line < outer * inner; ++line) {
    Signal signal(how.length);
    for (int64_t i = 0; i < std::min(size, how.length); ++i) {
      signal[i] = PartsAt(x, (line / inner * size + i) * inner + line % inner);
    }
    if (to_real) Mirror(signal, std::min(how.length / 2 + 1, how.length));
    const Signal result = Transformed(signal, how.inverse);
    for (int64_t i = 0; i < dims[how.axis]; ++i) {
      const int64_t at = ((line / inner * dims[how.axis] + i) * inner + line % inner) * dims.back();
      y.reals()[at] = result[i].real();
      if (!to_real) y.reals()[at + 1] = result[i].imag();
    }
  }
  return Single(std::move(y));
}

absl::StatusOr<int64_t> ScalarInput(const Call& call, int input, int64_t otherwise) {
  if (!call.Has(input)) return otherwise;
  if (call.tensor(input).count() != 1) {
    return absl::InvalidArgumentError(absl::StrCat("input ", input, " must be a scalar"));
  }
  return call.tensor(input).ToInts()[0];
}

// The axis is an attribute in version 17 and an input later.
Values DftOp(const Call& call) {
  const Tensor& x = call.tensor(0);
  if (x.rank() < 2 || (x.dims().back() != 1 && x.dims().back() != 2)) {
    return absl::InvalidArgumentError("the last axis must have size 1 or 2");
  }
  Transform how{};
  SINTER_ASSIGN_OR_RETURN(const int64_t axis, ScalarInput(call, 2, -2));
  SINTER_ASSIGN_OR_RETURN(how.axis,
                          NormalAxis(call.version() < 20 ? call.Int("axis", 1) : axis, x.rank()));
  if (how.axis == x.rank() - 1) return absl::InvalidArgumentError("the last axis is no signal");
  how.inverse = call.Flag("inverse");
  how.onesided = call.Flag("onesided");
  const int64_t size = x.dims()[how.axis];
  SINTER_ASSIGN_OR_RETURN(
      how.length, ScalarInput(call, 1, how.inverse && how.onesided ? 2 * (size - 1) : size));
  if (how.length <= 0) return absl::InvalidArgumentError("the length must be positive");
  if (how.onesided && !how.inverse && x.dims().back() == 2) {
    return absl::InvalidArgumentError("only a real signal has a one-sided spectrum");
  }
  return Dft(x, how);
}

Values Stft(const Call& call) {
  const Tensor& x = call.tensor(0);
  const Tensor* window = call.optional_tensor(2);
  if (x.rank() != 3 || (x.dims()[2] != 1 && x.dims()[2] != 2)) {
    return absl::InvalidArgumentError("the signal must have shape [batch, length, 1 or 2]");
  }
  const int64_t length = x.dims()[1];
  SINTER_ASSIGN_OR_RETURN(const int64_t step, ScalarInput(call, 1, 0));
  SINTER_ASSIGN_OR_RETURN(const int64_t frame,
                          ScalarInput(call, 3, window == nullptr ? length : window->count()));
  if (step <= 0 || frame <= 0 || frame > length ||
      (window != nullptr && window->dims() != Dims{frame})) {
    return absl::InvalidArgumentError("step, frame or window don't fit the signal");
  }
  const bool onesided = call.Flag("onesided", true);
  if (onesided && x.dims()[2] == 2) {
    return absl::InvalidArgumentError("only a real signal has a one-sided spectrum");
  }
  const int64_t frames = (length - frame) / step + 1;
  const int64_t bins = onesided ? frame / 2 + 1 : frame;
  Tensor y(x.dtype(), {x.dims()[0], frames, bins, 2});
  for (int64_t i = 0; i < x.dims()[0] * frames; ++i) {
    Signal signal(frame);
    for (int64_t t = 0; t < frame; ++t) {
      signal[t] = PartsAt(x, i / frames * length + i % frames * step + t);
      if (window != nullptr) signal[t] *= window->reals()[t];
    }
    const Signal spectrum = Transformed(signal, false);
    for (int64_t k = 0; k < bins; ++k) {
      y.reals()[(i * bins + k) * 2] = spectrum[k].real();
      y.reals()[(i * bins + k) * 2 + 1] = spectrum[k].imag();
    }
  }
  return Single(std::move(y));
}

// a0 - a1 cos(t) + a2 cos(2 t), over a period of the window's length, or one less.
Values CosineWindow(const Call& call, double a0, double a1, double a2) {
  SINTER_ASSIGN_OR_RETURN(const int64_t size, ScalarInput(call, 0, 0));
  SINTER_ASSIGN_OR_RETURN(const Dtype dtype, DtypeFromNumber(call.Int("output_datatype", 1)));
  SINTER_RETURN_IF_ERROR(CheckElementCount({size}));
  const int64_t period = call.Flag("periodic", true) ? size : size - 1;
  Tensor y(Dtype::kFloat64, {size});
  for (int64_t i = 0; i < size; ++i) {
    const double t =
        period == 0 ? M_PI : 2 * M_PI * static_cast<double>(i) / static_cast<double>(period);
    y.reals()[i] = a0 - a1 * std::cos(t) + a2 * std::cos(2 * t);
  }
  return Single(ConvertNumbers(y, dtype));
}

Values HannWindow(const Call& call) { return CosineWindow(call, 0.5, 0.5, 0); }
Values HammingWindow(const Call& call) { return CosineWindow(call, 25.0 / 46, 1 - 25.0 / 46, 0); }
Values BlackmanWindow(const Call& call) { return CosineWindow(call, 0.42, 0.5, 0.08); }

double ToMel(double hertz) { return 2595 * std::log10(1 + hertz / 700); }
double FromMel(double mel) { return 700 * (std::pow(10, mel / 2595) - 1); }

// Triangles over the bins of a spectrum, with their corners evenly spread over the mel scale.
Values MelWeightMatrix(const Call& call) {
  for (int i = 0; i < 5; ++i) {
    if (call.tensor(i).count() != 1) return absl::InvalidArgumentError("inputs must be scalars");
  }
  const int64_t bands = call.tensor(0).ToInts()[0];
  const int64_t length = call.tensor(1).ToInts()[0];
  const double rate = call.tensor(2).RealAt(0);
  SINTER_ASSIGN_OR_RETURN(const Dtype dtype, DtypeFromNumber(call.Int("output_datatype", 1)));
  const Dims dims = {length / 2 + 1, bands};
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  const double low = ToMel(call.tensor(3).RealAt(0));
  const double step = (ToMel(call.tensor(4).RealAt(0)) - low) / static_cast<double>(bands + 2);
  std::vector<int64_t> corners;
  for (int64_t i = 0; i < bands + 2; ++i) {
    const double hertz = FromMel(low + static_cast<double>(i) * step);
    corners.push_back(
        static_cast<int64_t>(std::floor(static_cast<double>(length + 1) * hertz / rate)));
  }
  if (corners.front() < 0 || corners.back() > dims[0]) {
    return absl::InvalidArgumentError("the edges are not within the spectrum");
  }
  Tensor y(Dtype::kFloat64, dims);
  for (int64_t band = 0; band < bands; ++band) {
    const int64_t left = corners[band];
    const int64_t center = corners[band + 1];
    const int64_t right = corners[band + 2];
    if (left == center) y.reals()[center * bands + band] = 1;
    for (int64_t bin = left; left < center && bin <= center; ++bin) {
      y.reals()[bin * bands + band] =
          static_cast<double>(bin - left) / static_cast<double>(center - left);
    }
    for (int64_t bin = center; bin < right; ++bin) {
      y.reals()[bin * bands + band] =
          static_cast<double>(right - bin) / static_cast<double>(right - center);
    }
  }
  return Single(ConvertNumbers(y, dtype));
}

}  // namespace

absl::Span<const Operator> SignalOperators() {
  static constexpr Operator kOperators[] = {
      {"", "BlackmanWindow", 17, BlackmanWindow},   {"", "DFT", 17, DftOp},
      {"", "HammingWindow", 17, HammingWindow},     {"", "HannWindow", 17, HannWindow},
      {"", "MelWeightMatrix", 17, MelWeightMatrix}, {"", "STFT", 17, Stft},
  };
  return kOperators;
}

}  // namespace sinter::reference
