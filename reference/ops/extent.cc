// More or fewer of the same elements: Concat, Split, Slice, Pad, Expand, Tile, CenterCropPad.
#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"
#include "reference/ops/pick.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;

// The tensor whose index i along each axis is index sources[axis][i] of `x`, or kNothing.
Tensor PickAlongAxes(const Tensor& x, const std::vector<std::vector<int64_t>>& sources) {
  const Dims strides = StridesOf(x.dims());
  Dims dims;
  for (const auto& each : sources) dims.push_back(static_cast<int64_t>(each.size()));
  std::vector<int64_t> offsets;
  for (IndexWalk walk(dims); !walk.done(); walk.Next()) {
    int64_t offset = 0;
    for (size_t axis = 0; axis < dims.size() && offset != kNothing; ++axis) {
      const int64_t from = sources[axis][walk.index()[axis]];
      offset = from == kNothing ? kNothing : offset + from * strides[axis];
    }
    offsets.push_back(offset);
  }
  return Pick(x, dims, offsets);
}

std::vector<int64_t> Count(int64_t begin, int64_t count, int64_t step = 1) {
  std::vector<int64_t> places;
  for (int64_t i = 0; i < count; ++i) places.push_back(begin + i * step);
  return places;
}

std::vector<std::vector<int64_t>> AllPlaces(const Dims& dims) {
  std::vector<std::vector<int64_t>> places;
  for (const int64_t dim : dims) places.push_back(Count(0, dim));
  return places;
}

Values Concat(const Call& call) {
  const Tensor& first = call.tensor(0);
  SINTER_ASSIGN_OR_RETURN(const int64_t axis, NormalAxis(call.Int("axis", 1), first.rank()));
  Dims dims = first.dims();
  dims[axis] = 0;
  for (int i = 0; i < call.input_count(); ++i) {
    Dims other = call.tensor(i).dims();
    if (call.tensor(i).rank() == first.rank()) {
      dims[axis] += other[axis];
      other[axis] = dims[axis];
    }
    if (other != dims) {
      return absl::InvalidArgumentError(absl::StrCat("shapes ", Text(first.dims()), " and ",
                                                     Text(call.tensor(i).dims()),
                                                     " differ elsewhere than along axis ", axis));
    }
  }
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  Tensor y(first.dtype(), dims);
  const int64_t y_block = CountOf(dims, axis, dims.size());
  int64_t begin = 0;
  for (int i = 0; i < call.input_count(); ++i) {
    const Tensor& x = call.tensor(i);
    const int64_t block = CountOf(x.dims(), axis, x.rank());
    for (int64_t outer = 0; outer < CountOf(dims, 0, axis); ++outer) {
      CopyElements(x, outer * block, y, outer * y_block + begin, block);
    }
    begin += block;
  }
  return Single(std::move(y));
}

// Sizes come as an input (versions 1 and 13 on) or an attribute; without them the parts are equal,
// and since version 18 the last one may be smaller.
absl::StatusOr<std::vector<int64_t>> PartSizes(const Call& call, int64_t dim) {
  std::vector<int64_t> sizes = call.Has(1) ? call.tensor(1).ToInts() : call.Ints("split");
  const int64_t parts = call.Int("num_outputs", call.output_count());
  if (sizes.empty() && parts > 0) {
    if (call.version() < 18 && dim % parts != 0) {
      return absl::InvalidArgumentError("the axis can't be divided into equal parts");
    }
    const int64_t size = (dim + parts - 1) / parts;
    for (int64_t i = 0; i < parts; ++i) {
      sizes.push_back(std::max<int64_t>(0, std::min(size, dim - i * size)));
    }
  }
  int64_t sum = 0;
  for (const int64_t size : sizes) {
    if (size < 0) return absl::InvalidArgumentError("a part has a negative size");
    sum += size;
  }
  if (sum != dim || static_cast<int>(sizes.size()) < call.output_count()) {
    return absl::InvalidArgumentError(
        absl::StrCat("parts of sizes ", Text(sizes), " don't make up an axis of size ", dim));
  }
  return sizes;
}

Values Split(const Call& call) {
  const Tensor& x = call.tensor(0);
  SINTER_ASSIGN_OR_RETURN(const int64_t axis, NormalAxis(call.Int("axis", 0), x.rank()));
  SINTER_ASSIGN_OR_RETURN(const auto sizes, PartSizes(call, x.dims()[axis]));
  std::vector<Value> parts;
  int64_t begin = 0;
  for (const int64_t size : sizes) {
    auto places = AllPlaces(x.dims());
    places[axis] = Count(begin, size);
    begin += size;
    parts.emplace_back(PickAlongAxes(x, places));
  }
  return parts;
}

