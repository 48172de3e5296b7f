#include "compiler_core/codegen/host/table_writer.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "compiler_core/codegen/host/constants.h"
#include "compiler_core/codegen/host/step_list.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/IRBuilder.h"
#include "runtime/sinter_abi.h"

namespace sinter::codegen {
namespace {

using llvm::Constant;

// The symbols of the inputs' dimensions, in order of appearance.
std::vector<std::string> SymbolsOf(const ir::Signature& signature) {
  std::vector<std::string> symbols;
  for (const ir::ModelValue& input : signature.inputs) {
    for (const ir::SymExpr& dim : input.shape) {
      if (dim.IsConstant()) continue;
      std::string text = dim.ToString();
      if (std::find(symbols.begin(), symbols.end(), text) == symbols.end()) {
        symbols.push_back(std::move(text));
      }
    }
  }
  return symbols;
}

class TableWriter {
 public:
  TableWriter(const ir::ExecutionPlan& plan, llvm::Module& module)
      : plan_(plan),
        module_(module),
        constants_(module),
        symbols_(SymbolsOf(plan.signature)),
        steps_(symbols_) {}

  absl::Status Write();

 private:
  absl::StatusOr<Constant*> Amount(const ir::SymExpr& expr);
  absl::StatusOr<Constant*> Slot(const ir::SymExpr& expr, int32_t base);
  absl::StatusOr<int32_t> BaseOf(const ir::BufferRef& buffer) const;
  absl::Status AddCall(const ir::KernelCall& call);
  Constant* InputDims();
  Constant* Ranges();
  absl::StatusOr<std::vector<Constant*>> Checks();
  absl::StatusOr<Constant*> Check(const ir::SymExpr& non_negative);
  absl::StatusOr<Constant*> OutputDims();
  Constant* Ranks(const std::vector<ir::ModelValue>& values);
  Constant* Steps();
  Constant* Kernels();
  Constant* Weights();
  Constant* Values(const std::vector<ir::ModelValue>& values);
  Constant* CallInfos();
  void DefineModel();

