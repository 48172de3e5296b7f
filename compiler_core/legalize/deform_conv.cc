// DeformConv: what each tap of the kernel sees is read first, from wherever its offset points to;
// the rest is a product.
#include "base/status_macros.h"
#include "compiler_core/legalize/indexing.h"
#include "compiler_core/legalize/lowerings.h"
#include "compiler_core/legalize/sampling.h"

namespace sinter::legalize {

namespace {

using ir::SymShape;
using mlir::Value;
using mlir::ValueRange;

struct Deform {
  int64_t groups, offset_groups, channels;
  int64_t kernel[2];
  std::vector<int64_t> strides, dilations, pads;
};

absl::StatusOr<Deform> ReadDeform(Node& n) {
  if (n.Rank(0) != 4) return Unsupported("another number of spatial dimensions than 2");
  Deform deform{
      n.Int("group", 1), n.Int("offset_group", 1), 0, {}, n.Ints("strides"), n.Ints("dilations"),
      n.Ints("pads")};
  const auto channels = n.Shape(0)[1].AsConstant();
  if (!channels) return Unsupported("a free number of channels");
  deform.channels = *channels;
  for (int i = 0; i < 2; ++i) deform.kernel[i] = n.Shape(1)[2 + i].AsConstant().value_or(0);
  deform.strides.resize(2, 1);
  deform.dilations.resize(2, 1);
  deform.pads.resize(4, 0);
  return deform;
}

// Where along `side` (0 = rows) the tap reads, as a float. Loops are (n, c, ky, kx, y, x).
Value TapPosition(Scalars& s, const Deform& deform, int64_t side, Value offsets, mlir::Type type) {
  const auto index = [&](int64_t value) {
    return s.Number(s.builder().getIndexType(), static_cast<double>(value));
  };
  const int64_t per_group = deform.channels / deform.offset_groups;
  Value plane = s.Div(s.Index(1), index(per_group));
  plane = s.Add(s.Mul(plane, index(deform.kernel[0])), s.Index(2));
  plane = s.Add(s.Mul(plane, index(deform.kernel[1])), s.Index(3));
  plane = s.Add(s.Mul(plane, index(2)), index(side));
  const Value offset = Extract(s, offsets, {s.Index(0), plane, s.Index(4), s.Index(5)});
  const Value on_grid = s.Add(s.Mul(s.Index(4 + side), index(deform.strides[side])),
                              s.Mul(s.Index(2 + side), index(deform.dilations[side])));
  const Value place = s.Sub(on_grid, index(deform.pads[side]));
  return s.Add(s.FromIndex(place, type), s.Convert(offset, type));
}

// [n, c, ky, kx, y, x]: what the taps see, times the mask.
Value Columns(Node& n, const Deform& deform) {
  Emitter& e = n.emit();
  const SymShape in = n.Shape(0), out = n.OutShape();
  const SymShape shape = {in[0], in[1], deform.kernel[0], deform.kernel[1], out[2], out[3]};
  const mlir::Type type = ComputeType(n.Element(0));
  const Value source = n.In(0), offsets = n.In(2);
  const Value sizes[] = {e.Dim(in[2]), e.Dim(in[3])};
  const Value mask = n.Has(4) ? n.In(4) : Value();
  return e.MapOperands({}, shape, type, [&](Scalars& s, ValueRange) {
    std::vector<Taps> taps;
    for (int64_t side = 0; side < 2; ++side) {
      taps.push_back(LinearTaps(s, TapPosition(s, deform, side, offsets, type), sizes[side]));
    }
    const Value seen = Interpolate(s, source, {s.Index(0), s.Index(1)}, taps, type);
    if (!mask) return seen;
    const auto index = [&](int64_t value) {
      return s.Number(s.builder().getIndexType(), static_cast<double>(value));
    };
    Value plane = s.Div(s.Index(1), index(deform.channels / deform.offset_groups));
    plane = s.Add(s.Mul(plane, index(deform.kernel[0])), s.Index(2));
    plane = s.Add(s.Mul(plane, index(deform.kernel[1])), s.Index(3));
    const Value factor = Extract(s, mask, {s.Index(0), plane, s.Index(4), s.Index(5)});
    return s.Mul(seen, s.Convert(factor, type));
  });
}

absl::Status DeformConv(Node& n) {
  SINTER_ASSIGN_OR_RETURN(const Deform deform, ReadDeform(n));
  Emitter& e = n.emit();
  const SymShape in = n.Shape(0), out = n.OutShape(), weights = n.Shape(1);
  const int64_t g = deform.groups;
  const mlir::Type type = ComputeType(n.Element(0));
  const Value columns =
      e.Reshape(Columns(n, deform), {in[0], g, weights[1], weights[2], weights[3], out[2], out[3]});
  const Value kernel =
      e.Reshape(n.In(1), {g, FloorDiv(weights[0], g), weights[1], weights[2], weights[3]});
  // Loops: batch, group, output channel, y, x; input channel, ky, kx.
  Value sums =
      e.Contract({columns, e.Dims(8, {0, 1, 5, 6, 7, 3, 4})}, {kernel, e.Dims(8, {1, 2, 5, 6, 7})},
                 {out[0], g, FloorDiv(out[1], g), out[2], out[3]}, 3, type);
  sums = e.Reshape(sums, out);
  std::vector<Value> inputs = {sums};
  if (n.Has(3)) inputs.push_back(e.Reshape(n.In(3), {out[1], 1, 1}));
  return n.Return(n.Map(inputs, [](Scalars& s, ValueRange x) {
    return x.size() == 1 ? x[0] : s.Add(x[0], s.Convert(x[1], x[0].getType()));
  }));
}

}  // namespace

void AddDeformConv(LoweringTable& table) { table["DeformConv"] = DeformConv; }

}  // namespace sinter::legalize
