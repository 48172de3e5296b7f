#include "reference/ops/resample.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace sinter::reference {
namespace {

// Where element `i` of the output lies among the input's. In float32, as the scales are: by
// doubles, 3.5 divided by the float32 next to 0.7 would not be 5, and the nearest element another
// one.
absl::StatusOr<float> Coordinate(const AxisResampling& axis, int64_t i) {
  const std::string& mode = axis.coordinate_transformation_mode;
  const auto x = static_cast<float>(i);
  const auto in = static_cast<float>(axis.input);
  const auto out = static_cast<float>(axis.exact);
  const auto scale = static_cast<float>(axis.scale);
  const auto start = static_cast<float>(axis.roi_start);
  const auto end = static_cast<float>(axis.roi_end);
  const float half_pixel = (x + 0.5F) / scale - 0.5F;
  if (mode == "half_pixel") return half_pixel;
  if (mode == "half_pixel_symmetric") {
    const float offset = in / 2 * (1 - static_cast<float>(axis.output) / out);
    return offset + (x + 0.5F) / scale - 0.5F;
  }
  if (mode == "pytorch_half_pixel") return out > 1 ? half_pixel : 0;
  if (mode == "align_corners") return out > 1 ? x * (in - 1) / (out - 1) : 0;
  if (mode == "asymmetric") return x / scale;
  if (mode == "tf_half_pixel_for_nn") return (x + 0.5F) / scale;
  if (mode == "tf_crop_and_resize") {
    if (out <= 1) return 0.5F * (start + end) * (in - 1);
    return start * (in - 1) + x * (end - start) * (in - 1) / (out - 1);
  }
  return absl::UnimplementedError(absl::StrCat("`coordinate_transformation_mode` `", mode, "`"));
}

absl::StatusOr<double> Nearest(double x, const std::string& mode, bool shrinks) {
  if (mode == "round_prefer_floor") return std::ceil(x - 0.5);
  if (mode == "round_prefer_ceil") return std::floor(x + 0.5);
  if (mode == "floor") return std::floor(x);
  if (mode == "ceil") return std::ceil(x);
  if (mode == kSimpleNearest) return shrinks ? std::ceil(x) : std::floor(x);
  return absl::UnimplementedError(absl::StrCat("`nearest_mode` `", mode, "`"));
}

double Triangle(double distance) { return std::max(0.0, 1 - std::fabs(distance)); }

double Cubic(double distance, double a) {
  const double d = std::fabs(distance);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  if (d < 2) return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
  return 0;
}

// All elements whose kernel reaches `x`. When shrinking with antialias, the kernel is as much
// wider.
std::vector<Source> Neighbours(const AxisResampling& axis, double x) {
  const double squeeze = axis.antialias ? std::min(axis.scale, 1.0) : 1;
  const double reach = (axis.mode == "cubic" ? 2 : 1) / squeeze;
  std::vector<Source> sources;
  double sum = 0;
  for (auto at = static_cast<int64_t>(std::floor(x - reach)) + 1;
       static_cast<double>(at) < x + reach; ++at) {
    const double distance = (static_cast<double>(at) - x) * squeeze;
    const bool outside = at < 0 || at >= axis.input;
    double weight = axis.mode == "cubic" ? Cubic(distance, axis.cubic_coeff_a) : Triangle(distance);
    if (outside && axis.exclude_outside) weight = 0;
    sum += weight;
    sources.push_back({std::min(std::max<int64_t>(at, 0), axis.input - 1), weight});
  }
  for (Source& source : sources) source.weight /= sum;
  return sources;
}

}  // namespace

std::vector<double> CubicWeights(double fraction, double a) {
  return {Cubic(fraction + 1, a), Cubic(fraction, a), Cubic(1 - fraction, a),
          Cubic(2 - fraction, a)};
}

absl::StatusOr<std::vector<Sample>> SamplesOf(const AxisResampling& axis) {
  std::vector<Sample> samples;
  for (int64_t i = 0; i < axis.output; ++i) {
    SINTER_ASSIGN_OR_RETURN(const float x, Coordinate(axis, i));
    Sample sample;
    sample.outside = axis.coordinate_transformation_mode == "tf_crop_and_resize" &&
                     (x < 0 || x > static_cast<double>(axis.input - 1));
    if (axis.mode == "nearest") {
      SINTER_ASSIGN_OR_RETURN(const double nearest, Nearest(x, axis.nearest_mode, axis.scale < 1));
      const double last = static_cast<double>(axis.input - 1);
      sample.sources = {{static_cast<int64_t>(std::min(std::max(nearest, 0.0), last)), 1}};
    } else if (axis.mode == "linear" || axis.mode == "cubic") {
      sample.sources = Neighbours(axis, x);
    } else {
      return absl::UnimplementedError(absl::StrCat("`mode` `", axis.mode, "`"));
    }
    samples.push_back(std::move(sample));
  }
  return samples;
}

}  // namespace sinter::reference
