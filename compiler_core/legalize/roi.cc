// Pools over regions that the data names: RoiAlign, MaxRoiPool.
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

Value At(Scalars& s, int64_t index) {
  return s.Number(s.builder().getIndexType(), static_cast<double>(index));
}

// Number `column` of the region that loop 0 is at.
Value RoiNumber(Scalars& s, Value rois, int64_t column, mlir::Type type) {
  return s.Convert(Extract(s, rois, {s.Index(0), At(s, column)}), type);
}

// A generic over (region, channel, row, column) and two reductions of the sizes `inner`.
Emitter::Values OverRegions(Node& n, const ir::SymShape& inner, llvm::ArrayRef<Value> inits,
                            Emitter::RawBody body) {
  Emitter& e = n.emit();
  const Operand window{e.Empty(inner, n.Element(0)), e.Dims(6, {4, 5})};
  std::vector<Operand> outputs;
  for (Value init : inits) outputs.push_back({init, e.Dims(6, {0, 1, 2, 3})});
  return e.Generic(window, outputs, 4, 2, body);
}

// --- RoiAlign ---

struct Align {
  bool half_pixel, max;
  double scale;
  int64_t samples;  // along each side of a bin
  ir::SymShape out;
};

absl::StatusOr<Align> ReadAlign(Node& n) {
  const std::string mode = n.String("mode", "avg");
  if (mode != "avg" && mode != "max") return Unsupported("mode `" + mode + "`");
  Align align;
  // Before version 16 there was no such attribute, and no half pixel.
  align.half_pixel =
      n.version() >= 16 && n.String("coordinate_transformation_mode", "half_pixel") == "half_pixel";
  align.max = mode == "max";
  align.scale = n.Float("spatial_scale", 1);
  align.samples = n.Int("sampling_ratio", 0);
  align.out = n.OutShape();
  if (align.samples < 1) return Unsupported("a sampling_ratio of 0 (as many as there are pixels)");
  return align;
}

// The taps of the sample that the loops are at, along dimension `side` (0 = rows) of the image.
Taps AlignTaps(Scalars& s, const Align& align, int64_t side, Value rois, Value size,
               mlir::Type type) {
  const auto number = [&](double value) { return s.Number(type, value); };
  const auto edge = [&](int64_t column) {
    const Value scaled = s.Mul(RoiNumber(s, rois, column, type), number(align.scale));
    return align.half_pixel ? s.Sub(scaled, number(0.5)) : scaled;
  };
  const Value start = edge(1 - side);
  Value length = s.Sub(edge(3 - side), start);
  if (!align.half_pixel) length = s.Max(length, number(1));
  const Value bin = s.Div(length, number(static_cast<double>(*align.out[2 + side].AsConstant())));
  const Value place = s.Add(s.FromIndex(s.Index(4 + side), type), number(0.5));
  const Value within = s.Div(s.Mul(place, bin), number(static_cast<double>(align.samples)));
  Value x = s.Add(s.Add(start, s.Mul(s.FromIndex(s.Index(2 + side), type), bin)), within);
  const Value whole_size = s.FromIndex(size, type);
  const Value inside = s.Emit<arith::AndIOp>(s.Compare(Relation::kGreaterEqual, x, number(-1)),
                                             s.Compare(Relation::kLessEqual, x, whole_size));
  x = s.Min(s.Max(x, number(0)), s.Sub(whole_size, number(1)));
  const Value floor = s.Emit<math::FloorOp>(x), ratio = s.Sub(x, floor);
  const Value first = IntoRange(s, WholeToIndex(s, floor), size);
  const Value second = IntoRange(s, s.Add(first, s.Like(first, 1)), size);
  return {{first, inside, s.Sub(number(1), ratio)}, {second, inside, ratio}};
}

// The greatest of the four weighted neighbours, which is what ONNX calls the maximum.
Value GreatestTerm(Scalars& s, Value source, const std::vector<Value>& lead,
                   const std::vector<Taps>& taps, mlir::Type type) {
  Value greatest;
  for (const Tap& row : taps[0]) {
    for (const Tap& column : taps[1]) {
      const Value term = Interpolate(s, source, lead, {{row}, {column}}, type);
      greatest = greatest ? s.Max(greatest, term) : term;
    }
  }
  return greatest;
}

