#include "compiler_core/optimize/groups.h"

#include <algorithm>

#include "compiler_core/dialect/core/core.h"
#include "compiler_core/ir/combiner.h"
#include "compiler_core/ir/kernel_spec.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/SetVector.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace sinter::optimize {
namespace {

using mlir::AffineMap;
using mlir::Value;
using mlir::linalg::GenericOp;

bool IsReduction(GenericOp op, int loop) {
  return op.getIteratorTypesArray()[loop] == mlir::utils::IteratorType::reduction;
}

// The dimension that result `i` of `map` is, or -1 when it is more than a dimension.
int PlainDim(AffineMap map, unsigned i) {
  auto dim = mlir::dyn_cast<mlir::AffineDimExpr>(map.getResult(i));
  return dim ? static_cast<int>(dim.getPosition()) : -1;
}

bool UsesLoop(AffineMap map, int loop) {
  bool used = false;
  for (mlir::AffineExpr expr : map.getResults()) used |= expr.isFunctionOfDim(loop);
  return used;
}

// x * y + acc, floats or integers, possibly of widened operands.
bool IsMultiplyAccumulate(GenericOp op) {
  if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1) return false;
  auto yield = op.getBody()->getTerminator();
  mlir::Operation* add = yield->getOperand(0).getDefiningOp();
  if (!add || !mlir::isa<mlir::arith::AddFOp, mlir::arith::AddIOp>(add)) return false;
  Value acc = op.getBody()->getArgument(2);
  Value product;
  if (add->getOperand(0) == acc) product = add->getOperand(1);
  if (add->getOperand(1) == acc) product = add->getOperand(0);
  if (!product || !product.getDefiningOp()) return false;
  return mlir::isa<mlir::arith::MulFOp, mlir::arith::MulIOp>(product.getDefiningOp());
}

bool IsConstant(Value value) { return value.getDefiningOp<core::ConstantOp>() != nullptr; }

// The parallel loop that only operand `side` of a contraction has and that is worth a vector: the
// largest such for a constant (it can be packed at will), else the output's last.
int VectorLoop(GenericOp op, int side) {
  auto maps = op.getIndexingMapsArray();
  ir::SymShape extents = LoopExtents(op);
  int best = -1;
  for (unsigned i = 0; i < maps[2].getNumResults(); ++i) {
    int loop = PlainDim(maps[2], i);
    if (loop < 0 || UsesLoop(maps[1 - side], loop)) continue;
    bool plain = false;
    for (unsigned r = 0; r < maps[side].getNumResults(); ++r) {
      plain |= PlainDim(maps[side], r) == loop;
    }
    if (!plain) continue;
    if (!IsConstant(op.getOperand(side)) && i + 1 != maps[2].getNumResults()) continue;
    bool larger = best < 0 || !IsConstant(op.getOperand(side)) ||
                  ir::SymExpr::ProvablyLessEqual(extents[best], extents[loop]);
    if (larger) best = loop;
  }
  return best;
}

void ClassifyReduction(Group& group, GenericOp op) {
  group.kind = Group::Kind::kWindow;
  if (!IsMultiplyAccumulate(op)) return;
  // The right operand of a matmul and the filter of a convolution; of two, only a constant can be
  // packed. (A depthwise filter has no dimension of its own: such a product is a window.)
  llvm::SmallVector<int> sides = {1, 0};
  if (IsConstant(op.getOperand(0)) != IsConstant(op.getOperand(1))) {
    sides = {IsConstant(op.getOperand(0)) ? 0 : 1};
  }
  for (int side : sides) {
    int loop = VectorLoop(op, side);
    if (loop < 0) continue;
    group.kind = Group::Kind::kContraction;
    group.vector_dim = loop;
    group.weight_operand = side;
    return;
  }
}

// A reduction of a tensor's trailing dimensions, of which rows are worth keeping: not the spatial
// mean of an image, which is vectorized over channels.
bool ReducesRows(GenericOp op) {
  if (op.getNumDpsInputs() != 1 || op.getNumDpsInits() != 1) return false;
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInputOperand(0));
  if (!map.isPermutation() || !ir::CombinerOf(op)) return false;
  unsigned rank = map.getNumResults();
  unsigned reduced = op.getNumReductionLoops();
  if (reduced == 0 || reduced >= rank) return reduced == rank;
  for (unsigned i = rank - reduced; i < rank; ++i) {
    if (!IsReduction(op, PlainDim(map, i))) return false;
  }
  return reduced == 1;
}

