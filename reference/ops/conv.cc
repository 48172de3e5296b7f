// Conv, ConvTranspose, DeformConv, Col2Im, CausalConvWithState.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"
#include "reference/ops/convolve.h"
#include "reference/ops/window.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;

// Adds one number to each channel (axis 1).
absl::Status AddBias(const Tensor& bias, Tensor& y) {
  if (bias.dims() != Dims{y.dims()[1]}) {
    return absl::InvalidArgumentError("there must be one bias for each output channel");
  }
  const int64_t plane = CountOf(y.dims(), 2, y.rank());
  for (int64_t i = 0; i < y.count(); ++i) y.reals()[i] += bias.reals()[i / plane % bias.count()];
  return absl::OkStatus();
}

Values Conv(const Call& call) {
  const Tensor& x = call.tensor(0);
  SINTER_ASSIGN_OR_RETURN(Tensor y, Convolve(call, x, call.tensor(1), x.dtype()));
  if (call.Has(2)) SINTER_RETURN_IF_ERROR(AddBias(call.tensor(2), y));
  return Single(std::move(y));
}

// The geometry of a transposed convolution is that of the convolution whose input is our output:
// the Window's `input` is what we write, its `output` what we read.
absl::StatusOr<Window> TransposedWindow(const Call& call, const Dims& from, const Dims& kernel) {
  const auto rank = static_cast<int64_t>(from.size());
  Window window;
  window.output = from;
  window.kernel = kernel;
  SINTER_ASSIGN_OR_RETURN(window.strides, ReadSteps(call, "strides", rank));
  SINTER_ASSIGN_OR_RETURN(window.dilations, ReadSteps(call, "dilations", rank));
  Dims extra = call.Ints("output_padding");
  Dims pads = call.Ints("pads");
  const Dims wanted = call.Ints("output_shape");
  if (extra.empty()) extra.assign(rank, 0);
  if (pads.empty()) pads.assign(2 * rank, 0);
  const std::string mode = call.String("auto_pad", "NOTSET");
  const bool same = mode == "SAME_UPPER" || mode == "SAME_LOWER";
  if (static_cast<int64_t>(extra.size()) != rank || static_cast<int64_t>(pads.size()) != 2 * rank ||
      (!wanted.empty() && static_cast<int64_t>(wanted.size()) != rank)) {
    return absl::InvalidArgumentError("pads or shape must have numbers for each spatial axis");
  }
  for (int64_t axis = 0; axis < rank; ++axis) {
    const int64_t full = (from[axis] - 1) * window.strides[axis] + extra[axis] + window.Reach(axis);
    if (wanted.empty() && !same) {
      const bool valid = mode == "VALID";
      window.before.push_back(valid ? 0 : pads[axis]);
      window.after.push_back(valid ? 0 : pads[axis + rank]);
      window.input.push_back(full - window.before[axis] - window.after[axis]);
      continue;
    }
    const int64_t size = wanted.empty() ? from[axis] * window.strides[axis] : wanted[axis];
    const int64_t total = std::max<int64_t>(0, full - size);
    window.input.push_back(size);
    window.before.push_back(mode == "SAME_UPPER" ? total / 2 : total - total / 2);
    window.after.push_back(total - window.before[axis]);
  }
  SINTER_RETURN_IF_ERROR(CheckElementCount(window.input));
  return window;
}

// Each element of the input adds its multiple of the kernel to the output.
Values ConvTranspose(const Call& call) {
  const Tensor& x = call.tensor(0);
  const Tensor& w = call.tensor(1);
  const int64_t group = call.Int("group", 1);
  if (x.rank() < 2 || x.rank() != w.rank() || group <= 0 || x.dims()[1] != w.dims()[0] ||
      x.dims()[1] % group != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "weights of shape ", Text(w.dims()), " don't fit an input of shape ", Text(x.dims())));
  }
  SINTER_ASSIGN_OR_RETURN(const Window window,
                          TransposedWindow(call, Dims(x.dims().begin() + 2, x.dims().end()),
                                           Dims(w.dims().begin() + 2, w.dims().end())));
  const int64_t in = x.dims()[1];
  const int64_t out_each = w.dims()[1];
  const int64_t out = out_each * group;
  Dims dims = {x.dims()[0], out};
  dims.insert(dims.end(), window.input.begin(), window.input.end());
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  Tensor y(x.dtype(), dims);
  const auto offsets = WindowOffsets(window);
  const auto taps = static_cast<int64_t>(offsets.size());
  const int64_t x_plane = CountOf(window.output);
  const int64_t y_plane = CountOf(window.input);
  for (int64_t i = 0; i < x.dims()[0] * in * out_each; ++i) {
    const int64_t n = i / out_each / in;
    const int64_t c = i / out_each % in;
    const int64_t m = c / (in / group) * out_each + i % out_each;
    const double* from = x.reals().data() + (n * in + c) * x_plane;
    double* to = y.reals().data() + (n * out + m) * y_plane;
    for (int64_t k = 0; k < taps; ++k) {
      const double weight = w.reals()[(c * out_each + i % out_each) * taps + k];
      for (int64_t o = 0; o < x_plane; ++o) {
        if (offsets[k][o] >= 0) to[offsets[k][o]] += weight * from[o];
      }
    }
  }
  if (call.Has(2)) SINTER_RETURN_IF_ERROR(AddBias(call.tensor(2), y));
  return Single(std::move(y));
}

