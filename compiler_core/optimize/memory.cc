#include "compiler_core/optimize/memory.h"

#include <algorithm>

#include "compiler_core/dialect/core/core.h"

namespace sinter::optimize {
namespace {

using ir::SymExpr;
using ir::SymShape;

bool IsOne(const SymExpr& expr) { return expr == SymExpr(1); }

View TransposeView(const View& view, llvm::ArrayRef<int64_t> permutation) {
  View result = view;
  for (size_t i = 0; i < permutation.size(); ++i) {
    result.shape[i] = view.shape[permutation[i]];
    result.strides[i] = view.strides[permutation[i]];
  }
  return result;
}

View SliceView(const View& view, core::SliceOp slice) {
  View result = view;
  result.shape = core::ShapeOf(slice.getResult());
  for (size_t i = 0; i < result.shape.size(); ++i) {
    auto text = mlir::cast<mlir::StringAttr>(slice.getOffsets()[i]).getValue();
    auto offset = SymExpr::Parse(absl::string_view(text.data(), text.size()));
    result.offset = result.offset + view.strides[i] * offset.value_or(SymExpr(0));
    result.strides[i] = view.strides[i] * SymExpr(slice.getSteps()[i]);
  }
  return result;
}

// One run of source dimensions that are walked through as one.
struct Run {
  SymExpr extent;
  SymExpr stride;  // of its innermost element
};

// Joins neighbouring dimensions of more than one element where the outer one's stride is the inner
// one's extent times its stride.
std::vector<Run> RunsOf(const View& view) {
  std::vector<Run> runs;
  for (size_t i = 0; i < view.shape.size(); ++i) {
    if (IsOne(view.shape[i])) continue;
    if (!runs.empty() && runs.back().stride == view.shape[i] * view.strides[i]) {
      runs.back() = {runs.back().extent * view.shape[i], view.strides[i]};
    } else {
      runs.push_back({view.shape[i], view.strides[i]});
    }
  }
  return runs;
}

}  // namespace

int64_t ElementBytes(mlir::Type type) {
  return std::max<int64_t>(1, type.getIntOrFloatBitWidth() / 8);
}

SymShape StridesInOrder(const SymShape& shape, llvm::ArrayRef<int> order) {
  SymShape strides(shape.size());
  SymExpr next(1);
  for (auto dim = order.rbegin(); dim != order.rend(); ++dim) {
    strides[*dim] = next;
    next = next * shape[*dim];
  }
  return strides;
}

llvm::SmallVector<int> OrderOf(const View& view) {
  llvm::SmallVector<int> order;
  for (size_t dim = 0; dim < view.shape.size(); ++dim) {
    size_t at = order.size();
    // Insertion sort: comparisons between symbolic strides need not be a total order.
    while (at > 0) {
      int before = order[at - 1];
      if (IsOne(view.shape[before]) || IsOne(view.shape[dim])) break;
      if (view.strides[before] == view.strides[dim] ||
          !SymExpr::ProvablyLessEqual(view.strides[before], view.strides[dim])) {
        break;
      }
      --at;
    }
    order.insert(order.begin() + at, static_cast<int>(dim));
  }
  return order;
}

std::optional<View> ReshapeView(const View& view, const SymShape& shape) {
  std::vector<Run> runs = RunsOf(view);
  View result = view;
  result.shape = shape;
  result.strides.assign(shape.size(), SymExpr(0));
  // From the innermost dimension outwards, each run is used up by whole dimensions.
  size_t left = runs.size();
  SymExpr rest(1), stride(0);
  for (size_t i = shape.size(); i-- > 0;) {
    if (IsOne(shape[i])) {
      result.strides[i] = stride;
      continue;
    }
    if (IsOne(rest)) {
      if (left == 0) return std::nullopt;
      rest = runs[--left].extent;
      stride = runs[left].stride;
    }
    std::optional<SymExpr> remaining = SymExpr::ExactDiv(rest, shape[i]);
    if (!remaining) return std::nullopt;
    result.strides[i] = stride;
    stride = stride * shape[i];
    rest = *remaining;
  }
  if (!IsOne(rest) || left != 0) return std::nullopt;
  return result;
}

std::optional<View> Memory::Find(mlir::Value value) const {
  auto found = views_.find(value);
  if (found != views_.end()) return found->second;
  mlir::Operation* op = value.getDefiningOp();
  if (!op || !mlir::isa<core::TransposeOp, core::SliceOp, core::ReshapeOp>(op)) return std::nullopt;
  std::optional<View> source = Find(op->getOperand(0));
  if (!source) return std::nullopt;
  if (auto transpose = mlir::dyn_cast<core::TransposeOp>(op)) {
    return TransposeView(*source, transpose.getPermutation());
  }
  if (auto slice = mlir::dyn_cast<core::SliceOp>(op)) return SliceView(*source, slice);
  return ReshapeView(*source, core::ShapeOf(value));
}

}  // namespace sinter::optimize