bool IsPointwise(GenericOp op) {
  if (op.getNumReductionLoops() != 0) return false;
  for (mlir::OpOperand& init : op.getDpsInitsMutable()) {
    if (!op.getMatchingIndexingMap(&init).isIdentity()) return false;
  }
  return true;
}

// A new group around `op`: its parallel loops in the order of its result, then its reductions.
Group StartGroup(GenericOp op) {
  Group group;
  ir::SymShape extents = LoopExtents(op);
  Member member{op, llvm::SmallVector<int>(extents.size(), -1)};
  AffineMap out = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  auto add = [&](int loop) {
    member.dims[loop] = static_cast<int>(group.extents.size());
    group.extents.push_back(extents[loop]);
  };
  for (unsigned i = 0; i < out.getNumResults(); ++i) add(PlainDim(out, i));
  group.domain_rank = static_cast<int>(group.extents.size());
  bool rows = ReducesRows(op);
  for (size_t loop = 0; loop < extents.size(); ++loop) {
    if (member.dims[loop] < 0) add(static_cast<int>(loop));
  }
  if (op.getNumReductionLoops() > 0) ClassifyReduction(group, op);
  if (group.vector_dim >= 0) group.vector_dim = member.dims[group.vector_dim];
  group.inner.assign(group.domain_rank, false);
  if (rows && group.kind == Group::Kind::kWindow) {
    group.kind = Group::Kind::kRow;
    group.domain_rank = static_cast<int>(group.extents.size());
    group.inner.assign(group.domain_rank, false);
    for (size_t loop = 0; loop < extents.size(); ++loop) {
      if (IsReduction(op, loop)) group.inner[member.dims[loop]] = true;
    }
  }
  if (auto block = op->getAttrOfType<mlir::DenseI64ArrayAttr>(ir::kBlockAttr)) {
    group.block.assign(extents.size(), 1);
    for (size_t loop = 0; loop < extents.size(); ++loop) {
      group.block[member.dims[loop]] = block[loop];
    }
  }
  group.members.push_back(std::move(member));
  return group;
}

class Former {
 public:
  explicit Former(mlir::func::FuncOp main) : main_(main) {}

  Grouping Run() {
    for (mlir::Operation& op : main_.getBody().front()) {
      if (auto generic = mlir::dyn_cast<GenericOp>(op)) Place(generic);
    }
    return Sorted();
  }

 private:
  // The groups whose results `value` is made of, looking through views.
  void Producers(Value value, llvm::SmallSetVector<int, 4>& groups) {
    mlir::Operation* op = value.getDefiningOp();
    if (!op) return;
    auto found = result_.group_of.find(op);
    if (found != result_.group_of.end()) {
      groups.insert(found->second);
      return;
    }
    for (Value operand : op->getOperands()) {
      if (mlir::isa<mlir::RankedTensorType>(operand.getType())) Producers(operand, groups);
    }
  }

  llvm::SmallSetVector<int, 4> ProducersOf(GenericOp op) {
    llvm::SmallSetVector<int, 4> groups;
    for (Value input : op.getDpsInputs()) Producers(input, groups);
    op.getRegion().walk(
        [&](mlir::tensor::ExtractOp extract) { Producers(extract.getTensor(), groups); });
    return groups;
  }

  void Place(GenericOp op) {
    llvm::SmallSetVector<int, 4> producers = ProducersOf(op);
    // The latest producer is tried first: it is the one whose result is warmest.
    llvm::SmallVector<int> candidates(producers.begin(), producers.end());
    llvm::sort(candidates, std::greater<int>());
    for (int candidate : candidates) {
      if (Join(candidate, op, producers)) return;
    }
    int id = static_cast<int>(result_.groups.size());
    result_.groups.push_back(StartGroup(op));
    depends_on_.emplace_back();
    Record(id, op, producers);
  }

