// Gathers: each element of the result is read from a computed position of the data.
#include "base/status_macros.h"
#include "compiler_core/legalize/indexing.h"
#include "compiler_core/legalize/lowerings.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace sinter::legalize {

namespace {

using ir::SymShape;
using mlir::Value;
using mlir::ValueRange;

// Indices known now that are equally spaced, as the first one and the step; else nothing.
struct Progression {
  int64_t first, step, count;
};
std::optional<Progression> ReadProgression(const ir::HostTensor& indices, int64_t size) {
  const int64_t count = indices.num_elements();
  if (count == 0) return std::nullopt;
  const auto at = [&](int64_t i) {
    const int64_t index = indices.AsInt(i);
    return index < 0 ? index + size : index;
  };
  const int64_t step = count == 1 ? 1 : at(1) - at(0);
  if (step == 0) return std::nullopt;
  for (int64_t i = 0; i < count; ++i) {
    if (at(i) != at(0) + i * step || at(i) < 0 || at(i) >= size) return std::nullopt;
  }
  return Progression{at(0), step, count};
}

// A gather of equally spaced positions is a slice; null if it isn't one.
Value AsSlice(Node& n, int64_t axis) {
  const ir::HostTensor* indices = n.Const(1);
  const SymShape shape = n.Shape(0);
  if (indices == nullptr) return {};
  const std::optional<int64_t> size = shape[axis].AsConstant();
  // Of a free dimension only non-negative indices are known; of these only the first is surely
  // there.
  const bool first_only = !size && indices->num_elements() == 1 && indices->AsInt(0) == 0;
  if (!size && !first_only) return {};
  const auto progression = ReadProgression(*indices, size.value_or(1));
  if (!progression) return {};
  SymShape offsets(shape.size(), 0), sizes = shape;
  std::vector<int64_t> steps(shape.size(), 1);
  offsets[axis] = progression->first;
  sizes[axis] = progression->count;
  steps[axis] = progression->step;
  Emitter& e = n.emit();
  return e.Reshape(e.Slice(n.In(0), offsets, sizes, steps), n.OutShape());
}

absl::Status Gather(Node& n) {
  Emitter& e = n.emit();
  const SymShape shape = n.Shape(0), out = n.OutShape();
  const int64_t rank = n.Rank(0), axis = n.Axis("axis", 0, rank);
  if (const Value slice = AsSlice(n, axis)) return n.Return(slice);
  const Value data = n.In(0), size = e.Dim(shape[axis]);
  const int64_t index_rank = n.Rank(1), out_rank = static_cast<int64_t>(out.size());
  llvm::SmallVector<int64_t> index_dims;
  for (int64_t i = 0; i < index_rank; ++i) index_dims.push_back(axis + i);
  const Operand indices{n.In(1), e.Dims(out_rank, index_dims)};
  return n.Return(e.MapOperands(indices, out, n.OutElement(), [&](Scalars& s, ValueRange x) {
    std::vector<Value> position;
    for (int64_t i = 0; i < axis; ++i) position.push_back(s.Index(i));
    position.push_back(Position(s, x[0], size));
    for (int64_t i = axis + index_rank; i < out_rank; ++i) position.push_back(s.Index(i));
    return Extract(s, data, position);
  }));
}

absl::Status GatherElements(Node& n) {
  Emitter& e = n.emit();
  const int64_t rank = n.Rank(0), axis = n.Axis("axis", 0, rank);
  const Value data = n.In(0), size = e.Dim(n.Shape(0)[axis]);
  const Operand indices{n.In(1), e.Identity(rank)};
  return n.Return(
      e.MapOperands(indices, n.OutShape(), n.OutElement(), [&](Scalars& s, ValueRange x) {
        std::vector<Value> position;
        for (int64_t i = 0; i < rank; ++i) {
          position.push_back(i == axis ? Position(s, x[0], size) : s.Index(i));
        }
        return Extract(s, data, position);
      }));
}

// indices [batch..., outer..., k], data [batch..., k dimensions..., rest...].
absl::Status GatherNd(Node& n) {
  Emitter& e = n.emit();
  const SymShape shape = n.Shape(0), index_shape = n.Shape(1), out = n.OutShape();
  const std::optional<int64_t> depth = index_shape.back().AsConstant();
  if (!depth) return Unsupported("indices whose last dimension is free");
  const int64_t batch = n.Int("batch_dims", 0), rank = n.Rank(0);
  const int64_t outer = static_cast<int64_t>(index_shape.size()) - 1;
  const Value data = n.In(0), indices = n.In(1);
  std::vector<Value> sizes;
  for (const ir::SymExpr& dim : shape) sizes.push_back(e.Dim(dim));
  return n.Return(e.MapOperands({}, out, n.OutElement(), [&](Scalars& s, ValueRange) {
    std::vector<Value> from, position;
    for (int64_t i = 0; i < outer; ++i) from.push_back(s.Index(i));
    position.assign(from.begin(), from.begin() + batch);
    for (int64_t j = 0; j < *depth; ++j) {
      std::vector<Value> at = from;
      at.push_back(s.Number(s.builder().getIndexType(), static_cast<double>(j)));
      position.push_back(Position(s, Extract(s, indices, at), sizes[batch + j]));
    }
    for (int64_t i = batch + *depth; i < rank; ++i) {
      position.push_back(s.Index(outer + i - batch - *depth));
    }
    return Extract(s, data, position);
  }));
}

}  // namespace

Value Extract(Scalars& s, Value tensor, const std::vector<Value>& indices) {
  return s.Emit<mlir::tensor::ExtractOp>(tensor, ValueRange(indices));
}

Value Position(Scalars& outer, Value index, Value size) {
  Scalars s(outer.builder(), outer.location(), /*is_unsigned=*/false);
  const Value position = s.ToIndex(index);
  const Value zero = s.Like(position, 0);
  const Value wrapped = s.Select(s.Compare(Scalars::Relation::kLess, position, zero),
                                 s.Add(position, size), position);
  return s.Min(s.Max(wrapped, zero), s.Sub(size, s.Like(size, 1)));
}

void AddGather(LoweringTable& table) {
  table["Gather"] = Gather;
  table["GatherElements"] = GatherElements;
  table["GatherND"] = GatherNd;
}

}  // namespace sinter::legalize
