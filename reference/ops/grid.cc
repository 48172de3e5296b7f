// Sampling at places that a grid states: GridSample and AffineGrid.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"
#include "reference/ops/resample.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;

enum class Filter { kNearest, kLinear, kCubic };
enum class Beyond { kZeros, kBorder, kReflection };

struct Sampling {
  Filter filter;
  Beyond beyond;
  bool align_corners;
};

absl::StatusOr<Sampling> ReadSampling(const Call& call) {
  Sampling sampling{};
  const std::string mode = call.String("mode", call.version() < 20 ? "bilinear" : "linear");
  const std::string padding = call.String("padding_mode", "zeros");
  sampling.align_corners = call.Flag("align_corners");
  if (mode == "nearest") {
    sampling.filter = Filter::kNearest;
  } else if (mode == "linear" || mode == "bilinear") {
    sampling.filter = Filter::kLinear;
  } else if (mode == "cubic" || mode == "bicubic") {
    sampling.filter = Filter::kCubic;
  } else {
    return absl::InvalidArgumentError(absl::StrCat("`mode` is `", mode, "`"));
  }
  if (padding == "zeros") {
    sampling.beyond = Beyond::kZeros;
  } else if (padding == "border") {
    sampling.beyond = Beyond::kBorder;
  } else if (padding == "reflection") {
    sampling.beyond = Beyond::kReflection;
  } else {
    return absl::InvalidArgumentError(absl::StrCat("`padding_mode` is `", padding, "`"));
  }
  return sampling;
}

// `x` mirrored at `low` and `high` until it lies between them.
double Reflected(double x, double low, double high) {
  const double range = high - low;
  if (range <= 0) return low;
  const double past = std::fabs(x - low);
  const double rest = std::fmod(past, 2 * range);
  return low + (rest <= range ? rest : 2 * range - rest);
}

// A place beyond the edges moved into the axis as the padding says; a place for zeros stays. The
// edges are the outer elements' centres or, without align_corners, their outer borders.
double MovedInside(double x, int64_t size, const Sampling& sampling) {
  const auto last = static_cast<double>(size - 1);
  const double edge = sampling.align_corners ? 0 : 0.5;
  if (x >= -edge && x <= last + edge) return x;
  if (sampling.beyond == Beyond::kBorder) return std::min(std::max(x, 0.0), last);
  return sampling.beyond == Beyond::kReflection ? Reflected(x, -edge, last + edge) : x;
}

struct Tap {
  int64_t at;  // within the axis, or -1 for a zero
  double weight;
};

// Which elements of one axis make up the value at the grid's coordinate (from -1 to 1).
std::vector<Tap> TapsOf(double coordinate, int64_t size, const Sampling& sampling) {
  const auto n = static_cast<double>(size);
  double x =
      sampling.align_corners ? (coordinate + 1) / 2 * (n - 1) : ((coordinate + 1) * n - 1) / 2;
  if (sampling.filter == Filter::kNearest) x = std::nearbyint(x);
  x = MovedInside(x, size, sampling);
  const double below = std::floor(x);
  const double fraction = x - below;
  double first = below;
  std::vector<double> weights = {1 - fraction, fraction};
  if (sampling.filter == Filter::kNearest) {
    first = std::nearbyint(x);
    weights = {1};
  } else if (sampling.filter == Filter::kCubic) {
    first = below - 1;
    weights = CubicWeights(fraction, -0.75);
  }
  std::vector<Tap> taps;
  for (size_t i = 0; i < weights.size(); ++i) {
    const double at = MovedInside(first + static_cast<double>(i), size, sampling);
    const bool inside = at >= 0 && at <= n - 1;
    taps.push_back({inside ? static_cast<int64_t>(at) : -1, weights[i]});
  }
  return taps;
}

// The sum over all combinations of taps of the axes from `axis` on.
double Combined(const double* plane, const std::vector<std::vector<Tap>>& taps, const Dims& strides,
                size_t axis) {
  if (axis == taps.size()) return *plane;
  double sum = 0;
  for (const Tap& tap : taps[axis]) {
    if (tap.at < 0 || tap.weight == 0) continue;
    sum += tap.weight * Combined(plane + tap.at * strides[axis], taps, strides, axis + 1);
  }
  return sum;
}