// The value between the four elements around (row, column) of a plane; zero beyond its edges.
double Bilinear(const double* plane, int64_t height, int64_t width, double row, double column) {
  const double top = std::floor(row);
  const double left = std::floor(column);
  double sum = 0;
  for (int corner = 0; corner < 4; ++corner) {
    const double r = top + corner / 2;
    const double c = left + corner % 2;
    if (r < 0 || r >= static_cast<double>(height) || c < 0 || c >= static_cast<double>(width)) {
      continue;
    }
    const double weight = (1 - std::fabs(row - r)) * (1 - std::fabs(column - c));
    sum += weight * plane[static_cast<int64_t>(r) * width + static_cast<int64_t>(c)];
  }
  return sum;
}

struct Deformation {
  const Tensor& offset;  // [N, offset_group * taps * 2, out_h, out_w]
  const Tensor* mask;    // [N, offset_group * taps, out_h, out_w]
  int64_t groups;
};

absl::Status CheckDeformation(const Deformation& deformation, const Window& window, int64_t batch,
                              int64_t channels) {
  const int64_t taps = CountOf(window.kernel);
  const int64_t groups = deformation.groups;
  if (groups <= 0 || channels % groups != 0) {
    return absl::InvalidArgumentError("`offset_group` does not divide the channels");
  }
  const Dims offset = {batch, groups * taps * 2, window.output[0], window.output[1]};
  const Dims mask = {batch, groups * taps, window.output[0], window.output[1]};
  if (deformation.offset.dims() != offset ||
      (deformation.mask != nullptr && deformation.mask->dims() != mask)) {
    return absl::InvalidArgumentError("offset or mask have not the shape that the output demands");
  }
  return absl::OkStatus();
}

// What each tap of the kernel reads, in the layout of a convolution whose windows don't overlap:
// [N, C, out_h * kernel_h, out_w * kernel_w].
Tensor Sampled(const Tensor& x, const Window& window, const Deformation& deformation) {
  const int64_t kernel_h = window.kernel[0];
  const int64_t kernel_w = window.kernel[1];
  const int64_t taps = kernel_h * kernel_w;
  const int64_t channels = x.dims()[1];
  const int64_t each = channels / deformation.groups;
  const int64_t out_h = window.output[0];
  const int64_t out_w = window.output[1];
  Tensor samples(x.dtype(), {x.dims()[0], channels, out_h * kernel_h, out_w * kernel_w});
  for (IndexWalk walk(samples.dims()); !walk.done(); walk.Next()) {
    const int64_t n = walk.index()[0];
    const int64_t c = walk.index()[1];
    const int64_t oh = walk.index()[2] / kernel_h;
    const int64_t ow = walk.index()[3] / kernel_w;
    const int64_t kh = walk.index()[2] % kernel_h;
    const int64_t kw = walk.index()[3] % kernel_w;
    const int64_t tap = (n * deformation.groups + c / each) * taps + kh * kernel_w + kw;
    const int64_t place = oh * out_w + ow;
    const auto& shift = deformation.offset.reals();
    const double row =
        static_cast<double>(window.At(0, oh, kh)) + shift[(2 * tap) * out_h * out_w + place];
    const double column =
        static_cast<double>(window.At(1, ow, kw)) + shift[(2 * tap + 1) * out_h * out_w + place];
    const double* plane = x.reals().data() + (n * channels + c) * window.input[0] * window.input[1];
    double value = Bilinear(plane, window.input[0], window.input[1], row, column);
    if (deformation.mask != nullptr) {
      value *= deformation.mask->reals()[tap * out_h * out_w + place];
    }
    samples.reals()[walk.count()] = value;
  }
  return samples;
}

Values DeformConv(const Call& call) {
  const Tensor& x = call.tensor(0);
  const Tensor& w = call.tensor(1);
  if (x.rank() != 4 || w.rank() != 4) {
    return absl::UnimplementedError("deformable convolution of other than two spatial axes");
  }
  SINTER_ASSIGN_OR_RETURN(const Window window,
                          ReadWindow(call, {x.dims()[2], x.dims()[3]}, {w.dims()[2], w.dims()[3]}));
  const Deformation deformation{call.tensor(2), call.optional_tensor(4),
                                call.Int("offset_group", 1)};
  SINTER_RETURN_IF_ERROR(CheckDeformation(deformation, window, x.dims()[0], x.dims()[1]));
  const Tensor samples = Sampled(x, window, deformation);

  // What remains is a plain convolution with the kernel's size as stride.
  onnx::NodeProto plain;
  const auto add = [&plain](const char* name, const Dims& numbers) {
    onnx::AttributeProto& attribute = *plain.add_attribute();
    attribute.set_name(name);
    for (const int64_t number : numbers) attribute.add_ints(number);
  };
  add("strides", window.kernel);
  onnx::AttributeProto& group = *plain.add_attribute();
  group.set_name("group");
  group.set_i(call.Int("group", 1));
  const Call inner(plain, call.version(), {}, call.environment());
  SINTER_ASSIGN_OR_RETURN(Tensor y, Convolve(inner, samples, w, x.dtype()));
  if (call.Has(3)) SINTER_RETURN_IF_ERROR(AddBias(call.tensor(3), y));
  return Single(std::move(y));
}

