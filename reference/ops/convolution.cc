#include "reference/ops/convolution.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/convert.h"
#include "reference/ops/convolve.h"
#include "reference/ops/window.h"

namespace sinter::reference {

absl::StatusOr<WindowGeometry> ReadWindow(const Call& call, const Dims& spatial, const Dims& kernel,
                                          bool ceil_mode) {
  if (ceil_mode != call.Flag("ceil_mode")) {
    return absl::InvalidArgumentError("`ceil_mode` is not for this op");
  }
  SINTER_ASSIGN_OR_RETURN(const Window window, ReadWindow(call, spatial, kernel));
  return WindowGeometry{window.kernel, window.strides, window.dilations, window.before,
                        window.output};
}

absl::StatusOr<Tensor> Convolved(const Call& call, const Tensor& x, const Tensor& w) {
  return Convolve(call, ConvertNumbers(x, Dtype::kFloat64), ConvertNumbers(w, Dtype::kFloat64),
                  Dtype::kFloat64);
}

absl::Status AddChannelBias(const Tensor* bias, Tensor& y) {
  if (bias == nullptr) return absl::OkStatus();
  if (bias->dims() != Dims{y.dims()[1]}) {
    return absl::InvalidArgumentError(absl::StrCat("a bias of shape ", Text(bias->dims()),
                                                   " does not fit ", y.dims()[1], " channels"));
  }
  const int64_t plane = CountOf(y.dims(), 2, y.rank());
  for (int64_t i = 0; i < y.count(); ++i) y.reals()[i] += bias->RealAt(i / plane % bias->count());
  return absl::OkStatus();
}

}  // namespace sinter::reference
