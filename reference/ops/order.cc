// What depends on the order of elements along an axis: TopK, Unique, CumSum, CumProd.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"
#include "reference/ops/pick.h"
#include "reference/ops/product.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;

// A line of elements along one axis of a tensor: first offset and distance.
struct Line {
  int64_t begin;
  int64_t stride;
};

// All lines along `axis`, in the order of the other indices.
std::vector<Line> LinesAlong(const Dims& dims, int64_t axis) {
  const int64_t inner = CountOf(dims, axis + 1, dims.size());
  const int64_t outer = CountOf(dims, 0, axis);
  std::vector<Line> lines;
  for (int64_t i = 0; i < outer * inner; ++i) {
    lines.push_back({i / inner * inner * dims[axis] + i % inner, inner});
  }
  return lines;
}

bool IsNan(double v) { return std::isnan(v); }
bool IsNan(Integer) { return false; }

// NaN counts as larger than all numbers.
template <typename T>
bool Before(const T& a, const T& b, bool largest) {
  if (IsNan(a) || IsNan(b)) return largest ? IsNan(a) && !IsNan(b) : !IsNan(a) && IsNan(b);
  return largest ? a > b : a < b;
}

// The places along the line of its elements in order; of equal ones the first comes first.
template <typename T>
std::vector<int64_t> SortedPlaces(const std::vector<T>& elements, Line line, int64_t size,
                                  bool largest) {
  std::vector<int64_t> places(size);
  std::iota(places.begin(), places.end(), 0);
  std::stable_sort(places.begin(), places.end(), [&](int64_t a, int64_t b) {
    return Before(elements[line.begin + a * line.stride], elements[line.begin + b * line.stride],
                  largest);
  });
  return places;
}

// `k` is an attribute in version 1, an input later; `largest` came with version 11.
Values TopK(const Call& call) {
  const Tensor& x = call.tensor(0);
  SINTER_ASSIGN_OR_RETURN(const int64_t axis, NormalAxis(call.Int("axis", -1), x.rank()));
  if (call.Has(1) && call.tensor(1).count() != 1) {
    return absl::InvalidArgumentError("K must have one element");
  }
  const int64_t k = call.Has(1) ? call.tensor(1).ToInts()[0] : call.Int("k", 0);
  if (k < 0 || k > x.dims()[axis]) {
    return absl::InvalidArgumentError(
        absl::StrCat("K is ", k, ", but the axis has ", x.dims()[axis], " elements"));
  }
  const bool largest = call.Flag("largest", true);
  Dims dims = x.dims();
  dims[axis] = k;
  Tensor places(Dtype::kInt64, dims);
  std::vector<int64_t> offsets(places.count());
  const std::vector<Line> from = LinesAlong(x.dims(), axis);
  const std::vector<Line> to = LinesAlong(dims, axis);
  for (size_t i = 0; i < from.size(); ++i) {
    const auto sorted = x.HoldsReals()
                            ? SortedPlaces(x.reals(), from[i], x.dims()[axis], largest)
                            : SortedPlaces(x.integers(), from[i], x.dims()[axis], largest);
    for (int64_t j = 0; j < k; ++j) {
      const int64_t at = to[i].begin + j * to[i].stride;
      places.integers()[at] = sorted[j];
      offsets[at] = from[i].begin + sorted[j] * from[i].stride;
    }
  }
  return std::vector<Value>{Pick(x, dims, offsets), std::move(places)};
}

// The tensor as a list of slices along `axis`: offsets of the elements of each.
std::vector<std::vector<int64_t>> SlicesAlong(const Dims& dims, int64_t axis) {
  std::vector<std::vector<int64_t>> slices(dims[axis]);
  for (const Line line : LinesAlong(dims, axis)) {
    for (int64_t i = 0; i < dims[axis]; ++i) slices[i].push_back(line.begin + i * line.stride);
  }
  return slices;
}

// Which of two slices comes first: -1, 0 or 1.
int Compare(const Tensor& x, const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  return std::visit(
      [&](const auto& elements) {
        using T = std::decay_t<decltype(elements[0])>;
        if constexpr (!std::is_same_v<T, std::complex<double>>) {
          for (size_t i = 0; i < a.size(); ++i) {
            if (elements[a[i]] < elements[b[i]]) return -1;
            if (elements[b[i]] < elements[a[i]]) return 1;
          }
        }
        return 0;
      },
      x.elements());
}

struct Distinct {
  int64_t first;  // where it occurs first
  int64_t count;
};