// The grid's last axis has coordinates in reverse order of the spatial axes.
Values GridSample(const Call& call) {
  const Tensor& x = call.tensor(0);
  const Tensor& grid = call.tensor(1);
  SINTER_ASSIGN_OR_RETURN(const Sampling sampling, ReadSampling(call));
  const int64_t spatial = x.rank() - 2;
  if (spatial < 1 || grid.rank() != x.rank() || grid.dims().back() != spatial ||
      grid.dims()[0] != x.dims()[0]) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a grid of shape ", Text(grid.dims()), " does not fit an input of shape ", Text(x.dims())));
  }
  const Dims size(x.dims().begin() + 2, x.dims().end());
  const Dims strides = StridesOf(size);
  const int64_t plane = CountOf(size);
  if (plane == 0) return absl::InvalidArgumentError("the input has no elements to sample");
  Dims dims = {x.dims()[0], x.dims()[1]};
  dims.insert(dims.end(), grid.dims().begin() + 1, grid.dims().end() - 1);
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  Tensor y(x.dtype(), dims);
  const int64_t places = CountOf(dims, 2, x.rank());
  for (int64_t n = 0; n < dims[0]; ++n) {
    for (int64_t place = 0; place < places; ++place) {
      std::vector<std::vector<Tap>> taps;
      const int64_t row = (n * places + place) * spatial;
      for (int64_t axis = 0; axis < spatial; ++axis) {
        taps.push_back(TapsOf(grid.reals()[row + spatial - 1 - axis], size[axis], sampling));
      }
      for (int64_t c = 0; c < dims[1]; ++c) {
        y.reals()[(n * dims[1] + c) * places + place] =
            Combined(x.reals().data() + (n * dims[1] + c) * plane, taps, strides, 0);
      }
    }
  }
  return Single(std::move(y));
}

// Coordinate `i` of an axis of `size` places, from -1 to 1: of the places' centres, or with
// align_corners of the corners.
double GridCoordinate(int64_t i, int64_t size, bool align_corners) {
  const auto n = static_cast<double>(size);
  if (!align_corners) return (2 * static_cast<double>(i) + 1) / n - 1;
  return size == 1 ? 0 : 2 * static_cast<double>(i) / (n - 1) - 1;
}

// theta [N, d, d + 1] maps homogeneous coordinates of each place of the output to the input's.
Values AffineGrid(const Call& call) {
  const Tensor& theta = call.tensor(0);
  const Dims size = call.tensor(1).ToInts();
  const auto spatial = static_cast<int64_t>(size.size()) - 2;
  if ((spatial != 2 && spatial != 3) || theta.dims() != Dims{size[0], spatial, spatial + 1}) {
    return absl::InvalidArgumentError("theta does not fit the size");
  }
  const bool align_corners = call.Flag("align_corners");
  Dims places = {size[0]};
  places.insert(places.end(), size.begin() + 2, size.end());
  Dims dims = places;
  dims.push_back(spatial);
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  Tensor y(theta.dtype(), dims);
  for (IndexWalk walk(places); !walk.done(); walk.Next()) {
    std::vector<double> from;
    for (int64_t axis = spatial; axis >= 1; --axis) {
      from.push_back(GridCoordinate(walk.index()[axis], places[axis], align_corners));
    }
    from.push_back(1);
    for (int64_t row = 0; row < spatial; ++row) {
      double sum = 0;
      for (int64_t i = 0; i <= spatial; ++i) {
        sum += theta.reals()[(walk.index()[0] * spatial + row) * (spatial + 1) + i] * from[i];
      }
      y.reals()[walk.count() * spatial + row] = sum;
    }
  }
  return Single(std::move(y));
}

}  // namespace

absl::Span<const Operator> GridOperators() {
  static constexpr Operator kOperators[] = {
      {"", "AffineGrid", 20, AffineGrid},
      {"", "GridSample", 16, GridSample},
  };
  return kOperators;
}

}  // namespace sinter::reference
