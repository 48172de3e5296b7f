#include "compiler_core/codegen/host/program_writer.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/codegen/host/call_tables.h"
#include "compiler_core/codegen/host/constants.h"
#include "compiler_core/codegen/host/fragment_writer.h"
#include "compiler_core/codegen/host/model_info.h"
#include "compiler_core/codegen/host/operand_numbers.h"
#include "compiler_core/codegen/host/program_values.h"
#include "compiler_core/codegen/host/step_list.h"
#include "compiler_core/codegen/host/symbol_rules.h"
#include "compiler_core/codegen/host/value_type.h"
#include "compiler_core/codegen/model_kernels.h"
#include "compiler_core/codegen/weights/weight_layout.h"
#include "llvm/IR/DerivedTypes.h"
#include "runtime/sinter_abi.h"

namespace sinter::codegen {
namespace {

using llvm::Constant;

// What the programs of a model share.
class ModelTables {
 public:
  ModelTables(const ir::ModelPlan& model, llvm::Module& module)
      : model(model),
        module(module),
        constants(module),
        values(module, constants),
        layout(LayOutWeights(model)) {
    const std::vector<const ir::Kernel*> kernels = KernelsOf(model);
    for (const ir::Kernel* kernel : kernels) {
      kernel_numbers_.emplace(kernel->name, static_cast<int32_t>(kernel_numbers_.size()));
    }
    kernel_table_ = KernelTable(kernels, module, constants);
  }

  // The address of weights at `offset`.
  Constant* Weights(int64_t offset) {
    return llvm::ConstantExpr::getGetElementPtr(llvm::Type::getInt8Ty(module.getContext()),
                                                WeightsSymbol(module), constants.I64(offset));
  }

  FragmentPlace PlaceOf(int fragment) {
    FragmentPlace place;
    const ir::ExecutionPlan& plan = model.fragments[fragment];
    for (const ir::Kernel& kernel : plan.kernels) {
      place.kernels.push_back(kernel_numbers_.at(kernel.name));
    }
    place.kernel_table = kernel_table_;
    place.weights = plan.weight_bytes == 0 ? constants.Null() : Weights(layout.fragments[fragment]);
    for (int i = 0; i < fragment; ++i) {
      place.first_call += static_cast<int32_t>(model.fragments[i].calls.size());
    }
    return place;
  }

  // RETURNS: its index in sinter_model.kernel_calls.
  int32_t AddLibraryCall(const ir::Step& step) {
    size_t index = library_calls.size();
    for (const ir::ExecutionPlan& fragment : model.fragments) index += fragment.calls.size();
    library_calls.push_back({step.function, step.node});
    return static_cast<int32_t>(index);
  }

  const ir::ModelPlan& model;
  llvm::Module& module;
  Constants constants;
  ProgramValues values;
  const WeightLayout layout;
  std::vector<LibraryCall> library_calls;

 private:
  std::map<std::string, int32_t> kernel_numbers_;
  Constant* kernel_table_ = nullptr;
};

class ProgramWriter {
 public:
  // Borrows all of it. `numbers` are the program's.
  ProgramWriter(const ir::Program& program, const OperandNumbers& numbers, bool is_main,
                ModelTables& model)
      : program_(program),
        numbers_(numbers),
        is_main_(is_main),
        model_(model),
        constants_(model.constants),
        rules_(MakeSymbolRules(program)),
        amounts_(rules_.symbols) {}

  // The sinter_program.
  absl::StatusOr<Constant*> Write();

 private:
  absl::Status AddStage(size_t number);
  absl::StatusOr<Constant*> Check(const ir::SymExpr& non_negative);
  absl::StatusOr<Constant*> SlotTypes();
  absl::StatusOr<Constant*> ConstantValues();
  Constant* Ranges();
  absl::StatusOr<Constant*> Step(size_t number);
  absl::Status AddFragment(size_t number, Constant** table, Constant** symbols);
  absl::StatusOr<Constant*> Subprograms(const ir::Step& step);
  Constant* Function(const std::string& name);
  Constant* I32(size_t value) { return constants_.I32(static_cast<int32_t>(value)); }

