// Pools: one number for what a window (or the whole plane) holds.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"
#include "reference/ops/pick.h"
#include "reference/ops/window.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;

Dims SpatialOf(const Tensor& x) { return Dims(x.dims().begin() + 2, x.dims().end()); }

absl::StatusOr<Window> PoolWindow(const Call& call) {
  const Tensor& x = call.tensor(0);
  if (x.rank() < 3) return absl::InvalidArgumentError("the input has no spatial axis");
  return ReadWindow(call, SpatialOf(x), call.Ints("kernel_shape"));
}

Dims PooledDims(const Tensor& x, const Window& window) {
  Dims dims = {x.dims()[0], x.dims()[1]};
  dims.insert(dims.end(), window.output.begin(), window.output.end());
  return dims;
}

// For each place of the output, the offsets of the elements that are no padding.
std::vector<std::vector<int64_t>> Members(const Window& window) {
  std::vector<std::vector<int64_t>> members(CountOf(window.output));
  for (const auto& tap : WindowOffsets(window)) {
    for (size_t place = 0; place < members.size(); ++place) {
      if (tap[place] >= 0) members[place].push_back(tap[place]);
    }
  }
  return members;
}

// Calls function(plane, place, members of the place) for each element of the output.
template <typename Function>
void ForEachPlace(const Tensor& x, const Window& window, Function function) {
  const auto members = Members(window);
  for (int64_t plane = 0; plane < x.dims()[0] * x.dims()[1]; ++plane) {
    for (size_t place = 0; place < members.size(); ++place) {
      function(plane, static_cast<int64_t>(place), members[place]);
    }
  }
}

// How many elements of the window at each place lie within the input or its pads (and not beyond
// them, where a window may reach by ceil_mode).
std::vector<int64_t> PaddedCounts(const Window& window) {
  std::vector<int64_t> counts;
  for (IndexWalk o(window.output); !o.done(); o.Next()) {
    int64_t count = 1;
    for (size_t axis = 0; axis < window.kernel.size(); ++axis) {
      int64_t within = 0;
      for (int64_t k = 0; k < window.kernel[axis]; ++k) {
        const int64_t at = window.At(axis, o.index()[axis], k);
        if (at < window.input[axis] + window.after[axis]) ++within;
      }
      count *= within;
    }
    counts.push_back(count);
  }
  return counts;
}

Values AveragePool(const Call& call) {
  const Tensor& x = call.tensor(0);
  SINTER_ASSIGN_OR_RETURN(const Window window, PoolWindow(call));
  const bool with_pads = call.Flag("count_include_pad");
  const auto padded = PaddedCounts(window);
  const int64_t plane_size = CountOf(window.input);
  const auto places = static_cast<int64_t>(padded.size());
  Tensor y(x.dtype(), PooledDims(x, window));
  ForEachPlace(x, window, [&](int64_t plane, int64_t place, const std::vector<int64_t>& members) {
    double sum = 0;
    for (const int64_t at : members) sum += x.reals()[plane * plane_size + at];
    const auto count = with_pads ? padded[place] : static_cast<int64_t>(members.size());
    y.reals()[plane * places + place] = sum / static_cast<double>(count);
  });
  return Single(std::move(y));
}

double Norm(double power_sum, double p) { return std::pow(power_sum, 1 / p); }

// `p` is a float in version 1.
double ReadPower(const Call& call) {
  return call.version() < 2 ? call.Float("p", 2) : static_cast<double>(call.Int("p", 2));
}

Values LpPool(const Call& call) {
  const Tensor& x = call.tensor(0);
  SINTER_ASSIGN_OR_RETURN(const Window window, PoolWindow(call));
  const double p = ReadPower(call);
  const int64_t plane_size = CountOf(window.input);
  const int64_t places = CountOf(window.output);
  Tensor y(x.dtype(), PooledDims(x, window));
  ForEachPlace(x, window, [&](int64_t plane, int64_t place, const std::vector<int64_t>& members) {
    double sum = 0;
    for (const int64_t at : members) {
      sum += std::pow(std::fabs(x.reals()[plane * plane_size + at]), p);
    }
    y.reals()[plane * places + place] = Norm(sum, p);
  });
  return Single(std::move(y));
}

// The member with the largest element, the first of equal ones; NaN counts as larger than all. -1
// for none.
int64_t LargestMember(const Tensor& x, int64_t begin, const std::vector<int64_t>& members) {
  int64_t best = -1;
  for (const int64_t at : members) {
    const bool larger =
        best < 0 || (x.HoldsReals() ? x.reals()[begin + at] > x.reals()[begin + best] ||
                                          (std::isnan(x.reals()[begin + at]) &&
                                           !std::isnan(x.reals()[begin + best]))
                                    : x.integers()[begin + at] > x.integers()[begin + best]);
    if (larger) best = at;
  }
  return best;
}

// An offset within a plane as if its first spatial axis were the fastest.
int64_t ColumnMajor(int64_t offset, const Dims& plane) {
  int64_t result = 0;
  int64_t stride = CountOf(plane);
  for (size_t axis = plane.size(); axis-- > 0;) {
    stride /= plane[axis];
    result += offset % plane[axis] * stride;
    offset /= plane[axis];
  }
  return result;
}

