#include "compiler_core/codegen/host/fragment_writer.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/codegen/host/call_tables.h"

namespace sinter::codegen {
namespace {

using ir::SymExpr;
using llvm::Constant;

std::vector<std::string> SymbolsOf(const ir::ExecutionPlan& plan,
                                   const std::vector<SymExpr>& checks) {
  std::set<std::string> symbols;
  for (const ir::KernelCall& call : plan.calls) {
    for (const ir::BufferRef& buffer : call.buffers) buffer.offset.CollectSymbols(symbols);
    for (const SymExpr& index : call.indices) index.CollectSymbols(symbols);
    call.count.CollectSymbols(symbols);
    call.cost.CollectSymbols(symbols);
  }
  plan.arena_bytes.CollectSymbols(symbols);
  for (const ir::ModelValue& output : plan.signature.outputs) {
    for (const SymExpr& dim : output.shape) dim.CollectSymbols(symbols);
  }
  for (const SymExpr& check : checks) check.CollectSymbols(symbols);
  return {symbols.begin(), symbols.end()};
}

absl::Status CheckTensor(const ir::ModelValue& value, const ir::SlotType& slot, bool is_input) {
  const bool fits = slot.kind == ir::SlotType::Kind::kTensor && slot.dtype == value.dtype &&
                    ir::SizeOf(value.dtype) > 0 &&
                    (slot.ranked ? slot.shape.size() == value.shape.size() : !is_input);
  if (fits) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("`", value.name, "` of a fragment is not of the type that its slot holds"));
}

// The fragment's conditions, and that its inputs have the shapes it was planned for.
std::vector<SymExpr> Conditions(const ir::ExecutionPlan& plan,
                                const std::vector<const ir::SlotType*>& inputs) {
  std::vector<SymExpr> conditions = NonNegative(plan.signature);
  for (const ir::DimRange& range : plan.signature.ranges) {
    const SymExpr symbol = SymExpr::Symbol(range.symbol);
    conditions.push_back(symbol - range.min);
    if (range.max > 0) conditions.push_back(SymExpr(range.max) - symbol);
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    for (size_t d = 0; d < inputs[i]->shape.size(); ++d) {
      const SymExpr difference = inputs[i]->shape[d] - plan.signature.inputs[i].shape[d];
      if (difference == SymExpr(0)) continue;
      conditions.push_back(difference);
      conditions.push_back(SymExpr(0) - difference);
    }
  }
  return conditions;
}

absl::Status CheckOperands(const std::vector<ir::ModelValue>& values,
                           const std::vector<const ir::SlotType*>& slots, bool is_input) {
  if (values.size() != slots.size()) {
    return absl::InternalError(absl::StrCat("a fragment of ", values.size(),
                                            is_input ? " inputs" : " outputs", " is given ",
                                            slots.size()));
  }
  for (size_t i = 0; i < slots.size(); ++i) {
    if (slots[i] == nullptr && !is_input) continue;
    if (slots[i] == nullptr) return absl::InternalError("an input of a fragment is absent");
    SINTER_RETURN_IF_ERROR(CheckTensor(values[i], *slots[i], is_input));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<FragmentTable> WriteFragment(const ir::ExecutionPlan& plan,
                                            const std::vector<const ir::SlotType*>& inputs,
                                            const std::vector<const ir::SlotType*>& outputs,
                                            const FragmentPlace& place, Constants& constants) {
  const ir::Signature& signature = plan.signature;
  SINTER_RETURN_IF_ERROR(CheckOperands(signature.inputs, inputs, /*is_input=*/true));
  SINTER_RETURN_IF_ERROR(CheckOperands(signature.outputs, outputs, /*is_input=*/false));
  const std::vector<SymExpr> conditions = Conditions(plan, inputs);
  FragmentTable fragment;
  fragment.symbols = SymbolsOf(plan, conditions);
  CallTables tables(plan, fragment.symbols, place.kernels, constants);
  SINTER_RETURN_IF_ERROR(tables.AddCalls());
  SINTER_ASSIGN_OR_RETURN(Constant * arena, tables.Amount(plan.arena_bytes));
  SINTER_ASSIGN_OR_RETURN(Constant * output_dims, tables.OutputDims());
  std::vector<Constant*> checks;
  for (const SymExpr& condition : conditions) {
    SINTER_ASSIGN_OR_RETURN(Constant * check, tables.Check(condition, -1, -1));
    checks.push_back(check);
  }
  Constant* work = tables.Work();
  std::vector<int32_t> dtypes;
  for (const ir::ModelValue& output : signature.outputs) {
    dtypes.push_back(static_cast<int32_t>(output.dtype));
  }
  auto i32 = [&](size_t value) { return constants.I32(static_cast<int32_t>(value)); };
  fragment.table = constants.Pointer(constants.Struct(
      {i32(inputs.size()), i32(outputs.size()), i32(fragment.symbols.size()),
       i32(tables.num_steps()), i32(checks.size()), i32(plan.calls.size()), i32(place.first_call),
       i32(0), arena, tables.Steps(), constants.Array(checks), constants.Int32Array(dtypes),
       tables.Ranks(signature.outputs), output_dims, tables.Calls(), tables.Slots(),
       place.kernel_table, place.weights, work}));
  fragment.scratch_words =
      static_cast<int64_t>(1 + fragment.symbols.size() + tables.num_steps() + tables.work_words() +
                           3 + inputs.size() + outputs.size() + tables.max_slots());
  return fragment;
}

}  // namespace sinter::codegen