  const ir::ExecutionPlan& plan_;
  llvm::Module& module_;
  Constants constants_;
  const std::vector<std::string> symbols_;
  StepList steps_;
  std::vector<Constant*> calls_;
  std::vector<Constant*> slots_;
  size_t max_slots_ = 0;
};

absl::StatusOr<Constant*> TableWriter::Amount(const ir::SymExpr& expr) { return Slot(expr, 0); }

// sinter_amount and sinter_slot are both a number and two 32-bit ones.
absl::StatusOr<Constant*> TableWriter::Slot(const ir::SymExpr& expr, int32_t base) {
  SINTER_ASSIGN_OR_RETURN(const sinter_amount amount, steps_.AmountOf(expr));
  return constants_.Struct(
      {constants_.I64(amount.immediate), constants_.I32(amount.value), constants_.I32(base)});
}

absl::StatusOr<int32_t> TableWriter::BaseOf(const ir::BufferRef& buffer) const {
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

absl::Status TableWriter::AddCall(const ir::KernelCall& call) {
  if (call.kernel < 0 || call.kernel >= static_cast<int>(plan_.kernels.size())) {
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
      {count, cost, constants_.I32(call.kernel), constants_.I32(first),
       constants_.I32(static_cast<int32_t>(num_slots)), constants_.I32(call.serial ? 1 : 0)}));
  return absl::OkStatus();
}

Constant* TableWriter::InputDims() {
  std::vector<Constant*> dims;
  for (const ir::ModelValue& input : plan_.signature.inputs) {
    for (const ir::SymExpr& dim : input.shape) {
      const auto symbol = std::find(symbols_.begin(), symbols_.end(), dim.ToString());
      const int32_t index = dim.IsConstant() ? -1 : static_cast<int32_t>(symbol - symbols_.begin());
      dims.push_back(constants_.Struct({constants_.I64(dim.AsConstant().value_or(0)),
                                        constants_.I32(index), constants_.I32(0)}));
    }
  }
  return constants_.Array(dims);
}

Constant* TableWriter::Ranges() {
  std::vector<int64_t> ranges;
  for (const std::string& symbol : symbols_) {
    int64_t min = 1;
    int64_t max = std::numeric_limits<int64_t>::max();
    for (const ir::DimRange& range : plan_.signature.ranges) {
      if (range.symbol != symbol) continue;
      min = std::max<int64_t>(1, range.min);
      if (range.max > 0) max = range.max;
    }
    ranges.push_back(min);
    ranges.push_back(max);
  }
  return constants_.Int64Array(ranges);
}

// Blames the first input dimension that the expression depends on.
absl::StatusOr<Constant*> TableWriter::Check(const ir::SymExpr& non_negative) {
  std::set<std::string> symbols;
  non_negative.CollectSymbols(symbols);
  int32_t input = -1, dim = -1;
  const std::vector<ir::ModelValue>& inputs = plan_.signature.inputs;
  for (size_t i = 0; i < inputs.size() && input < 0; ++i) {
    for (size_t j = 0; j < inputs[i].shape.size() && input < 0; ++j) {
      if (symbols.count(inputs[i].shape[j].ToString()) == 0) continue;
      input = static_cast<int32_t>(i);
      dim = static_cast<int32_t>(j);
    }
  }
  SINTER_ASSIGN_OR_RETURN(Constant * amount, Amount(non_negative));
  return constants_.Struct({amount, constants_.I32(input), constants_.I32(dim)});
}

absl::StatusOr<std::vector<Constant*>> TableWriter::Checks() {
  std::vector<ir::SymExpr> non_negative = plan_.signature.non_negative;
  for (const ir::DimEquality& equality : plan_.signature.equalities) {
    non_negative.push_back(equality.lhs - equality.rhs);
    non_negative.push_back(equality.rhs - equality.lhs);
  }
  std::vector<Constant*> checks;
  for (const ir::SymExpr& expr : non_negative) {
    SINTER_ASSIGN_OR_RETURN(Constant * check, Check(expr));
    checks.push_back(check);
  }
  return checks;
}

absl::StatusOr<Constant*> TableWriter::OutputDims() {
  std::vector<Constant*> dims;
  for (const ir::ModelValue& output : plan_.signature.outputs) {
    for (const ir::SymExpr& dim : output.shape) {
      SINTER_ASSIGN_OR_RETURN(Constant * amount, Amount(dim));
      dims.push_back(amount);
    }
  }
  return constants_.Array(dims);
}

Constant* TableWriter::Ranks(const std::vector<ir::ModelValue>& values) {
  std::vector<int32_t> ranks;
  for (const ir::ModelValue& value : values)
    ranks.push_back(static_cast<int32_t>(value.shape.size()));
  return constants_.Int32Array(ranks);
}

Constant* TableWriter::Steps() {
  std::vector<Constant*> steps;
  for (const sinter_step& step : steps_.steps()) {
    steps.push_back(
        constants_.Struct({constants_.I64(step.immediate), constants_.I32(step.kind),
                           constants_.I32(step.lhs), constants_.I32(step.rhs), constants_.I32(0)}));
  }
  return constants_.Array(steps);
}

Constant* TableWriter::Kernels() {
  auto* pointer = llvm::PointerType::getUnqual(module_.getContext());
  auto* i64 = llvm::Type::getInt64Ty(module_.getContext());
  auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(module_.getContext()),
                                       {pointer, i64, i64}, false);
  std::vector<Constant*> kernels;
  for (const ir::Kernel& kernel : plan_.kernels) {
    auto function = module_.getOrInsertFunction(kernel.name, type);
    llvm::cast<llvm::Function>(function.getCallee())
        ->setVisibility(llvm::GlobalValue::HiddenVisibility);
    kernels.push_back(llvm::cast<Constant>(function.getCallee()));
  }
  return constants_.Array(kernels);
}

Constant* TableWriter::Weights() {
  if (plan_.weight_bytes == 0) return constants_.Null();
  auto* weights = new llvm::GlobalVariable(module_, llvm::Type::getInt8Ty(module_.getContext()),
                                           /*isConstant=*/true, llvm::GlobalValue::ExternalLinkage,
                                           nullptr, "sinter_weights");
  weights->setVisibility(llvm::GlobalValue::HiddenVisibility);
  return weights;
}

absl::Status TableWriter::Write() {
  for (const ir::KernelCall& call : plan_.calls) SINTER_RETURN_IF_ERROR(AddCall(call));
  SINTER_ASSIGN_OR_RETURN(Constant * arena, Amount(plan_.arena_bytes));
  SINTER_ASSIGN_OR_RETURN(Constant * output_dims, OutputDims());
  SINTER_ASSIGN_OR_RETURN(const std::vector<Constant*> checks, Checks());
  const ir::Signature& signature = plan_.signature;
  auto i32 = [&](size_t value) { return constants_.I32(static_cast<int32_t>(value)); };
  Constant* tables = constants_.Struct(
      {i32(signature.inputs.size()), i32(signature.outputs.size()), i32(symbols_.size()),
       i32(steps_.steps().size()), i32(calls_.size()), i32(max_slots_), i32(checks.size()), arena,
       Ranks(signature.inputs), InputDims(), Ranges(), Steps(), constants_.Array(checks),
       Ranks(signature.outputs), output_dims, constants_.Array(calls_), constants_.Array(slots_),
       Kernels(), Weights()});
  auto* global = new llvm::GlobalVariable(module_, tables->getType(), /*isConstant=*/true,
                                          llvm::GlobalValue::InternalLinkage, tables);
  llvm::GlobalVariable* declared = module_.getNamedGlobal("sinter_model_tables");
  if (declared == nullptr) return absl::InternalError("the host runtime refers to no tables");
  declared->replaceAllUsesWith(global);
  declared->eraseFromParent();
  DefineModel();
  return absl::OkStatus();
}

Constant* TableWriter::Values(const std::vector<ir::ModelValue>& values) {
  std::vector<Constant*> infos;
  for (const ir::ModelValue& value : values) {
    std::vector<int64_t> dims;
    std::vector<std::string> names;
    for (const ir::SymExpr& dim : value.shape) {
      dims.push_back(dim.AsConstant().value_or(SINTER_DYNAMIC));
      names.push_back(dim.IsConstant() ? "" : dim.ToString());
    }
    infos.push_back(constants_.Struct(
        {constants_.String(value.name), constants_.I32(static_cast<int32_t>(value.dtype)),
         constants_.I32(static_cast<int32_t>(dims.size())), constants_.Int64Array(dims),
         constants_.StringArray(names)}));
  }
  return constants_.Array(infos);
}

Constant* TableWriter::CallInfos() {
  std::vector<Constant*> infos;
  for (const ir::KernelCall& call : plan_.calls) {
    infos.push_back(constants_.Struct({constants_.String(plan_.kernels[call.kernel].name),
                                       constants_.String(absl::StrJoin(call.nodes, ","))}));
  }
  return constants_.Array(infos);
}

// The constant sinter_model and the function that returns it.
void TableWriter::DefineModel() {
  const ir::Signature& signature = plan_.signature;
  auto i32 = [&](size_t value) { return constants_.I32(static_cast<int32_t>(value)); };
  Constant* model = constants_.Struct(
      {i32(SINTER_ABI_VERSION), i32(sizeof(sinter_model)), constants_.String(signature.model_name),
       i32(signature.inputs.size()), i32(signature.outputs.size()), Values(signature.inputs),
       Values(signature.outputs), i32(plan_.calls.size()), CallInfos(),
       module_.getFunction("sinter_plan_model"), module_.getFunction("sinter_run_model"),
       constants_.Null(), constants_.Null(), constants_.Null(), constants_.Null()});
  auto* global = new llvm::GlobalVariable(module_, model->getType(), /*isConstant=*/true,
                                          llvm::GlobalValue::InternalLinkage, model);
  auto* type = llvm::FunctionType::get(global->getType(), false);
  auto* function = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage,
                                          SINTER_MODEL_SYMBOL, module_);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(module_.getContext(), "", function));
  builder.CreateRet(global);
}

}  // namespace

absl::Status WriteTables(const ir::ExecutionPlan& plan, llvm::Module& module) {
  return TableWriter(plan, module).Write();
}

}  // namespace sinter::codegen