// Adds the columns of blocks [N, C * block, places] back into an image [N, C, image...].
Values Col2Im(const Call& call) {
  const Tensor& x = call.tensor(0);
  const Dims image = call.tensor(1).ToInts();
  const Dims block = call.tensor(2).ToInts();
  SINTER_RETURN_IF_ERROR(CheckElementCount(image));
  SINTER_ASSIGN_OR_RETURN(const Window window, ReadWindow(call, image, block));
  const int64_t taps = CountOf(block);
  const int64_t places = CountOf(window.output);
  if (x.rank() != 3 || taps == 0 || x.dims()[1] % taps != 0 || x.dims()[2] != places) {
    return absl::InvalidArgumentError(absl::StrCat(
        "columns of shape ", Text(x.dims()), " don't make up an image of shape ", Text(image)));
  }
  const int64_t channels = x.dims()[1] / taps;
  Dims dims = {x.dims()[0], channels};
  dims.insert(dims.end(), image.begin(), image.end());
  Tensor y(x.dtype(), dims);
  const auto offsets = WindowOffsets(window);
  for (IndexWalk walk({x.dims()[0], channels, taps, places}); !walk.done(); walk.Next()) {
    const int64_t offset = offsets[walk.index()[2]][walk.index()[3]];
    if (offset < 0) continue;
    const int64_t plane = walk.index()[0] * channels + walk.index()[1];
    y.reals()[plane * CountOf(image) + offset] += x.reals()[walk.count()];
  }
  return Single(std::move(y));
}

// A depthwise convolution along time that sees the last elements of the call before.
Values CausalConvWithState(const Call& call) {
  const Tensor& x = call.tensor(0);
  const Tensor& w = call.tensor(1);
  const Tensor* bias = call.optional_tensor(2);
  const Tensor* past = call.optional_tensor(3);
  if (x.rank() != 3 || w.rank() != 3 || w.dims()[0] != x.dims()[1] || w.dims()[1] != 1 ||
      w.dims()[2] < 1) {
    return absl::InvalidArgumentError("input and weight must have shapes [n, c, t] and [c, 1, k]");
  }
  const int64_t channels = x.dims()[1];
  const int64_t length = x.dims()[2];
  const int64_t taps = w.dims()[2];
  const Dims state_dims = {x.dims()[0], channels, taps - 1};
  if ((past != nullptr && past->dims() != state_dims) ||
      (bias != nullptr && bias->dims() != Dims{channels})) {
    return absl::InvalidArgumentError("bias or state have not the shape that the weight demands");
  }
  const std::string activation = call.String("activation", "none");
  const bool swish = activation == "silu" || activation == "swish";
  if (!swish && activation != "none") {
    return absl::UnimplementedError(absl::StrCat("activation `", activation, "`"));
  }
  Tensor y(x.dtype(), x.dims());
  Tensor state(x.dtype(), state_dims);
  for (int64_t row = 0; row < x.dims()[0] * channels; ++row) {
    const int64_t c = row % channels;
    std::vector<double> seen(taps - 1, 0);
    for (int64_t i = 0; past != nullptr && i < taps - 1; ++i) {
      seen[i] = past->reals()[row * (taps - 1) + i];
    }
    const auto begin = x.reals().begin() + row * length;
    seen.insert(seen.end(), begin, begin + length);
    for (int64_t t = 0; t < length; ++t) {
      double sum = bias == nullptr ? 0 : bias->reals()[c];
      for (int64_t k = 0; k < taps; ++k) sum += w.reals()[c * taps + k] * seen[t + k];
      y.reals()[row * length + t] = swish ? sum / (1 + std::exp(-sum)) : sum;
    }
    std::copy(seen.end() - (taps - 1), seen.end(), state.reals().begin() + row * (taps - 1));
  }
  return std::vector<Value>{std::move(y), std::move(state)};
}

}  // namespace

absl::Span<const Operator> ConvOperators() {
  static constexpr Operator kOperators[] = {
      {"", "CausalConvWithState", 27, CausalConvWithState},
      {"", "Col2Im", 18, Col2Im},
      {"", "Conv", 1, Conv},
      {"", "ConvTranspose", 1, ConvTranspose},
      {"", "DeformConv", 19, DeformConv},
  };
  return kOperators;
}

}  // namespace sinter::reference
