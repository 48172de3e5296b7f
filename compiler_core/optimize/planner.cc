#include "compiler_core/optimize/planner.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/escaping.h"
#include "base/digest.h"
#include "base/status_macros.h"
#include "compiler_core/dialect/core/core.h"
#include "compiler_core/optimize/arena.h"
#include "compiler_core/optimize/call_work.h"
#include "compiler_core/optimize/order.h"

namespace sinter::optimize {
namespace {

using ir::BufferRef;
using ir::SymExpr;
using mlir::Value;
using mlir::linalg::GenericOp;

// Looks through reshapes that only add or drop dimensions of one element (`any`: all reshapes).
Value StripReshapes(Value value, bool any) {
  while (auto reshape = value.getDefiningOp<core::ReshapeOp>()) {
    ir::SymShape from, to;
    for (const SymExpr& dim : core::ShapeOf(reshape.getSource())) {
      if (dim != SymExpr(1)) from.push_back(dim);
    }
    for (const SymExpr& dim : core::ShapeOf(reshape.getResult())) {
      if (dim != SymExpr(1)) to.push_back(dim);
    }
    if (!any && from != to) break;
    value = reshape.getSource();
  }
  return value;
}

// Dimension `dim` of `shape` in `other`, which has the same dimensions but for those of one
// element.
int SameDim(const ir::SymShape& shape, unsigned dim, const ir::SymShape& other) {
  auto is_more = [](const SymExpr& extent) { return extent != SymExpr(1); };
  int64_t before = std::count_if(shape.begin(), shape.begin() + dim, is_more);
  for (size_t i = 0; i < other.size(); ++i) {
    if (is_more(other[i]) && before-- == 0) return static_cast<int>(i);
  }
  return static_cast<int>(other.size()) - 1;
}

int WeightDim(const Group& group) {
  const Member& anchor = group.members.front();
  GenericOp op = anchor.op;
  mlir::AffineMap map = op.getIndexingMapsArray()[group.weight_operand];
  for (unsigned i = 0; i < map.getNumResults(); ++i) {
    auto dim = mlir::dyn_cast<mlir::AffineDimExpr>(map.getResult(i));
    if (dim && anchor.dims[dim.getPosition()] == group.vector_dim) return static_cast<int>(i);
  }
  return -1;
}

// The dimensions of a constant in the order in which the group's loops walk them; row-major when it
// is not read dimension by dimension.
std::vector<int> ConstantOrder(const Group& group, llvm::ArrayRef<int> order, Value constant) {
  int rank = static_cast<int>(core::ShapeOf(constant).size());
  std::vector<int> row_major;
  for (int dim = 0; dim < rank; ++dim) row_major.push_back(dim);
  for (const Member& member : group.members) {
    GenericOp op = member.op;
    for (mlir::OpOperand* input : op.getDpsInputOperands()) {
      if (input->get() != constant) continue;
      mlir::AffineMap map = op.getMatchingIndexingMap(input);
      std::vector<std::pair<int, int>> rank_of;
      for (int i = 0; i < rank; ++i) {
        auto dim = mlir::dyn_cast<mlir::AffineDimExpr>(map.getResult(i));
        if (!dim) return row_major;
        int at =
            static_cast<int>(llvm::find(order, member.dims[dim.getPosition()]) - order.begin());
        // In a contraction reductions lie inside of everything but the panel; elsewhere outside.
        bool reduction = at >= group.domain_rank;
        bool inside = group.kind == Group::Kind::kContraction;
        rank_of.push_back({reduction ? (inside ? at + 1000 : at - 1000) : at, i});
      }
      llvm::sort(rank_of);
      std::vector<int> result;
      for (auto& [unused, i] : rank_of) result.push_back(i);
      return result;
    }
  }
  return row_major;
}

bool UsedOutside(Value value, const Group& group) {
  for (mlir::Operation* user : value.getUsers()) {
    bool member = llvm::any_of(group.members, [&](const Member& candidate) {
      GenericOp op = candidate.op;
      return op.getOperation() == user;
    });
    if (!member) return true;
  }
  return false;
}

}  // namespace

absl::Status Planner::Run(const Grouping& grouping, ir::ExecutionPlan& plan) {
  weight_buffer_ = memory_.AddBuffer({BufferRef::Space::kWeights});
  for (size_t i = 0; i < plan.signature.inputs.size(); ++i) {
    ir::SymShape shape = core::ShapeOf(main_.getArgument(i));
    int buffer = memory_.AddBuffer({BufferRef::Space::kInput, static_cast<int>(i)});
    memory_.Set(main_.getArgument(i), {buffer, shape, ir::RowMajorStrides(shape), SymExpr(0)});
  }
  for (size_t i = 0; i < plan.signature.outputs.size(); ++i) {
    output_buffers_.push_back(memory_.AddBuffer({BufferRef::Space::kOutput, static_cast<int>(i)}));
  }
  PlacePartsOfLargerTensors();
  ClaimOutputs();
  for (const Group& group : grouping.groups) SINTER_RETURN_IF_ERROR(RunGroup(group));
  SINTER_RETURN_IF_ERROR(FinishOutputs());
  Finish(plan);
  return absl::OkStatus();
}

void Planner::ClaimRoot(Value value, mlir::Operation* into, int source) {
  Value root = StripReshapes(value, /*any=*/false);
  mlir::Operation* op = root.getDefiningOp();
  if (!op || !mlir::isa<GenericOp, core::PadOp, core::ConcatOp>(op)) return;
  placements_.try_emplace(root, Placement{into, source});
}

void Planner::PlacePartsOfLargerTensors() {
  for (mlir::Operation& op : main_.getBody().front()) {
    if (!mlir::isa<core::PadOp, core::ConcatOp>(op)) continue;
    for (mlir::OpOperand& source : op.getOpOperands()) {
      ClaimRoot(source.get(), &op, static_cast<int>(source.getOperandNumber()));
    }
  }
}

void Planner::ClaimOutputs() {
  mlir::Operation* terminator = main_.getBody().front().getTerminator();
  for (mlir::OpOperand& operand : terminator->getOpOperands()) {
    Value root = StripReshapes(operand.get(), /*any=*/true);
    mlir::Operation* op = root.getDefiningOp();
    if (!op || !mlir::isa<GenericOp, core::PadOp, core::ConcatOp>(op)) continue;
    if (placements_.count(root)) continue;
    claims_.try_emplace(root, static_cast<int>(operand.getOperandNumber()));
  }
}

// A padded input that nobody has laid out yet (because what is inside of it has another layout) is
// laid out for the group; any other of another layout is copied.
absl::Status Planner::PrepareBlocks(const Group& group) {
  GenericOp anchor = group.members.front().op;
  const auto last = llvm::find_if(llvm::reverse(group.members.front().dims),
                                  [&](int dim) { return group.block[dim] == 1; });
  if (last == group.members.front().dims.rend()) return absl::OkStatus();
  const auto loop = static_cast<unsigned>(last.base() - group.members.front().dims.begin() - 1);
  llvm::DenseSet<Value> seen;
  for (mlir::OpOperand* input : anchor.getDpsInputOperands()) {
    const Value value = input->get();
    if (!seen.insert(value).second) continue;
    mlir::AffineMap map = anchor.getMatchingIndexingMap(input);
    std::optional<unsigned> inner =
        map.getResultPosition(mlir::getAffineDimExpr(loop, map.getContext()));
    if (!inner) continue;
    mlir::Operation* pad = StripReshapes(value, /*any=*/false).getDefiningOp<core::PadOp>();
    if (pad && !partial_.count(pad)) {
      const int dim = SameDim(core::ShapeOf(value), *inner, core::ShapeOf(pad->getResult(0)));
      llvm::SmallVector<int> order(core::ShapeOf(pad->getResult(0)).size());
      std::iota(order.begin(), order.end(), 0);
      std::rotate(order.begin() + dim, order.begin() + dim + 1, order.end());
      SINTER_RETURN_IF_ERROR(AllocateWhole(pad, order));
      continue;
    }
    SINTER_ASSIGN_OR_RETURN(const View view, Ensure(value));
    if (view.strides[*inner] == SymExpr(1) || value.getDefiningOp<core::ConstantOp>()) continue;
    SINTER_ASSIGN_OR_RETURN(View copy, CopyWithInnermost(value, static_cast<int>(*inner)));
    memory_.Set(value, std::move(copy));
  }
  return absl::OkStatus();
}

absl::Status Planner::RunGroup(const Group& group) {
  if (!group.block.empty()) SINTER_RETURN_IF_ERROR(PrepareBlocks(group));
  std::vector<KernelInput> inputs;
  for (Value value : ExternalInputs(group)) {
    KernelInput input{value, {}};
    if (!value.getDefiningOp<core::ConstantOp>()) {
      SINTER_ASSIGN_OR_RETURN(input.view, Ensure(value));
    }
    inputs.push_back(std::move(input));
  }
  ViewOf view_of = [&](Value value) -> std::optional<View> {
    for (const KernelInput& input : inputs) {
      if (input.value == value && input.view.buffer >= 0) return input.view;
    }
    return std::nullopt;
  };
  std::vector<Value> results;
  bool row_major = false;
  for (const Member& member : group.members) {
    GenericOp op = member.op;
    for (Value result : op.getResults()) {
      if (!UsedOutside(result, group)) continue;
      results.push_back(result);
      row_major |= claims_.count(result) > 0 && group.block.empty();
    }
  }
  llvm::SmallVector<int> order = LoopOrder(group, view_of, row_major);

  GenericOp anchor = group.members.front().op;
  for (KernelInput& input : inputs) {
    bool weight = group.kind == Group::Kind::kContraction &&
                  anchor.getOperand(group.weight_operand) == input.value;
    if (auto constant = input.value.getDefiningOp<core::ConstantOp>()) {
      WeightLayout layout;
      layout.order = ConstantOrder(group, order, input.value);
      if (weight) {
        layout.panel_dim = WeightDim(group);
        layout.panel_width = ir::PanelWidth(group.extents[group.vector_dim], target_);
        input.panel_dim = layout.panel_dim;
        input.panel_width = layout.panel_width;
      }
      PlacedWeight placed =
          weights_.Place(constant.getId(), constants_.Get(constant.getId()), layout);
      int64_t size =
          ElementBytes(mlir::cast<mlir::RankedTensorType>(input.value.getType()).getElementType());
      input.view.buffer = weight_buffer_;
      input.view.shape = core::ShapeOf(input.value);
      input.view.offset = SymExpr(placed.offset / size);
      for (int64_t stride : placed.strides) input.view.strides.push_back(stride);
    } else if (weight && input.view.strides[WeightDim(group)] != SymExpr(1)) {
      SINTER_ASSIGN_OR_RETURN(input.view, CopyWithInnermost(input.value, WeightDim(group)));
    }
  }

  std::vector<KernelResult> placed;
  for (Value result : results) {
    auto op = mlir::cast<GenericOp>(result.getDefiningOp());
    const Member* member = nullptr;
    for (const Member& candidate : group.members) {
      if (candidate.op == op) member = &candidate;
    }
    mlir::AffineMap out = op.getIndexingMapMatchingResult(mlir::cast<mlir::OpResult>(result));
    llvm::SmallVector<int> dims;
    for (int dim : order) {
      for (unsigned i = 0; i < out.getNumResults(); ++i) {
        if (member->dims[out.getDimPosition(i)] == dim) dims.push_back(static_cast<int>(i));
      }
    }
    bool flexible = group.kind != Group::Kind::kContraction && group.block.empty();
    SINTER_ASSIGN_OR_RETURN(View view, Allocate(result, dims, flexible));
    placed.push_back({result, std::move(view)});
  }
  return AddCall(group, order, inputs, placed);
}

absl::Status Planner::AddCall(const Group& group, llvm::ArrayRef<int> order,
                              const std::vector<KernelInput>& inputs,
                              const std::vector<KernelResult>& results) {
  SINTER_ASSIGN_OR_RETURN(KernelDraft draft, WriteKernel(group, order, inputs, results, target_));
  auto [found, added] = kernel_ids_.try_emplace(draft.text, static_cast<int>(kernels_.size()));
  if (added) {
    std::string hash = base::DigestOf(absl::string_view(draft.text)).sha256_hex;
    kernels_.push_back({"k_" + hash.substr(0, 16), std::move(draft.text)});
  }
  Call call;
  call.call.kernel = found->second;
  call.call.indices = std::move(draft.indices);
  call.call.count = draft.count;
  call.call.cost = draft.cost;
  auto add = [&](Value value, const View& view) {
    int64_t size =
        ElementBytes(mlir::cast<mlir::RankedTensorType>(value.getType()).getElementType());
    call.views.push_back(view);
    call.element_bytes.push_back(size);
  };
  for (const KernelInput& input : inputs) add(input.value, input.view);
  for (const KernelResult& result : results) add(result.value, result.view);
  DescribeWork(group, inputs, results, call.call);
  const ir::Work& work = call.call.work;
  flops_ = flops_ + work.other_flops;
  for (const SymExpr& of_node : work.flops) flops_ = flops_ + of_node;
  bytes_moved_ = bytes_moved_ + work.bytes;
  calls_.push_back(std::move(call));
  return absl::OkStatus();
}

absl::Status Planner::FinishOutputs() {
  mlir::Operation* terminator = main_.getBody().front().getTerminator();
  for (mlir::OpOperand& operand : terminator->getOpOperands()) {
    Value value = operand.get();
    SINTER_ASSIGN_OR_RETURN(View view, Ensure(value));
    int buffer = output_buffers_[operand.getOperandNumber()];
    if (view.buffer == buffer) continue;
    ir::SymShape shape = core::ShapeOf(value);
    SINTER_RETURN_IF_ERROR(
        Copy(value, {buffer, shape, ir::RowMajorStrides(shape), SymExpr(0)}, value.getLoc()));
  }
  return absl::OkStatus();
}

void Planner::Finish(ir::ExecutionPlan& plan) {
  std::vector<Lifetime> lifetimes(memory_.buffers().size());
  for (size_t step = 0; step < calls_.size(); ++step) {
    for (const View& view : calls_[step].views) {
      const Buffer& buffer = memory_.buffers()[view.buffer];
      if (buffer.space != BufferRef::Space::kArena) continue;
      Lifetime& life = lifetimes[view.buffer];
      if (life.first < 0) life.first = static_cast<int>(step);
      life.last = static_cast<int>(step);
      life.bytes = buffer.bytes;
    }
  }
  ArenaPlan arena = PlanArena(lifetimes);
  for (Call& call : calls_) {
    for (size_t i = 0; i < call.views.size(); ++i) {
      const View& view = call.views[i];
      const Buffer& buffer = memory_.buffers()[view.buffer];
      SymExpr offset = view.offset * SymExpr(call.element_bytes[i]);
      if (buffer.space == BufferRef::Space::kArena) offset = offset + arena.offsets[view.buffer];
      call.call.buffers.push_back({buffer.space, buffer.index, offset});
    }
    plan.calls.push_back(std::move(call.call));
  }
  plan.kernels = std::move(kernels_);
  plan.arena_bytes = arena.bytes;
  plan.flops = flops_;
  plan.bytes_moved = bytes_moved_;
  plan.weights = weights_.TakeBlobs();
  plan.weight_bytes = weights_.bytes();
}

}  // namespace sinter::optimize
