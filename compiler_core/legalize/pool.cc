// Pools: reductions over windows of the padded input, with an operand that only has the window's
// shape (as in linalg.pooling).
#include "base/status_macros.h"
#include "compiler_core/legalize/lowerings.h"
#include "compiler_core/legalize/sampling.h"
#include "compiler_core/legalize/window.h"
#include "llvm/ADT/STLExtras.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace sinter::legalize {

namespace {

using mlir::Value;
using mlir::ValueRange;

absl::StatusOr<Window> ReadPoolWindow(Node& n) {
  ir::SymShape kernel;
  for (int64_t size : n.Ints("kernel_shape")) kernel.push_back(size);
  if (kernel.size() + 2 != n.Shape(0).size())
    return Unsupported("a window of another rank than the input");
  return ReadWindow(n, kernel);
}

// (n, c, o..., k...): `combine` gets (element, accumulator), both of `init`'s type.
Value PoolWindows(Node& n, const Window& window, Value padded, mlir::TypedAttr init,
                  Emitter::Body combine) {
  Emitter& e = n.emit();
  const int64_t rank = window.rank(), first_kernel = 2 + rank, loops = first_kernel + rank;
  llvm::SmallVector<mlir::AffineExpr> input = {e.Loop(0), e.Loop(1)};
  const std::vector<mlir::AffineExpr> positions = WindowPositions(n, window, 2, first_kernel);
  input.append(positions.begin(), positions.end());
  const auto kernel_dims = llvm::to_vector(llvm::seq<int64_t>(first_kernel, loops));
  const auto out_dims = llvm::to_vector(llvm::seq<int64_t>(0, first_kernel));
  const Operand inputs[] = {{padded, mlir::AffineMap::get(loops, 0, input, e.context())},
                            {e.Empty(window.kernel, n.Element(0)), e.Dims(loops, kernel_dims)}};
  const Operand output{e.Fill(n.OutShape(), init), e.Dims(loops, out_dims)};
  return e.Generic(inputs, output, first_kernel, rank,
                   [&](Scalars& s, ValueRange args) -> Emitter::Values {
                     return {combine(s, {s.Convert(args[0], init.getType()), args[2]})};
                   })[0];
}

// Where in the whole input (without padding) the loops of a pool are, as an i64, and whether that
// is inside. `low` and `sizes` are those of the spatial dimensions.
struct Place {
  Value flat, inside;
};
Place PlaceInInput(Scalars& s, const Window& window, const std::vector<Value>& low,
                   const std::vector<Value>& sizes, Value channels, bool last_varies_least) {
  const int64_t rank = window.rank();
  const auto index = [&](int64_t value) { return s.Number(s.builder().getIndexType(), value); };
  Value flat = s.Add(s.Mul(s.Index(0), channels), s.Index(1)), inside;
  std::vector<Value> at(rank);
  for (int64_t i = 0; i < rank; ++i) {
    const Value start = s.Sub(s.Mul(s.Index(2 + i), index(window.strides[i])), low[i]);
    at[i] = s.Add(start, s.Mul(s.Index(2 + rank + i), index(window.dilations[i])));
    const Value here = InRange(s, at[i], sizes[i]);
    inside = inside ? s.Emit<mlir::arith::AndIOp>(inside, here) : here;
  }
  for (int64_t i = 0; i < rank; ++i) {
    const int64_t dim = last_varies_least ? rank - 1 - i : i;
    flat = s.Add(s.Mul(flat, sizes[dim]), at[dim]);
  }
  return {s.FromIndex(flat, s.builder().getI64Type()), inside};
}

// The greatest elements and where they are, the first of several.
Emitter::Values MaxAndPlace(Node& n, const Window& window, Value padded, mlir::TypedAttr lowest) {
  Emitter& e = n.emit();
  const int64_t rank = window.rank(), first_kernel = 2 + rank, loops = first_kernel + rank;
  llvm::SmallVector<mlir::AffineExpr> input = {e.Loop(0), e.Loop(1)};
  const std::vector<mlir::AffineExpr> positions = WindowPositions(n, window, 2, first_kernel);
  input.append(positions.begin(), positions.end());
  const Operand inputs[] = {
      {padded, mlir::AffineMap::get(loops, 0, input, e.context())},
      {e.Empty(window.kernel, n.Element(0)),
       e.Dims(loops, llvm::to_vector(llvm::seq<int64_t>(first_kernel, loops)))}};
  const mlir::AffineMap to = e.Dims(loops, llvm::to_vector(llvm::seq<int64_t>(0, first_kernel)));
  const Operand outputs[] = {{e.Fill(n.OutShape(), lowest), to},
                             {e.Fill(n.OutShape(), e.builder().getI64IntegerAttr(-1)), to}};
  std::vector<Value> low, sizes;
  for (int64_t i = 0; i < rank; ++i) {
    low.push_back(e.Dim(window.low[i]));
    sizes.push_back(e.Dim(window.in[i]));
  }
  const Value channels = e.Dim(n.Shape(0)[1]);
  const bool last_varies_least = n.Int("storage_order", 0) != 0;
  return e.Generic(
      inputs, outputs, first_kernel, rank, [&](Scalars& s, ValueRange x) -> Emitter::Values {
        using Relation = Scalars::Relation;
        const Place place = PlaceInInput(s, window, low, sizes, channels, last_varies_least);
        const Value first = s.Compare(Relation::kEqual, x[3], s.Like(x[3], -1));
        Value wins = s.Emit<mlir::arith::OrIOp>(s.Compare(Relation::kGreater, x[0], x[2]), first);
        wins = s.Emit<mlir::arith::AndIOp>(wins, place.inside);
        return {s.Select(wins, x[0], x[2]), s.Select(wins, place.flat, x[3])};
      });
}

absl::Status MaxPool(Node& n) {
  SINTER_ASSIGN_OR_RETURN(const Window window, ReadPoolWindow(n));
  const mlir::TypedAttr lowest = n.emit().scalars().Lowest(n.Element(0));
  const Value padded = PadInput(n, n.In(0), window, lowest);
  if (n.num_outputs() > 1 && n.IsUsed(1)) {
    const Emitter::Values both = MaxAndPlace(n, window, padded, lowest);
    SINTER_RETURN_IF_ERROR(n.Return(both[0]));
    return n.Return(both[1], 1);
  }
  return n.Return(PoolWindows(n, window, padded, lowest,
                              [](Scalars& s, ValueRange x) { return s.Max(x[1], x[0]); }));
}

// How many positions of the window at output position `out` (an index) lie in [from, to) of the
// unpadded dimension `i`, as an index value.
Value Inside(Scalars& s, const Window& window, int64_t i, Value out, Value low, Value from,
             Value to) {
  const auto index = [&](int64_t value) { return s.Number(s.builder().getIndexType(), value); };
  const Value dilation = index(window.dilations[i]);
  const Value start = s.Sub(s.Mul(out, index(window.strides[i])), low);
  // First and last tap inside: ceil((from - start) / dilation), ceil((to - start) / dilation).
  const auto taps_before = [&](Value position) {
    const Value gap = s.Max(s.Sub(position, start), index(0));
    const Value taps = s.Div(s.Add(gap, index(window.dilations[i] - 1)), dilation);
    return s.Min(taps, index(*window.kernel[i].AsConstant()));
  };
  return s.Sub(taps_before(to), taps_before(from));
}

// The number of elements that each average is over, where it differs from window to window.
Value Divide(Node& n, const Window& window, Value sums, bool include_pad) {
  Emitter& e = n.emit();
  std::vector<Value> low, from, to;
  for (int64_t i = 0; i < window.rank(); ++i) {
    low.push_back(e.Dim(window.low[i]));
    from.push_back(e.Dim(include_pad ? ir::SymExpr(0) - window.low[i] : ir::SymExpr(0)));
    to.push_back(e.Dim(include_pad ? window.in[i] + window.high[i] : window.in[i]));
  }
  const int64_t rank = 2 + window.rank();
  return e.MapOperands(
      Operand{sums, e.Identity(rank)}, n.OutShape(), n.OutElement(), [&](Scalars& s, ValueRange x) {
        Value count = s.Number(s.builder().getIndexType(), 1);
        for (int64_t i = 0; i < window.rank(); ++i) {
          count = s.Mul(count, Inside(s, window, i, s.Index(2 + i), low[i], from[i], to[i]));
        }
        return s.Div(x[0], s.FromIndex(count, x[0].getType()));
      });
}

absl::Status AveragePool(Node& n) {
  SINTER_ASSIGN_OR_RETURN(const Window window, ReadPoolWindow(n));
  Emitter& e = n.emit();
  const mlir::Type accumulator = ComputeType(n.Element(0));
  const Value padded = PadInput(n, n.In(0), window, e.builder().getZeroAttr(n.Element(0)));
  const Value sums = PoolWindows(n, window, padded,
                                 mlir::cast<mlir::TypedAttr>(e.builder().getZeroAttr(accumulator)),
                                 [](Scalars& s, ValueRange x) { return s.Add(x[1], x[0]); });
  const bool include_pad = n.Int("count_include_pad", 0) != 0;
  ir::SymShape given;
  for (int64_t i = 0; i < window.rank(); ++i)
    given.push_back(window.in[i] + window.low[i] + window.high[i]);
  const bool uneven = include_pad ? window.padded != given : window.IsPadded();
  if (uneven) return n.Return(Divide(n, window, sums, include_pad));
  const double count = static_cast<double>(*ir::NumElements(window.kernel).AsConstant());
  return n.Return(
      n.Map(sums, [&](Scalars& s, ValueRange x) { return s.Div(x[0], s.Like(x[0], count)); }));
}

absl::Status LpPool(Node& n) {
  SINTER_ASSIGN_OR_RETURN(const Window window, ReadPoolWindow(n));
  Emitter& e = n.emit();
  const double p = n.Float("p", static_cast<double>(n.Int("p", 2)));
  const mlir::Type accumulator = ComputeType(n.Element(0));
  const Value padded = PadInput(n, n.In(0), window, e.builder().getZeroAttr(n.Element(0)));
  const Value sums = PoolWindows(
      n, window, padded, mlir::cast<mlir::TypedAttr>(e.builder().getZeroAttr(accumulator)),
      [&](Scalars& s, ValueRange x) {
        const Value magnitude = s.Abs(x[0]);
        return s.Add(x[1], s.Emit<mlir::math::PowFOp>(magnitude, s.Like(magnitude, p)));
      });
  return n.Return(n.Map(sums, [&](Scalars& s, ValueRange x) {
    return s.Emit<mlir::math::PowFOp>(x[0], s.Like(x[0], 1 / p));
  }));
}

}  // namespace

void AddPool(LoweringTable& table) {
  table["MaxPool"] = MaxPool;
  table["AveragePool"] = AveragePool;
  table["LpPool"] = LpPool;
}

}  // namespace sinter::legalize
