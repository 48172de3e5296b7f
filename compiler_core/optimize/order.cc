#include "compiler_core/optimize/order.h"

#include <algorithm>
#include <numeric>

#include "compiler_core/dialect/core/core.h"

namespace sinter::optimize {
namespace {

using mlir::AffineMap;
using mlir::Value;
using mlir::linalg::GenericOp;

bool IsUnit(const ir::SymExpr& expr) { return expr == ir::SymExpr(1); }

ir::SymShape WithoutUnits(const ir::SymShape& shape) {
  ir::SymShape kept;
  for (const ir::SymExpr& dim : shape) {
    if (!IsUnit(dim)) kept.push_back(dim);
  }
  return kept;
}

// The order in which a reader would like `value` to lie: that of a transposition whose result is
// then reshaped, which needs it row-major. Dimensions of one element are looked through.
std::optional<llvm::SmallVector<int>> WantedOrder(Value value) {
  for (mlir::Operation* user : value.getUsers()) {
    if (auto reshape = mlir::dyn_cast<core::ReshapeOp>(user)) {
      if (WithoutUnits(core::ShapeOf(reshape.getResult())) != WithoutUnits(core::ShapeOf(value))) {
        continue;
      }
      if (auto wanted = WantedOrder(reshape.getResult())) return wanted;
    }
    auto transpose = mlir::dyn_cast<core::TransposeOp>(user);
    if (!transpose) continue;
    bool reshaped = llvm::any_of(transpose->getUsers(), [](mlir::Operation* next) {
      return mlir::isa<core::ReshapeOp, mlir::func::ReturnOp>(next);
    });
    if (!reshaped) continue;
    // Positions among the dimensions of more than one element.
    ir::SymShape shape = core::ShapeOf(value);
    llvm::SmallVector<int> position(shape.size(), -1), wanted;
    int next = 0;
    for (size_t i = 0; i < shape.size(); ++i) {
      if (!IsUnit(shape[i])) position[i] = next++;
    }
    for (int64_t dim : transpose.getPermutation()) {
      if (position[dim] >= 0) wanted.push_back(position[dim]);
    }
    return wanted;
  }
  return std::nullopt;
}

class Orderer {
 public:
  Orderer(const Group& group, const ViewOf& view_of) : group_(group), view_of_(view_of) {}

  llvm::SmallVector<int> Order(bool row_major) {
    llvm::SmallVector<int> order;
    if (group_.kind == Group::Kind::kContraction) {
      order = ContractionDomain();
    } else if (!group_.block.empty()) {
      order = BlockedDomain();
    } else if (row_major) {
      order = Natural();
    } else {
      order = StreamedDomain();
    }
    llvm::append_range(order, Reductions());
    return order;
  }

 private:
  llvm::SmallVector<int> Natural() const {
    llvm::SmallVector<int> order(group_.domain_rank);
    std::iota(order.begin(), order.end(), 0);
    return order;
  }

  GenericOp Anchor() const { return group_.members.front().op; }

  llvm::SmallVector<int> ContractionDomain() {
    for (const Member& member : group_.members) {
      GenericOp op = member.op;
      auto wanted = WantedOrder(op.getResult(0));
      if (!wanted || wanted->size() != static_cast<size_t>(group_.domain_rank)) continue;
      AffineMap out = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
      llvm::SmallVector<int> order;
      for (int at : *wanted) order.push_back(member.dims[out.getDimPosition(at)]);
      if (order.back() == group_.vector_dim) return order;
    }
    llvm::SmallVector<int> order;
    int vector = group_.vector_dim;
    // The groups of a grouped convolution stay beside their channels.
    int beside =
        vector > 0 && vector + 1 < group_.domain_rank && InWeights(vector - 1) ? vector - 1 : -1;
    for (int dim : Natural()) {
      if (dim != vector && dim != beside) order.push_back(dim);
    }
    if (beside >= 0) order.push_back(beside);
    order.push_back(vector);
    return order;
  }