  const ir::Program& program_;
  const OperandNumbers& numbers_;
  const bool is_main_;
  ModelTables& model_;
  Constants& constants_;
  const SymbolRules rules_;
  StepList amounts_;
  std::map<int, Constant*> dims_;  // of each ranked slot
  std::vector<Constant*> stages_, checks_;
  std::map<int, Constant*> subprograms_;
  int64_t scratch_words_ = 0;
};

absl::StatusOr<Constant*> WriteProgram(const ir::Program& program, bool is_main,
                                       ModelTables& model) {
  SINTER_ASSIGN_OR_RETURN(const OperandNumbers numbers, NumberOperands(program));
  return ProgramWriter(program, numbers, is_main, model).Write();
}

// Blames the first input dimension that the expression depends on; there is none in a sub-graph.
absl::StatusOr<Constant*> ProgramWriter::Check(const ir::SymExpr& non_negative) {
  std::set<std::string> symbols;
  non_negative.CollectSymbols(symbols);
  int32_t input = -1, dim = -1;
  for (size_t i = 0; is_main_ && i < program_.inputs.size() && input < 0; ++i) {
    const ir::SymShape& shape = program_.slots[program_.inputs[i]].type.shape;
    for (size_t j = 0; j < shape.size() && input < 0; ++j) {
      if (symbols.count(shape[j].ToString()) == 0) continue;
      input = static_cast<int32_t>(i);
      dim = static_cast<int32_t>(j);
    }
  }
  SINTER_ASSIGN_OR_RETURN(const sinter_amount amount, amounts_.AmountOf(non_negative));
  return constants_.Struct({constants_.Struct({constants_.I64(amount.immediate),
                                               constants_.I32(amount.value), constants_.I32(0)}),
                            constants_.I32(input), constants_.I32(dim)});
}

// Amounts have to be added stage by stage, so that each needs only what is known then.
absl::Status ProgramWriter::AddStage(size_t number) {
  const StageRules& stage = rules_.stages[number];
  const std::vector<int>& slots =
      number == 0 ? program_.inputs : program_.steps[number - 1].outputs;
  for (size_t i = 0; i < slots.size(); ++i) {
    std::vector<Constant*> dims;
    for (const DimRule& rule : stage.dims[i]) {
      sinter_amount amount = {0, 0, 0};
      if (rule.symbol < 0) {
        SINTER_ASSIGN_OR_RETURN(amount, amounts_.AmountOf(rule.expected));
      }
      dims.push_back(
          constants_.Struct({constants_.I64(amount.immediate), constants_.I32(amount.value),
                             constants_.I32(rule.symbol)}));
    }
    if (slots[i] >= 0) dims_[slots[i]] = constants_.Array(dims);
  }
  for (const ir::SymExpr& expr : stage.non_negative) {
    SINTER_ASSIGN_OR_RETURN(Constant * check, Check(expr));
    checks_.push_back(check);
  }
  // What is known of the next step's outputs before it runs (sinter_hint()).
  if (number + 1 < rules_.stages.size()) {
    for (const auto& dims : rules_.stages[number + 1].dims) {
      for (const DimRule& rule : dims) {
        if (!rules_.IsKnown(rule.expected, static_cast<int>(number))) continue;
        SINTER_RETURN_IF_ERROR(amounts_.AmountOf(rule.expected).status());
      }
    }
  }
  stages_.push_back(constants_.Struct({I32(amounts_.steps().size()), I32(checks_.size())}));
  return absl::OkStatus();
}

absl::StatusOr<Constant*> ProgramWriter::SlotTypes() {
  std::vector<Constant*> types;
  for (int slot : numbers_.slots) {
    if (slot < 0) {
      types.push_back(constants_.Struct({constants_.Null(), constants_.Null(),
                                         constants_.I32(SINTER_DYNAMIC), constants_.I32(0)}));
      continue;
    }
    const ir::SlotType& type = program_.slots[slot].type;
    SINTER_ASSIGN_OR_RETURN(Constant * table, model_.values.Type(type));
    types.push_back(constants_.Struct({table, dims_.at(slot),
                                       type.ranked ? I32(type.shape.size()) : constants_.I32(-1),
                                       constants_.I32(0)}));
  }
  return constants_.Array(types);
}

absl::StatusOr<Constant*> ProgramWriter::ConstantValues() {
  const std::vector<int64_t>& offsets = model_.layout.constants.at(&program_);
  std::vector<Constant*> values;
  for (int64_t i = 0; i < program_.constants.size(); ++i) {
    Constant* data = offsets[i] < 0 ? nullptr : model_.Weights(offsets[i]);
    const ir::HostTensor& tensor = program_.constants.Get(i);
    SINTER_ASSIGN_OR_RETURN(Constant * value, model_.values.Tensor(tensor, data));
    values.push_back(value);
  }
  return constants_.Array(values);
}

Constant* ProgramWriter::Ranges() {
  std::vector<int64_t> ranges;
  for (size_t i = 0; i < rules_.symbols.size(); ++i) {
    ranges.push_back(rules_.min[i]);
    ranges.push_back(rules_.max[i]);
  }
  return constants_.Int64Array(ranges);
}

absl::Status ProgramWriter::AddFragment(size_t number, Constant** table, Constant** symbols) {
  const ir::Step& step = program_.steps[number];
  if (step.fragment < 0 || step.fragment >= static_cast<int>(model_.model.fragments.size())) {
    return absl::InternalError(absl::StrCat("there is no fragment ", step.fragment));
  }
  const auto types = [&](const std::vector<int>& slots) {
    std::vector<const ir::SlotType*> types;
    for (int slot : slots) types.push_back(slot < 0 ? nullptr : &program_.slots[slot].type);
    return types;
  };
  SINTER_ASSIGN_OR_RETURN(
      const FragmentTable fragment,
      WriteFragment(model_.model.fragments[step.fragment], types(step.inputs), types(step.outputs),
                    model_.PlaceOf(step.fragment), constants_));
  std::vector<int32_t> values;
  for (const std::string& symbol : fragment.symbols) {
    if (!rules_.IsKnown(ir::SymExpr::Symbol(symbol), static_cast<int>(number))) {
      return absl::InternalError(
          absl::StrCat("a fragment needs `", symbol, "`, which has no value yet"));
    }
    const auto found = std::find(rules_.symbols.begin(), rules_.symbols.end(), symbol);
    values.push_back(1 + static_cast<int32_t>(found - rules_.symbols.begin()));
  }
  scratch_words_ = std::max(scratch_words_, fragment.scratch_words);
  *table = fragment.table;
  *symbols = constants_.Int32Array(values);
  return absl::OkStatus();
}

absl::StatusOr<Constant*> ProgramWriter::Subprograms(const ir::Step& step) {
  std::vector<Constant*> programs;
  for (int index : step.subprograms) {
    if (index < 0 || index >= static_cast<int>(program_.subprograms.size())) {
      return absl::InternalError(absl::StrCat("there is no sub-graph ", index));
    }
    Constant*& program = subprograms_[index];
    if (program == nullptr) {
      SINTER_ASSIGN_OR_RETURN(
          Constant * table, WriteProgram(*program_.subprograms[index], /*is_main=*/false, model_));
      program = constants_.Pointer(table);
    }
    programs.push_back(program);
  }
  return constants_.Array(programs);
}

Constant* ProgramWriter::Function(const std::string& name) {
  llvm::LLVMContext& context = model_.module.getContext();
  auto* type = llvm::FunctionType::get(llvm::Type::getInt32Ty(context),
                                       {llvm::PointerType::getUnqual(context)}, false);
  auto function = model_.module.getOrInsertFunction("sinter_op_" + name, type);
  llvm::cast<llvm::Function>(function.getCallee())
      ->setVisibility(llvm::GlobalValue::HiddenVisibility);
  return llvm::cast<Constant>(function.getCallee());
}

absl::StatusOr<Constant*> ProgramWriter::Step(size_t number) {
  const ir::Step& step = program_.steps[number];
  const OperandNumbers::Step& operands = numbers_.steps[number];
  Constant* fragment = constants_.Null();
  Constant* symbols = constants_.Null();
  Constant* function = constants_.Null();
  int32_t call = -1;
  if (step.kind == ir::Step::Kind::kFragment) {
    SINTER_RETURN_IF_ERROR(AddFragment(number, &fragment, &symbols));
  } else {
    function = Function(step.function);
    call = model_.AddLibraryCall(step);
    const size_t words = operands.inputs.size() + operands.outputs.size();
    scratch_words_ = std::max(scratch_words_, static_cast<int64_t>(words));
  }
  SINTER_ASSIGN_OR_RETURN(Constant * attributes, model_.values.Attributes(step.attributes));
  SINTER_ASSIGN_OR_RETURN(Constant * programs, Subprograms(step));
  return constants_.Struct(
      {fragment, function, attributes, programs, symbols, constants_.Int32Array(operands.inputs),
       constants_.Int32Array(operands.outputs), constants_.Int32Array(operands.released),
       constants_.String(step.node), constants_.I32(static_cast<int32_t>(step.version)),
       I32(step.attributes.size()), I32(step.subprograms.size()), I32(operands.inputs.size()),
       I32(operands.outputs.size()), I32(operands.released.size()), constants_.I32(call),
       stages_[number + 1]});
}

absl::StatusOr<Constant*> ProgramWriter::Write() {
  for (size_t i = 0; i < rules_.stages.size(); ++i) SINTER_RETURN_IF_ERROR(AddStage(i));
  std::vector<Constant*> steps;
  for (size_t i = 0; i < program_.steps.size(); ++i) {
    SINTER_ASSIGN_OR_RETURN(Constant * step, Step(i));
    steps.push_back(step);
  }
  SINTER_ASSIGN_OR_RETURN(Constant * types, SlotTypes());
  SINTER_ASSIGN_OR_RETURN(Constant * values, ConstantValues());
  return constants_.Struct({I32(numbers_.slots.size()), I32(program_.inputs.size()),
                            I32(program_.outputs.size()), I32(rules_.symbols.size()),
                            I32(amounts_.steps().size()), I32(steps.size()), I32(scratch_words_),
                            stages_[0], types, values, Ranges(),
                            StepTable(amounts_.steps(), constants_), constants_.Array(checks_),
                            constants_.Int32Array(numbers_.outputs), constants_.Array(steps)});
}

Constant* ValueInfos(const ir::Program& program, const std::vector<int>& slots,
                     Constants& constants) {
  std::vector<Constant*> infos;
  for (int number : slots) {
    const ir::Slot& slot = program.slots[number];
    const ir::SlotType& type = slot.type;
    const bool is_tensor = type.kind == ir::SlotType::Kind::kTensor;
    infos.push_back(ValueInfo(slot.name, is_tensor ? type.dtype : ir::DType::kUndefined,
                              is_tensor && type.ranked ? &type.shape : nullptr, constants));
  }
  return constants.Array(infos);
}

// Null where all are tensors.
Constant* TypeTexts(const ir::Program& program, const std::vector<int>& slots,
                    Constants& constants) {
  std::vector<std::string> texts;
  bool all_tensors = true;
  for (int slot : slots) {
    texts.push_back(TypeText(program.slots[slot].type));
    all_tensors &= program.slots[slot].type.kind == ir::SlotType::Kind::kTensor;
  }
  return all_tensors ? constants.Null() : constants.StringArray(texts);
}

// Of a sinter_model.
std::vector<Constant*> Model(ModelTables& tables) {
  Constants& constants = tables.constants;
  const ir::Program& program = *tables.model.program;
  size_t calls = tables.library_calls.size();
  for (const ir::ExecutionPlan& fragment : tables.model.fragments) calls += fragment.calls.size();
  const CallInfos infos = DescribeCalls(tables.model.fragments, tables.library_calls, constants);
  auto i32 = [&](size_t value) { return constants.I32(static_cast<int32_t>(value)); };
  return {i32(SINTER_ABI_VERSION),
          i32(0),
          constants.String(program.name),
          i32(program.inputs.size()),
          i32(program.outputs.size()),
          ValueInfos(program, program.inputs, constants),
          ValueInfos(program, program.outputs, constants),
          i32(calls),
          infos.calls,
          constants.Null(),
          constants.Null(),
          tables.module.getFunction("sinter_run_values_model"),
          tables.module.getFunction("sinter_free_values_model"),
          TypeTexts(program, program.inputs, constants),
          TypeTexts(program, program.outputs, constants),
          infos.ops};
}

}  // namespace

absl::Status WriteProgramTables(const ir::ModelPlan& model, llvm::Module& module) {
  ModelTables tables(model, module);
  SINTER_ASSIGN_OR_RETURN(Constant * program,
                          WriteProgram(*model.program, /*is_main=*/true, tables));
  SINTER_RETURN_IF_ERROR(DefineTable("sinter_model_program", program, module));
  DefineModel(Model(tables), module);
  return absl::OkStatus();
}

}  // namespace sinter::codegen
