// Constants moved about: Gather, Concat, Tile, Pad, ...
#include <functional>

#include "compiler_core/import/const_eval.h"
#include "compiler_core/import/elements.h"

namespace sinter::import {
namespace {

using ir::HostTensor;
using Index = std::vector<int64_t>;

int64_t Flat(const Index& index, const Index& dims) {
  int64_t flat = 0;
  for (size_t i = 0; i < dims.size(); ++i) flat = flat * dims[i] + index[i];
  return flat;
}

// Steps `index` through `dims` in row-major order.
void Advance(Index& index, const Index& dims) {
  for (size_t i = dims.size(); i-- > 0;) {
    if (++index[i] < dims[i]) return;
    index[i] = 0;
  }
}

// An output whose element at `index` is element source(index) of `from`; < 0 = out of range.
Evaluation Pick(const HostTensor& from, const Index& dims,
                const std::function<int64_t(const Index&)>& source) {
  const HostTensor rows = from.RowMajor();
  TensorWriter writer(from.dtype(), dims);
  Index index(dims.size(), 0);
  for (int64_t i = 0; i < writer.size(); ++i, Advance(index, dims)) {
    const int64_t j = source(index);
    if (j < 0) return std::nullopt;
    writer.Copy(i, rows, j);
  }
  return std::vector<HostTensor>{writer.Take()};
}

// `i` counted from the end if negative; -1 if there is no such element.
int64_t Position(int64_t i, int64_t dim) {
  if (i < 0) i += dim;
  return i >= 0 && i < dim ? i : -1;
}

int64_t AxisOf(const EvalNode& e, int64_t otherwise) {
  const int64_t rank = static_cast<int64_t>(e.In(0).dims().size());
  const int64_t axis = e.node.Int("axis", otherwise);
  return axis < 0 ? axis + rank : axis;
}

Evaluation EvaluateGather(const EvalNode& e) {
  const HostTensor &data = e.In(0), &indices = e.In(1);
  const int64_t axis = AxisOf(e, 0), depth = static_cast<int64_t>(indices.dims().size());
  return Pick(data, e.OutDims(), [&](const Index& index) -> int64_t {
    const Index at(index.begin() + axis, index.begin() + axis + depth);
    Index from(index.begin(), index.begin() + axis);
    from.push_back(Position(indices.AsInt(Flat(at, indices.dims())), data.dims()[axis]));
    if (from.back() < 0) return -1;
    from.insert(from.end(), index.begin() + axis + depth, index.end());
    return Flat(from, data.dims());
  });
}

Evaluation EvaluateGatherElements(const EvalNode& e) {
  const HostTensor &data = e.In(0), &indices = e.In(1);
  const int64_t axis = AxisOf(e, 0);
  return Pick(data, e.OutDims(), [&](const Index& index) -> int64_t {
    Index from = index;
    from[axis] = Position(indices.AsInt(Flat(index, indices.dims())), data.dims()[axis]);
    for (size_t i = 0; i < from.size(); ++i) {
      if (from[i] < 0 || from[i] >= data.dims()[i]) return -1;
    }
    return Flat(from, data.dims());
  });
}

Evaluation EvaluateGatherNd(const EvalNode& e) {
  const HostTensor &data = e.In(0), &indices = e.In(1);
  const size_t batch = e.node.Int("batch_dims", 0), depth = indices.dims().back();
  const size_t lead = indices.dims().size() - 1;
  return Pick(data, e.OutDims(), [&](const Index& index) -> int64_t {
    Index at(index.begin(), index.begin() + lead);
    Index from(index.begin(), index.begin() + batch);
    at.push_back(0);
    for (size_t i = 0; i < depth; ++i) {
      at.back() = static_cast<int64_t>(i);
      from.push_back(Position(indices.AsInt(Flat(at, indices.dims())), data.dims()[batch + i]));
      if (from.back() < 0) return -1;
    }
    from.insert(from.end(), index.begin() + lead, index.end());
    return Flat(from, data.dims());
  });
}

Evaluation EvaluateTile(const EvalNode& e) {
  const Index& dims = e.In(0).dims();
  return Pick(e.In(0), e.OutDims(), [&](const Index& index) {
    Index from = index;
    for (size_t i = 0; i < dims.size(); ++i) from[i] %= dims[i];
    return Flat(from, dims);
  });
}

Evaluation EvaluateConcat(const EvalNode& e) {
  const Index dims = e.OutDims();
  const int64_t axis = AxisOf(e, 1);
  TensorWriter writer(e.OutType(), dims);
  int64_t offset = 0;
  for (int i = 0; i < e.node.num_inputs(); ++i) {
    const HostTensor part = e.In(i).RowMajor();
    Index index(dims.size(), 0);
    for (int64_t j = 0; j < part.num_elements(); ++j, Advance(index, part.dims())) {
      Index to = index;
      to[axis] += offset;
      writer.Copy(Flat(to, dims), part, j);
    }
    offset += part.dims()[axis];
  }
  return std::vector<HostTensor>{writer.Take()};
}

Evaluation EvaluateWhere(const EvalNode& e) {
  const Index dims = e.OutDims();
  const HostTensor condition = e.In(0).BroadcastTo(dims);
  const HostTensor yes = e.In(1).BroadcastTo(dims).RowMajor();
  const HostTensor no = e.In(2).BroadcastTo(dims).RowMajor();
  TensorWriter writer(e.OutType(), dims);
  for (int64_t i = 0; i < writer.size(); ++i) {
    writer.Copy(i, condition.AsInt(i) != 0 ? yes : no, i);
  }
  return std::vector<HostTensor>{writer.Take()};
}

// Constant mode over all axes with padding that doesn't crop; the rest is left to the real op.
Evaluation EvaluatePad(const EvalNode& e) {
  const Index &from = e.In(0).dims(), dims = e.OutDims();
  if (e.node.String("mode", "constant") != "constant" || e.node.Has(3)) return std::nullopt;
  if (e.node.Has(2) && e.In(2).num_elements() != 1) return std::nullopt;
  Index pads = e.node.Ints("pads").value_or(Index());
  if (pads.empty() && e.node.Has(1)) {
    for (int64_t i = 0; i < e.In(1).num_elements(); ++i) pads.push_back(e.In(1).AsInt(i));
  }
  for (int64_t pad : pads) {
    if (pad < 0) return std::nullopt;
  }
  const HostTensor rows = e.In(0).RowMajor();
  TensorWriter writer(e.OutType(), dims);
  const double value = e.node.Has(2) ? e.In(2).AsDouble(0) : e.node.Float("value", 0);
  for (int64_t i = 0; i < writer.size(); ++i) writer.SetDouble(i, value);
  Index index(from.size(), 0);
  for (int64_t i = 0; i < rows.num_elements(); ++i, Advance(index, from)) {
    Index to = index;
    for (size_t axis = 0; axis < to.size(); ++axis) to[axis] += pads[axis];
    writer.Copy(Flat(to, dims), rows, i);
  }
  return std::vector<HostTensor>{writer.Take()};
}

Evaluation EvaluateTrilu(const EvalNode& e) {
  const HostTensor rows = e.In(0).RowMajor();
  const Index& dims = rows.dims();
  if (dims.size() < 2 || (e.node.Has(1) && e.In(1).num_elements() != 1)) return std::nullopt;
  const int64_t height = dims[dims.size() - 2], width = dims.back();
  const int64_t k = e.node.Has(1) ? e.In(1).AsInt(0) : 0;
  const bool upper = e.node.Int("upper", 1) != 0;
  TensorWriter writer(rows.dtype(), dims);
  for (int64_t i = 0; i < writer.size(); ++i) {
    const int64_t diagonal = i % width - i / width % height;
    if (upper ? diagonal >= k : diagonal <= k) writer.Copy(i, rows, i);
  }
  return std::vector<HostTensor>{writer.Take()};
}

struct MovementRow {
  absl::string_view op;
  Evaluation (*evaluate)(const EvalNode&);
};

constexpr MovementRow kMovements[] = {
    {"Concat", EvaluateConcat},
    {"Gather", EvaluateGather},
    {"GatherElements", EvaluateGatherElements},
    {"GatherND", EvaluateGatherNd},
    {"Pad", EvaluatePad},
    {"Tile", EvaluateTile},
    {"Trilu", EvaluateTrilu},
    {"Where", EvaluateWhere},
};

}  // namespace

Evaluation EvaluateMovement(absl::string_view op, const EvalNode& node) {
  for (const MovementRow& row : kMovements) {
    if (row.op == op) return row.evaluate(node);
  }
  return std::nullopt;
}

}  // namespace sinter::import
