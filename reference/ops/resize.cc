// Resize of all versions, and its forerunner Upsample.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/convert.h"
#include "reference/ops/categories.h"
#include "reference/ops/resample.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;

// What becomes of each axis of the input; axes that keep their size are left alone.
struct Plan {
  Dims dims;
  std::vector<double> scales;
  std::vector<double> exact;
  std::vector<double> roi_start;
  std::vector<double> roi_end;
  std::vector<bool> resized;
};

Plan NoChange(const Dims& dims) {
  const size_t rank = dims.size();
  return {dims,
          std::vector<double>(rank, 1),
          std::vector<double>(dims.begin(), dims.end()),
          std::vector<double>(rank, 0),
          std::vector<double>(rank, 1),
          std::vector<bool>(rank, false)};
}

absl::Status SetScales(const std::vector<double>& scales, const Dims& axes, Plan& plan) {
  if (scales.size() != axes.size()) {
    return absl::InvalidArgumentError("there must be one scale for each axis");
  }
  for (size_t i = 0; i < axes.size(); ++i) {
    const int64_t axis = axes[i];
    if (!(scales[i] > 0)) return absl::InvalidArgumentError("a scale is not positive");
    plan.scales[axis] = scales[i];
    plan.exact[axis] = static_cast<double>(plan.dims[axis]) * scales[i];
    if (plan.exact[axis] > 0x1p40) return absl::ResourceExhaustedError("the output is too large");
    plan.dims[axis] = static_cast<int64_t>(std::floor(plan.exact[axis]));
    plan.resized[axis] = scales[i] != 1;
  }
  return absl::OkStatus();
}

// A policy other than "stretch" keeps the proportions: one scale for all axes.
absl::Status SetSizes(const Dims& sizes, const Dims& axes, const std::string& policy, Plan& plan) {
  if (sizes.size() != axes.size()) {
    return absl::InvalidArgumentError("there must be one size for each axis");
  }
  std::vector<double> scales;
  for (size_t i = 0; i < axes.size(); ++i) {
    scales.push_back(static_cast<double>(sizes[i]) / static_cast<double>(plan.dims[axes[i]]));
  }
  const bool stretch = policy == "stretch";
  if (!stretch && policy != "not_larger" && policy != "not_smaller") {
    return absl::InvalidArgumentError(absl::StrCat("`keep_aspect_ratio_policy` is `", policy, "`"));
  }
  const double common = scales.empty()           ? 1
                        : policy == "not_larger" ? *std::min_element(scales.begin(), scales.end())
                                                 : *std::max_element(scales.begin(), scales.end());
  for (size_t i = 0; i < axes.size(); ++i) {
    const int64_t axis = axes[i];
    const auto in = static_cast<double>(plan.dims[axis]);
    plan.scales[axis] = stretch ? scales[i] : common;
    plan.dims[axis] = stretch ? sizes[i] : static_cast<int64_t>(std::floor(common * in + 0.5));
    plan.exact[axis] = stretch ? static_cast<double>(sizes[i]) : common * in;
    plan.resized[axis] = static_cast<double>(plan.dims[axis]) != in || plan.scales[axis] != 1;
  }
  return absl::OkStatus();
}

absl::Status SetRoi(const Tensor& roi, const Dims& axes, Plan& plan) {
  if (roi.count() != 2 * static_cast<int64_t>(axes.size())) {
    return absl::InvalidArgumentError("roi must have start and end for each axis");
  }
  for (size_t i = 0; i < axes.size(); ++i) {
    plan.roi_start[axes[i]] = roi.RealAt(static_cast<int64_t>(i));
    plan.roi_end[axes[i]] = roi.RealAt(static_cast<int64_t>(i + axes.size()));
    plan.resized[axes[i]] = true;
  }
  return absl::OkStatus();
}

// Replaces one axis of `x` by its samples.
Tensor ResampleAxis(const Tensor& x, int64_t axis, const std::vector<Sample>& samples) {
  Dims dims = x.dims();
  dims[axis] = static_cast<int64_t>(samples.size());
  Tensor y(x.dtype(), dims);
  const int64_t inner = CountOf(dims, axis + 1, x.rank());
  for (int64_t i = 0; i < y.count(); ++i) {
    const int64_t outer = i / inner / dims[axis];
    double sum = 0;
    for (const Source& source : samples[i / inner % dims[axis]].sources) {
      sum += source.weight * x.reals()[(outer * x.dims()[axis] + source.at) * inner + i % inner];
    }
    y.reals()[i] = sum;
  }
  return y;
}