  void Record(int id, GenericOp op, const llvm::SmallSetVector<int, 4>& producers) {
    result_.group_of[op] = id;
    llvm::BitVector added(result_.groups.size());
    for (int producer : producers) {
      if (producer == id) continue;
      added.set(producer);
      added |= depends_on_[producer];
    }
    depends_on_[id] |= added;
    for (size_t other = 0; other < depends_on_.size(); ++other) {
      if (depends_on_[other].size() > static_cast<unsigned>(id) && depends_on_[other].test(id)) {
        depends_on_[other] |= depends_on_[id];
      }
    }
  }

  bool DependsOn(int group, int on) {
    return depends_on_[group].size() > static_cast<unsigned>(on) && depends_on_[group].test(on);
  }

  // Would joining make another group both need `id` and be needed by it?
  bool MakesCycle(int id, const llvm::SmallSetVector<int, 4>& producers) {
    for (int producer : producers) {
      if (producer != id && DependsOn(producer, id)) return true;
    }
    return false;
  }

  bool Join(int id, GenericOp op, const llvm::SmallSetVector<int, 4>& producers) {
    Group& group = result_.groups[id];
    if (MakesCycle(id, producers) || op->hasAttr(ir::kBlockAttr)) return false;
    if (!group.block.empty() && !IsPointwise(op)) return false;
    if (group.kind == Group::Kind::kPointwise && ReducesRows(op) && !JoinableRows(group, op)) {
      return false;
    }
    bool rows = group.kind == Group::Kind::kRow || group.kind == Group::Kind::kPointwise;
    if (!IsPointwise(op) && !(rows && ReducesRows(op))) return false;
    Member member{op, llvm::SmallVector<int>(op.getNumLoops(), -1)};
    if (!MapThroughOperands(id, group, member) || !MapRemaining(group, member)) return false;
    if (!FitsKind(group, member)) return false;
    if (!IsPointwise(op)) MakeRow(group, member);
    group.members.push_back(std::move(member));
    Record(id, op, producers);
    return true;
  }

  // A reduction may turn a pointwise group into a row group if rows are short enough to stay in
  // cache while they are read again.
  static bool JoinableRows(const Group& group, GenericOp op) {
    return group.domain_rank == static_cast<int>(op.getNumLoops());
  }

  // Takes the dimensions of `member`'s loops from the group's values that it reads; false when it
  // reads one in a way that needs more of it than the same point.
  bool MapThroughOperands(int id, const Group& group, Member& member) {
    GenericOp op = member.op;
    bool any = false;
    for (mlir::OpOperand* input : op.getDpsInputOperands()) {
      Value value = input->get();
      mlir::Operation* producer = value.getDefiningOp();
      auto found = producer ? result_.group_of.find(producer) : result_.group_of.end();
      if (found == result_.group_of.end() || found->second != id) {
        llvm::SmallSetVector<int, 4> through_view;
        Producers(value, through_view);
        if (through_view.contains(id)) return false;
        continue;
      }
      if (!MapThrough(group, mlir::cast<GenericOp>(producer), value,
                      op.getMatchingIndexingMap(input), member)) {
        return false;
      }
      any = true;
    }
    bool extracts = false;
    op.getRegion().walk([&](mlir::tensor::ExtractOp extract) {
      llvm::SmallSetVector<int, 4> tables;
      Producers(extract.getTensor(), tables);
      extracts |= tables.contains(id);
    });
    return any && !extracts;
  }

  bool MapThrough(const Group& group, GenericOp producer, Value value, AffineMap map,
                  Member& member) {
    const Member* source = nullptr;
    for (const Member& candidate : group.members) {
      if (candidate.op == producer) source = &candidate;
    }
    auto result = mlir::cast<mlir::OpResult>(value);
    AffineMap out = producer.getIndexingMapMatchingResult(result);
    for (unsigned i = 0; i < map.getNumResults(); ++i) {
      int loop = PlainDim(map, i);
      if (loop < 0) return false;
      int dim = source->dims[PlainDim(out, i)];
      if (member.dims[loop] >= 0 && member.dims[loop] != dim) return false;
      if (llvm::is_contained(member.dims, dim) && member.dims[loop] != dim) return false;
      member.dims[loop] = dim;
    }
    return true;
  }

