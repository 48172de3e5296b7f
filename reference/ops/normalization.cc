// Normalizations: by batch, instance, layer, group, channel neighbourhood, or norm.
#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;

struct Moments {
  double mean;
  double variance;  // over all elements, not all but one
};

Moments MomentsOf(const std::vector<double>& elements) {
  double sum = 0;
  for (const double v : elements) sum += v;
  const double mean = sum / static_cast<double>(elements.size());
  double squares = 0;
  for (const double v : elements) squares += (v - mean) * (v - mean);
  return {mean, squares / static_cast<double>(elements.size())};
}

absl::Status CheckChannels(const Call& call, int first, int last, int64_t channels) {
  for (int i = first; i <= last; ++i) {
    if (call.tensor(i).count() == channels) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("input ", i, " must have ", channels, " elements, one for each channel"));
  }
  return absl::OkStatus();
}

// The elements of each channel (axis 1) over batch and space.
std::vector<std::vector<double>> ByChannel(const Tensor& x) {
  std::vector<std::vector<double>> channels(x.dims()[1]);
  const int64_t plane = CountOf(x.dims(), 2, x.rank());
  for (int64_t i = 0; i < x.count(); ++i) {
    channels[i / plane % x.dims()[1]].push_back(x.reals()[i]);
  }
  return channels;
}

// Outputs besides the first are the running mean and variance, moved toward the batch's.
Values TrainingBatchNormalization(const Call& call, double epsilon) {
  Tensor y = call.tensor(0);
  const double momentum = call.Float("momentum", 0.9F);
  Tensor mean = call.tensor(3);
  Tensor variance = call.tensor(4);
  const int64_t plane = CountOf(y.dims(), 2, y.rank());
  const auto channels = ByChannel(y);
  for (size_t c = 0; c < channels.size(); ++c) {
    const Moments moments = MomentsOf(channels[c]);
    mean.reals()[c] = mean.reals()[c] * momentum + moments.mean * (1 - momentum);
    variance.reals()[c] = variance.reals()[c] * momentum + moments.variance * (1 - momentum);
    const double scale = call.tensor(1).reals()[c] / std::sqrt(moments.variance + epsilon);
    for (int64_t i = 0; i < y.count(); ++i) {
      if (i / plane % y.dims()[1] != static_cast<int64_t>(c)) continue;
      y.reals()[i] = (y.reals()[i] - moments.mean) * scale + call.tensor(2).reals()[c];
    }
  }
  return std::vector<Value>{std::move(y), std::move(mean), std::move(variance)};
}

Values BatchNormalization(const Call& call) {
  const Tensor& x = call.tensor(0);
  const double epsilon = call.Float("epsilon", 1e-5F);
  if (x.rank() < 2) return absl::InvalidArgumentError("the input must have rank 2 or more");
  // Before version 9 each element of a sample could have its own statistics.
  const bool spatial = call.Flag("spatial", true);
  const int64_t plane = spatial ? CountOf(x.dims(), 2, x.rank()) : 1;
  const int64_t channels = spatial ? x.dims()[1] : CountOf(x.dims(), 1, x.rank());
  SINTER_RETURN_IF_ERROR(CheckChannels(call, 1, 4, channels));
  if (call.version() >= 14 && call.Flag("training_mode")) {
    return TrainingBatchNormalization(call, epsilon);
  }
  const bool trains = call.version() < 7 ? !call.Flag("is_test") : call.output_count() > 1;
  if (call.version() < 14 && trains) {
    return absl::UnimplementedError("training in versions before 14 is not supported");
  }
  Tensor y = x;
  for (int64_t i = 0; i < y.count(); ++i) {
    const int64_t c = i / plane % channels;
    const double deviation = std::sqrt(call.tensor(4).reals()[c] + epsilon);
    y.reals()[i] =
        (y.reals()[i] - call.tensor(3).reals()[c]) / deviation * call.tensor(1).reals()[c] +
        call.tensor(2).reals()[c];
  }
  return Single(std::move(y));
}

// Makes each run of `size` neighbours have mean 0 and variance 1.
Tensor NormalizedRuns(Tensor y, int64_t size, double epsilon) {
  for (int64_t begin = 0; begin < y.count(); begin += size) {
    const auto first = y.reals().begin() + begin;
    const Moments moments = MomentsOf(std::vector<double>(first, first + size));
    const double factor = 1 / std::sqrt(moments.variance + epsilon);
    for (int64_t i = begin; i < begin + size; ++i) {
      y.reals()[i] = (y.reals()[i] - moments.mean) * factor;
    }
  }
  return y;
}

