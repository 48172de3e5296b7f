// Reductions along axes, and the places of extremes.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/status_macros.h"
#include "reference/ops/categories.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;
using Reals = std::vector<double>;
using Integers = std::vector<Integer>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The axes to reduce: an attribute in old versions, an input later. None given means all, unless
// the node says that then none are meant.
absl::StatusOr<Dims> ReadAxes(const Call& call, int64_t rank) {
  Dims axes = call.Has(1) ? call.tensor(1).ToInts() : call.Ints("axes");
  if (axes.empty() && !call.Flag("noop_with_empty_axes")) {
    for (int64_t axis = 0; axis < rank; ++axis) axes.push_back(axis);
  }
  return NormalAxes(axes, rank);
}

struct Reduced {
  Dims kept_dims;  // with 1 for the reduced axes
  Dims dims;       // without them
  // The strides with which the result is walked over along with the input.
  Dims strides;
};

Reduced Reduce(const Dims& dims, const Dims& axes) {
  Reduced result;
  for (int64_t axis = 0; axis < static_cast<int64_t>(dims.size()); ++axis) {
    const bool reduced = std::find(axes.begin(), axes.end(), axis) != axes.end();
    result.kept_dims.push_back(reduced ? 1 : dims[axis]);
    if (!reduced) result.dims.push_back(dims[axis]);
  }
  result.strides = BroadcastStrides(result.kept_dims, result.kept_dims);
  return result;
}

// The elements that go into each element of the result.
template <typename T>
std::vector<std::vector<T>> Groups(const std::vector<T>& elements, const Dims& dims,
                                   const Reduced& reduced) {
  std::vector<std::vector<T>> groups(CountOf(reduced.kept_dims));
  for (IndexWalk walk(dims, {reduced.strides}); !walk.done(); walk.Next()) {
    groups[walk.offset(0)].push_back(elements[walk.count()]);
  }
  return groups;
}

// A reduction is what it makes of a group of reals, and of one of integers.
using RealReduction = double (*)(const Reals&);
using IntegerReduction = Integer (*)(const Integers&, Dtype);

template <RealReduction kReal, IntegerReduction kInteger>
Values ReduceWith(const Call& call) {
  const Tensor& x = call.tensor(0);
  SINTER_ASSIGN_OR_RETURN(const Dims axes, ReadAxes(call, x.rank()));
  const Reduced reduced = Reduce(x.dims(), axes);
  Tensor y(x.dtype(), call.Flag("keepdims", true) ? reduced.kept_dims : reduced.dims);
  if (x.HoldsReals()) {
    const auto groups = Groups(x.reals(), x.dims(), reduced);
    for (size_t i = 0; i < groups.size(); ++i) y.reals()[i] = kReal(groups[i]);
  } else {
    const auto groups = Groups(x.integers(), x.dims(), reduced);
    for (size_t i = 0; i < groups.size(); ++i) y.integers()[i] = kInteger(groups[i], x.dtype());
  }
  return Single(std::move(y));
}

double Sum(const Reals& group) {
  double sum = 0;
  for (const double v : group) sum += v;
  return sum;
}

double Product(const Reals& group) {
  double product = 1;
  for (const double v : group) product *= v;
  return product;
}

// NaN wins.
double Max(const Reals& group) {
  double best = -kInfinity;
  for (const double v : group) best = v > best || std::isnan(v) ? v : best;
  return best;
}

double Min(const Reals& group) {
  double best = kInfinity;
  for (const double v : group) best = v < best || std::isnan(v) ? v : best;
  return best;
}

double Mean(const Reals& group) { return Sum(group) / static_cast<double>(group.size()); }

double L1(const Reals& group) {
  double sum = 0;
  for (const double v : group) sum += std::fabs(v);
  return sum;
}

double SumSquare(const Reals& group) {
  double sum = 0;
  for (const double v : group) sum += v * v;
  return sum;
}

double L2(const Reals& group) { return std::sqrt(SumSquare(group)); }
double LogSum(const Reals& group) { return std::log(Sum(group)); }

double LogSumExp(const Reals& group) {
  const double largest = Max(group);
  if (!std::isfinite(largest)) return largest;
  double sum = 0;
  for (const double v : group) sum += std::exp(v - largest);
  return largest + std::log(sum);
}

Integer IntegerSum(const Integers& group, Dtype) {
  Integer sum = 0;
  for (const Integer v : group) sum += v;
  return sum;
}