  // Loops that no value of the group fixes run along the group's inner dimensions, in order.
  bool MapRemaining(const Group& group, Member& member) {
    ir::SymShape extents = LoopExtents(member.op);
    int next = 0;
    for (size_t loop = 0; loop < extents.size(); ++loop) {
      if (member.dims[loop] >= 0) {
        if (group.extents[member.dims[loop]] != extents[loop]) return false;
        continue;
      }
      while (next < group.domain_rank &&
             (!group.inner[next] || llvm::is_contained(member.dims, next))) {
        ++next;
      }
      if (next >= group.domain_rank || group.extents[next] != extents[loop]) return false;
      member.dims[loop] = next++;
    }
    return true;
  }

  bool FitsKind(const Group& group, const Member& member) {
    auto has = [&](int dim) { return llvm::is_contained(member.dims, dim); };
    bool pointwise = IsPointwise(member.op);
    for (int dim = 0; dim < group.domain_rank; ++dim) {
      if (!group.inner[dim] && !has(dim)) return false;
    }
    for (size_t loop = 0; loop < member.dims.size(); ++loop) {
      if (member.dims[loop] >= group.domain_rank) return false;
      bool inner = group.inner[member.dims[loop]];
      if (!pointwise && group.kind == Group::Kind::kRow &&
          inner != IsReduction(member.op, static_cast<int>(loop))) {
        return false;
      }
    }
    return true;
  }

  static void MakeRow(Group& group, const Member& member) {
    group.kind = Group::Kind::kRow;
    for (size_t loop = 0; loop < member.dims.size(); ++loop) {
      if (IsReduction(member.op, static_cast<int>(loop))) group.inner[member.dims[loop]] = true;
    }
  }

  // Groups in an order in which each runs after those that it needs, earliest first.
  Grouping Sorted() {
    size_t count = result_.groups.size();
    llvm::SmallVector<int> order, position(count, -1);
    while (order.size() < count) {
      for (size_t id = 0; id < count; ++id) {
        if (position[id] >= 0) continue;
        bool ready = true;
        for (int need : depends_on_[id].set_bits()) ready &= position[need] >= 0;
        if (!ready) continue;
        position[id] = static_cast<int>(order.size());
        order.push_back(static_cast<int>(id));
      }
    }
    Grouping sorted;
    for (int id : order) sorted.groups.push_back(std::move(result_.groups[id]));
    for (auto& [op, id] : result_.group_of) sorted.group_of[op] = position[id];
    return sorted;
  }

  mlir::func::FuncOp main_;
  Grouping result_;
  std::vector<llvm::BitVector> depends_on_;
};

}  // namespace

ir::SymShape LoopExtents(GenericOp op) {
  ir::SymShape extents(op.getNumLoops(), ir::SymExpr(-1));
  for (mlir::OpOperand& operand : op->getOpOperands()) {
    ir::SymShape shape = core::ShapeOf(operand.get());
    AffineMap map = op.getMatchingIndexingMap(&operand);
    for (unsigned i = 0; i < map.getNumResults(); ++i) {
      int dim = PlainDim(map, i);
      if (dim >= 0) extents[dim] = shape[i];
    }
  }
  return extents;
}

Grouping FormGroups(mlir::func::FuncOp main) { return Former(main).Run(); }

llvm::SmallVector<Value> ExternalInputs(const Group& group) {
  llvm::SetVector<Value> inputs;
  auto add = [&](Value value) {
    for (const Member& member : group.members) {
      GenericOp op = member.op;
      if (value.getDefiningOp() == op.getOperation()) return;
    }
    inputs.insert(value);
  };
  for (const Member& member : group.members) {
    GenericOp op = member.op;
    for (mlir::OpOperand* input : op.getDpsInputOperands()) {
      if (op.payloadUsesValueFromOperand(input)) add(input->get());
    }
    op.getRegion().walk([&](mlir::tensor::ExtractOp extract) { add(extract.getTensor()); });
  }
  return llvm::SmallVector<Value>(inputs.begin(), inputs.end());
}

}  // namespace sinter::optimize
