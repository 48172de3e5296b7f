#include "compiler_core/codegen/host/table_writer.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <set>

#include "base/status_macros.h"
#include "compiler_core/codegen/host/call_tables.h"
#include "compiler_core/codegen/host/constants.h"
#include "compiler_core/codegen/host/model_info.h"
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
  TableWriter(const ir::ModelPlan& model, llvm::Module& module)
      : model_(model),
        plan_(model.fragments[0]),
        module_(module),
        constants_(module),
        symbols_(SymbolsOf(plan_.signature)),
        tables_(plan_, symbols_, KernelNumbers(plan_), constants_) {}

  absl::Status Write();

 private:
  static std::vector<int32_t> KernelNumbers(const ir::ExecutionPlan& plan) {
    std::vector<int32_t> numbers(plan.kernels.size());
    std::iota(numbers.begin(), numbers.end(), 0);
    return numbers;
  }

  Constant* InputDims();
  Constant* Ranges();
  absl::StatusOr<std::vector<Constant*>> Checks();
  absl::StatusOr<Constant*> Check(const ir::SymExpr& non_negative);
  Constant* Kernels();
  Constant* Weights();
  Constant* Values(const std::vector<ir::ModelValue>& values);
  std::vector<Constant*> Model();

  const ir::ModelPlan& model_;
  const ir::ExecutionPlan& plan_;
  llvm::Module& module_;
  Constants constants_;
  const std::vector<std::string> symbols_;
  CallTables tables_;
};

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
  return tables_.Check(non_negative, input, dim);
}

absl::StatusOr<std::vector<Constant*>> TableWriter::Checks() {
  std::vector<Constant*> checks;
  for (const ir::SymExpr& expr : NonNegative(plan_.signature)) {
    SINTER_ASSIGN_OR_RETURN(Constant * check, Check(expr));
    checks.push_back(check);
  }
  return checks;
}

Constant* TableWriter::Kernels() {
  std::vector<const ir::Kernel*> kernels;
  for (const ir::Kernel& kernel : plan_.kernels) kernels.push_back(&kernel);
  return KernelTable(kernels, module_, constants_);
}

Constant* TableWriter::Weights() {
  return plan_.weight_bytes == 0 ? constants_.Null() : WeightsSymbol(module_);
}

absl::Status TableWriter::Write() {
  SINTER_RETURN_IF_ERROR(tables_.AddCalls());
  SINTER_ASSIGN_OR_RETURN(Constant * arena, tables_.Amount(plan_.arena_bytes));
  SINTER_ASSIGN_OR_RETURN(Constant * output_dims, tables_.OutputDims());
  SINTER_ASSIGN_OR_RETURN(const std::vector<Constant*> checks, Checks());
  Constant* work = tables_.Work();
  const ir::Signature& signature = plan_.signature;
  auto i32 = [&](size_t value) { return constants_.I32(static_cast<int32_t>(value)); };
  Constant* tables = constants_.Struct({i32(signature.inputs.size()),
                                        i32(signature.outputs.size()),
                                        i32(symbols_.size()),
                                        i32(tables_.num_steps()),
                                        i32(plan_.calls.size()),
                                        i32(tables_.max_slots()),
                                        i32(checks.size()),
                                        arena,
                                        tables_.Ranks(signature.inputs),
                                        InputDims(),
                                        Ranges(),
                                        tables_.Steps(),
                                        constants_.Array(checks),
                                        tables_.Ranks(signature.outputs),
                                        output_dims,
                                        tables_.Calls(),
                                        tables_.Slots(),
                                        Kernels(),
                                        Weights(),
                                        work});
  SINTER_RETURN_IF_ERROR(DefineTable("sinter_model_tables", tables, module_));
  DefineModel(Model(), module_);
  return absl::OkStatus();
}

Constant* TableWriter::Values(const std::vector<ir::ModelValue>& values) {
  std::vector<Constant*> infos;
  for (const ir::ModelValue& value : values) {
    infos.push_back(ValueInfo(value.name, value.dtype, &value.shape, constants_));
  }
  return constants_.Array(infos);
}

// Of a sinter_model.
std::vector<Constant*> TableWriter::Model() {
  const CallInfos infos = DescribeCalls(model_.fragments, {}, constants_);
  const ir::Signature& signature = plan_.signature;
  auto i32 = [&](size_t value) { return constants_.I32(static_cast<int32_t>(value)); };
  return {i32(SINTER_ABI_VERSION),
          i32(0),
          constants_.String(signature.model_name),
          i32(signature.inputs.size()),
          i32(signature.outputs.size()),
          Values(signature.inputs),
          Values(signature.outputs),
          i32(plan_.calls.size()),
          infos.calls,
          module_.getFunction("sinter_plan_model"),
          module_.getFunction("sinter_run_model"),
          constants_.Null(),
          constants_.Null(),
          constants_.Null(),
          constants_.Null(),
          infos.ops};
}

}  // namespace

absl::Status WriteTables(const ir::ModelPlan& model, llvm::Module& module) {
  if (model.fragments.size() != 1) {
    return absl::InternalError("a planned model is one fragment");
  }
  return TableWriter(model, module).Write();
}

}  // namespace sinter::codegen