// Also yields where in the whole input each largest element is.
Values MaxPool(const Call& call) {
  const Tensor& x = call.tensor(0);
  SINTER_ASSIGN_OR_RETURN(const Window window, PoolWindow(call));
  const bool column_major = call.Flag("storage_order");
  const int64_t plane_size = CountOf(window.input);
  const int64_t places = CountOf(window.output);
  Tensor y(x.dtype(), PooledDims(x, window));
  Tensor indices(Dtype::kInt64, y.dims());
  ForEachPlace(x, window, [&](int64_t plane, int64_t place, const std::vector<int64_t>& members) {
    const int64_t begin = plane * plane_size;
    const int64_t to = plane * places + place;
    const int64_t best = LargestMember(x, begin, members);
    if (x.HoldsReals()) {
      y.reals()[to] = best < 0 ? LowestFinite(x.dtype()) : x.reals()[begin + best];
    } else {
      y.integers()[to] = best < 0 ? LowestInteger(x.dtype()) : x.integers()[begin + best];
    }
    indices.integers()[to] =
        best < 0 ? -1 : begin + (column_major ? ColumnMajor(best, window.input) : best);
  });
  return std::vector<Value>{std::move(y), std::move(indices)};
}

// The whole plane as one window.
absl::StatusOr<Tensor> GlobalResult(const Tensor& x) {
  if (x.rank() < 2) return absl::InvalidArgumentError("the input must have rank 2 or more");
  Dims dims(x.rank(), 1);
  dims[0] = x.dims()[0];
  dims[1] = x.dims()[1];
  return Tensor(x.dtype(), dims);
}

template <typename Function>
Values Global(const Call& call, Function function) {
  const Tensor& x = call.tensor(0);
  SINTER_ASSIGN_OR_RETURN(Tensor y, GlobalResult(x));
  const int64_t size = CountOf(x.dims(), 2, x.rank());
  for (int64_t plane = 0; plane < y.count(); ++plane) {
    const auto begin = x.reals().begin() + plane * size;
    y.reals()[plane] = function(std::vector<double>(begin, begin + size));
  }
  return Single(std::move(y));
}

Values GlobalAveragePool(const Call& call) {
  return Global(call, [](const std::vector<double>& plane) {
    double sum = 0;
    for (const double v : plane) sum += v;
    return sum / static_cast<double>(plane.size());
  });
}

Values GlobalMaxPool(const Call& call) {
  return Global(call, [](const std::vector<double>& plane) {
    double best = -std::numeric_limits<double>::infinity();
    for (const double v : plane) best = v > best || std::isnan(v) ? v : best;
    return best;
  });
}

Values GlobalLpPool(const Call& call) {
  const double p = ReadPower(call);
  return Global(call, [p](const std::vector<double>& plane) {
    double sum = 0;
    for (const double v : plane) sum += std::pow(std::fabs(v), p);
    return Norm(sum, p);
  });
}

// `x` in the corner of a tensor of shape `dims`, cut where that is smaller, else followed by zeros.
Tensor InCorner(const Tensor& x, const Dims& dims) {
  const Dims strides = StridesOf(x.dims());
  std::vector<int64_t> offsets;
  for (IndexWalk walk(dims); !walk.done(); walk.Next()) {
    int64_t offset = 0;
    for (size_t axis = 0; axis < dims.size() && offset != kNothing; ++axis) {
      const int64_t at = walk.index()[axis];
      offset = at < x.dims()[axis] ? offset + at * strides[axis] : kNothing;
    }
    offsets.push_back(offset);
  }
  return Pick(x, dims, offsets);
}

// Puts each element where MaxPool took it from; the rest is zero. Indices count within the shape
// that the attributes yield; a larger output_shape has the result in its corner.
Values MaxUnpool(const Call& call) {
  const Tensor& x = call.tensor(0);
  const Tensor& indices = call.tensor(1);
  const Dims kernel = call.Ints("kernel_shape");
  const auto rank = static_cast<int64_t>(kernel.size());
  SINTER_ASSIGN_OR_RETURN(const Dims strides, ReadSteps(call, "strides", rank));
  Dims pads = call.Ints("pads");
  if (pads.empty()) pads.assign(2 * rank, 0);
  if (x.rank() != rank + 2 || static_cast<int64_t>(pads.size()) != 2 * rank ||
      indices.dims() != x.dims()) {
    return absl::InvalidArgumentError("indices, kernel or pads don't fit the input");
  }
  Dims dims = x.dims();
  for (int64_t i = 0; i < rank; ++i) {
    dims[i + 2] = (dims[i + 2] - 1) * strides[i] - pads[i] - pads[i + rank] + kernel[i];
  }
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  Tensor y(x.dtype(), dims);
  for (int64_t i = 0; i < x.count(); ++i) {
    const Integer at = indices.integers()[i];
    if (at < 0 || at >= y.count()) return absl::InvalidArgumentError("an index is out of range");
    CopyElement(x, i, y, static_cast<int64_t>(at));
  }
  if (!call.Has(2)) return Single(std::move(y));

  const Dims wanted = call.tensor(2).ToInts();
  SINTER_RETURN_IF_ERROR(CheckElementCount(wanted));
  if (wanted.size() != dims.size()) {
    return absl::InvalidArgumentError("output_shape has a wrong rank");
  }
  return Single(InCorner(y, wanted));
}

}  // namespace

absl::Span<const Operator> PoolingOperators() {
  static constexpr Operator kOperators[] = {
      {"", "AveragePool", 1, AveragePool},
      {"", "GlobalAveragePool", 1, GlobalAveragePool},
      {"", "GlobalLpPool", 1, GlobalLpPool},
      {"", "GlobalMaxPool", 1, GlobalMaxPool},
      {"", "LpPool", 1, LpPool},
      {"", "MaxPool", 1, MaxPool},
      {"", "MaxUnpool", 9, MaxUnpool},
  };
  return kOperators;
}

}  // namespace sinter::reference
