#include "compiler_core/ir/kernel_schedule.h"

#include <algorithm>

namespace sinter::ir {
namespace {

constexpr int64_t kPageBytes = 4096;
constexpr int kRowBlockTiles = 8;  // register tiles of one grid iteration along the rows
constexpr int kVectorBlock = 64;   // vectors of one grid iteration of a one-dimensional kernel
constexpr int64_t kEnoughParallelism = 16;
constexpr int64_t kUnknownExtent = 16;  // what a free dimension is taken for when weighing

int64_t Guess(const SymExpr& expr) { return expr.AsConstant().value_or(kUnknownExtent); }

template <typename F>
void ForEachAccess(KernelSpec& spec, F f) {
  for (KernelMember& member : spec.members) {
    for (MemberInput& input : member.inputs) {
      if (input.access.buffer >= 0) f(input.access);
    }
  }
  for (KernelOutput& output : spec.outputs) f(output.access);
}

bool HasDim(const KernelMember& member, int dim) {
  return std::find(member.dims.begin(), member.dims.end(), dim) != member.dims.end();
}

// Some body asks for its position along `dim`.
bool IndexUses(const KernelSpec& spec, int dim) {
  bool used = false;
  for (const KernelMember& member : spec.members) {
    mlir::linalg::GenericOp op = member.op;
    op.getRegion().walk(
        [&](mlir::linalg::IndexOp index) { used |= member.dims[index.getDim()] == dim; });
  }
  return used;
}

bool CanMerge(KernelSpec& spec, int outer, int inner) {
  if (spec.block[outer] != 1 || spec.block[inner] != 1) return false;
  if (outer < spec.domain_rank) {
    if (spec.inner[outer] != spec.inner[inner]) return false;
    // A tile of a free number of rows has remainders; one of a fixed number may have none.
    if (spec.kind == "contraction" && spec.extents[inner].IsConstant() &&
        !spec.extents[outer].IsConstant()) {
      return false;
    }
  }
  if (IndexUses(spec, outer) || IndexUses(spec, inner)) return false;
  for (const KernelMember& member : spec.members) {
    if (HasDim(member, outer) != HasDim(member, inner)) return false;
  }
  bool can = true;
  ForEachAccess(spec, [&](Access& access) {
    if (access.panel > 0 && (inner == spec.vector_dim() || outer == spec.vector_dim())) can = false;
    if (access.coefficients[outer] != spec.extents[inner] * access.coefficients[inner]) can = false;
  });
  return can;
}

void Merge(KernelSpec& spec, llvm::SmallVector<int>& order, size_t at) {
  int outer = order[at], inner = order[at + 1];
  spec.extents[inner] = spec.extents[outer] * spec.extents[inner];
  spec.extents[outer] = SymExpr(1);
  ForEachAccess(spec, [&](Access& access) { access.coefficients[outer] = SymExpr(0); });
  for (KernelMember& member : spec.members) {
    auto gone = std::find(member.reductions.begin(), member.reductions.end(), outer);
    if (gone != member.reductions.end()) member.reductions.erase(gone);
  }
  order.erase(order.begin() + at);
}

void CoalesceOrder(KernelSpec& spec, llvm::SmallVector<int>& order) {
  for (size_t at = 0; at + 1 < order.size();) {
    if (CanMerge(spec, order[at], order[at + 1])) {
      Merge(spec, order, at);
      if (at > 0) --at;
    } else {
      ++at;
    }
  }
}

const Access* WeightAccess(const KernelSpec& spec) {
  const KernelMember& anchor = spec.members.front();
  for (const MemberInput& input : anchor.inputs) {
    if (input.access.buffer >= 0 && input.access.coefficients[spec.vector_dim()] != SymExpr(0)) {
      return &input.access;
    }
  }
  return nullptr;
}

const Access* StreamedAccess(const KernelSpec& spec, const Access* weight) {
  for (const MemberInput& input : spec.members.front().inputs) {
    if (input.access.buffer >= 0 && &input.access != weight) return &input.access;
  }
  return nullptr;
}

// The number of rows of a register tile, at most `most`, that leaves the least work undone by full
// tiles. A remainder costs about as much as five rows however few it has.
int BestRows(const SymExpr& extent, int most) {
  std::optional<int64_t> fixed = extent.AsConstant();
  if (!fixed) return most;
  if (*fixed <= most) return static_cast<int>(*fixed);
  int best = most;
  int64_t best_cost = INT64_MAX;
  for (int rows = most; rows >= std::max(1, most / 2); --rows) {
    int64_t rest = *fixed % rows;
    int64_t full = *fixed / rows;
    int64_t cost = full * rows * 8 + full * 4 + (rest == 0 ? 0 : std::max<int64_t>(rest, 5) * 8);
    if (cost < best_cost) {
      best_cost = cost;
      best = rows;
    }
  }
  return best;
}

TileLoop LoopOver(const KernelSpec& spec, int dim, int64_t step) {
  return {dim, step, CeilDiv(spec.extents[dim], SymExpr(step))};
}

class Scheduler {
 public:
  Scheduler(const KernelSpec& spec, const v1::Target& target) : spec_(spec), target_(target) {
    schedule_.lanes = std::max(1, target.vector_bits() / 32);
  }