// Bounds are attributes before version 10. Negative ones count from the end; what lies beyond the
// axis is cut.
Values Slice(const Call& call) {
  const Tensor& x = call.tensor(0);
  const auto read = [&](int input, const char* name) {
    return call.Has(input) ? call.tensor(input).ToInts() : call.Ints(name);
  };
  const Dims starts = read(1, "starts");
  const Dims ends = read(2, "ends");
  Dims axes = read(3, "axes");
  Dims steps = call.Has(4) ? call.tensor(4).ToInts() : Dims(starts.size(), 1);
  if (!call.Has(3) && !call.HasAttribute("axes")) {
    axes = Count(0, static_cast<int64_t>(starts.size()));
  }
  if (ends.size() != starts.size() || axes.size() != starts.size() ||
      steps.size() != starts.size()) {
    return absl::InvalidArgumentError("starts, ends, axes and steps must be equally many");
  }
  SINTER_ASSIGN_OR_RETURN(axes, NormalAxes(axes, x.rank()));
  auto places = AllPlaces(x.dims());
  for (size_t i = 0; i < axes.size(); ++i) {
    const int64_t dim = x.dims()[axes[i]];
    const int64_t step = steps[i];
    if (step == 0) return absl::InvalidArgumentError("a step is zero");
    // A backward slice may start at the last element and end before the first.
    const int64_t least = step > 0 ? 0 : -1;
    const int64_t most = step > 0 ? dim : dim - 1;
    const auto clamp = [&](int64_t at) {
      return std::min(std::max(at < 0 ? at + dim : at, least), most);
    };
    const int64_t begin = clamp(starts[i]);
    const int64_t end = clamp(ends[i]);
    // In 128 bits, for steps near the ends of int64.
    const Integer span = step > 0 ? Integer{end} - begin : Integer{begin} - end;
    const Integer pace = step > 0 ? Integer{step} : -Integer{step};
    const Integer count = span <= 0 ? 0 : (span + pace - 1) / pace;
    places[axes[i]] = Count(begin, static_cast<int64_t>(count), count > 1 ? step : 1);
  }
  return Single(PickAlongAxes(x, places));
}

// Pads before and after each axis, negative where it is to be cut.
struct Padding {
  Dims before;
  Dims after;
};

absl::StatusOr<Padding> ReadPadding(const Call& call, int64_t rank) {
  const char* name = call.HasAttribute("paddings") ? "paddings" : "pads";
  const Dims pads = call.Has(1) ? call.tensor(1).ToInts() : call.Ints(name);
  Dims axes = call.Has(3) ? call.tensor(3).ToInts() : Count(0, rank);
  SINTER_ASSIGN_OR_RETURN(axes, NormalAxes(axes, rank));
  if (pads.size() != 2 * axes.size()) {
    return absl::InvalidArgumentError("there must be two pads for each axis");
  }
  Padding padding{Dims(rank, 0), Dims(rank, 0)};
  for (size_t i = 0; i < axes.size(); ++i) {
    padding.before[axes[i]] = pads[i];
    padding.after[axes[i]] = pads[i + axes.size()];
  }
  return padding;
}

int64_t FloorMod(int64_t a, int64_t n) { return (a % n + n) % n; }

// Which place of an axis of `size` elements (after cutting) appears at place `i` beyond its ends.
int64_t PlaceBeyond(int64_t i, int64_t size, const std::string& mode) {
  if (i >= 0 && i < size) return i;
  if (mode == "edge") return i < 0 ? 0 : size - 1;
  if (mode == "wrap") return FloorMod(i, size);
  if (mode == "reflect") {
    if (size == 1) return 0;
    const int64_t at = FloorMod(i, 2 * (size - 1));
    return at < size ? at : 2 * (size - 1) - at;
  }
  return kNothing;
}

