// Ops that need the order of the elements along an axis.
#include "base/status_macros.h"
#include "compiler_core/legalize/lowerings.h"
#include "compiler_core/legalize/reduction.h"

namespace sinter::legalize {

namespace {

namespace arith = mlir::arith;
using ir::SymShape;
using mlir::Value;
using mlir::ValueRange;
using Relation = Scalars::Relation;

// 1 at the first greatest element, else 0. Before opset 13 along all dimensions from `axis` on.
absl::Status Hardmax(Node& n) {
  Emitter& e = n.emit();
  const SymShape in = n.Shape(0);
  int64_t axis = n.Axis("axis", n.version() >= 13 ? -1 : 1, n.Rank(0));
  SymShape shape = in;
  if (n.version() < 13) {
    const SymShape head(in.begin(), in.begin() + axis), tail(in.begin() + axis, in.end());
    shape = {ir::NumElements(head), ir::NumElements(tail)};
    axis = 1;
  }
  const int64_t rank = static_cast<int64_t>(shape.size());
  const Value best = ArgOver(e, e.Reshape(n.In(0), shape), axis, /*greatest=*/true, /*last=*/false);
  llvm::SmallVector<int64_t> dims;
  for (int64_t i = 0; i < rank; ++i) {
    if (i != axis) dims.push_back(i);
  }
  const mlir::Type element = n.OutElement();
  const Value result = e.MapOperands(
      Operand{best, e.Dims(rank, dims)}, shape, element, [&](Scalars& s, ValueRange x) {
        const Value here = s.FromIndex(s.Index(axis), x[0].getType());
        return s.Select(s.Compare(Relation::kEqual, here, x[0]), s.Number(element, 1),
                        s.Number(element, 0));
      });
  return n.Return(e.Reshape(result, in));
}

// For each element, how many of its row come before it: greater ones (less ones), and equal ones
// that stand before it.
Value Ranks(Emitter& e, Value source, const SymShape& shape, int64_t axis, bool largest) {
  const int64_t rank = static_cast<int64_t>(shape.size());
  llvm::SmallVector<int64_t> own, other;
  for (int64_t i = 0; i < rank; ++i) {
    own.push_back(i);
    other.push_back(i == axis ? rank : i);
  }
  const Operand inputs[] = {{source, e.Dims(rank + 1, own)}, {source, e.Dims(rank + 1, other)}};
  const Operand output{e.Fill(shape, e.builder().getI64IntegerAttr(0)), e.Dims(rank + 1, own)};
  const Relation before = largest ? Relation::kGreater : Relation::kLess;
  return e.Generic(inputs, output, rank, 1, [&](Scalars& s, ValueRange x) -> Emitter::Values {
    const Value tie =
        s.Emit<arith::AndIOp>(s.Compare(Relation::kEqual, x[1], x[0]),
                              s.Compare(Relation::kLess, s.Index(rank), s.Index(axis)));
    const Value counts = s.Emit<arith::OrIOp>(s.Compare(before, x[1], x[0]), tie);
    return {s.Add(x[2], s.Emit<arith::ExtUIOp>(x[2].getType(), counts))};
  })[0];
}

// Picks for each position of the result the element with that rank. Quadratic in the axis' size.
absl::Status TopK(Node& n) {
  Emitter& e = n.emit();
  const SymShape in = n.Shape(0), out = n.OutShape();
  const int64_t rank = n.Rank(0), axis = n.Axis("axis", -1, rank);
  const Value ranks = Ranks(e, n.In(0), in, axis, n.Int("largest", 1) != 0);
  llvm::SmallVector<int64_t> source_dims, out_dims;
  for (int64_t i = 0; i < rank; ++i) {
    out_dims.push_back(i);
    source_dims.push_back(i == axis ? rank : i);
  }
  const mlir::AffineMap from = e.Dims(rank + 1, source_dims), to = e.Dims(rank + 1, out_dims);
  const auto zero = mlir::cast<mlir::TypedAttr>(e.builder().getZeroAttr(n.Element(0)));
  const Operand inputs[] = {{n.In(0), from}, {ranks, from}};
  const Operand outputs[] = {{e.Fill(out, zero), to},
                             {e.Fill(out, e.builder().getI64IntegerAttr(0)), to}};
  const Emitter::Values results =
      e.Generic(inputs, outputs, rank, 1, [&](Scalars& s, ValueRange x) -> Emitter::Values {
        const Value wanted = s.FromIndex(s.Index(axis), x[1].getType());
        const Value hit = s.Compare(Relation::kEqual, x[1], wanted);
        const Value position = s.FromIndex(s.Index(rank), x[3].getType());
        return {s.Select(hit, x[0], x[2]), s.Select(hit, position, x[3])};
      });
  SINTER_RETURN_IF_ERROR(n.Return(results[0]));
  return n.num_outputs() < 2 ? absl::OkStatus() : n.Return(results[1], 1);
}

}  // namespace

void AddOrdering(LoweringTable& table) {
  table["Hardmax"] = Hardmax;
  table["TopK"] = TopK;
}

}  // namespace sinter::legalize