// Without `axis` the elements are the slices, of the flattened tensor.
Values Unique(const Call& call) {
  const bool flat = !call.HasAttribute("axis");
  const Tensor x = flat ? call.tensor(0).Reshaped({call.tensor(0).count()}) : call.tensor(0);
  SINTER_ASSIGN_OR_RETURN(const int64_t axis, NormalAxis(call.Int("axis", 0), x.rank()));
  const auto slices = SlicesAlong(x.dims(), axis);
  const auto size = static_cast<int64_t>(slices.size());

  // Neighbours in sorted order are equal or begin a new kind.
  std::vector<int64_t> order(size);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return Compare(x, slices[a], slices[b]) < 0; });
  std::vector<Distinct> kinds;
  std::vector<int64_t> kind_of(size);
  for (int64_t i = 0; i < size; ++i) {
    if (i == 0 || Compare(x, slices[order[i - 1]], slices[order[i]]) != 0) {
      kinds.push_back({order[i], 0});
    }
    ++kinds.back().count;
    kind_of[order[i]] = static_cast<int64_t>(kinds.size()) - 1;
  }

  std::vector<int64_t> ranking(kinds.size());  // the kinds in the order of the output
  std::iota(ranking.begin(), ranking.end(), 0);
  if (!call.Flag("sorted", true)) {
    std::sort(ranking.begin(), ranking.end(),
              [&](int64_t a, int64_t b) { return kinds[a].first < kinds[b].first; });
  }
  std::vector<int64_t> place_of(kinds.size());
  std::vector<int64_t> firsts;
  std::vector<int64_t> counts;
  for (const int64_t kind : ranking) {
    place_of[kind] = static_cast<int64_t>(firsts.size());
    firsts.push_back(kinds[kind].first);
    counts.push_back(kinds[kind].count);
  }
  std::vector<int64_t> inverse;
  for (const int64_t kind : kind_of) inverse.push_back(place_of[kind]);

  Dims dims = x.dims();
  dims[axis] = static_cast<int64_t>(firsts.size());
  Tensor y(x.dtype(), dims);
  const auto targets = SlicesAlong(dims, axis);
  for (size_t i = 0; i < firsts.size(); ++i) {
    for (size_t j = 0; j < targets[i].size(); ++j) {
      CopyElement(x, slices[firsts[i]][j], y, targets[i][j]);
    }
  }
  return std::vector<Value>{std::move(y), Tensor::FromInts(firsts), Tensor::FromInts(inverse),
                            Tensor::FromInts(counts)};
}

// Replaces each line of `elements` by what `combine` has made of those up to each place.
template <typename T, typename Combine>
void Accumulate(std::vector<T>& elements, const std::vector<Line>& lines, int64_t size, T start,
                const Call& call, Combine combine) {
  const bool exclusive = call.Flag("exclusive");
  const bool reverse = call.Flag("reverse");
  for (const Line line : lines) {
    T so_far = start;
    for (int64_t i = 0; i < size; ++i) {
      T& element = elements[line.begin + (reverse ? size - 1 - i : i) * line.stride];
      const T next = combine(so_far, element);
      element = exclusive ? so_far : next;
      so_far = next;
    }
  }
}

template <typename Combine>
Values Cumulative(const Call& call, int start, Combine combine) {
  Tensor x = call.tensor(0);
  if (call.tensor(1).count() != 1) return absl::InvalidArgumentError("axis must be a scalar");
  SINTER_ASSIGN_OR_RETURN(const int64_t axis, NormalAxis(call.tensor(1).ToInts()[0], x.rank()));
  const std::vector<Line> lines = LinesAlong(x.dims(), axis);
  if (x.HoldsReals()) {
    Accumulate<double>(x.reals(), lines, x.dims()[axis], start, call, combine);
  } else {
    const Dtype dtype = x.dtype();
    Accumulate<Integer>(x.integers(), lines, x.dims()[axis], start, call,
                        [&](Integer a, Integer b) { return WrapTo(dtype, combine(a, b)); });
  }
  return Single(std::move(x));
}

Values CumSum(const Call& call) {
  return Cumulative(call, 0, [](auto a, auto b) { return a + b; });
}

Values CumProd(const Call& call) {
  return Cumulative(call, 1, [](auto a, auto b) { return Product(a, b); });
}

}  // namespace

absl::Span<const Operator> OrderOperators() {
  static constexpr Operator kOperators[] = {
      {"", "CumProd", 26, CumProd},
      {"", "CumSum", 11, CumSum},
      {"", "TopK", 1, TopK},
      {"", "Unique", 11, Unique},
  };
  return kOperators;
}

}  // namespace sinter::reference
