// Scatters, from the result's side: each element looks through all updates that may concern it, in
// order, so that the last one wins and nothing is written twice. The cost is the product of both.
#include <string>

#include "base/status_macros.h"
#include "compiler_core/legalize/indexing.h"
#include "compiler_core/legalize/lowerings.h"

namespace sinter::legalize {

namespace {

namespace arith = mlir::arith;
using ir::SymShape;
using mlir::Value;
using mlir::ValueRange;
using Relation = Scalars::Relation;

// `old` after an update by the rule that the attribute `reduction` names.
Value Updated(Scalars& s, const std::string& rule, Value old, Value update) {
  if (rule == "none") return update;
  if (rule == "add") return s.Add(old, update);
  if (rule == "mul") return s.Mul(old, update);
  if (rule == "max") return s.Max(old, update);
  return s.Min(old, update);
}

absl::Status CheckRule(const std::string& rule) {
  for (const char* known : {"none", "add", "mul", "max", "min"}) {
    if (rule == known) return absl::OkStatus();
  }
  return Unsupported("reduction `" + rule + "`");
}

// An index with negative ones counted from the end; it may be out of range, then nothing is hit.
Value Wrapped(Scalars& s, Value index, Value size) {
  Scalars as_signed(s.builder(), s.location(), /*is_unsigned=*/false);
  const Value position = as_signed.ToIndex(index);
  const Value zero = s.Like(position, 0);
  return s.Select(s.Compare(Relation::kLess, position, zero), s.Add(position, size), position);
}

mlir::TypedAttr NeutralFor(Emitter& e, const std::string& rule, mlir::Type type) {
  const Scalars s = e.scalars();
  if (rule == "max") return s.Lowest(type);
  if (rule == "min") return s.Highest(type);
  return mlir::cast<mlir::TypedAttr>(rule == "mul" ? e.builder().getOneAttr(type)
                                                   : e.builder().getZeroAttr(type));
}

// Whether the update at hand concerns the element at hand; gets the inputs' elements.
using Hits = llvm::function_ref<Value(Scalars&, ValueRange)>;

// Loops over the result, then over `reductions` more dimensions of updates. The last of `inputs`
// are the updates.
absl::Status Scatter(Node& n, llvm::ArrayRef<Operand> inputs, int64_t reductions,
                     const std::string& rule, Hits hits) {
  Emitter& e = n.emit();
  const SymShape shape = n.Shape(0);
  const int64_t rank = n.Rank(0), count = static_cast<int64_t>(inputs.size());
  llvm::SmallVector<int64_t> out_dims;
  for (int64_t i = 0; i < rank; ++i) out_dims.push_back(i);
  const mlir::AffineMap to = e.Dims(rank + reductions, out_dims);
  const mlir::TypedAttr neutral = NeutralFor(e, rule, n.Element(0));
  const Operand outputs[] = {{e.Fill(shape, neutral), to},
                             {e.Fill(shape, e.builder().getI8IntegerAttr(0)), to}};
  const Emitter::Values found = e.Generic(
      inputs, outputs, rank, reductions, [&](Scalars& s, ValueRange x) -> Emitter::Values {
        const Value hit = hits(s, x.take_front(count));
        const Value old = x[count], any = x[count + 1];
        return {s.Select(hit, Updated(s, rule, old, x[count - 1]), old),
                s.Emit<arith::OrIOp>(any, s.StoreBool(hit))};
      });
  return n.Return(n.Map({n.In(0), found[0], found[1]}, [&](Scalars& s, ValueRange x) {
    return s.Select(s.IsTrue(x[2]), Updated(s, rule, x[0], x[1]), x[0]);
  }));
}

absl::Status ScatterElements(Node& n) {
  Emitter& e = n.emit();
  const SymShape shape = n.Shape(0), update_shape = n.Shape(1);
  const int64_t rank = n.Rank(0), axis = n.Axis("axis", 0, rank);
  const std::string rule = n.String("reduction", "none");
  SINTER_RETURN_IF_ERROR(CheckRule(rule));
  llvm::SmallVector<int64_t> update_dims;
  for (int64_t i = 0; i < rank; ++i) {
    if (i != axis && update_shape[i] != shape[i]) {
      return Unsupported("indices with other dimensions than the data beside the axis");
    }
    update_dims.push_back(i == axis ? rank : i);
  }
  const mlir::AffineMap from = e.Dims(rank + 1, update_dims);
  const Value size = e.Dim(shape[axis]);
  return Scatter(n, {{n.In(1), from}, {n.In(2), from}}, 1, rule, [&](Scalars& s, ValueRange x) {
    return s.Compare(Relation::kEqual, Wrapped(s, x[0], size), s.Index(axis));
  });
}

// indices [outer..., k], updates [outer..., rest...], data [k dimensions..., rest...].
absl::Status ScatterNd(Node& n) {
  Emitter& e = n.emit();
  const SymShape shape = n.Shape(0), index_shape = n.Shape(1);
  const std::optional<int64_t> depth = index_shape.back().AsConstant();
  if (!depth) return Unsupported("indices whose last dimension is free");
  const std::string rule = n.String("reduction", "none");
  SINTER_RETURN_IF_ERROR(CheckRule(rule));
  const int64_t rank = n.Rank(0), outer = static_cast<int64_t>(index_shape.size()) - 1;
  llvm::SmallVector<int64_t> update_dims;
  for (int64_t i = 0; i < outer; ++i) update_dims.push_back(rank + i);
  for (int64_t i = *depth; i < rank; ++i) update_dims.push_back(i);
  std::vector<Value> sizes;
  for (int64_t i = 0; i < *depth; ++i) sizes.push_back(e.Dim(shape[i]));
  const Value indices = n.In(1);
  const Operand updates{n.In(2), e.Dims(rank + outer, update_dims)};
  return Scatter(n, updates, outer, rule, [&](Scalars& s, ValueRange) {
    Value hit = s.Emit<arith::ConstantOp>(s.builder().getBoolAttr(true));
    for (int64_t j = 0; j < *depth; ++j) {
      std::vector<Value> at;
      for (int64_t i = 0; i < outer; ++i) at.push_back(s.Index(rank + i));
      at.push_back(s.Number(s.builder().getIndexType(), static_cast<double>(j)));
      const Value index = Wrapped(s, Extract(s, indices, at), sizes[j]);
      hit = s.Emit<arith::AndIOp>(hit, s.Compare(Relation::kEqual, index, s.Index(j)));
    }
    return hit;
  });
}

}  // namespace

void AddScatter(LoweringTable& table) {
  table["Scatter"] = ScatterElements;  // its name before opset 11
  table["ScatterElements"] = ScatterElements;
  table["ScatterND"] = ScatterNd;
}

}  // namespace sinter::legalize
