// Resize and Upsample. Enlarging by whole factors with the nearest element is a repetition; all
// else reads the source at computed positions: all dimensions at once for `nearest`, one dimension
// after the other for `linear` and `cubic`.
#include <cmath>

#include "base/status_macros.h"
#include "compiler_core/legalize/indexing.h"
#include "compiler_core/legalize/lowerings.h"
#include "compiler_core/legalize/resize_plan.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace sinter::legalize {

namespace {

namespace arith = mlir::arith;
namespace math = mlir::math;
using ir::SymExpr;
using ir::SymShape;
using mlir::Value;
using mlir::ValueRange;
using Relation = Scalars::Relation;

// The whole factor by which `plan` enlarges, if output position o reads source position o / factor.
std::optional<int64_t> WholeFactor(const ResizePlan& resize, const AxisPlan& plan) {
  const auto ratio = SymExpr::ExactDiv(plan.out, plan.in);
  const std::optional<int64_t> factor = ratio ? ratio->AsConstant() : std::nullopt;
  if (!factor || (plan.scale && *plan.scale != static_cast<double>(*factor))) return std::nullopt;
  if (resize.coordinates == "asymmetric") {
    return resize.nearest == "floor" ? factor : std::nullopt;
  }
  const bool centered = resize.coordinates == "half_pixel" ||
                        resize.coordinates == "half_pixel_symmetric" ||
                        resize.coordinates == "pytorch_half_pixel";
  const bool rounds =
      resize.nearest == "round_prefer_floor" || resize.nearest == "round_prefer_ceil";
  return centered && rounds ? factor : std::nullopt;
}

// The result seen as [.., in, factor, ..]; null if a factor is not whole.
Value Repeated(Node& n, const ResizePlan& plan) {
  Emitter& e = n.emit();
  const SymShape in = n.Shape(0);
  std::vector<int64_t> factors(in.size(), 1);
  for (const AxisPlan& axis : plan.axes) {
    const auto factor = WholeFactor(plan, axis);
    if (!factor) return {};
    factors[axis.axis] = *factor;
  }
  SymShape split;
  llvm::SmallVector<int64_t> dims;
  for (size_t i = 0; i < in.size(); ++i) {
    dims.push_back(static_cast<int64_t>(split.size()));
    split.push_back(in[i]);
    if (factors[i] != 1) split.push_back(factors[i]);
  }
  const Operand source{n.In(0), e.Dims(split.size(), dims)};
  const Value repeated =
      e.MapOperands(source, split, n.OutElement(), [](Scalars&, ValueRange x) { return x[0]; });
  return e.Reshape(repeated, n.OutShape());
}

// Sizes of one dimension as float64 values, for use in a body.
struct AxisSizes {
  Value in_index;  // made before the generic
  Value out_index;
};
AxisSizes SizesOf(Emitter& e, const AxisPlan& plan) { return {e.Dim(plan.in), e.Dim(plan.out)}; }

// The source position (float64) that result position `out` (an index) stands for.
Value SourceCoordinate(Scalars& s, const ResizePlan& resize, const AxisPlan& plan,
                       const AxisSizes& sizes, Value out) {
  const mlir::Type f64 = s.builder().getF64Type();
  const auto number = [&](double value) { return s.Number(f64, value); };
  const Value x = s.FromIndex(out, f64), in = s.FromIndex(sizes.in_index, f64);
  const Value out_size = s.FromIndex(sizes.out_index, f64);
  const Value scale = plan.scale ? number(*plan.scale) : s.Div(out_size, in);
  const Value width = plan.scale ? s.Mul(scale, in) : out_size;  // before it was made whole
  const Value is_one = s.Compare(Relation::kEqual, width, number(1));
  const Value last = s.Sub(in, number(1));
  const Value span = s.Max(s.Sub(width, number(1)), number(1e-9));
  const auto half_pixel = [&] { return s.Sub(s.Div(s.Add(x, number(0.5)), scale), number(0.5)); };
  if (resize.coordinates == "asymmetric") return s.Div(x, scale);
  if (resize.coordinates == "align_corners") {
    return s.Select(is_one, number(0), s.Div(s.Mul(x, last), span));
  }
  if (resize.coordinates == "pytorch_half_pixel") {
    return s.Select(is_one, number(-0.5), half_pixel());
  }
  if (resize.coordinates == "half_pixel_symmetric") {
    const Value adjustment = s.Div(out_size, width);
    const Value offset = s.Mul(s.Mul(in, number(0.5)), s.Sub(number(1), adjustment));
    return s.Add(offset, half_pixel());
  }
  if (resize.coordinates == "tf_crop_and_resize") {
    const double extent = plan.roi_end - plan.roi_start;
    const Value one = s.Mul(last, number(extent / 2));
    const Value many = s.Div(s.Mul(s.Mul(x, number(extent)), last), span);
    return s.Add(s.Select(is_one, one, many), s.Mul(last, number(plan.roi_start)));
  }
  return half_pixel();
}

Value ClampedIndex(Scalars& s, Value position, Value size) {
  return s.Min(s.Max(position, s.Like(position, 0)), s.Sub(size, s.Like(size, 1)));
}

Value FloatToIndex(Scalars& s, Value whole) {
  return s.ToIndex(s.Emit<arith::FPToSIOp>(s.builder().getI64Type(), whole));
}

Value NearestIndex(Scalars& s, const ResizePlan& plan, Value x, Value size) {
  Value whole;
  if (plan.nearest == "floor") {
    whole = s.Emit<math::FloorOp>(x);
  } else if (plan.nearest == "ceil") {
    whole = s.Emit<math::CeilOp>(x);
  } else if (plan.nearest == "round_prefer_ceil") {
    whole = s.Emit<math::FloorOp>(s.Add(x, s.Like(x, 0.5)));
  } else {
    whole = s.Emit<math::CeilOp>(s.Sub(x, s.Like(x, 0.5)));
  }
  return ClampedIndex(s, FloatToIndex(s, whole), size);
}

// `x` lies outside of the source, where tf_crop_and_resize extrapolates.
Value IsOutside(Scalars& s, Value x, Value size) {
  const Value last = s.Sub(s.FromIndex(size, x.getType()), s.Like(x, 1));
  return s.Emit<arith::OrIOp>(s.Compare(Relation::kLess, x, s.Like(x, 0)),
                              s.Compare(Relation::kGreater, x, last));
}

Value Nearest(Node& n, const ResizePlan& plan) {
  Emitter& e = n.emit();
  const Value source = n.In(0);
  std::vector<AxisSizes> sizes;
  for (const AxisPlan& axis : plan.axes) sizes.push_back(SizesOf(e, axis));
  return e.MapOperands({}, n.OutShape(), n.OutElement(), [&](Scalars& outer, ValueRange) {
    Scalars s(outer.builder(), outer.location(), /*is_unsigned=*/false);
    std::vector<Value> position;
    for (int64_t i = 0; i < n.Rank(0); ++i) position.push_back(s.Index(i));
    Value outside;
    for (size_t i = 0; i < plan.axes.size(); ++i) {
      Value& at = position[plan.axes[i].axis];
      const Value x = SourceCoordinate(s, plan, plan.axes[i], sizes[i], at);
      at = NearestIndex(s, plan, x, sizes[i].in_index);
      if (plan.coordinates != "tf_crop_and_resize") continue;
      const Value here = IsOutside(s, x, sizes[i].in_index);
      outside = outside ? s.Emit<arith::OrIOp>(outside, here) : here;
    }
    const Value element = Extract(s, source, position);
    return outside ? s.Select(outside, s.Like(element, plan.extrapolation), element) : element;
  });
}

// The factors of the neighbours of a position `ratio` to the right of the second (cubic) or first
// (linear) of them.
std::vector<Value> Coefficients(Scalars& s, const ResizePlan& plan, Value ratio) {
  const Value one = s.Like(ratio, 1), rest = s.Sub(one, ratio);
  if (plan.mode == "linear") return {rest, ratio};
  const double a = plan.cubic_a;
  const auto times = [&](double factor, Value x) { return s.Mul(s.Like(x, factor), x); };
  const auto near = [&](Value r) {  // ((a + 2) r - (a + 3)) r^2 + 1
    return s.Add(s.Mul(s.Sub(times(a + 2, r), s.Like(r, a + 3)), s.Mul(r, r)), one);
  };
  const auto far = [&](Value r) {  // ((a r - 5 a) r + 8 a) r - 4 a
    const Value square = s.Add(s.Mul(s.Sub(times(a, r), s.Like(r, 5 * a)), r), s.Like(r, 8 * a));
    return s.Sub(s.Mul(square, r), s.Like(r, 4 * a));
  };
  return {far(s.Add(ratio, one)), near(ratio), near(rest), far(s.Add(rest, one))};
}

// Neighbours of a position and their factors: the first is `before` to the left of the position's
// whole part.
struct Neighbours {
  int64_t before;
  std::vector<Value> factors;
  bool is_normal;  // the factors' sum is 1
};

// The interpolation's kernel, stretched over all elements that one of the result stands for.
Neighbours Stretched(Scalars& s, const ResizePlan& plan, double shrink, Value ratio) {
  const bool linear = plan.mode == "linear";
  const int64_t before = static_cast<int64_t>(std::ceil((linear ? 1 : 2) / shrink)) - 1;
  const double a = plan.cubic_a;
  const auto number = [&](double value) { return s.Like(ratio, value); };
  const auto kernel = [&](Value d) {
    if (linear) return s.Max(s.Sub(number(1), d), number(0));
    const Value square = s.Mul(d, d);
    const Value near =
        s.Add(s.Mul(s.Sub(s.Mul(number(a + 2), d), number(a + 3)), square), number(1));
    const Value far =
        s.Sub(s.Mul(s.Add(s.Mul(s.Sub(s.Mul(number(a), d), number(5 * a)), d), number(8 * a)), d),
              number(4 * a));
    const Value beyond = s.Select(s.Compare(Relation::kLess, d, number(2)), far, number(0));
    return s.Select(s.Compare(Relation::kLessEqual, d, number(1)), near, beyond);
  };
  Neighbours neighbours{before, {}, false};
  for (int64_t i = -before; i < 2 + before; ++i) {
    const Value distance = s.Abs(s.Sub(number(static_cast<double>(i)), ratio));
    neighbours.factors.push_back(kernel(s.Mul(distance, number(shrink))));
  }
  return neighbours;
}

Neighbours NeighboursOf(Scalars& s, const ResizePlan& plan, double shrink, Value ratio) {
  if (shrink < 1) return Stretched(s, plan, shrink, ratio);
  return {plan.mode == "linear" ? 0 : 1, Coefficients(s, plan, ratio), true};
}

// The weighted sum of the neighbours of source position `x` along the axis.
Value Interpolated(Scalars& s, const ResizePlan& plan, const AxisPlan& axis, Value source,
                   std::vector<Value> position, Value x, Value size) {
  const mlir::Type type = ComputeType(ElementOf(source));
  const mlir::Type sum_type = mlir::isa<mlir::FloatType>(type) ? type : s.builder().getF32Type();
  const Value floor = s.Emit<math::FloorOp>(x);
  const Value first = FloatToIndex(s, floor);
  const Neighbours neighbours = NeighboursOf(s, plan, axis.shrink, s.Sub(x, floor));
  Value sum, total;
  for (size_t i = 0; i < neighbours.factors.size(); ++i) {
    const auto offset = static_cast<double>(static_cast<int64_t>(i) - neighbours.before);
    const Value at = s.Add(first, s.Like(first, offset));
    position[axis.axis] = ClampedIndex(s, at, size);
    Value factor = s.Convert(neighbours.factors[i], sum_type);
    if (plan.exclude_outside) {
      const Value inside = s.Compare(Relation::kEqual, at, position[axis.axis]);
      factor = s.Select(inside, factor, s.Like(factor, 0));
    }
    if (plan.exclude_outside || !neighbours.is_normal) {
      total = total ? s.Add(total, factor) : factor;
    }
    const Value term = s.Mul(s.Convert(Extract(s, source, position), sum_type), factor);
    sum = sum ? s.Add(sum, term) : term;
  }
  return total ? s.Div(sum, total) : sum;
}

// `source` resized along one axis.
Value InterpolateAxis(Node& n, const ResizePlan& resize, const AxisPlan& plan, Value source,
                      mlir::Type element) {
  Emitter& e = n.emit();
  SymShape shape = core::ShapeOf(source);
  shape[plan.axis] = plan.out;
  const AxisSizes sizes = SizesOf(e, plan);
  return e.MapOperands({}, shape, element, [&](Scalars& s, ValueRange) {
    std::vector<Value> position;
    for (size_t i = 0; i < shape.size(); ++i) position.push_back(s.Index(static_cast<int64_t>(i)));
    const Value x = SourceCoordinate(s, resize, plan, sizes, position[plan.axis]);
    const Value sum = Interpolated(s, resize, plan, source, position, x, sizes.in_index);
    if (resize.coordinates != "tf_crop_and_resize") return sum;
    return s.Select(IsOutside(s, x, sizes.in_index), s.Like(sum, resize.extrapolation), sum);
  });
}

absl::Status Resize(Node& n) {
  SINTER_ASSIGN_OR_RETURN(const ResizePlan plan, ReadResizePlan(n));
  if (plan.axes.empty()) return n.Return(n.In(0));
  if (plan.mode == "nearest") {
    const Value repeated = Repeated(n, plan);
    return n.Return(repeated ? repeated : Nearest(n, plan));
  }
  if (plan.mode != "linear" && plan.mode != "cubic") return Unsupported("mode `" + plan.mode + "`");
  Value result = n.In(0);
  for (size_t i = plan.axes.size(); i-- > 0;) {
    const mlir::Type element = i == 0 ? n.OutElement() : ComputeType(n.Element(0));
    result = InterpolateAxis(n, plan, plan.axes[i], result, element);
  }
  return n.Return(result);
}

}  // namespace

void AddResize(LoweringTable& table) {
  table["Resize"] = Resize;
  table["Upsample"] = Resize;
}

}  // namespace sinter::legalize
