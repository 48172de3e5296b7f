// Boxes: NonMaxSuppression, RoiAlign, MaxRoiPool.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;

struct Box {
  double top, left, bottom, right;

  double Area() const { return (bottom - top) * (right - left); }
};

// Four numbers: two opposite corners (y, x), or centre (x, y), width and height.
Box ReadBox(const double* numbers, bool by_center) {
  if (by_center) {
    const double half_width = numbers[2] / 2;
    const double half_height = numbers[3] / 2;
    return {numbers[1] - half_height, numbers[0] - half_width, numbers[1] + half_height,
            numbers[0] + half_width};
  }
  return {std::min(numbers[0], numbers[2]), std::min(numbers[1], numbers[3]),
          std::max(numbers[0], numbers[2]), std::max(numbers[1], numbers[3])};
}

double IntersectionOverUnion(const Box& a, const Box& b) {
  const double height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  const double width = std::min(a.right, b.right) - std::max(a.left, b.left);
  if (height <= 0 || width <= 0) return 0;
  const double common = height * width;
  return common / (a.Area() + b.Area() - common);
}

double ScalarOr(const Call& call, int input, double otherwise) {
  return call.Has(input) && call.tensor(input).count() > 0 ? call.tensor(input).RealAt(0)
                                                           : otherwise;
}

// In each batch and class: the best boxes that don't overlap a better one too much.
Values NonMaxSuppression(const Call& call) {
  const Tensor& boxes = call.tensor(0);
  const Tensor& scores = call.tensor(1);
  if (boxes.rank() != 3 || scores.rank() != 3 || boxes.dims()[2] != 4 ||
      boxes.dims()[0] != scores.dims()[0] || boxes.dims()[1] != scores.dims()[2]) {
    return absl::InvalidArgumentError("boxes [b, n, 4] and scores [b, c, n] don't fit");
  }
  const auto most = static_cast<int64_t>(ScalarOr(call, 2, 0));
  const double overlap = ScalarOr(call, 3, 0);
  const double least = ScalarOr(call, 4, -HUGE_VAL);
  const bool by_center = call.Flag("center_point_box");
  const int64_t count = boxes.dims()[1];
  const int64_t classes = scores.dims()[1];
  std::vector<int64_t> rows;
  for (int64_t list = 0; list < boxes.dims()[0] * classes; ++list) {
    const double* score = scores.reals().data() + list * count;
    std::vector<int64_t> order;
    for (int64_t i = 0; i < count; ++i) {
      if (score[i] > least) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](int64_t a, int64_t b) { return score[a] > score[b]; });
    std::vector<Box> chosen;
    for (const int64_t i : order) {
      if (static_cast<int64_t>(chosen.size()) >= most) break;
      const Box box = ReadBox(boxes.reals().data() + (list / classes * count + i) * 4, by_center);
      const bool hidden = std::any_of(chosen.begin(), chosen.end(), [&](const Box& better) {
        return IntersectionOverUnion(box, better) > overlap;
      });
      if (hidden) continue;
      chosen.push_back(box);
      rows.insert(rows.end(), {list / classes, list % classes, i});
    }
  }
  const auto selected = static_cast<int64_t>(rows.size()) / 3;
  return Single(Tensor::FromInts(rows).Reshaped({selected, 3}));
}

// The four weighted neighbours of a place in a plane; all zero beyond its edges by more than one.
std::vector<double> Corners(const double* plane, int64_t height, int64_t width, double y,
                            double x) {
  if (y < -1 || y > static_cast<double>(height) || x < -1 || x > static_cast<double>(width)) {
    return {0, 0, 0, 0};
  }
  const auto split = [](double at, int64_t size) {
    at = std::max(at, 0.0);
    const int64_t low = std::min(static_cast<int64_t>(at), size - 1);
    const int64_t high = std::min(low + 1, size - 1);
    const double fraction = low == size - 1 ? 0 : at - static_cast<double>(low);
    return std::make_tuple(low, high, fraction);
  };
  const auto [top, bottom, down] = split(y, height);
  const auto [left, right, across] = split(x, width);
  return {(1 - down) * (1 - across) * plane[top * width + left],
          (1 - down) * across * plane[top * width + right],
          down * (1 - across) * plane[bottom * width + left],
          down * across * plane[bottom * width + right]};
}

struct Align {
  double scale;
  double offset;
  int64_t height, width, ratio;
  bool half_pixel, by_max;
};

// One region of one plane, [height, width] numbers into `to`.
void AlignRegion(const double* plane, int64_t plane_h, int64_t plane_w, const double* roi,
                 const Align& align, double* to) {
  const double left = roi[0] * align.scale - align.offset;
  const double top = roi[1] * align.scale - align.offset;
  double width = roi[2] * align.scale - align.offset - left;
  double height = roi[3] * align.scale - align.offset - top;
  if (!align.half_pixel) {
    width = std::max(width, 1.0);
    height = std::max(height, 1.0);
  }
  const double bin_h = height / static_cast<double>(align.height);
  const double bin_w = width / static_cast<double>(align.width);
  const auto grid = [&](double bin) {
    return align.ratio > 0 ? align.ratio : static_cast<int64_t>(std::ceil(bin));
  };
  const int64_t rows = grid(bin_h);
  const int64_t columns = grid(bin_w);
  for (int64_t i = 0; i < align.height * align.width; ++i) {
    double sum = 0;
    double best = -HUGE_VAL;
    for (int64_t s = 0; s < rows * columns; ++s) {
      const double y =
          top + bin_h * (static_cast<double>(i / align.width) +
                         (static_cast<double>(s / columns) + 0.5) / static_cast<double>(rows));
      const double x =
          left + bin_w * (static_cast<double>(i % align.width) +
                          (static_cast<double>(s % columns) + 0.5) / static_cast<double>(columns));
      // The maximum is over the weighted neighbours, not over their sums.
      for (const double corner : Corners(plane, plane_h, plane_w, y, x)) {
        sum += corner;
        best = std::max(best, corner);
      }
    }
    const bool none = rows * columns <= 0;
    to[i] = align.by_max ? (none ? 0 : best)
                         : sum / static_cast<double>(std::max<int64_t>(rows * columns, 1));
  }
}

