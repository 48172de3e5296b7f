#include "compiler_core/import/graph_walker.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/dialect/onnx/onnx_dialect.h"
#include "compiler_core/dialect/onnx/op_rows.h"
#include "compiler_core/dialect/onnx/shape_rules.h"
#include "compiler_core/import/elements.h"
#include "compiler_core/import/function_body.h"
#include "compiler_core/import/import_model.h"
#include "compiler_core/import/library_functions.h"
#include "compiler_core/import/node_reader.h"
#include "compiler_core/import/symbolic_eval.h"
#include "compiler_core/ir/data_symbols.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "onnx/defs/schema.h"
#include "onnx/onnx_pb.h"

namespace sinter::import {

using ir::DiagnosticKind;
using ir::DType;
using ir::HostTensor;
using ir::SymExpr;
using ir::SymShape;

GraphWalker::GraphWalker(mlir::MLIRContext& context, const GraphSource& source,
                         Assumptions& assumptions, GraphWalker* outer)
    : context_(context),
      source_(source),
      graph_(*source.graph),
      assumptions_(assumptions),
      outer_(outer),
      fragments_(context),
      values_(graph_, *source.tensors),
      scope_{source.opsets, source.tensors} {}

WalkResult GraphWalker::Walk() {
  absl::Status status = Build();
  if (!status.ok()) {
    Report(status, nullptr, -1);
  } else if (!again_ && result_.status.ok()) {
    status = Finish();
    if (!status.ok()) Report(status, nullptr, -1);
  }
  result_.again = again_ && result_.status.code() != absl::StatusCode::kInvalidArgument;
  return std::move(result_);
}

// --- The frame ---

absl::Status GraphWalker::Build() {
  SINTER_RETURN_IF_ERROR(AddInputs());
  if (graph_.sparse_initializer_size() > 0) {
    return ir::Error(DiagnosticKind::kUnsupportedType, "sparse initializers are not supported");
  }
  for (int index : source_.order) {
    index_ = index;
    const ::onnx::NodeProto& node = graph_.node(index);
    const absl::Status status = ImportNode(node, index);
    if (status.ok()) continue;
    Report(status, &node, index);
    // A malformed model is not worth reading on; of unsupported nodes all are named.
    if (status.code() != absl::StatusCode::kUnimplemented) return absl::OkStatus();
    Poison(node);
  }
  return absl::OkStatus();
}

absl::Status GraphWalker::AddInputs() {
  for (const auto& [name, declared] : source_.inputs) {
    onnx::TensorInfo type = outer_ == nullptr ? declared : TypeFromOuter(declared);
    type.shape = assumptions_.Canonical(type.shape);
    if (outer_ == nullptr && type.IsRankedTensor() && type.dtype != DType::kString) {
      SINTER_RETURN_IF_ERROR(
          CompiledType(&context_, type, absl::StrCat("input `", name, "`")).status());
    }
    NoteSymbols(type.shape, 0);
    Value value = fragments_.AddInput(name, type);
    inputs_.push_back(value.slot);
    values_.Define(name, std::move(value));
  }
  return absl::OkStatus();
}

absl::Status GraphWalker::Finish() {
  std::vector<std::pair<std::string, Value*>> outputs;
  bool planned = outer_ == nullptr && calls_.empty();
  for (const auto& output : graph_.output()) {
    SINTER_ASSIGN_OR_RETURN(Value * value, Find(output.name()));
    if (value->poisoned) return absl::OkStatus();
    SINTER_RETURN_IF_ERROR(CheckDeclared(output, value->type));
    planned = planned && CompiledType(&context_, value->type, "").ok();
    outputs.emplace_back(output.name(), value);
    result_.outputs.push_back(TypeToOuter(value->type));
  }
  for (const auto& input : source_.inputs) {
    planned = planned && CompiledType(&context_, input.second, "").ok();
  }
  return planned ? FinishPlanned(std::move(outputs)) : FinishProgram(std::move(outputs));
}

absl::Status GraphWalker::FinishPlanned(std::vector<std::pair<std::string, Value*>> outputs) {
  SINTER_ASSIGN_OR_RETURN(FragmentSet::Built built, fragments_.FinishPlanned(std::move(outputs)));
  ir::Signature& signature = built.parts.signature;
  signature.model_name = graph_.name();
  SINTER_ASSIGN_OR_RETURN(signature.ranges, Ranges());
  signature.equalities = assumptions_.equalities();
  signature.non_negative = std::move(non_negative_);
  SINTER_ASSIGN_OR_RETURN(ir::OnnxModule module, ir::OnnxModule::Create(std::move(built.parts)));
  result_.model.emplace();
  result_.model->fragments.push_back(std::move(module));
  return absl::OkStatus();
}

// A model's outputs are known by their slots' names, so one that just is another value under its
// own name needs a slot of its own.
int GraphWalker::SlotCalled(int slot, const std::string& name, const Value& value) {
  if (fragments_.slots()[slot].name == name) return slot;
  ir::Step step;
  step.kind = ir::Step::Kind::kLibrary;
  step.function = "Identity";
  step.version = 1;
  step.inputs = {slot};
  step.outputs = {fragments_.AddSlot(name, value.type)};
  const int renamed = step.outputs[0];
  calls_.emplace_back(value.level, std::move(step));
  return renamed;
}

absl::Status GraphWalker::FinishProgram(std::vector<std::pair<std::string, Value*>> outputs) {
  auto program = std::make_unique<ir::Program>();
  program->name = graph_.name();
  for (auto& [name, value] : outputs) {
    SINTER_ASSIGN_OR_RETURN(const int slot, fragments_.SlotOf(*value, name));
    program->outputs.push_back(outer_ == nullptr ? SlotCalled(slot, name, *value) : slot);
  }
  program->inputs = inputs_;
  SINTER_ASSIGN_OR_RETURN(program->ranges, Ranges());
  program->equalities = assumptions_.equalities();
  program->non_negative = std::move(non_negative_);
  program->subprograms = std::move(subprograms_);
  ir::OnnxProgram model;
  model.fragments = std::move(body_fragments_);
  // Level by level: the fragment, then the calls, which are in the nodes' order.
  std::stable_sort(calls_.begin(), calls_.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<FragmentSet::Built> built = fragments_.FinishProgram();
  auto fragment = built.begin();
  auto call = calls_.begin();
  while (fragment != built.end() || call != calls_.end()) {
    if (fragment == built.end() || (call != calls_.end() && call->first < fragment->level)) {
      program->steps.push_back(std::move(call->second));
      ++call;
      continue;
    }
    ir::Step step;
    step.fragment = static_cast<int>(model.fragments.size());
    step.inputs = fragment->inputs;
    step.outputs = fragment->outputs;
    program->steps.push_back(std::move(step));
    SINTER_ASSIGN_OR_RETURN(ir::OnnxModule module,
                            ir::OnnxModule::Create(std::move(fragment->parts)));
    model.fragments.push_back(std::move(module));
    ++fragment;
  }
  program->slots = std::move(fragments_.slots());
  program->constants = std::move(fragments_.constants());
  model.program = std::move(program);
  result_.captures = std::move(captures_);
  result_.model = std::move(model);
  return absl::OkStatus();
}

absl::Status GraphWalker::CheckDeclared(const ::onnx::ValueInfoProto& output,
                                        const onnx::TensorInfo& type) {
  if (!type.IsRankedTensor()) return absl::OkStatus();
  const auto& declared = output.type().tensor_type();
  if (declared.elem_type() != 0 && declared.elem_type() != static_cast<int32_t>(type.dtype)) {
    return ir::Error(DiagnosticKind::kTypeMismatch,
                     absl::StrCat("output `", output.name(), "` is declared ",
                                  ir::NameOf(static_cast<DType>(declared.elem_type())),
                                  ", but computed as ", ir::NameOf(type.dtype)));
  }
  if (!declared.has_shape()) return absl::OkStatus();
  bool differs = declared.shape().dim_size() != static_cast<int>(type.shape.size());
  for (int i = 0; !differs && i < declared.shape().dim_size(); ++i) {
    const std::optional<int64_t> dim = type.shape[i].AsConstant();
    differs = dim && declared.shape().dim(i).dim_value() > 0 &&
              declared.shape().dim(i).dim_value() != *dim;
  }
  // Exporters do get this wrong, and runtimes only warn.
  if (differs) {
    Warn(absl::StrCat("output `", output.name(), "` has shape ", ir::ToString(type.shape),
                      ", not the shape that the model declares"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ir::DimRange>> GraphWalker::Ranges() {
  std::vector<ir::DimRange> ranges;
  for (const ir::DimRange& range : source_.ranges) {
    const SymExpr dim = assumptions_.Canonical(SymExpr::Symbol(range.symbol));
    const std::optional<int64_t> fixed = dim.AsConstant();
    if (!fixed) {
      ranges.push_back({dim.ToString(), range.min, range.max});
    } else if (*fixed < range.min || *fixed > range.max) {
      return ir::Error(DiagnosticKind::kBadOption,
                       absl::StrCat("dimension `", range.symbol, "` has to be ", *fixed,
                                    ", which is not in ", range.min, "..", range.max));
    }
  }
  return ranges;
}

// --- Nodes ---

absl::Status GraphWalker::ImportNode(const ::onnx::NodeProto& node, int index) {
  node_name_ = NodeName(node, index);
  node_op_ = OpName(node);
  return ImportAtLocation(node);
}

absl::Status GraphWalker::ImportAtLocation(const ::onnx::NodeProto& node) {
  if (OpName(node) == "Constant") {
    SINTER_ASSIGN_OR_RETURN(HostTensor tensor, ReadConstantNode(node, *scope_.tensors));
    values_.DefineConstant(node.output(0), std::move(tensor));
    return absl::OkStatus();
  }
  Inputs inputs;
  for (const std::string& name : node.input()) {
    Value* value = nullptr;
    if (!name.empty()) {
      SINTER_ASSIGN_OR_RETURN(value, Find(name));
    }
    if (value != nullptr && value->poisoned) {
      Poison(node);
      return absl::OkStatus();
    }
    inputs.push_back(value);
  }
  // Its output just is its input.
  if (OpName(node) == "Identity" && node.output_size() == 1 && inputs[0] != nullptr) {
    const Value same = *inputs[0];
    values_.Define(node.output(0), same);
    return absl::OkStatus();
  }
  Operands operands;
  for (Value* value : inputs) {
    operands.push_back(value == nullptr ? onnx::OperandInfo{} : value->Info());
  }
  return ImportOperator(node, inputs, operands);
}

namespace {

// Whether shape rules and generated code can handle the operands at all.
bool AreCompiled(const std::vector<onnx::OperandInfo>& operands) {
  return std::all_of(operands.begin(), operands.end(), [](const onnx::OperandInfo& operand) {
    return operand.type == nullptr ||
           (operand.type->IsRankedTensor() && operand.type->dtype != DType::kString);
  });
}

bool AreConstant(const std::vector<onnx::OperandInfo>& operands) {
  return std::all_of(operands.begin(), operands.end(), [](const onnx::OperandInfo& operand) {
    return operand.type == nullptr || operand.constant != nullptr;
  });
}

bool AreRanked(const std::vector<onnx::OperandInfo>& operands) {
  return std::none_of(operands.begin(), operands.end(), [](const onnx::OperandInfo& operand) {
    return operand.type != nullptr && operand.type->other == nullptr && operand.type->unranked;
  });
}

// Functions of the library that only do what compiled code does not: strings.
bool IsForStrings(absl::string_view function) {
  return function == "Cast" || function == "CastLike" || function == "Equal";
}

bool MakesStrings(const ::onnx::NodeProto& node) {
  for (const auto& attribute : node.attribute()) {
    if (attribute.name() == "to") return attribute.i() == static_cast<int>(DType::kString);
  }
  return false;
}

}  // namespace

absl::Status GraphWalker::ImportOperator(const ::onnx::NodeProto& node, const Inputs& inputs,
                                         const Operands& operands) {
  const ::onnx::OpSchema* schema = SchemaOf(node, *scope_.opsets);
  if (schema == nullptr) {
    return ir::Error(DiagnosticKind::kUnsupportedOp,
                     absl::StrCat("op `", OpName(node), "` is not supported"));
  }
  if (IsControlFlow(node)) return ImportControlFlow(node, *schema, inputs);
  const bool compiled = AreCompiled(operands);
  if (compiled && IsExpanded(node, *schema, operands)) {
    return ImportFunction(node, *schema, operands);
  }
  const absl::string_view function =
      FindLibraryFunction(NormalDomain(node.domain()), node.op_type());
  const onnx::OpRow* row = onnx::FindRow(OpName(node));
  if (compiled && row != nullptr && row->Supports(schema->SinceVersion())) {
    const absl::Status status = ImportTyped(node, *schema, inputs, operands);
    // What depends on data is refused there, and may be done by the library.
    if (!absl::IsUnimplemented(status) || function.empty()) return status;
    if (IsForStrings(function) && !MakesStrings(node)) return status;
  }
  // Of constants, nothing is left of the function's nodes.
  if (compiled && AreConstant(operands) && IsExpandable(*schema)) {
    return ImportFunction(node, *schema, operands);
  }
  if (!function.empty()) return ImportCall(node, *schema, inputs, operands, function);
  if (IsExpandable(*schema) && AreRanked(operands)) {
    return ImportFunction(node, *schema, operands);
  }
  if (!compiled && (row != nullptr || IsExpandable(*schema))) {
    return ir::Error(DiagnosticKind::kUnsupportedType,
                     absl::StrCat("op `", OpName(node),
                                  "` is not supported on strings, and on values of whose rank "
                                  "nothing is known or that are no tensors"));
  }
  return ir::Error(DiagnosticKind::kUnsupportedOp,
                   absl::StrCat("op `", OpName(node), "` is not supported"));
}

// Goes on with the nodes of the function that defines the op; they carry the node's name.
absl::Status GraphWalker::ImportFunction(const ::onnx::NodeProto& node,
                                         const ::onnx::OpSchema& schema, const Operands& operands) {
  constexpr int kMaxDepth = 8;
  if (scope_.depth == kMaxDepth) {
    return ir::Error(DiagnosticKind::kUnsupportedOp, "functions that are nested too deeply");
  }
  SINTER_RETURN_IF_ERROR(CheckTypes(node, schema, operands));
  const std::string prefix = absl::StrCat("expanded", num_expanded_++, ":");
  SINTER_ASSIGN_OR_RETURN(const FunctionBody body,
                          ExpandNode(node, schema, *scope_.opsets, operands, prefix));
  const TensorReader tensors(body.function, {});
  const Scope outer = scope_;
  scope_ = {&body.opsets, &tensors, outer.depth + 1};
  absl::Status status;
  for (const ::onnx::NodeProto& inner : body.function->node()) {
    status = ImportAtLocation(inner);
    if (!status.ok()) break;
  }
  scope_ = outer;
  return status;
}

namespace {

// Trailing outputs that nobody named don't exist.
int UsedOutputs(const ::onnx::NodeProto& node) {
  int count = node.output_size();
  while (count > 1 && node.output(count - 1).empty()) --count;
  return count;
}

}  // namespace

absl::Status GraphWalker::ImportTyped(const ::onnx::NodeProto& node, const ::onnx::OpSchema& schema,
                                      const Inputs& inputs, const Operands& operands) {
  int level = LevelOf(inputs);
  for (const Value* input : inputs) {
    if (input != nullptr) level = std::max(level, LevelOf(input->type.shape));
  }
  SINTER_ASSIGN_OR_RETURN(
      mlir::NamedAttrList attributes,
      ReadAttributes(context_, node, schema, *scope_.tensors, fragments_.ConstantsAt(level)));
  SINTER_RETURN_IF_ERROR(CheckTypes(node, schema, operands));
  onnx::ShapeContext rule(schema.SinceVersion(), operands, attributes, UsedOutputs(node));
  SINTER_RETURN_IF_ERROR(onnx::FindShapeRule(OpName(node))(rule));
  SINTER_RETURN_IF_ERROR(Assume(rule.assumptions(), node));
  std::vector<onnx::TensorInfo> outputs = rule.outputs();
  const int operand_level = level;
  for (onnx::TensorInfo& output : outputs) {
    output.shape = assumptions_.Canonical(output.shape);
    SINTER_RETURN_IF_ERROR(CheckSize(output));
    SINTER_RETURN_IF_ERROR(CompiledType(&context_, output, "an output").status());
    NoteNonNegative(output.shape);
    level = std::max(level, LevelOf(output.shape));
  }
  const EvalNode eval{rule, outputs, fragments_.ConstantsAt(operand_level)};
  if (Fold(node, eval) || Carry(node, eval, level)) return absl::OkStatus();
  NoteComparison(node, rule);
  if (level != operand_level) {
    SINTER_ASSIGN_OR_RETURN(attributes, ReadAttributes(context_, node, schema, *scope_.tensors,
                                                       fragments_.ConstantsAt(level)));
  }
  return Emit(node, inputs, attributes, level, outputs);
}

void GraphWalker::NoteComparison(const ::onnx::NodeProto& node, const onnx::ShapeContext& rule) {
  if (OpName(node) != "Equal") return;
  const absl::StatusOr<SymShape> a = rule.Required(0, "A"), b = rule.Required(1, "B");
  if (!a.ok() || !b.ok() || a->size() != 1 || b->size() != 1) return;
  comparisons_[node.output(0)] = {(*a)[0], (*b)[0]};
}

absl::Status GraphWalker::Assume(const std::vector<onnx::Assumption>& assumptions,
                                 const ::onnx::NodeProto& node) {
  for (const onnx::Assumption& assumption : assumptions) {
    SINTER_ASSIGN_OR_RETURN(const bool added, assumptions_.Add(assumption.lhs, assumption.rhs));
    if (!added) continue;
    again_ = true;
    if (ir::DependsOnData(assumption.lhs) || ir::DependsOnData(assumption.rhs)) continue;
    Warn(absl::StrCat("free dimensions `", assumption.lhs.ToString(), "` and `",
                      assumption.rhs.ToString(), "` are taken to be equal"),
         &node);
  }
  return absl::OkStatus();
}

absl::Status GraphWalker::CheckSize(const onnx::TensorInfo& type) {
  for (const SymExpr& dim : type.shape) {
    if (IsReasonable(dim)) continue;
    return ir::Error(DiagnosticKind::kUnsupportedShape,
                     "a dimension of the output is too complicated an expression",
                     "fix the dimensions of the inputs with --shape");
  }
  const SymExpr bytes =
      NumElements(type.shape) * SymExpr(std::max<int64_t>(ir::SizeOf(type.dtype), 1));
  const std::optional<int64_t> least = bytes.LowerBound();
  if (!least || *least <= kMaxTensorBytes) return absl::OkStatus();
  return ir::Error(DiagnosticKind::kTooLarge,
                   absl::StrCat("an output of shape ", ir::ToString(type.shape), " takes over ",
                                kMaxTensorBytes, " bytes"));
}

// A window that slides over too small an input has no place: that can only be seen at run time.
void GraphWalker::NoteNonNegative(const SymShape& shape) {
  for (const SymExpr& dim : shape) {
    if (dim.IsConstant()) continue;
    const std::optional<int64_t> least = dim.LowerBound();
    if (least && *least >= 0) continue;
    if (non_negative_texts_.insert(dim.ToString()).second) non_negative_.push_back(dim);
  }
}

namespace {

int64_t StoredElements(const HostTensor& tensor) {
  int64_t count = 1;
  for (size_t i = 0; i < tensor.dims().size(); ++i) {
    if (tensor.strides()[i] != 0) count *= tensor.dims()[i];
  }
  return count;
}

}  // namespace

// Constants may double where they are small, but not without end.
static bool IsBounded(int64_t in, int64_t out) {
  constexpr int64_t kSmall = 1 << 16, kMayDouble = 1 << 22;
  return out <= kSmall || out <= (out <= kMayDouble ? 2 * in : in);
}

// What constants take in all has a limit too: each node could make one of two large ones.
bool GraphWalker::MayAllocate(int64_t elements) {
  constexpr int64_t kLimit = 1 << 30;
  GraphWalker* root = this;
  while (root->outer_ != nullptr) root = root->outer_;
  if (elements > kLimit - root->num_folded_) return false;
  root->num_folded_ += elements;
  return true;
}

// Evaluates a node of constants, unless that makes much out of little.
bool GraphWalker::Fold(const ::onnx::NodeProto& node, const EvalNode& eval) {
  int64_t in = 0, out = 0;
  std::set<const HostTensor*> counted;
  for (int i = 0; i < eval.node.num_inputs(); ++i) {
    if (!eval.node.Has(i)) continue;
    const HostTensor* operand = eval.node.Constant(i);
    if (operand == nullptr) return false;
    if (counted.insert(operand).second) in += StoredElements(*operand);
  }
  for (const onnx::TensorInfo& output : eval.outputs) {
    if (!IsConstantShape(output.shape) || ir::SizeOf(output.dtype) == 0) return false;
    out += *NumElements(output.shape).AsConstant();
  }
  // A tensor of one value everywhere takes no bytes.
  const bool splat = node.op_type() == "ConstantOfShape" ||
                     (node.op_type() == "Expand" && eval.In(0).num_elements() == 1);
  if (!splat && !IsBounded(in, out)) return false;
  Evaluation results = EvaluateView(OpName(node), eval);
  if (!results && (splat || MayAllocate(out))) results = Evaluate(OpName(node), eval);
  if (!results) return false;
  for (size_t i = 0; i < results->size(); ++i) {
    values_.DefineConstant(node.output(static_cast<int>(i)), std::move((*results)[i]));
  }
  return true;
}

bool GraphWalker::Carry(const ::onnx::NodeProto& node, const EvalNode& eval, int level) {
  std::optional<std::vector<SymShape>> results = EvaluateSymbolically(OpName(node), eval);
  if (!results) return false;
  for (size_t i = 0; i < results->size(); ++i) {
    const SymShape& elements = (*results)[i];
    const onnx::TensorInfo& type = eval.outputs[i];
    if (IsConstantShape(elements)) {
      values_.DefineConstant(
          node.output(static_cast<int>(i)),
          MakeTensor(type.dtype, ConstantDims(type.shape), ConstantDims(elements)));
      continue;
    }
    Value value;
    value.type = type;
    value.known = elements;
    value.level = std::max(level, LevelOf(elements));
    values_.Define(node.output(static_cast<int>(i)), std::move(value));
  }
  return true;
}

absl::Status GraphWalker::Emit(const ::onnx::NodeProto& node, const Inputs& inputs,
                               const mlir::NamedAttrList& attributes, int level,
                               const std::vector<onnx::TensorInfo>& outputs) {
  llvm::SmallVector<mlir::Type> types;
  for (const onnx::TensorInfo& output : outputs) {
    SINTER_ASSIGN_OR_RETURN(mlir::Type type, CompiledType(&context_, output, "an output"));
    types.push_back(type);
  }
  mlir::OpBuilder& builder = fragments_.BuilderAt(level);
  const mlir::Location location = mlir::NameLoc::get(
      builder.getStringAttr(node_name_), mlir::NameLoc::get(builder.getStringAttr(node_op_)));
  llvm::SmallVector<mlir::Value> operands;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i] == nullptr) {
      operands.push_back(onnx::CreateNoValue(builder, location));
      continue;
    }
    SINTER_ASSIGN_OR_RETURN(
        mlir::Value operand,
        fragments_.Materialize(*inputs[i], node.input(static_cast<int>(i)), level));
    operands.push_back(operand);
  }
  mlir::Operation* op =
      onnx::CreateOp(builder, location, OpName(node), operands, types, attributes.getAttrs());
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (static_cast<int>(i) >= node.output_size()) continue;
    Value value;
    value.type = outputs[i];
    value.level = level;
    value.ir[level] = op->getResult(i);
    values_.Define(node.output(static_cast<int>(i)), std::move(value));
  }
  return absl::OkStatus();
}

// --- Values and diagnostics ---

absl::StatusOr<Value*> GraphWalker::Find(const std::string& name) {
  SINTER_ASSIGN_OR_RETURN(Value * value, values_.Find(name));
  if (value != nullptr) return value;
  if (outer_ != nullptr) return Capture(name);
  return ir::Error(DiagnosticKind::kMissingValue, absl::StrCat("no value `", name, "`"));
}

void GraphWalker::Poison(const ::onnx::NodeProto& node) {
  Value poisoned;
  poisoned.poisoned = true;
  for (const std::string& output : node.output()) values_.Define(output, poisoned);
}

void GraphWalker::Report(const absl::Status& error, const ::onnx::NodeProto* node, int index) {
  if (result_.status.ok()) result_.status = error;
  if (std::exchange(reported_, false)) return;
  v1::Diagnostic diagnostic = ir::ToDiagnostic(error, v1::Diagnostic::IMPORT);
  if (node != nullptr) {
    diagnostic.set_node(NodeName(*node, index));
    diagnostic.set_op_type(node->op_type());
    diagnostic.set_domain(NormalDomain(node->domain()));
    auto opset = source_.opsets->find(diagnostic.domain());
    if (opset != source_.opsets->end()) {
      diagnostic.set_opset(static_cast<int32_t>(opset->second));
    }
  }
  result_.diagnostics.push_back(std::move(diagnostic));
}

void GraphWalker::Warn(std::string message, const ::onnx::NodeProto* node) {
  v1::Diagnostic diagnostic;
  diagnostic.set_severity(v1::Diagnostic::WARNING);
  diagnostic.set_stage(v1::Diagnostic::IMPORT);
  diagnostic.set_kind(std::string(ir::NameOf(DiagnosticKind::kAssumedShape)));
  diagnostic.set_message(std::move(message));
  if (node != nullptr) {
    diagnostic.set_node(NodeName(*node, index_));
    diagnostic.set_op_type(node->op_type());
  }
  result_.diagnostics.push_back(std::move(diagnostic));
}

}  // namespace sinter::import
