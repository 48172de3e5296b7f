#include "compiler_core/codegen/host/call_tables.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace sinter::codegen {

using llvm::Constant;

absl::StatusOr<Constant*> CallTables::Amount(const ir::SymExpr& expr) { return Slot(expr, 0); }

// sinter_amount and sinter_slot are both a number and two 32-bit ones.
absl::StatusOr<Constant*> CallTables::Slot(const ir::SymExpr& expr, int32_t base) {
  SINTER_ASSIGN_OR_RETURN(const sinter_amount amount, steps_.AmountOf(expr));
  return constants_.Struct(
      {constants_.I64(amount.immediate), constants_.I32(amount.value), constants_.I32(base)});
}

absl::StatusOr<int32_t> CallTables::BaseOf(const ir::BufferRef& buffer) const {
  const int32_t num_inputs = static_cast<int32_t>(plan_.signature.inputs.size());
  const int32_t num_outputs = static_cast<int32_t>(plan_.signature.outputs.size());
  switch (buffer.space) {
    case ir::BufferRef::Space::kArena:
      return 1;
    case ir::BufferRef::Space::kWeights:
      return 2;
    case ir::BufferRef::Space::kInput:
      if (buffer.index >= 0 && buffer.index < num_inputs) return 3 + buffer.index;
      break;
    case ir::BufferRef::Space::kOutput:
      if (buffer.index >= 0 && buffer.index < num_outputs) return 3 + num_inputs + buffer.index;
      break;
  }
  return absl::InternalError(absl::StrCat("a kernel uses input or output ", buffer.index,
                                          ", which the model does not have"));
}

absl::Status CallTables::AddCall(const ir::KernelCall& call) {
  if (call.kernel < 0 || call.kernel >= static_cast<int>(kernels_.size())) {
    return absl::InternalError(absl::StrCat("there is no kernel ", call.kernel));
  }
  const int32_t first = static_cast<int32_t>(slots_.size());
  for (const ir::BufferRef& buffer : call.buffers) {
    SINTER_ASSIGN_OR_RETURN(const int32_t base, BaseOf(buffer));
    SINTER_ASSIGN_OR_RETURN(Constant * slot, Slot(buffer.offset, base));
    slots_.push_back(slot);
  }
  for (const ir::SymExpr& index : call.indices) {
    SINTER_ASSIGN_OR_RETURN(Constant * slot, Slot(index, 0));
    slots_.push_back(slot);
  }
  const size_t num_slots = slots_.size() - first;
  max_slots_ = std::max(max_slots_, num_slots);
  SINTER_ASSIGN_OR_RETURN(Constant * count, Amount(call.count));
  SINTER_ASSIGN_OR_RETURN(Constant * cost, Amount(call.cost));
  calls_.push_back(constants_.Struct(
      {count, cost, constants_.I32(kernels_[call.kernel]), constants_.I32(first),
       constants_.I32(static_cast<int32_t>(num_slots)), constants_.I32(call.serial ? 1 : 0)}));
  return absl::OkStatus();
}

absl::Status CallTables::AddCalls() {
  for (const ir::KernelCall& call : plan_.calls) SINTER_RETURN_IF_ERROR(AddCall(call));
  return absl::OkStatus();
}

absl::StatusOr<Constant*> CallTables::Check(const ir::SymExpr& non_negative, int32_t input,
                                            int32_t dim) {
  SINTER_ASSIGN_OR_RETURN(Constant * amount, Amount(non_negative));
  return constants_.Struct({amount, constants_.I32(input), constants_.I32(dim)});
}

absl::StatusOr<Constant*> CallTables::OutputDims() {
  std::vector<Constant*> dims;
  for (const ir::ModelValue& output : plan_.signature.outputs) {
    for (const ir::SymExpr& dim : output.shape) {
      SINTER_ASSIGN_OR_RETURN(Constant * amount, Amount(dim));
      dims.push_back(amount);
    }
  }
  return constants_.Array(dims);
}

Constant* CallTables::Ranks(const std::vector<ir::ModelValue>& values) {
  std::vector<int32_t> ranks;
  for (const ir::ModelValue& value : values)
    ranks.push_back(static_cast<int32_t>(value.shape.size()));
  return constants_.Int32Array(ranks);
}

Constant* CallTables::AmountOrUnknown(const ir::SymExpr& expr) {
  absl::StatusOr<Constant*> amount = Amount(expr);
  if (amount.ok()) return *amount;
  return constants_.Struct({constants_.I64(-1), constants_.I32(0), constants_.I32(0)});
}

Constant* CallTables::WorkOf(const ir::KernelCall& call) {
  const int32_t first_node = static_cast<int32_t>(node_flops_.size());
  ir::SymExpr flops = call.work.other_flops;
  for (const ir::SymExpr& of_node : call.work.flops) {
    node_flops_.push_back(AmountOrUnknown(of_node));
    flops = flops + of_node;
  }
  return constants_.Struct(
      {AmountOrUnknown(flops), AmountOrUnknown(call.work.bytes),
       constants_.I32(static_cast<int32_t>(call.work.dtype)), constants_.I32(first_node),
       constants_.I32(static_cast<int32_t>(call.work.flops.size())), constants_.I32(0)});
}

Constant* CallTables::Work() {
  num_run_steps_ = steps_.steps().size();
  std::vector<Constant*> calls;
  for (const ir::KernelCall& call : plan_.calls) calls.push_back(WorkOf(call));
  const size_t num_steps = steps_.steps().size() - num_run_steps_;
  return constants_.Struct({constants_.Array(calls), constants_.Array(node_flops_),
                            constants_.I32(static_cast<int32_t>(num_steps)),
                            constants_.I32(static_cast<int32_t>(node_flops_.size()))});
}

Constant* CallTables::Steps() { return StepTable(steps_.steps(), constants_); }

Constant* StepTable(const std::vector<sinter_step>& steps, Constants& constants) {
  std::vector<Constant*> table;
  for (const sinter_step& step : steps) {
    table.push_back(
        constants.Struct({constants.I64(step.immediate), constants.I32(step.kind),
                          constants.I32(step.lhs), constants.I32(step.rhs), constants.I32(0)}));
  }
  return constants.Array(table);
}

std::vector<ir::SymExpr> NonNegative(const ir::Signature& signature) {
  std::vector<ir::SymExpr> non_negative = signature.non_negative;
  for (const ir::DimEquality& equality : signature.equalities) {
    non_negative.push_back(equality.lhs - equality.rhs);
    non_negative.push_back(equality.rhs - equality.lhs);
  }
  return non_negative;
}

}  // namespace sinter::codegen