Values RoiAlign(const Call& call) {
  const Tensor& x = call.tensor(0);
  const Tensor& rois = call.tensor(1);
  const Tensor& batch = call.tensor(2);
  if (x.rank() != 4 || rois.rank() != 2 || rois.dims()[1] != 4 ||
      batch.dims() != Dims{rois.dims()[0]}) {
    return absl::InvalidArgumentError("input, regions and batch indices don't fit");
  }
  Align align{};
  align.scale = call.Float("spatial_scale", 1);
  // Version 10 had no mode and no shift.
  const std::string mode = call.String("coordinate_transformation_mode",
                                       call.version() < 16 ? "output_half_pixel" : "half_pixel");
  align.half_pixel = mode == "half_pixel";
  align.offset = align.half_pixel ? 0.5 : 0;
  align.height = call.Int("output_height", 1);
  align.width = call.Int("output_width", 1);
  align.ratio = call.Int("sampling_ratio", 0);
  align.by_max = call.String("mode", "avg") == "max";
  const Dims dims = {rois.dims()[0], x.dims()[1], align.height, align.width};
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  Tensor y(x.dtype(), dims);
  const int64_t plane = x.dims()[2] * x.dims()[3];
  for (int64_t i = 0; i < dims[0] * dims[1]; ++i) {
    const Integer n = batch.integers()[i / dims[1]];
    if (n < 0 || n >= x.dims()[0] || plane == 0) {
      return absl::InvalidArgumentError("a batch index is out of range");
    }
    const int64_t at = static_cast<int64_t>(n) * dims[1] + i % dims[1];
    AlignRegion(x.reals().data() + at * plane, x.dims()[2], x.dims()[3],
                rois.reals().data() + i / dims[1] * 4, align,
                y.reals().data() + i * align.height * align.width);
  }
  return Single(std::move(y));
}

// Places [begin, end) of the plane that part `i` of `parts` of a region covers.
std::pair<int64_t, int64_t> Part(double first, double last, int64_t i, int64_t parts,
                                 int64_t size) {
  const double bin = std::max(last - first + 1, 1.0) / static_cast<double>(parts);
  const auto clamp = [&](double at) {
    return std::min(std::max<int64_t>(static_cast<int64_t>(at + first), 0), size);
  };
  return {clamp(std::floor(static_cast<double>(i) * bin)),
          clamp(std::ceil(static_cast<double>(i + 1) * bin))};
}

// Regions are rows (batch, x1, y1, x2, y2); parts that cover nothing are zero.
Values MaxRoiPool(const Call& call) {
  const Tensor& x = call.tensor(0);
  const Tensor& rois = call.tensor(1);
  const Dims pooled = call.Ints("pooled_shape");
  if (x.rank() != 4 || rois.rank() != 2 || rois.dims()[1] != 5 || pooled.size() != 2 ||
      pooled[0] <= 0 || pooled[1] <= 0) {
    return absl::InvalidArgumentError("input, regions and `pooled_shape` don't fit");
  }
  const double scale = call.Float("spatial_scale", 1);
  const Dims dims = {rois.dims()[0], x.dims()[1], pooled[0], pooled[1]};
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  Tensor y(x.dtype(), dims);
  for (IndexWalk walk(dims); !walk.done(); walk.Next()) {
    const double* roi = rois.reals().data() + walk.index()[0] * 5;
    if (roi[0] < 0 || roi[0] >= static_cast<double>(x.dims()[0])) {
      return absl::InvalidArgumentError("a batch index is out of range");
    }
    const auto side = [&](int i) { return std::round(roi[i] * scale); };
    const auto [top, bottom] = Part(side(2), side(4), walk.index()[2], pooled[0], x.dims()[2]);
    const auto [left, right] = Part(side(1), side(3), walk.index()[3], pooled[1], x.dims()[3]);
    const int64_t plane = static_cast<int64_t>(roi[0]) * x.dims()[1] + walk.index()[1];
    bool any = false;
    for (int64_t row = top; row < bottom; ++row) {
      for (int64_t column = left; column < right; ++column) {
        const double v = x.reals()[(plane * x.dims()[2] + row) * x.dims()[3] + column];
        double& best = y.reals()[walk.count()];
        best = any ? std::max(best, v) : v;
        any = true;
      }
    }
  }
  return Single(std::move(y));
}

}  // namespace

absl::Span<const Operator> DetectionOperators() {
  static constexpr Operator kOperators[] = {
      {"", "MaxRoiPool", 1, MaxRoiPool},
      {"", "NonMaxSuppression", 10, NonMaxSuppression},
      {"", "RoiAlign", 10, RoiAlign},
  };
  return kOperators;
}

}  // namespace sinter::reference