  bool InWeights(int dim) const {
    const Member& anchor = group_.members.front();
    AffineMap map = Anchor().getIndexingMapsArray()[group_.weight_operand];
    for (size_t loop = 0; loop < anchor.dims.size(); ++loop) {
      if (anchor.dims[loop] == dim && map.isFunctionOfDim(loop)) return true;
    }
    return false;
  }

  // Vectors can't run along a dimension that is done in blocks.
  llvm::SmallVector<int> BlockedDomain() {
    auto has_vectors = [&](llvm::ArrayRef<int> order) { return group_.block[order.back()] == 1; };
    llvm::SmallVector<int> order = Natural();
    if (has_vectors(order)) return order;
    order = StreamedDomain();
    auto last =
        llvm::find_if(llvm::reverse(order), [&](int dim) { return group_.block[dim] == 1; });
    if (!has_vectors(order) && last != order.rend()) {
      std::rotate(last.base() - 1, last.base(), order.end());
    }
    return order;
  }

  // Like the first input that has the most of the domain's dimensions.
  llvm::SmallVector<int> StreamedDomain() {
    llvm::SmallVector<int> best;
    for (const Member& member : group_.members) {
      GenericOp op = member.op;
      for (mlir::OpOperand* input : op.getDpsInputOperands()) {
        if (!op.payloadUsesValueFromOperand(input)) continue;
        std::optional<View> view = view_of_(input->get());
        if (!view) continue;
        llvm::SmallVector<int> order = DomainAlong(*view, op.getMatchingIndexingMap(input), member);
        if (order.size() > best.size()) best = order;
      }
    }
    for (int dim : Natural()) {
      if (!llvm::is_contained(best, dim)) best.insert(best.begin() + Before(best, dim), dim);
    }
    return best;
  }

  // Where a dimension that the main input lacks goes: before those that follow it naturally.
  static size_t Before(llvm::ArrayRef<int> order, int dim) {
    for (size_t at = 0; at < order.size(); ++at) {
      if (order[at] > dim) return at;
    }
    return order.size();
  }

  llvm::SmallVector<int> DomainAlong(const View& view, AffineMap map, const Member& member) {
    llvm::SmallVector<int> order;
    for (int at : OrderOf(view)) {
      for (size_t loop = 0; loop < member.dims.size(); ++loop) {
        int dim = member.dims[loop];
        if (dim < group_.domain_rank && map.getResult(at).isFunctionOfDim(loop) &&
            !llvm::is_contained(order, dim)) {
          order.push_back(dim);
        }
      }
    }
    return order;
  }

  // Private reductions, the one along which the streamed input is densest innermost.
  llvm::SmallVector<int> Reductions() {
    llvm::SmallVector<int> order;
    const Member& anchor = group_.members.front();
    GenericOp op = Anchor();
    for (mlir::OpOperand* input : op.getDpsInputOperands()) {
      if (!op.payloadUsesValueFromOperand(input)) continue;
      if (group_.kind == Group::Kind::kContraction &&
          static_cast<int>(input->getOperandNumber()) == group_.weight_operand) {
        continue;
      }
      std::optional<View> view = view_of_(input->get());
      if (!view) continue;
      AffineMap map = op.getMatchingIndexingMap(input);
      for (int at : OrderOf(*view)) {
        for (size_t loop = 0; loop < anchor.dims.size(); ++loop) {
          int dim = anchor.dims[loop];
          if (dim >= group_.domain_rank && map.getResult(at).isFunctionOfDim(loop) &&
              !llvm::is_contained(order, dim)) {
            order.push_back(dim);
          }
        }
      }
    }
    for (int dim = group_.domain_rank; dim < static_cast<int>(group_.extents.size()); ++dim) {
      if (!llvm::is_contained(order, dim)) order.push_back(dim);
    }
    return order;
  }

  const Group& group_;
  const ViewOf& view_of_;
};

}  // namespace

llvm::SmallVector<int> LoopOrder(const Group& group, const ViewOf& view_of, bool row_major) {
  return Orderer(group, view_of).Order(row_major);
}

}  // namespace sinter::optimize
