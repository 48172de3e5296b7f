#include "compiler_core/import/fragment_set.h"

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "compiler_core/dialect/core/core.h"
#include "compiler_core/dialect/onnx/onnx_dialect.h"
#include "compiler_core/import/elements.h"
#include "compiler_core/import/value_types.h"
#include "compiler_core/ir/diagnostic_kind.h"

namespace sinter::import {

using ir::DiagnosticKind;
using ir::DType;
using ir::HostTensor;

namespace {

mlir::NamedAttribute Number(mlir::OpBuilder& builder, const char* name, int64_t value) {
  return builder.getNamedAttr(name, builder.getI64IntegerAttr(value));
}

}  // namespace

absl::StatusOr<mlir::Type> CompiledType(mlir::MLIRContext* context, const onnx::TensorInfo& info,
                                        absl::string_view what) {
  if (info.other != nullptr) {
    return ir::Error(DiagnosticKind::kUnsupportedType,
                     absl::StrCat(what, " is of type ", ToSlotType(info).text));
  }
  if (info.unranked) {
    return ir::Error(DiagnosticKind::kUnsupportedShape,
                     absl::StrCat(what, " is a tensor of whose rank nothing is known"));
  }
  mlir::Type element = onnx::ElementType(context, info.dtype);
  if (element) return core::TensorType(info.shape, element);
  return ir::Error(DiagnosticKind::kUnsupportedType,
                   absl::StrCat(what, " is of type ", ir::NameOf(info.dtype)));
}

FragmentSet::Fragment::Fragment(mlir::MLIRContext* context) : builder(context) {
  module = mlir::ModuleOp::create(builder.getUnknownLoc());
  builder.setInsertionPointToEnd(module->getBody());
  main = builder.create<mlir::func::FuncOp>(builder.getUnknownLoc(), "main",
                                            builder.getFunctionType({}, {}));
  block = main.addEntryBlock();
  builder.setInsertionPointToEnd(block);
}

FragmentSet::Fragment& FragmentSet::At(int level) {
  while (static_cast<int>(fragments_.size()) <= level) {
    fragments_.push_back(std::make_unique<Fragment>(&context_));
  }
  return *fragments_[level];
}

int FragmentSet::AddSlot(const std::string& name, const onnx::TensorInfo& type) {
  ir::Slot slot;
  slot.name = name;
  slot.type = ToSlotType(type);
  slots_.push_back(std::move(slot));
  types_.push_back(type);
  return static_cast<int>(slots_.size()) - 1;
}

Value FragmentSet::AddInput(const std::string& name, const onnx::TensorInfo& type) {
  Value value;
  value.type = type;
  value.slot = AddSlot(name, type);
  // So that a planned model's function has all inputs, in order.
  if (CompiledType(&context_, type, "").ok()) value.ir[0] = *ReadSlot(value.slot, type, 0);
  return value;
}

absl::StatusOr<mlir::Value> FragmentSet::ReadSlot(int slot, const onnx::TensorInfo& type,
                                                  int level) {
  Fragment& fragment = At(level);
  auto found = fragment.arguments.find(slot);
  if (found != fragment.arguments.end()) return found->second;
  SINTER_ASSIGN_OR_RETURN(
      mlir::Type compiled,
      CompiledType(&context_, type, absl::StrCat("value `", slots_[slot].name, "`")));
  mlir::Value argument = fragment.block->addArgument(compiled, fragment.builder.getUnknownLoc());
  fragment.inputs.push_back(slot);
  fragment.arguments[slot] = argument;
  return argument;
}

absl::StatusOr<mlir::Value> FragmentSet::Materialize(Value& value, const std::string& name,
                                                     int level) {
  auto found = value.ir.find(level);
  if (found != value.ir.end()) return found->second;
  Fragment& fragment = At(level);
  const mlir::Location location = mlir::NameLoc::get(fragment.builder.getStringAttr(name));
  mlir::Value result;
  if (value.constant) {
    SINTER_RETURN_IF_ERROR(
        CompiledType(&context_, value.type, absl::StrCat("constant `", name, "`")).status());
    const int64_t id = fragment.constants.Add(*value.constant);
    result = onnx::CreateConstant(fragment.builder, location, id, *value.constant);
  } else if (value.known) {
    SINTER_ASSIGN_OR_RETURN(result, MaterializeKnown(value, location, level));
  } else {
    SINTER_ASSIGN_OR_RETURN(const int slot, SlotOf(value, name));
    SINTER_ASSIGN_OR_RETURN(result, ReadSlot(slot, value.type, level));
  }
  value.ir[level] = result;
  return result;
}

absl::StatusOr<int> FragmentSet::SlotOf(Value& value, const std::string& name) {
  if (value.slot >= 0) return value.slot;
  if (value.constant) {
    value.slot = AddSlot(name, value.type);
    slots_[value.slot].constant = constants_.Add(*value.constant);
    return value.slot;
  }
  if (value.known) SINTER_RETURN_IF_ERROR(Materialize(value, name, value.level).status());
  SINTER_CHECK(!value.ir.empty());
  const auto& [level, result] = *value.ir.begin();
  auto found = slot_of_result_.find(result.getImpl());
  if (found != slot_of_result_.end()) return value.slot = found->second;
  value.slot = AddSlot(name, value.type);
  slot_of_result_[result.getImpl()] = value.slot;
  At(level).outputs.push_back(value.slot);
  At(level).results.push_back(result);
  return value.slot;
}

// onnx.SymConstant is an integer of rank 0 or 1; the rest is made of it by real ops.
absl::StatusOr<mlir::Value> FragmentSet::MaterializeKnown(const Value& value,
                                                          mlir::Location location, int level) {
  mlir::OpBuilder& builder = BuilderAt(level);
  const bool integer = IsInteger(value.type.dtype), flat = value.type.shape.size() > 1;
  const DType dtype = integer ? value.type.dtype : DType::kInt64;
  std::vector<int64_t> dims = ConstantDims(value.type.shape);
  if (flat) dims = {static_cast<int64_t>(value.known->size())};
  mlir::Value result = onnx::CreateSymConstant(builder, location, dtype, dims, *value.known);
  if (flat) result = Unflatten(result, value, location, level);
  if (integer) return result;
  SINTER_ASSIGN_OR_RETURN(mlir::Type type, CompiledType(&context_, value.type, "a value"));
  return onnx::CreateOp(builder, location, "Cast", result, type,
                        {Number(builder, onnx::kVersionAttr, 13),
                         Number(builder, "to", static_cast<int64_t>(value.type.dtype))})
      ->getResult(0);
}

mlir::Value FragmentSet::Unflatten(mlir::Value flat, const Value& value, mlir::Location location,
                                   int level) {
  mlir::OpBuilder& builder = BuilderAt(level);
  const std::vector<int64_t> target = ConstantDims(value.type.shape);
  const HostTensor shape = MakeTensor(DType::kInt64, {static_cast<int64_t>(target.size())}, target);
  mlir::Value to = onnx::CreateConstant(builder, location, ConstantsAt(level).Add(shape), shape);
  mlir::Type element = mlir::cast<mlir::RankedTensorType>(flat.getType()).getElementType();
  return onnx::CreateOp(builder, location, "Reshape", {flat, to},
                        core::TensorType(value.type.shape, element),
                        {Number(builder, "allowzero", 0), Number(builder, onnx::kVersionAttr, 14)})
      ->getResult(0);
}

// All ops are pure; users come after what they use.
void FragmentSet::EraseDeadOps(mlir::Block& block) {
  for (mlir::Operation& op : llvm::make_early_inc_range(llvm::reverse(block))) {
    if (op.use_empty() && !op.hasTrait<mlir::OpTrait::IsTerminator>()) op.erase();
  }
}

void FragmentSet::DropUnusedInputs(Fragment& fragment) {
  for (size_t i = fragment.inputs.size(); i-- > 0;) {
    mlir::BlockArgument argument = fragment.block->getArgument(static_cast<unsigned>(i));
    if (!argument.use_empty()) continue;
    fragment.block->eraseArgument(static_cast<unsigned>(i));
    fragment.inputs.erase(fragment.inputs.begin() + static_cast<int64_t>(i));
  }
}

void FragmentSet::Close(Fragment& fragment) {
  fragment.builder.create<mlir::func::ReturnOp>(fragment.builder.getUnknownLoc(), fragment.results);
  EraseDeadOps(*fragment.block);
}

ir::ModelValue FragmentSet::DescribeSlot(int slot) const {
  return {slots_[slot].name, types_[slot].dtype, types_[slot].shape};
}

namespace {

void SetFunctionType(mlir::func::FuncOp main, mlir::Block& block, mlir::ValueRange results) {
  main.setType(mlir::FunctionType::get(main.getContext(), block.getArgumentTypes(),
                                       mlir::TypeRange(results)));
}

}  // namespace

absl::StatusOr<FragmentSet::Built> FragmentSet::FinishPlanned(
    std::vector<std::pair<std::string, Value*>> outputs) {
  Fragment& fragment = At(0);
  Built built{0, {}, {}, {}};
  fragment.results.clear();
  for (auto& [name, value] : outputs) {
    SINTER_ASSIGN_OR_RETURN(mlir::Value result, Materialize(*value, name, 0));
    fragment.results.push_back(result);
    built.parts.signature.outputs.push_back({name, value->type.dtype, value->type.shape});
  }
  Close(fragment);
  SetFunctionType(fragment.main, *fragment.block, fragment.results);
  for (int slot : fragment.inputs) built.parts.signature.inputs.push_back(DescribeSlot(slot));
  built.parts.module = std::move(fragment.module);
  built.parts.constants = std::move(fragment.constants);
  return built;
}

std::vector<FragmentSet::Built> FragmentSet::FinishProgram() {
  std::vector<Built> all;
  for (size_t level = 0; level < fragments_.size(); ++level) {
    Fragment& fragment = *fragments_[level];
    if (fragment.results.empty()) continue;
    Close(fragment);
    DropUnusedInputs(fragment);
    SetFunctionType(fragment.main, *fragment.block, fragment.results);
    Built built{static_cast<int>(level), {}, fragment.inputs, fragment.outputs};
    for (int slot : built.inputs) built.parts.signature.inputs.push_back(DescribeSlot(slot));
    for (int slot : built.outputs) built.parts.signature.outputs.push_back(DescribeSlot(slot));
    built.parts.module = std::move(fragment.module);
    built.parts.constants = std::move(fragment.constants);
    all.push_back(std::move(built));
  }
  return all;
}

}  // namespace sinter::import
