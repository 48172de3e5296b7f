// Ops that look at the position along an axis.
#include "base/status_macros.h"
#include "compiler_core/legalize/indexing.h"
#include "compiler_core/legalize/lowerings.h"

namespace sinter::legalize {

namespace {

using mlir::Value;
using mlir::ValueRange;
using Relation = Scalars::Relation;

// Whether a position (left) counts towards that of the result (right).
Relation RelationOf(Node& n) {
  const bool exclusive = n.Int("exclusive", 0) != 0;
  if (n.Int("reverse", 0) != 0) return exclusive ? Relation::kGreater : Relation::kGreaterEqual;
  return exclusive ? Relation::kLess : Relation::kLessEqual;
}

// Each element combines all positions of its row along `axis`, those that don't count as `neutral`.
absl::StatusOr<Value> CumulateAlong(Node& n, int64_t axis, bool product) {
  Emitter& e = n.emit();
  const int64_t rank = n.Rank(0);
  llvm::SmallVector<int64_t> source_dims, out_dims;
  for (int64_t i = 0; i < rank; ++i) {
    source_dims.push_back(i == axis ? rank : i);
    out_dims.push_back(i);
  }
  const mlir::Type type = ComputeType(n.Element(0));
  const auto neutral = mlir::cast<mlir::TypedAttr>(product ? e.builder().getOneAttr(type)
                                                           : e.builder().getZeroAttr(type));
  const Operand source{n.In(0), e.Dims(rank + 1, source_dims)};
  const Operand output{e.Fill(n.OutShape(), neutral), e.Dims(rank + 1, out_dims)};
  const Relation relation = RelationOf(n);
  const Value result =
      e.Generic(source, output, rank, 1, [&](Scalars& s, ValueRange x) -> Emitter::Values {
        const Value counts = s.Compare(relation, s.Index(rank), s.Index(axis));
        const Value term = s.Select(counts, s.Convert(x[0], type), s.Number(type, product ? 1 : 0));
        return {product ? s.Mul(x[1], term) : s.Add(x[1], term)};
      })[0];
  if (type == n.OutElement()) return result;
  return n.Map(result, [](Scalars&, ValueRange x) { return x[0]; });
}

// An axis that is not known picks among the results along each one.
absl::Status Cumulate(Node& n, bool product) {
  const int64_t rank = n.Rank(0);
  if (n.Known(1)) {
    SINTER_ASSIGN_OR_RETURN(const std::vector<int64_t> axes, n.RequiredNumbers(1, "axis"));
    if (axes.size() != 1) return Unsupported("more than one axis");
    return n.Return(CumulateAlong(n, axes[0] + (axes[0] < 0 ? rank : 0), product));
  }
  std::vector<Value> inputs = {n.emit().Reshape(n.In(1), {})};
  for (int64_t axis = 0; axis < rank; ++axis) {
    SINTER_ASSIGN_OR_RETURN(const Value along, CumulateAlong(n, axis, product));
    inputs.push_back(along);
  }
  return n.Return(n.Map(inputs, [&](Scalars& s, ValueRange x) {
    Value result = x[1];
    for (int64_t axis = 1; axis < rank; ++axis) {
      const auto is = [&](int64_t number) {
        return s.Compare(Relation::kEqual, x[0], s.Like(x[0], static_cast<double>(number)));
      };
      const Value here = s.Emit<mlir::arith::OrIOp>(is(axis), is(axis - rank));
      result = s.Select(here, x[1 + axis], result);
    }
    return result;
  }));
}

absl::Status Trilu(Node& n) {
  const int64_t rank = n.Rank(0);
  const bool upper = n.Int("upper", 1) != 0;
  std::vector<Value> inputs = {n.In(0)};
  if (n.Has(1)) inputs.push_back(n.emit().Reshape(n.In(1), {}));
  return n.Return(n.Map(inputs, [&](Scalars& s, ValueRange x) {
    Value row = s.Index(rank - 2);
    const Value column = s.Index(rank - 1);
    if (x.size() > 1) {
      Scalars as_signed(s.builder(), s.location(), /*is_unsigned=*/false);
      row = s.Add(row, as_signed.ToIndex(x[1]));
    }
    const Relation relation = upper ? Relation::kGreaterEqual : Relation::kLessEqual;
    return s.Select(s.Compare(relation, column, row), x[0], s.Like(x[0], 0));
  }));
}

// The first `length` positions of each batch backwards, the rest as it is.
absl::Status ReverseSequence(Node& n) {
  Emitter& e = n.emit();
  const int64_t rank = n.Rank(0);
  const int64_t batch = n.Axis("batch_axis", 1, rank), time = n.Axis("time_axis", 0, rank);
  const Value data = n.In(0), size = e.Dim(n.Shape(0)[time]);
  const Operand lengths{n.In(1), e.Dims(rank, {batch})};
  return n.Return(
      e.MapOperands(lengths, n.OutShape(), n.OutElement(), [&](Scalars& s, ValueRange x) {
        Scalars as_signed(s.builder(), s.location(), /*is_unsigned=*/false);
        const Value now = s.Index(time), length = s.Min(as_signed.ToIndex(x[0]), size);
        const Value mirrored = s.Sub(s.Sub(length, s.Like(now, 1)), now);
        std::vector<Value> position;
        for (int64_t i = 0; i < rank; ++i) position.push_back(s.Index(i));
        position[time] = s.Select(s.Compare(Relation::kLess, now, length), mirrored, now);
        return Extract(s, data, position);
      }));
}

}  // namespace

void AddScan(LoweringTable& table) {
  table["CumSum"] = [](Node& n) { return Cumulate(n, /*product=*/false); };
  table["CumProd"] = [](Node& n) { return Cumulate(n, /*product=*/true); };
  table["Trilu"] = Trilu;
  table["ReverseSequence"] = ReverseSequence;
}

}  // namespace sinter::legalize