// `base` has the attributes; its sizes and scale are filled in axis by axis. All modes are
// separable: the result of one axis is the input of the next.
absl::StatusOr<Tensor> Resample(const Tensor& input, const Plan& plan, AxisResampling base,
                                double extrapolation) {
  SINTER_RETURN_IF_ERROR(CheckElementCount(plan.dims));
  Tensor y = ConvertNumbers(input, Dtype::kFloat64);
  std::vector<std::vector<bool>> outside;
  for (int64_t axis = 0; axis < input.rank(); ++axis) {
    outside.emplace_back(plan.dims[axis], false);
    if (!plan.resized[axis]) continue;
    base.input = input.dims()[axis];
    base.output = plan.dims[axis];
    base.scale = plan.scales[axis];
    base.exact = plan.exact[axis];
    base.roi_start = plan.roi_start[axis];
    base.roi_end = plan.roi_end[axis];
    if (base.input == 0 && base.output > 0) {
      return absl::InvalidArgumentError("an axis of size 0 can't be resampled");
    }
    SINTER_ASSIGN_OR_RETURN(const std::vector<Sample> samples, SamplesOf(base));
    for (size_t i = 0; i < samples.size(); ++i) outside.back()[i] = samples[i].outside;
    y = ResampleAxis(y, axis, samples);
  }
  for (IndexWalk walk(plan.dims); !walk.done(); walk.Next()) {
    for (int64_t axis = 0; axis < input.rank(); ++axis) {
      if (outside[axis][walk.index()[axis]]) y.reals()[walk.count()] = extrapolation;
    }
  }
  // Of integers, what is between them is cut off, and what is beyond the type saturates.
  if (IsInteger(input.dtype())) {
    for (double& v : y.reals()) {
      v = std::min(std::max(std::trunc(v), static_cast<double>(LowestInteger(input.dtype()))),
                   static_cast<double>(LargestInteger(input.dtype())));
    }
  }
  return ConvertNumbers(y, input.dtype());
}

AxisResampling ReadAttributes(const Call& call) {
  AxisResampling axis = {};
  axis.coordinate_transformation_mode = call.String("coordinate_transformation_mode", "half_pixel");
  axis.mode = call.String("mode", "nearest");
  axis.nearest_mode = call.String("nearest_mode", "round_prefer_floor");
  axis.cubic_coeff_a = call.Float("cubic_coeff_a", -0.75);
  axis.exclude_outside = call.Flag("exclude_outside");
  axis.antialias = call.Flag("antialias");
  return axis;
}

Dims AllAxes(int64_t rank) {
  Dims axes;
  for (int64_t axis = 0; axis < rank; ++axis) axes.push_back(axis);
  return axes;
}

// Inputs: x, roi, scales, sizes, of which either scales or sizes count.
Values Resize(const Call& call) {
  const Tensor& x = call.tensor(0);
  Dims axes = call.HasAttribute("axes") ? call.Ints("axes") : AllAxes(x.rank());
  SINTER_ASSIGN_OR_RETURN(axes, NormalAxes(axes, x.rank()));
  Plan plan = NoChange(x.dims());
  const bool by_size = call.Has(3) && call.tensor(3).count() > 0;
  if (by_size) {
    SINTER_RETURN_IF_ERROR(SetSizes(call.tensor(3).ToInts(), axes,
                                    call.String("keep_aspect_ratio_policy", "stretch"), plan));
  } else if (call.Has(2)) {
    SINTER_RETURN_IF_ERROR(SetScales(call.tensor(2).reals(), axes, plan));
  } else {
    return absl::InvalidArgumentError("neither scales nor sizes are given");
  }
  const AxisResampling attributes = ReadAttributes(call);
  if (attributes.coordinate_transformation_mode == "tf_crop_and_resize") {
    if (!call.Has(1)) return absl::InvalidArgumentError("roi is missing");
    SINTER_RETURN_IF_ERROR(SetRoi(call.tensor(1), axes, plan));
  }
  SINTER_ASSIGN_OR_RETURN(Tensor y,
                          Resample(x, plan, attributes, call.Float("extrapolation_value", 0)));
  return Single(std::move(y));
}

// The first versions: coordinates are divided by the scale.
Values ResizeByScales(const Call& call, const std::vector<double>& scales) {
  const Tensor& x = call.tensor(0);
  Plan plan = NoChange(x.dims());
  SINTER_RETURN_IF_ERROR(SetScales(scales, AllAxes(x.rank()), plan));
  AxisResampling attributes = ReadAttributes(call);
  attributes.coordinate_transformation_mode = "asymmetric";
  attributes.nearest_mode = kSimpleNearest;
  if (attributes.mode == "bilinear") attributes.mode = "linear";
  SINTER_ASSIGN_OR_RETURN(Tensor y, Resample(x, plan, attributes, 0));
  return Single(std::move(y));
}

Values Resize10(const Call& call) { return ResizeByScales(call, call.tensor(1).reals()); }

Values Upsample1(const Call& call) {
  return ResizeByScales(call, {1, 1, call.Float("height_scale", 1), call.Float("width_scale", 1)});
}

Values Upsample7(const Call& call) { return ResizeByScales(call, call.Floats("scales")); }

}  // namespace

absl::Span<const Operator> ResizeOperators() {
  static constexpr Operator kOperators[] = {
      {"", "Resize", 10, Resize10},   {"", "Resize", 11, Resize},    {"", "Upsample", 1, Upsample1},
      {"", "Upsample", 7, Upsample7}, {"", "Upsample", 9, Resize10},
  };
  return kOperators;
}

}  // namespace sinter::reference