Values Pad(const Call& call) {
  const Tensor& x = call.tensor(0);
  SINTER_ASSIGN_OR_RETURN(const Padding padding, ReadPadding(call, x.rank()));
  const std::string mode = call.String("mode", "constant");
  std::vector<std::vector<int64_t>> places;
  Dims dims;
  for (int64_t axis = 0; axis < x.rank(); ++axis) {
    const int64_t before = padding.before[axis];
    const int64_t after = padding.after[axis];
    const int64_t cut = std::max<int64_t>(0, -before);
    const int64_t kept = x.dims()[axis] - cut - std::max<int64_t>(0, -after);
    dims.push_back(x.dims()[axis] + before + after);
    if (kept < 0 || (kept == 0 && dims.back() > 0 && mode != "constant")) {
      return absl::InvalidArgumentError(absl::StrCat("axis ", axis, " has too few elements"));
    }
    SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
    places.emplace_back();
    for (int64_t i = 0; i < dims.back(); ++i) {
      const int64_t from = PlaceBeyond(i - std::max<int64_t>(0, before), kept, mode);
      places.back().push_back(from == kNothing ? kNothing : from + cut);
    }
  }
  Tensor y = PickAlongAxes(x, places);
  if (mode != "constant") return Single(std::move(y));

  Tensor value(x.dtype(), {1});
  if (call.Has(2)) value = call.tensor(2);
  if (call.HasAttribute("value")) value.reals()[0] = call.Float("value", 0);
  if (value.count() != 1) return absl::InvalidArgumentError("the value must be a scalar");
  for (IndexWalk walk(dims); !walk.done(); walk.Next()) {
    bool outside = false;
    for (size_t axis = 0; axis < dims.size(); ++axis) {
      outside |= places[axis][walk.index()[axis]] == kNothing;
    }
    if (outside) CopyElement(value, 0, y, walk.count());
  }
  return Single(std::move(y));
}

Values Expand(const Call& call) {
  const Tensor& x = call.tensor(0);
  SINTER_ASSIGN_OR_RETURN(const Dims dims, BroadcastDims({x.dims(), call.tensor(1).ToInts()}));
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  return Single(BroadcastTo(x, dims));
}

absl::StatusOr<Tensor> Tiled(const Tensor& x, const Dims& repeats) {
  if (static_cast<int64_t>(repeats.size()) != x.rank()) {
    return absl::InvalidArgumentError("there must be one count for each axis");
  }
  Dims dims = x.dims();
  for (int64_t axis = 0; axis < x.rank(); ++axis) {
    if (repeats[axis] < 0 || __builtin_mul_overflow(dims[axis], repeats[axis], &dims[axis])) {
      return absl::InvalidArgumentError("a count is negative or too large");
    }
  }
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  std::vector<std::vector<int64_t>> places;
  for (int64_t axis = 0; axis < x.rank(); ++axis) {
    places.emplace_back();
    for (int64_t i = 0; i < dims[axis]; ++i) places.back().push_back(i % x.dims()[axis]);
  }
  return PickAlongAxes(x, places);
}

// One axis and how often.
Values Tile1(const Call& call) {
  const Tensor& x = call.tensor(0);
  if (call.tensor(1).count() != 1 || call.tensor(2).count() != 1) {
    return absl::InvalidArgumentError("tiles and axis must be scalars");
  }
  const auto axis = static_cast<int64_t>(call.tensor(2).RealAt(0));
  SINTER_ASSIGN_OR_RETURN(const int64_t normal, NormalAxis(axis, x.rank()));
  Dims repeats(x.rank(), 1);
  repeats[normal] = static_cast<int64_t>(call.tensor(1).RealAt(0));
  SINTER_ASSIGN_OR_RETURN(Tensor y, Tiled(x, repeats));
  return Single(std::move(y));
}

Values Tile(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(Tensor y, Tiled(call.tensor(0), call.tensor(1).ToInts()));
  return Single(std::move(y));
}

// Cuts or pads with zeros on both sides; of an odd number the larger half comes after.
Values CenterCropPad(const Call& call) {
  const Tensor& x = call.tensor(0);
  const Dims wanted = call.tensor(1).ToInts();
  Dims axes = call.HasAttribute("axes") ? call.Ints("axes") : Count(0, x.rank());
  SINTER_ASSIGN_OR_RETURN(axes, NormalAxes(axes, x.rank()));
  if (wanted.size() != axes.size()) {
    return absl::InvalidArgumentError("there must be one size for each axis");
  }
  Dims dims = x.dims();
  for (size_t i = 0; i < axes.size(); ++i) dims[axes[i]] = wanted[i];
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  auto places = AllPlaces(x.dims());
  for (const int64_t axis : axes) {
    const int64_t have = x.dims()[axis];
    const int64_t want = dims[axis];
    const int64_t shift = want < have ? (have - want) / 2 : -((want - have) / 2);
    places[axis] = Count(shift, want);
    for (int64_t& place : places[axis]) {
      if (place < 0 || place >= have) place = kNothing;
    }
  }
  return Single(PickAlongAxes(x, places));
}

}  // namespace

absl::Span<const Operator> ExtentOperators() {
  static constexpr Operator kOperators[] = {
      {"", "CenterCropPad", 18, CenterCropPad},
      {"", "Concat", 1, Concat},
      {"", "Expand", 8, Expand},
      {"", "Pad", 1, Pad},
      {"", "Slice", 1, Slice},
      {"", "Split", 1, Split},
      {"", "Tile", 1, Tile1},
      {"", "Tile", 6, Tile},
  };
  return kOperators;
}

}  // namespace sinter::reference