Values InstanceNormalization(const Call& call) {
  const Tensor& x = call.tensor(0);
  if (x.rank() < 3) return absl::InvalidArgumentError("the input must have rank 3 or more");
  SINTER_RETURN_IF_ERROR(CheckChannels(call, 1, 2, x.dims()[1]));
  const int64_t plane = CountOf(x.dims(), 2, x.rank());
  Tensor y = NormalizedRuns(x, plane, call.Float("epsilon", 1e-5F));
  for (int64_t i = 0; i < y.count(); ++i) {
    const int64_t c = i / plane % x.dims()[1];
    y.reals()[i] = y.reals()[i] * call.tensor(1).reals()[c] + call.tensor(2).reals()[c];
  }
  return Single(std::move(y));
}

// Scale and bias are one for each group in version 18, one for each channel later.
Values GroupNormalization(const Call& call) {
  const Tensor& x = call.tensor(0);
  const int64_t groups = call.Int("num_groups", 0);
  if (x.rank() < 2 || groups <= 0 || x.dims()[1] % groups != 0) {
    return absl::InvalidArgumentError("`num_groups` does not divide the channels");
  }
  const int64_t parameters = call.version() < 21 ? groups : x.dims()[1];
  SINTER_RETURN_IF_ERROR(CheckChannels(call, 1, 2, parameters));
  const int64_t sample = CountOf(x.dims(), 1, x.rank());
  const double epsilon = call.Float("epsilon", 1e-5F);
  Tensor y = sample == 0 ? x : NormalizedRuns(x, sample / groups, epsilon);
  for (int64_t i = 0; i < y.count(); ++i) {
    const int64_t at = i % sample / (sample / parameters);
    const double normal = RoundTo(y.dtype(), y.reals()[i]);
    y.reals()[i] = normal * call.tensor(1).reals()[at] + call.tensor(2).reals()[at];
  }
  return Single(std::move(y));
}

// Multiplies (and adds) tensors that are broadcast to the input, after the normalized numbers have
// been rounded to the element type.
absl::Status ScaleAndShift(Tensor& y, const Tensor& scale, const Tensor* bias) {
  const Dims none;
  const Dims& bias_dims = bias == nullptr ? none : bias->dims();
  SINTER_ASSIGN_OR_RETURN(const Dims dims, BroadcastDims({y.dims(), scale.dims(), bias_dims}));
  if (dims != y.dims()) {
    return absl::InvalidArgumentError("scale or bias can't be broadcast to the input");
  }
  IndexWalk walk(dims, {BroadcastStrides(scale.dims(), dims), BroadcastStrides(bias_dims, dims)});
  for (; !walk.done(); walk.Next()) {
    double& v = y.reals()[walk.count()];
    v = RoundTo(y.dtype(), v) * scale.reals()[walk.offset(0)];
    if (bias != nullptr) v += bias->reals()[walk.offset(1)];
  }
  return absl::OkStatus();
}

// Over all axes from `axis` on. Mean and inverse deviation are outputs, too.
Values LayerNormalization(const Call& call) {
  Tensor y = call.tensor(0);
  SINTER_ASSIGN_OR_RETURN(const int64_t axis, NormalAxis(call.Int("axis", -1), y.rank()));
  SINTER_ASSIGN_OR_RETURN(const Dtype stash, DtypeFromNumber(call.Int("stash_type", 1)));
  const double epsilon = call.Float("epsilon", 1e-5F);
  const int64_t size = CountOf(y.dims(), axis, y.rank());
  Dims dims = y.dims();
  std::fill(dims.begin() + axis, dims.end(), 1);
  Tensor mean(stash, dims);
  Tensor inverse(stash, dims);
  for (int64_t i = 0; size > 0 && i < mean.count(); ++i) {
    const auto first = y.reals().begin() + i * size;
    const Moments moments = MomentsOf(std::vector<double>(first, first + size));
    mean.reals()[i] = moments.mean;
    inverse.reals()[i] = 1 / std::sqrt(moments.variance + epsilon);
    for (int64_t j = 0; j < size; ++j) first[j] = (first[j] - moments.mean) * inverse.reals()[i];
  }
  SINTER_RETURN_IF_ERROR(ScaleAndShift(y, call.tensor(1), call.optional_tensor(2)));
  return std::vector<Value>{std::move(y), std::move(mean), std::move(inverse)};
}

Values RmsNormalization(const Call& call) {
  Tensor y = call.tensor(0);
  SINTER_ASSIGN_OR_RETURN(const int64_t axis, NormalAxis(call.Int("axis", -1), y.rank()));
  const double epsilon = call.Float("epsilon", 1e-5F);
  const int64_t size = CountOf(y.dims(), axis, y.rank());
  for (int64_t begin = 0; begin < y.count(); begin += size) {
    double squares = 0;
    for (int64_t i = begin; i < begin + size; ++i) squares += y.reals()[i] * y.reals()[i];
    const double factor = 1 / std::sqrt(squares / static_cast<double>(size) + epsilon);
    for (int64_t i = begin; i < begin + size; ++i) y.reals()[i] *= factor;
  }
  SINTER_RETURN_IF_ERROR(ScaleAndShift(y, call.tensor(1), nullptr));
  // The scale's type is the output's.
  return Single(Tensor(call.tensor(1).dtype(), y.dims(), y.elements()));
}

