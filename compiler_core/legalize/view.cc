// Ops that only say which element stands where.
#include <algorithm>
#include <numeric>

#include "base/status_macros.h"
#include "compiler_core/dialect/core/core.h"
#include "compiler_core/legalize/lowerings.h"

namespace sinter::legalize {

namespace {

using ir::SymExpr;
using ir::SymShape;
using mlir::Value;

// Reshape, Flatten, Squeeze, Unsqueeze: the result's shape says it all.
absl::Status Reshape(Node& n) { return n.Return(n.emit().Reshape(n.In(0), n.OutShape())); }

absl::Status Transpose(Node& n) {
  std::vector<int64_t> permutation = n.Ints("perm");
  if (permutation.empty()) {
    permutation.resize(n.Rank(0));
    std::iota(permutation.rbegin(), permutation.rend(), 0);
  }
  return n.Return(n.emit().Transpose(n.In(0), permutation));
}

// Moves a slice's start into the dimension: negative ones count from the end.
absl::StatusOr<SymExpr> ClampedStart(const SymExpr& start, const SymExpr& size, bool forward) {
  const SymExpr last = forward ? size : size - 1;
  if (SymExpr::ProvablyLessEqual(0, start)) return Min(start, last);
  if (SymExpr::ProvablyLessEqual(start, -1)) return Max(start + size, 0);
  return Undecided("can't tell whether the start `" + start.ToString() + "` is negative");
}

struct SliceArguments {
  SymShape starts;
  std::vector<int64_t> axes, steps;
};

absl::StatusOr<SliceArguments> ReadSlice(Node& n) {
  SliceArguments result;
  if (n.version() >= 10) {
    SINTER_ASSIGN_OR_RETURN(result.starts, n.Required(1, "starts"));
    if (n.Has(3)) {
      SINTER_ASSIGN_OR_RETURN(result.axes, n.RequiredNumbers(3, "axes"));
    }
    if (n.Has(4)) {
      SINTER_ASSIGN_OR_RETURN(result.steps, n.RequiredNumbers(4, "steps"));
    }
  } else {
    for (int64_t start : n.Ints("starts")) result.starts.push_back(start);
    result.axes = n.Ints("axes");
  }
  if (result.axes.empty()) {
    result.axes.resize(result.starts.size());
    std::iota(result.axes.begin(), result.axes.end(), 0);
  }
  result.steps.resize(result.starts.size(), 1);
  return result;
}

absl::Status Slice(Node& n) {
  SINTER_ASSIGN_OR_RETURN(const SliceArguments arguments, ReadSlice(n));
  const SymShape shape = n.Shape(0);
  const int64_t rank = n.Rank(0);
  SymShape offsets(rank, 0);
  std::vector<int64_t> steps(rank, 1);
  for (size_t i = 0; i < arguments.starts.size(); ++i) {
    const int64_t axis = arguments.axes[i] + (arguments.axes[i] < 0 ? rank : 0);
    steps[axis] = arguments.steps[i];
    SINTER_ASSIGN_OR_RETURN(offsets[axis],
                            ClampedStart(arguments.starts[i], shape[axis], steps[axis] > 0));
  }
  return n.Return(n.emit().Slice(n.In(0), offsets, n.OutShape(), steps));
}

absl::Status Split(Node& n) {
  const int64_t rank = n.Rank(0), axis = n.Axis("axis", 0, rank);
  SymShape offsets(rank, 0);
  for (int i = 0; i < n.num_outputs(); ++i) {
    const SymShape shape = n.OutShape(i);
    SINTER_RETURN_IF_ERROR(
        n.Return(n.emit().Slice(n.In(0), offsets, shape, std::vector<int64_t>(rank, 1)), i));
    offsets[axis] = offsets[axis] + shape[axis];
  }
  return absl::OkStatus();
}

absl::Status Concat(Node& n) {
  const SymShape shape = n.OutShape();
  const int64_t axis = n.Axis("axis", 1, static_cast<int64_t>(shape.size()));
  std::vector<Value> sources;
  for (Value source : n.Inputs()) {
    if (core::ShapeOf(source)[axis] != 0) sources.push_back(source);
  }
  if (sources.empty()) sources.push_back(n.In(0));
  return n.Return(n.emit().Concat(sources, axis, shape));
}

// [n, c, h, w] with c split into blocks of b*b, or the other way round.
absl::Status DepthToSpace(Node& n) {
  const SymShape in = n.Shape(0);
  const int64_t b = n.Int("blocksize", 1);
  const SymExpr channels = FloorDiv(in[1], b * b);
  Emitter& e = n.emit();
  if (n.String("mode", "DCR") == "CRD") {
    const Value split = e.Reshape(n.In(0), {in[0], channels, b, b, in[2], in[3]});
    return n.Return(e.Reshape(e.Transpose(split, {0, 1, 4, 2, 5, 3}), n.OutShape()));
  }
  const Value split = e.Reshape(n.In(0), {in[0], b, b, channels, in[2], in[3]});
  return n.Return(e.Reshape(e.Transpose(split, {0, 3, 4, 1, 5, 2}), n.OutShape()));
}

absl::Status SpaceToDepth(Node& n) {
  const SymShape in = n.Shape(0);
  const int64_t b = n.Int("blocksize", 1);
  Emitter& e = n.emit();
  const Value split =
      e.Reshape(n.In(0), {in[0], in[1], FloorDiv(in[2], b), b, FloorDiv(in[3], b), b});
  const bool channels_first = n.String("mode", "DCR") == "CRD";
  const Value moved = channels_first ? e.Transpose(split, {0, 1, 3, 5, 2, 4})
                                     : e.Transpose(split, {0, 3, 5, 1, 2, 4});
  return n.Return(e.Reshape(moved, n.OutShape()));
}

}  // namespace

void AddView(LoweringTable& table) {
  for (const char* name : {"Reshape", "Flatten", "Squeeze", "Unsqueeze"}) table[name] = Reshape;
  table["Transpose"] = Transpose;
  table["Slice"] = Slice;
  table["Split"] = Split;
  table["Concat"] = Concat;
  table["DepthToSpace"] = DepthToSpace;
  table["SpaceToDepth"] = SpaceToDepth;
}

}  // namespace sinter::legalize