Integer IntegerProduct(const Integers& group, Dtype dtype) {
  Integer product = 1;
  for (const Integer v : group) product = WrapTo(dtype, product * v);
  return product;
}

Integer IntegerMax(const Integers& group, Dtype dtype) {
  Integer best = LowestInteger(dtype);
  for (const Integer v : group) best = std::max(best, v);
  return best;
}

Integer IntegerMin(const Integers& group, Dtype dtype) {
  Integer best = LargestInteger(dtype);
  for (const Integer v : group) best = std::min(best, v);
  return best;
}

Integer IntegerL1(const Integers& group, Dtype) {
  Integer sum = 0;
  for (const Integer v : group) sum += v < 0 ? -v : v;
  return sum;
}

Integer IntegerSumSquare(const Integers& group, Dtype dtype) {
  Integer sum = 0;
  for (const Integer v : group) sum = WrapTo(dtype, sum + WrapTo(dtype, v * v));
  return sum;
}

// For integers, the whole part of what the reals would give.
template <RealReduction kReal>
Integer Truncated(const Integers& group, Dtype dtype) {
  return TruncateTo(dtype, kReal(Reals(group.begin(), group.end())));
}

// The first (or last) place along the axis of the element that comes before all others.
template <typename T, typename Before>
int64_t PlaceOfBest(const std::vector<T>& group, bool last, Before before) {
  int64_t best = 0;
  for (int64_t i = 1; i < static_cast<int64_t>(group.size()); ++i) {
    if (before(group[i], group[best]) || (last && !before(group[best], group[i]))) best = i;
  }
  return best;
}

// NaN comes before all numbers, as in numpy.
struct Larger {
  bool operator()(double a, double b) const { return a > b || (std::isnan(a) && !std::isnan(b)); }
  bool operator()(Integer a, Integer b) const { return a > b; }
};
struct Smaller {
  bool operator()(double a, double b) const { return a < b || (std::isnan(a) && !std::isnan(b)); }
  bool operator()(Integer a, Integer b) const { return a < b; }
};

template <typename Before>
Values PlaceOf(const Call& call) {
  const Tensor& x = call.tensor(0);
  SINTER_ASSIGN_OR_RETURN(const int64_t axis, NormalAxis(call.Int("axis", 0), x.rank()));
  if (x.dims()[axis] == 0) return absl::InvalidArgumentError("an axis of size 0 has no extreme");
  const bool last = call.Flag("select_last_index");
  const Reduced reduced = Reduce(x.dims(), {axis});
  Tensor y(Dtype::kInt64, call.Flag("keepdims", true) ? reduced.kept_dims : reduced.dims);
  const auto fill = [&](const auto& elements) {
    const auto groups = Groups(elements, x.dims(), reduced);
    for (size_t i = 0; i < groups.size(); ++i) {
      y.integers()[i] = PlaceOfBest(groups[i], last, Before());
    }
  };
  if (x.HoldsReals()) {
    fill(x.reals());
  } else {
    fill(x.integers());
  }
  return Single(std::move(y));
}

}  // namespace

absl::Span<const Operator> ReductionOperators() {
  static constexpr Operator kOperators[] = {
      {"", "ArgMax", 1, PlaceOf<Larger>},
      {"", "ArgMin", 1, PlaceOf<Smaller>},
      {"", "ReduceL1", 1, ReduceWith<L1, IntegerL1>},
      {"", "ReduceL2", 1, ReduceWith<L2, Truncated<L2>>},
      {"", "ReduceLogSum", 1, ReduceWith<LogSum, Truncated<LogSum>>},
      {"", "ReduceLogSumExp", 1, ReduceWith<LogSumExp, Truncated<LogSumExp>>},
      {"", "ReduceMax", 1, ReduceWith<Max, IntegerMax>},
      {"", "ReduceMean", 1, ReduceWith<Mean, Truncated<Mean>>},
      {"", "ReduceMin", 1, ReduceWith<Min, IntegerMin>},
      {"", "ReduceProd", 1, ReduceWith<Product, IntegerProduct>},
      {"", "ReduceSum", 1, ReduceWith<Sum, IntegerSum>},
      {"", "ReduceSumSquare", 1, ReduceWith<SumSquare, IntegerSumSquare>},
  };
  return kOperators;
}

}  // namespace sinter::reference