// Divides by a power of the sum of squares of `size` neighbouring channels.
Values Lrn(const Call& call) {
  const Tensor& x = call.tensor(0);
  const double alpha = call.Float("alpha", 1e-4F);
  const double beta = call.Float("beta", 0.75);
  const double bias = call.Float("bias", 1);
  const int64_t size = call.Int("size", 0);
  if (x.rank() < 2 || size <= 0) return absl::InvalidArgumentError("`size` must be positive");
  const int64_t channels = x.dims()[1];
  const int64_t plane = CountOf(x.dims(), 2, x.rank());
  Tensor y = x;
  for (int64_t i = 0; i < x.count(); ++i) {
    const int64_t c = i / plane % channels;
    const int64_t first = std::max<int64_t>(0, c - (size - 1) / 2);
    const int64_t last = std::min(channels - 1, c + size / 2);
    double squares = 0;
    for (int64_t other = first; other <= last; ++other) {
      const double v = x.reals()[i + (other - c) * plane];
      squares += v * v;
    }
    y.reals()[i] /= std::pow(bias + alpha / static_cast<double>(size) * squares, beta);
  }
  return Single(std::move(y));
}

// Lines of zeros stay so.
Values LpNormalization(const Call& call) {
  const Tensor& x = call.tensor(0);
  SINTER_ASSIGN_OR_RETURN(const int64_t axis, NormalAxis(call.Int("axis", -1), x.rank()));
  const int64_t p = call.Int("p", 2);
  if (p != 1 && p != 2) return absl::InvalidArgumentError("`p` must be 1 or 2");
  const int64_t size = x.dims()[axis];
  const int64_t inner = CountOf(x.dims(), axis + 1, x.rank());
  Tensor y = x;
  for (int64_t line = 0; size > 0 && line < x.count() / size; ++line) {
    const int64_t begin = line / inner * inner * size + line % inner;
    double norm = 0;
    for (int64_t i = 0; i < size; ++i) {
      const double v = std::fabs(x.reals()[begin + i * inner]);
      norm += p == 1 ? v : v * v;
    }
    if (p == 2) norm = std::sqrt(norm);
    for (int64_t i = 0; norm != 0 && i < size; ++i) y.reals()[begin + i * inner] /= norm;
  }
  return Single(std::move(y));
}

// Mean 0 and variance 1 over the given axes.
Values MeanVarianceNormalization(const Call& call) {
  Tensor y = call.tensor(0);
  const Dims given = call.HasAttribute("axes") ? call.Ints("axes") : Dims{0, 2, 3};
  SINTER_ASSIGN_OR_RETURN(const Dims axes, NormalAxes(given, y.rank()));
  Dims kept = y.dims();
  for (const int64_t axis : axes) kept[axis] = 1;
  std::vector<std::vector<double>> groups(CountOf(kept));
  const Dims strides = BroadcastStrides(kept, y.dims());
  for (IndexWalk walk(y.dims(), {strides}); !walk.done(); walk.Next()) {
    groups[walk.offset(0)].push_back(y.reals()[walk.count()]);
  }
  std::vector<Moments> moments;
  for (const auto& group : groups) moments.push_back(MomentsOf(group));
  for (IndexWalk walk(y.dims(), {strides}); !walk.done(); walk.Next()) {
    const Moments& of = moments[walk.offset(0)];
    // The small number is part of ONNX's definition.
    y.reals()[walk.count()] = (y.reals()[walk.count()] - of.mean) / (std::sqrt(of.variance) + 1e-9);
  }
  return Single(std::move(y));
}

}  // namespace

absl::Span<const Operator> NormalizationOperators() {
  static constexpr Operator kOperators[] = {
      {"", "BatchNormalization", 1, BatchNormalization},
      {"", "GroupNormalization", 18, GroupNormalization},
      {"", "InstanceNormalization", 1, InstanceNormalization},
      {"", "LRN", 1, Lrn},
      {"", "LayerNormalization", 17, LayerNormalization},
      {"", "LpNormalization", 1, LpNormalization},
      {"", "MeanVarianceNormalization", 9, MeanVarianceNormalization},
      {"", "RMSNormalization", 23, RmsNormalization},
  };
  return kOperators;
}

}  // namespace sinter::reference
