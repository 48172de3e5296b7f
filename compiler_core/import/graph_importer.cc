#include "compiler_core/import/graph_importer.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/dialect/onnx/onnx_dialect.h"
#include "compiler_core/dialect/onnx/op_rows.h"
#include "compiler_core/dialect/onnx/shape_rules.h"
#include "compiler_core/import/const_eval.h"
#include "compiler_core/import/elements.h"
#include "compiler_core/import/function_body.h"
#include "compiler_core/import/import_model.h"
#include "compiler_core/import/node_reader.h"
#include "compiler_core/import/symbolic_eval.h"
#include "compiler_core/import/value_table.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "onnx/defs/schema.h"
#include "onnx/onnx_pb.h"

namespace sinter::import {
namespace {

using ir::DiagnosticKind;
using ir::DType;
using ir::HostTensor;
using ir::SymExpr;
using ir::SymShape;

class Walker {
 public:
  Walker(mlir::MLIRContext& context, const ImportedModel& model, const TensorReader& tensors,
         Assumptions& assumptions)
      : context_(context),
        model_(model),
        graph_(model.proto->graph()),
        assumptions_(assumptions),
        builder_(&context),
        values_(graph_, tensors, builder_, parts_.constants),
        scope_{&model.opsets, &tensors} {}

  WalkResult Walk() {
    absl::Status status = Build();
    if (!status.ok()) {
      Report(status, nullptr, -1);
    } else if (!again_) {
      status = Finish();
      if (!status.ok()) Report(status, nullptr, -1);
    }
    result_.again = again_ && result_.status.code() != absl::StatusCode::kInvalidArgument;
    return std::move(result_);
  }

 private:
  // --- The frame: inputs, initializers, outputs ---