  KernelSchedule Choose() {
    int vector = spec_.vector_dim();
    if (vector >= 0) {
      schedule_.vector_inner = spec_.inner[vector];
      if (spec_.kind == "contraction") {
        ChooseContraction();
      } else if (spec_.IsBlocked()) {
        ChooseBlocked();
      } else {
        ChooseStreaming();
      }
    }
    schedule_.count = SymExpr(1);
    for (const TileLoop& loop : schedule_.grid) schedule_.count = schedule_.count * loop.trips;
    schedule_.cost = Cost();
    return schedule_;
  }

 private:
  void ChooseContraction() {
    int vector = spec_.vector_dim();
    const Access* weight = WeightAccess(spec_);
    const Access* streamed = StreamedAccess(spec_, weight);
    int64_t width =
        weight && weight->panel > 0 ? weight->panel : PanelWidth(spec_.extents[vector], target_);
    schedule_.vectors = static_cast<int>(std::max<int64_t>(1, width / schedule_.lanes));
    std::vector<int> shared, free;
    for (int dim : spec_.order) {
      if (dim == vector || spec_.extents[dim] == SymExpr(1)) continue;
      bool in_weight = weight && weight->coefficients[dim] != SymExpr(0);
      (in_weight ? shared : free).push_back(dim);
    }
    if (!free.empty()) {
      schedule_.row_dim = free.back();
      free.pop_back();
      schedule_.rows = BestRows(spec_.extents[schedule_.row_dim], MostRows(streamed));
    }
    for (int dim : shared) schedule_.grid.push_back(LoopOver(spec_, dim, 1));
    schedule_.grid.push_back(LoopOver(spec_, vector, width));
    for (int dim : free) schedule_.grid.push_back(LoopOver(spec_, dim, 1));
    if (schedule_.row_dim < 0) return;
    int64_t block = static_cast<int64_t>(schedule_.rows) * kRowBlockTiles;
    std::optional<int64_t> extent = spec_.extents[schedule_.row_dim].AsConstant();
    if (!extent || *extent > 2 * block) {
      schedule_.grid.push_back(LoopOver(spec_, schedule_.row_dim, block));
    }
    schedule_.loops.push_back(LoopOver(spec_, schedule_.row_dim, schedule_.rows));
  }

  int MostRows(const Access* streamed) const {
    const v1::TileTable& tiles = target_.tiles();
    v1::TileTable::Tile tile = tiles.convolution();
    if (streamed) {
      std::optional<int64_t> stride = streamed->coefficients[schedule_.row_dim].AsConstant();
      if (stride && *stride != 0 && *stride * 4 % kPageBytes == 0) tile = tiles.matmul();
    }
    int budget = std::max(1, tile.rows()) * std::max(1, tile.vectors());
    int most = std::max(1, budget / schedule_.vectors);
    return std::min(most, std::max(tile.rows(), 24));
  }

  // Block by block, each for all of the vector dimension. The body is long: one vector at a time.
  void ChooseBlocked() {
    int64_t parallelism = 1;
    for (int dim : spec_.order) {
      TileLoop loop = LoopOver(spec_, dim, spec_.block[dim]);
      if (dim == spec_.vector_dim() || loop.trips == SymExpr(1)) continue;
      bool enough = parallelism >= kEnoughParallelism;
      (enough ? schedule_.loops : schedule_.grid).push_back(loop);
      if (!enough) parallelism *= Guess(loop.trips);
    }
    schedule_.loops.push_back(LoopOver(spec_, spec_.vector_dim(), schedule_.lanes));
  }

