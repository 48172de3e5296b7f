// GridSample: the grid says for each element of the result which position of the input it shows.
#include <string>

#include "base/status_macros.h"
#include "compiler_core/legalize/indexing.h"
#include "compiler_core/legalize/lowerings.h"
#include "compiler_core/legalize/sampling.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace sinter::legalize {

namespace {

namespace arith = mlir::arith;
namespace math = mlir::math;
using mlir::Value;
using mlir::ValueRange;
using Relation = Scalars::Relation;

struct Sampling {
  std::string mode;     // nearest, linear, cubic
  std::string padding;  // zeros, border, reflection
  bool align_corners;
};

absl::StatusOr<Sampling> ReadSampling(Node& n) {
  Sampling sampling{n.String("mode", n.version() < 20 ? "bilinear" : "linear"),
                    n.String("padding_mode", "zeros"), n.Int("align_corners", 0) != 0};
  if (sampling.mode == "bilinear") sampling.mode = "linear";
  if (sampling.mode == "bicubic") sampling.mode = "cubic";
  if (sampling.mode != "nearest" && sampling.mode != "linear" && sampling.mode != "cubic") {
    return Unsupported("mode `" + sampling.mode + "`");
  }
  if (sampling.padding != "zeros" && sampling.padding != "border" &&
      sampling.padding != "reflection") {
    return Unsupported("padding_mode `" + sampling.padding + "`");
  }
  if (sampling.mode != "nearest" && !mlir::isa<mlir::FloatType>(n.Element(0))) {
    return Unsupported("interpolation between integers");
  }
  return sampling;
}

// One dimension, as numbers of the coordinates' type.
struct Axis {
  Value size_index, size;
  Value low, high;  // where the tensor ends: the outer elements' centers or edges
};

Axis MakeAxis(Scalars& s, const Sampling& sampling, Value size_index, mlir::Type type) {
  const Value size = s.FromIndex(size_index, type);
  const double edge = sampling.align_corners ? 0 : -0.5;
  const Value high = s.Sub(size, s.Number(type, 1 + edge));
  return {size_index, size, s.Number(type, edge), high};
}

// From [-1, 1] to positions of elements.
Value Denormalized(Scalars& s, const Sampling& sampling, const Axis& axis, Value x) {
  const Value one = s.Like(x, 1), two = s.Like(x, 2);
  const Value up = s.Add(x, one);
  if (sampling.align_corners) return s.Mul(s.Div(up, two), s.Sub(axis.size, one));
  return s.Div(s.Sub(s.Mul(up, axis.size), one), two);
}

// Thrown back at both ends until it is inside.
Value Reflected(Scalars& s, const Axis& axis, Value x) {
  const Value range = s.Sub(axis.high, axis.low);
  const Value below = s.Compare(Relation::kLess, x, axis.low);
  const Value above = s.Compare(Relation::kGreater, x, axis.high);
  const Value distance = s.Select(below, s.Sub(axis.low, x), s.Sub(x, axis.high));
  const Value times = s.Emit<math::FloorOp>(s.Div(distance, range));
  const Value rest = s.Sub(distance, s.Mul(times, range));
  const Value half = s.Mul(times, s.Like(x, 0.5));
  const Value even = s.Compare(Relation::kEqual, half, s.Emit<math::FloorOp>(half));
  // An even number of reflections comes back from the end that it left by.
  const Value from_low = s.Emit<arith::XOrIOp>(even, above);
  const Value inside = s.Select(from_low, s.Add(axis.low, rest), s.Sub(axis.high, rest));
  return s.Select(s.Emit<arith::OrIOp>(below, above), inside, x);
}

// `x` where it lies outside, as the padding has it.
Value Padded(Scalars& s, const Sampling& sampling, const Axis& axis, Value x) {
  if (sampling.padding == "zeros") return x;
  if (sampling.padding == "reflection") return Reflected(s, axis, x);
  const Value outside = s.Emit<arith::OrIOp>(s.Compare(Relation::kLess, x, axis.low),
                                             s.Compare(Relation::kGreater, x, axis.high));
  const Value last = s.Sub(axis.size, s.Like(x, 1));
  return s.Select(outside, s.Min(s.Max(x, s.Like(x, 0)), last), x);
}

// The element at whole position `x`.
Tap TapAt(Scalars& s, const Sampling& sampling, const Axis& axis, Value x, Value factor) {
  if (sampling.padding == "reflection") {
    // Towards zero, as all implementations have it.
    const Value inside = Reflected(s, axis, x);
    return {IntoRange(s, WholeToIndex(s, inside), axis.size_index), {}, factor};
  }
  const Value index = WholeToIndex(s, x);
  const bool zeros = sampling.padding == "zeros";
  return {IntoRange(s, index, axis.size_index),
          zeros ? InRange(s, index, axis.size_index) : Value(), factor};
}

// The factors of the four neighbours, `ratio` to the right of the second.
std::vector<Value> CubicFactors(Scalars& s, Value ratio) {
  const double a = -0.75;
  const Value one = s.Like(ratio, 1), rest = s.Sub(one, ratio);
  const auto times = [&](double factor, Value x) { return s.Mul(s.Like(x, factor), x); };
  const auto near = [&](Value r) {
    return s.Add(s.Mul(s.Sub(times(a + 2, r), s.Like(r, a + 3)), s.Mul(r, r)), one);
  };
  const auto far = [&](Value r) {
    const Value square = s.Add(s.Mul(s.Sub(times(a, r), s.Like(r, 5 * a)), r), s.Like(r, 8 * a));
    return s.Sub(s.Mul(square, r), s.Like(r, 4 * a));
  };
  return {far(s.Add(ratio, one)), near(ratio), near(rest), far(s.Add(rest, one))};
}

Taps TapsOf(Scalars& s, const Sampling& sampling, const Axis& axis, Value normalized) {
  Value x = Denormalized(s, sampling, axis, normalized);
  if (sampling.mode == "nearest") x = s.Emit<math::RoundEvenOp>(x);
  x = Padded(s, sampling, axis, x);
  if (sampling.mode == "nearest") return {TapAt(s, sampling, axis, x, {})};
  const Value floor = s.Emit<math::FloorOp>(x), ratio = s.Sub(x, floor);
  const bool linear = sampling.mode == "linear";
  const std::vector<Value> factors =
      linear ? std::vector<Value>{s.Sub(s.Like(x, 1), ratio), ratio} : CubicFactors(s, ratio);
  Taps taps;
  for (size_t i = 0; i < factors.size(); ++i) {
    const double offset = static_cast<double>(i) - (linear ? 0 : 1);
    const Value at = s.Add(floor, s.Like(floor, offset));
    taps.push_back(TapAt(s, sampling, axis, at, factors[i]));
  }
  return taps;
}

absl::Status GridSample(Node& n) {
  SINTER_ASSIGN_OR_RETURN(const Sampling sampling, ReadSampling(n));
  Emitter& e = n.emit();
  const int64_t rank = n.Rank(0), spatial = rank - 2;
  const Value source = n.In(0), grid = n.In(1);
  const mlir::Type coordinate = ComputeType(n.Element(1)), type = ComputeType(n.Element(0));
  std::vector<Value> sizes;
  for (int64_t i = 2; i < rank; ++i) sizes.push_back(e.Dim(n.Shape(0)[i]));
  return n.Return(e.MapOperands({}, n.OutShape(), n.OutElement(), [&](Scalars& s, ValueRange) {
    std::vector<Value> at = {s.Index(0)};
    for (int64_t i = 2; i < rank; ++i) at.push_back(s.Index(i));
    std::vector<Taps> taps;
    for (int64_t i = 0; i < spatial; ++i) {
      // The grid names the innermost dimension first.
      std::vector<Value> place = at;
      place.push_back(s.Number(s.builder().getIndexType(), static_cast<double>(spatial - 1 - i)));
      const Value normalized = s.Convert(Extract(s, grid, place), coordinate);
      const Axis axis = MakeAxis(s, sampling, sizes[i], coordinate);
      taps.push_back(TapsOf(s, sampling, axis, normalized));
    }
    return Interpolate(s, source, {s.Index(0), s.Index(1)}, taps, type);
  }));
}

}  // namespace

void AddGridSample(LoweringTable& table) { table["GridSample"] = GridSample; }

}  // namespace sinter::legalize