  absl::Status Build() {
    parts_.module = mlir::ModuleOp::create(builder_.getUnknownLoc());
    parts_.signature.model_name = graph_.name();
    SINTER_RETURN_IF_ERROR(AddInputs());
    if (graph_.sparse_initializer_size() > 0) {
      return ir::Error(DiagnosticKind::kUnsupportedType, "sparse initializers are not supported");
    }
    for (int index : model_.order) {
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

  absl::Status AddInputs() {
    std::vector<mlir::Type> types;
    for (const ir::ModelValue& input : model_.inputs.values) {
      ir::ModelValue value = input;
      value.shape = assumptions_.Canonical(input.shape);
      SINTER_ASSIGN_OR_RETURN(
          mlir::Type type,
          values_.TypeOf({value.dtype, value.shape}, absl::StrCat("input `", value.name, "`")));
      types.push_back(type);
      parts_.signature.inputs.push_back(std::move(value));
    }
    builder_.setInsertionPointToEnd(parts_.module->getBody());
    main_ = builder_.create<mlir::func::FuncOp>(builder_.getUnknownLoc(), "main",
                                                builder_.getFunctionType(types, {}));
    mlir::Block* block = main_.addEntryBlock();
    builder_.setInsertionPointToEnd(block);
    for (size_t i = 0; i < types.size(); ++i) {
      const ir::ModelValue& input = parts_.signature.inputs[i];
      values_.DefineResult(input.name, {input.dtype, input.shape}, block->getArgument(i));
    }
    return absl::OkStatus();
  }

  absl::Status Finish() {
    if (!result_.status.ok()) return absl::OkStatus();
    llvm::SmallVector<mlir::Value> results;
    for (const auto& output : graph_.output()) {
      SINTER_ASSIGN_OR_RETURN(Value * value, values_.Find(output.name()));
      SINTER_RETURN_IF_ERROR(CheckDeclared(output, value->type));
      SINTER_ASSIGN_OR_RETURN(mlir::Value result, values_.Materialize(*value, output.name()));
      results.push_back(result);
      parts_.signature.outputs.push_back({output.name(), value->type.dtype, value->type.shape});
    }
    builder_.create<mlir::func::ReturnOp>(builder_.getUnknownLoc(), results);
    mlir::TypeRange types = mlir::ValueRange(results).getTypes();
    main_.setType(builder_.getFunctionType(main_.getArgumentTypes(), types));
    EraseDeadOps();
    SINTER_RETURN_IF_ERROR(AddRanges());
    parts_.signature.equalities = assumptions_.equalities();
    SINTER_ASSIGN_OR_RETURN(result_.module, ir::OnnxModule::Create(std::move(parts_)));
    return absl::OkStatus();
  }

  absl::Status CheckDeclared(const ::onnx::ValueInfoProto& output, const onnx::TensorInfo& type) {
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

  absl::Status AddRanges() {
    for (const ir::DimRange& range : model_.inputs.ranges) {
      const SymExpr dim = assumptions_.Canonical(SymExpr::Symbol(range.symbol));
      const std::optional<int64_t> fixed = dim.AsConstant();
      if (!fixed) {
        parts_.signature.ranges.push_back({dim.ToString(), range.min, range.max});
      } else if (*fixed < range.min || *fixed > range.max) {
        return ir::Error(DiagnosticKind::kBadOption,
                         absl::StrCat("dimension `", range.symbol, "` has to be ", *fixed,
                                      ", which is not in ", range.min, "..", range.max));
      }
    }
    return absl::OkStatus();
  }

  // All ops are pure; users come after what they use.
  void EraseDeadOps() {
    mlir::Block& block = main_.getBody().front();
    for (mlir::Operation& op : llvm::make_early_inc_range(llvm::reverse(block))) {
      if (op.use_empty() && !op.hasTrait<mlir::OpTrait::IsTerminator>()) op.erase();
    }
  }

  // --- Nodes ---

  absl::Status ImportNode(const ::onnx::NodeProto& node, int index) {
    location_ = mlir::NameLoc::get(builder_.getStringAttr(NodeName(node, index)));
    return ImportAtLocation(node);
  }

  absl::Status ImportAtLocation(const ::onnx::NodeProto& node) {
    if (OpName(node) == "Constant") {
      SINTER_ASSIGN_OR_RETURN(HostTensor tensor, ReadConstantNode(node, *scope_.tensors));
      values_.DefineConstant(node.output(0), std::move(tensor));
      return absl::OkStatus();
    }
    std::vector<Value*> inputs;
    for (const std::string& name : node.input()) {
      SINTER_ASSIGN_OR_RETURN(Value * value, FindOptional(name));
      if (value != nullptr && value->poisoned) {
        Poison(node);
        return absl::OkStatus();
      }
      inputs.push_back(value);
    }
    if (IsAlias(node)) {
      values_.Define(node.output(0), *inputs[0]);
      return absl::OkStatus();
    }
    std::vector<onnx::OperandInfo> operands;
    for (Value* value : inputs)
      operands.push_back(value == nullptr ? onnx::OperandInfo{} : value->Info());
    const ::onnx::OpSchema* schema = SchemaOf(node, *scope_.opsets);
    if (OpName(node) == "If") return ImportBranch(node, inputs);
    if (schema != nullptr && IsExpanded(node, *schema, operands)) {
      return ImportFunction(node, *schema, operands);
    }
    const onnx::OpRow* row = onnx::FindRow(OpName(node));
    if (schema != nullptr && row != nullptr && row->Supports(schema->SinceVersion())) {
      return ImportTyped(node, *schema, inputs, operands);
    }
    if (schema != nullptr && IsExpandable(*schema)) return ImportFunction(node, *schema, operands);
    return ir::Error(DiagnosticKind::kUnsupportedOp,
                     absl::StrCat("op `", node.op_type(), "` is not supported"));
  }

  // An If whose condition is known (exporters write such on shapes) is the branch that it takes.
  absl::Status ImportBranch(const ::onnx::NodeProto& node, const std::vector<Value*>& inputs) {
    const Value* condition = inputs.size() == 1 ? inputs[0] : nullptr;
    if (condition == nullptr || !condition->constant || condition->constant->num_elements() != 1) {
      return ir::Error(DiagnosticKind::kUnsupportedOp,
                       "op `If` is only supported where its condition follows from the shapes");
    }
    const bool taken = condition->constant->AsInt(0) != 0;
    for (const auto& attribute : node.attribute()) {
      if (attribute.name() != (taken ? "then_branch" : "else_branch")) continue;
      return ImportSubgraph(attribute.g(), node);
    }
    return ir::Error(DiagnosticKind::kMalformedModel, "op `If` lacks a branch");
  }

  absl::Status ImportSubgraph(const ::onnx::GraphProto& graph, const ::onnx::NodeProto& node) {
    if (graph.output_size() < node.output_size()) {
      return ir::Error(DiagnosticKind::kMalformedModel, "a branch has fewer outputs than its node");
    }
    for (const auto& tensor : graph.initializer()) {
      SINTER_ASSIGN_OR_RETURN(HostTensor constant, scope_.tensors->Read(tensor));
      values_.DefineConstant(tensor.name(), std::move(constant));
    }
    for (const ::onnx::NodeProto& inner : graph.node()) {
      SINTER_RETURN_IF_ERROR(ImportAtLocation(inner));
    }
    for (int i = 0; i < node.output_size(); ++i) {
      SINTER_ASSIGN_OR_RETURN(Value * value, values_.Find(graph.output(i).name()));
      const Value result = *value;
      values_.Define(node.output(i), result);
    }
    return absl::OkStatus();
  }

  // Goes on with the nodes of the function that defines the op; they carry the node's name.
  absl::Status ImportFunction(const ::onnx::NodeProto& node, const ::onnx::OpSchema& schema,
                              const std::vector<onnx::OperandInfo>& operands) {
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

  // Nodes whose first output just is their first input.
  static bool IsAlias(const ::onnx::NodeProto& node) {
    return OpName(node) == "Identity" && node.output_size() == 1;
  }

  absl::Status ImportTyped(const ::onnx::NodeProto& node, const ::onnx::OpSchema& schema,
                           const std::vector<Value*>& inputs,
                           const std::vector<onnx::OperandInfo>& operands) {
    SINTER_ASSIGN_OR_RETURN(
        const mlir::NamedAttrList attributes,
        ReadAttributes(context_, node, schema, *scope_.tensors, parts_.constants));
    SINTER_RETURN_IF_ERROR(CheckTypes(node, schema, operands));
    onnx::ShapeContext rule(schema.SinceVersion(), operands, attributes, UsedOutputs(node));
    SINTER_RETURN_IF_ERROR(onnx::FindShapeRule(OpName(node))(rule));
    SINTER_RETURN_IF_ERROR(Assume(rule.assumptions(), node));
    std::vector<onnx::TensorInfo> outputs = rule.outputs();
    for (onnx::TensorInfo& output : outputs) {
      output.shape = assumptions_.Canonical(output.shape);
      SINTER_RETURN_IF_ERROR(CheckSize(output));
      NoteNonNegative(output.shape);
    }
    const EvalNode eval{rule, outputs, parts_.constants};
    if (Fold(node, eval) || Carry(node, eval)) return absl::OkStatus();
    return Emit(node, inputs, attributes, outputs);
  }

  // Trailing outputs that nobody named don't exist.
  static int UsedOutputs(const ::onnx::NodeProto& node) {
    int count = node.output_size();
    while (count > 1 && node.output(count - 1).empty()) --count;
    return count;
  }

  absl::Status Assume(const std::vector<onnx::Assumption>& assumptions,
                      const ::onnx::NodeProto& node) {
    for (const onnx::Assumption& assumption : assumptions) {
      SINTER_ASSIGN_OR_RETURN(const bool added, assumptions_.Add(assumption.lhs, assumption.rhs));
      if (!added) continue;
      again_ = true;
      Warn(absl::StrCat("free dimensions `", assumption.lhs.ToString(), "` and `",
                        assumption.rhs.ToString(), "` are taken to be equal"),
           &node);
    }
    return absl::OkStatus();
  }

  absl::Status CheckSize(const onnx::TensorInfo& type) {
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
  void NoteNonNegative(const SymShape& shape) {
    for (const SymExpr& dim : shape) {
      if (dim.IsConstant()) continue;
      const std::optional<int64_t> least = dim.LowerBound();
      if (least && *least >= 0) continue;
      if (non_negative_.insert(dim.ToString()).second) {
        parts_.signature.non_negative.push_back(dim);
      }
    }
  }

  static int64_t StoredElements(const HostTensor& tensor) {
    int64_t count = 1;
    for (size_t i = 0; i < tensor.dims().size(); ++i) {
      if (tensor.strides()[i] != 0) count *= tensor.dims()[i];
    }
    return count;
  }

  // Evaluates a node of constants, unless that makes much out of little.
  bool Fold(const ::onnx::NodeProto& node, const EvalNode& eval) {
    int64_t in = 0, out = 0;
    for (int i = 0; i < eval.node.num_inputs(); ++i) {
      if (!eval.node.Has(i)) continue;
      if (eval.node.Constant(i) == nullptr) return false;
      in += StoredElements(*eval.node.Constant(i));
    }
    for (const onnx::TensorInfo& output : eval.outputs) {
      if (!IsConstantShape(output.shape) || ir::SizeOf(output.dtype) == 0) return false;
      out += *NumElements(output.shape).AsConstant();
    }
    // A tensor of one value everywhere takes no bytes.
    const bool splat = node.op_type() == "ConstantOfShape" ||
                       (node.op_type() == "Expand" && eval.In(0).num_elements() == 1);
    if (out > std::max<int64_t>(1 << 16, 2 * in) && !splat) return false;
    Evaluation results = Evaluate(OpName(node), eval);
    if (!results) return false;
    for (size_t i = 0; i < results->size(); ++i) {
      values_.DefineConstant(node.output(static_cast<int>(i)), std::move((*results)[i]));
    }
    return true;
  }

  bool Carry(const ::onnx::NodeProto& node, const EvalNode& eval) {
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
      values_.Define(node.output(static_cast<int>(i)), std::move(value));
    }
    return true;
  }

  absl::Status Emit(const ::onnx::NodeProto& node, const std::vector<Value*>& inputs,
                    const mlir::NamedAttrList& attributes,
                    const std::vector<onnx::TensorInfo>& outputs) {
    llvm::SmallVector<mlir::Type> types;
    for (const onnx::TensorInfo& output : outputs) {
      SINTER_ASSIGN_OR_RETURN(mlir::Type type, values_.TypeOf(output, "an output"));
      types.push_back(type);
    }
    llvm::SmallVector<mlir::Value> operands;
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i] == nullptr) {
        operands.push_back(onnx::CreateNoValue(builder_, location_));
        continue;
      }
      SINTER_ASSIGN_OR_RETURN(mlir::Value operand,
                              values_.Materialize(*inputs[i], node.input(static_cast<int>(i))));
      operands.push_back(operand);
    }
    mlir::Operation* op =
        onnx::CreateOp(builder_, location_, OpName(node), operands, types, attributes.getAttrs());
    for (size_t i = 0; i < outputs.size(); ++i) {
      if (static_cast<int>(i) >= node.output_size()) continue;
      values_.DefineResult(node.output(static_cast<int>(i)), outputs[i], op->getResult(i));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Value*> FindOptional(const std::string& name) {
    if (name.empty()) return nullptr;
    return values_.Find(name);
  }

  void Poison(const ::onnx::NodeProto& node) {
    Value poisoned;
    poisoned.poisoned = true;
    for (const std::string& output : node.output()) values_.Define(output, poisoned);
  }

  // --- Diagnostics ---

  void Report(const absl::Status& error, const ::onnx::NodeProto* node, int index) {
    if (result_.status.ok()) result_.status = error;
    v1::Diagnostic diagnostic = ir::ToDiagnostic(error, v1::Diagnostic::IMPORT);
    if (node != nullptr) {
      diagnostic.set_node(NodeName(*node, index));
      diagnostic.set_op_type(node->op_type());
      diagnostic.set_domain(NormalDomain(node->domain()));
      diagnostic.set_opset(static_cast<int32_t>(model_.opsets.at(diagnostic.domain())));
    }
    result_.diagnostics.push_back(std::move(diagnostic));
  }

  void Warn(std::string message, const ::onnx::NodeProto* node = nullptr) {
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

  mlir::MLIRContext& context_;
  const ImportedModel& model_;
  const ::onnx::GraphProto& graph_;
  Assumptions& assumptions_;
  mlir::OpBuilder builder_;
  mlir::Location location_ = builder_.getUnknownLoc();
  mlir::func::FuncOp main_;
  ir::ModuleParts parts_;
  ValueTable values_;
  // Where the node at hand comes from: the graph, or a function's body.
  struct Scope {
    const Opsets* opsets;
    const TensorReader* tensors;
    int depth = 0;
  };
  Scope scope_;
  int num_expanded_ = 0;
  std::set<std::string> non_negative_;
  int index_ = -1;  // of the node at hand
  bool again_ = false;
  WalkResult result_;
};

}  // namespace

WalkResult WalkGraph(mlir::MLIRContext& context, const ImportedModel& model,
                     const TensorReader& tensors, Assumptions& assumptions) {
  return Walker(context, model, tensors, assumptions).Walk();
}

}  // namespace sinter::import