  void ChooseStreaming() {
    int vector = spec_.vector_dim();
    std::vector<int> dims;
    for (int dim : spec_.order) {
      if (!spec_.inner[dim] && dim != vector && spec_.extents[dim] != SymExpr(1)) {
        dims.push_back(dim);
      }
    }
    std::optional<int64_t> width = spec_.extents[vector].AsConstant();
    int64_t registers = width ? (*width + schedule_.lanes - 1) / schedule_.lanes : 4;
    bool window = spec_.kind == "window";
    schedule_.vectors =
        static_cast<int>(std::clamp<int64_t>(registers, 1, window || HasMathFunctions() ? 1 : 4));
    if (window && !schedule_.vector_inner) ChooseWindowRows(dims);
    if (!schedule_.vector_inner && dims.empty() && schedule_.row_dim < 0) {
      schedule_.grid.push_back(LoopOver(spec_, vector, int64_t{schedule_.lanes} * kVectorBlock));
    }
    int64_t parallelism = 1;
    for (int dim : dims) {
      bool enough = parallelism >= kEnoughParallelism;
      (enough ? schedule_.loops : schedule_.grid).push_back(LoopOver(spec_, dim, 1));
      if (!enough) parallelism *= Guess(spec_.extents[dim]);
    }
    if (schedule_.row_dim >= 0) {
      schedule_.loops.push_back(LoopOver(spec_, schedule_.row_dim, schedule_.rows));
    }
    if (!schedule_.vector_inner) {
      schedule_.loops.push_back(LoopOver(spec_, vector, schedule_.lanes));
    }
  }

  // Such a function is a long expansion: one copy of it is code enough.
  bool HasMathFunctions() const {
    for (const KernelMember& member : spec_.members) {
      mlir::linalg::GenericOp op = member.op;
      for (mlir::Operation& inner : *op.getBody()) {
        if (inner.getName().getDialectNamespace() == "math") return true;
      }
    }
    return false;
  }

  // A window of few taps is unrolled for several neighbouring points, which share its weights.
  void ChooseWindowRows(std::vector<int>& dims) {
    int64_t taps = 1;
    for (int dim : spec_.members.front().reductions) taps *= Guess(spec_.extents[dim]);
    if (dims.empty() || taps > kMostUnrolledTaps) return;
    std::optional<int64_t> extent = spec_.extents[dims.back()].AsConstant();
    if (extent && *extent < 2) return;
    schedule_.row_dim = dims.back();
    dims.pop_back();
    schedule_.rows = BestRows(spec_.extents[schedule_.row_dim], taps > 9 ? 4 : 6);
  }

  SymExpr Cost() const {
    // What a body does is done once for a block.
    SymExpr points(1);
    for (int dim : spec_.order) {
      points = points * CeilDiv(spec_.extents[dim], SymExpr(spec_.block[dim]));
    }
    int64_t work = 0;
    for (const KernelMember& member : spec_.members) {
      mlir::linalg::GenericOp op = member.op;
      int64_t iterations = 1;
      for (int dim : member.reductions) {
        if (dim >= spec_.domain_rank) iterations *= Guess(spec_.extents[dim]);
      }
      work += iterations * static_cast<int64_t>(op.getBody()->getOperations().size());
    }
    return FloorDiv(points * SymExpr(work), SymExpr(2 * schedule_.lanes)) + SymExpr(50);
  }

  const KernelSpec& spec_;
  const v1::Target& target_;
  KernelSchedule schedule_;
};

}  // namespace

void CoalesceDimensions(KernelSpec& spec) {
  CoalesceOrder(spec, spec.order);
  CoalesceOrder(spec, spec.reduction_order);
}

KernelSchedule ChooseSchedule(const KernelSpec& spec, const v1::Target& target) {
  return Scheduler(spec, target).Choose();
}

int64_t PanelWidth(const SymExpr& extent, const v1::Target& target) {
  int64_t lanes = std::max(1, target.vector_bits() / 32);
  int64_t most = std::max(1, target.tiles().convolution().vectors());
  std::optional<int64_t> fixed = extent.AsConstant();
  if (!fixed) return lanes * most;
  int64_t registers = (*fixed + lanes - 1) / lanes;
  return lanes * std::min(registers, most);
}

}  // namespace sinter::ir