absl::Status RoiAlign(Node& n) {
  SINTER_ASSIGN_OR_RETURN(const Align align, ReadAlign(n));
  Emitter& e = n.emit();
  const mlir::Type type = ComputeType(n.Element(0));
  const Value source = n.In(0), rois = n.In(1), batches = n.In(2);
  const ir::SymShape in = n.Shape(0);
  const Value sizes[] = {e.Dim(in[2]), e.Dim(in[3])}, images = e.Dim(in[0]);
  const Scalars outside = e.scalars();
  const mlir::TypedAttr init =
      align.max ? outside.Lowest(type) : mlir::cast<mlir::TypedAttr>(e.builder().getZeroAttr(type));
  const Value pooled =
      OverRegions(n, {align.samples, align.samples}, e.Fill(align.out, init),
                  [&](Scalars& s, ValueRange x) -> Emitter::Values {
                    const Value image = Position(s, Extract(s, batches, {s.Index(0)}), images);
                    const std::vector<Value> lead = {image, s.Index(1)};
                    const std::vector<Taps> taps = {AlignTaps(s, align, 0, rois, sizes[0], type),
                                                    AlignTaps(s, align, 1, rois, sizes[1], type)};
                    if (align.max) return {s.Max(x[1], GreatestTerm(s, source, lead, taps, type))};
                    return {s.Add(x[1], Interpolate(s, source, lead, taps, type))};
                  })[0];
  const double count = align.max ? 1 : static_cast<double>(align.samples * align.samples);
  return n.Return(n.Map(pooled, [&](Scalars& s, ValueRange x) {
    return count == 1 ? x[0] : s.Div(x[0], s.Like(x[0], count));
  }));
}

// --- MaxRoiPool ---

// Halves away from zero.
Value Rounded(Scalars& s, Value x) {
  const Value half = s.Like(x, 0.5);
  return s.Select(s.Compare(Relation::kLess, x, s.Like(x, 0)), s.Emit<math::CeilOp>(s.Sub(x, half)),
                  s.Emit<math::FloorOp>(s.Add(x, half)));
}

// Whether loop 4 + `side` (a row or column of the image) is in the bin that loop 2 + `side` names.
Value InBin(Scalars& s, Value rois, int64_t side, double scale, int64_t bins, mlir::Type type) {
  const auto number = [&](double value) { return s.Number(type, value); };
  const Value start = Rounded(s, s.Mul(RoiNumber(s, rois, 2 - side, type), number(scale)));
  const Value end = Rounded(s, s.Mul(RoiNumber(s, rois, 4 - side, type), number(scale)));
  const Value length = s.Max(s.Add(s.Sub(end, start), number(1)), number(1));
  const Value bin = s.Div(length, number(static_cast<double>(bins)));
  const Value which = s.FromIndex(s.Index(2 + side), type);
  const Value first = s.Add(s.Emit<math::FloorOp>(s.Mul(which, bin)), start);
  const Value next = s.Mul(s.Add(which, number(1)), bin);
  const Value last = s.Add(s.Emit<math::CeilOp>(next), start);
  const Value at = s.FromIndex(s.Index(4 + side), type);
  return s.Emit<arith::AndIOp>(s.Compare(Relation::kGreaterEqual, at, first),
                               s.Compare(Relation::kLess, at, last));
}

absl::Status MaxRoiPool(Node& n) {
  Emitter& e = n.emit();
  const mlir::Type element = n.Element(0), type = ComputeType(element);
  const ir::SymShape in = n.Shape(0), out = n.OutShape();
  const Value source = n.In(0), rois = n.In(1), images = e.Dim(in[0]);
  const double scale = n.Float("spatial_scale", 1);
  const Value inits[] = {e.Fill(out, e.scalars().Lowest(element)),
                         e.Fill(out, e.builder().getI8IntegerAttr(0))};
  const Emitter::Values found =
      OverRegions(n, {in[2], in[3]}, inits, [&](Scalars& s, ValueRange x) -> Emitter::Values {
        const Value batch = WholeToIndex(s, RoiNumber(s, rois, 0, type));
        const Value hit =
            s.Emit<arith::AndIOp>(InBin(s, rois, 0, scale, *out[2].AsConstant(), type),
                                  InBin(s, rois, 1, scale, *out[3].AsConstant(), type));
        const Value pixel =
            Extract(s, source, {IntoRange(s, batch, images), s.Index(1), s.Index(4), s.Index(5)});
        return {s.Select(hit, s.Max(x[1], pixel), x[1]),
                s.Emit<arith::OrIOp>(x[2], s.StoreBool(hit))};
      });
  return n.Return(n.Map(found, [&](Scalars& s, ValueRange x) {
    return s.Select(s.IsTrue(x[1]), x[0], s.Like(x[0], 0));
  }));
}

}  // namespace

void AddRoi(LoweringTable& table) {
  table["RoiAlign"] = RoiAlign;
  table["MaxRoiPool"] = MaxRoiPool;
}

}  // namespace sinter::legalize
