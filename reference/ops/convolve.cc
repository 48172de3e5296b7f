#include "reference/ops/convolve.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/product.h"
#include "reference/ops/window.h"

namespace sinter::reference {
namespace {

struct Channels {
  int64_t batch;
  int64_t in;
  int64_t out;
  int64_t group;
};

// Adds to each output channel what each input channel of its group contributes, kernel element by
// kernel element; places where that element lies on padding get nothing.
template <typename T>
void Accumulate(const std::vector<T>& x, const std::vector<T>& w, const Channels& channels,
                const Window& window, std::vector<T>& y) {
  const auto offsets = WindowOffsets(window);
  const int64_t x_plane = CountOf(window.input);
  const int64_t y_plane = CountOf(window.output);
  const auto taps = static_cast<int64_t>(offsets.size());
  const int64_t in_each = channels.in / channels.group;
  const int64_t out_each = channels.out / channels.group;
  for (int64_t n = 0; n < channels.batch; ++n) {
    for (int64_t m = 0; m < channels.out; ++m) {
      T* to = y.data() + (n * channels.out + m) * y_plane;
      for (int64_t c = 0; c < in_each; ++c) {
        const T* from = x.data() + (n * channels.in + m / out_each * in_each + c) * x_plane;
        for (int64_t k = 0; k < taps; ++k) {
          const T weight = w[(m * in_each + c) * taps + k];
          const int64_t* places = offsets[k].data();
          for (int64_t o = 0; o < y_plane; ++o) {
            if (places[o] >= 0) to[o] = Sum(to[o], Product(weight, from[places[o]]));
          }
        }
      }
    }
  }
}

}  // namespace

absl::StatusOr<Tensor> Convolve(const Call& call, const Tensor& x, const Tensor& w, Dtype result) {
  const int64_t group = call.Int("group", 1);
  if (x.rank() < 2 || x.rank() != w.rank() || group <= 0 || x.dims()[1] != w.dims()[1] * group ||
      w.dims()[0] % group != 0) {
    return absl::InvalidArgumentError(absl::StrCat("weights of shape ", Text(w.dims()), " in ",
                                                   group, " groups don't fit an input of shape ",
                                                   Text(x.dims())));
  }
  SINTER_ASSIGN_OR_RETURN(const Window window,
                          ReadWindow(call, Dims(x.dims().begin() + 2, x.dims().end()),
                                     Dims(w.dims().begin() + 2, w.dims().end())));
  const Channels channels{x.dims()[0], x.dims()[1], w.dims()[0], group};
  Dims dims = {channels.batch, channels.out};
  dims.insert(dims.end(), window.output.begin(), window.output.end());
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  Tensor y(result, dims);
  if (y.HoldsReals()) {
    Accumulate(x.reals(), w.reals(), channels, window, y.reals());
  } else {
    Accumulate(x.integers(), w.integers(), channels, window, y.integers());
  }
  return y;
}

}  // namespace sinter::reference
