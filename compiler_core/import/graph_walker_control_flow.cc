// If, Loop, Scan and SequenceMap: their sub-graphs become programs of their own, which the run-time
// library calls. What a sub-graph reads of the graph around it becomes an input of its program.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/import/graph_walker.h"
#include "compiler_core/import/library_functions.h"
#include "compiler_core/import/node_reader.h"
#include "compiler_core/import/value_types.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "onnx/defs/schema.h"
#include "onnx/onnx_pb.h"

namespace sinter::import {

using ir::DiagnosticKind;
using ir::DType;
using ir::SymExpr;
using onnx::TensorInfo;

namespace {

constexpr int kMaxDepth = 16;

const ::onnx::GraphProto* GraphOf(const ::onnx::NodeProto& node, absl::string_view name) {
  for (const auto& attribute : node.attribute()) {
    if (attribute.name() == name && attribute.has_g()) return &attribute.g();
  }
  return nullptr;
}

absl::StatusOr<const ::onnx::GraphProto*> RequiredGraph(const ::onnx::NodeProto& node,
                                                        absl::string_view name) {
  const ::onnx::GraphProto* graph = GraphOf(node, name);
  if (graph != nullptr) return graph;
  return ir::Error(DiagnosticKind::kMalformedModel,
                   absl::StrCat("op `", node.op_type(), "` lacks its graph `", name, "`"));
}

int64_t IntOf(const ::onnx::NodeProto& node, absl::string_view name, int64_t otherwise) {
  for (const auto& attribute : node.attribute()) {
    if (attribute.name() == name) return attribute.i();
  }
  return otherwise;
}

std::vector<int64_t> IntsOf(const ::onnx::NodeProto& node, absl::string_view name, size_t count) {
  for (const auto& attribute : node.attribute()) {
    if (attribute.name() == name) return {attribute.ints().begin(), attribute.ints().end()};
  }
  return std::vector<int64_t>(count, 0);
}

bool IsSymbol(const SymExpr& expr) {
  const std::vector<SymExpr::Term> terms = expr.terms();
  return terms.size() == 1 && terms[0].coefficient == 1 && terms[0].factors.size() == 1 &&
         terms[0].factors[0].power == 1 &&
         terms[0].factors[0].atom->kind == SymExpr::AtomKind::kSymbol;
}

// Leaves of a sequence's shapes what `keep` allows.
void ForgetDims(::onnx::TypeProto& type) {
  if (type.has_sequence_type()) {
    ForgetDims(*type.mutable_sequence_type()->mutable_elem_type());
  } else if (type.has_optional_type()) {
    ForgetDims(*type.mutable_optional_type()->mutable_elem_type());
  } else if (type.has_tensor_type()) {
    for (auto& dim : *type.mutable_tensor_type()->mutable_shape()->mutable_dim()) {
      if (dim.has_dim_param()) dim.Clear();
    }
  }
}

TensorInfo WithoutSymbols(const TensorInfo& info) {
  TensorInfo result = info;
  auto type = std::make_shared<::onnx::TypeProto>(*info.other);
  const bool ranked = !type->has_tensor_type() || type->tensor_type().has_shape();
  if (ranked) ForgetDims(*type);
  result.other = std::move(type);
  return result;
}

// What both types allow of a tensor's shape, inside of sequences and optionals.
void MergeShapes(::onnx::TypeProto& into, const ::onnx::TypeProto& from) {
  if (into.has_sequence_type()) {
    MergeShapes(*into.mutable_sequence_type()->mutable_elem_type(),
                from.sequence_type().elem_type());
  } else if (into.has_optional_type()) {
    MergeShapes(*into.mutable_optional_type()->mutable_elem_type(),
                from.optional_type().elem_type());
  } else if (into.has_tensor_type() && into.tensor_type().has_shape()) {
    const auto& other = from.tensor_type();
    auto& shape = *into.mutable_tensor_type()->mutable_shape();
    if (!other.has_shape() || other.shape().dim_size() != shape.dim_size()) {
      into.mutable_tensor_type()->clear_shape();
      return;
    }
    for (int i = 0; i < shape.dim_size(); ++i) {
      const bool equal = shape.dim(i).has_dim_value() && other.shape().dim(i).has_dim_value() &&
                         shape.dim(i).dim_value() == other.shape().dim(i).dim_value();
      if (!equal) shape.mutable_dim(i)->Clear();
    }
  }
}

absl::Status CheckSameType(const TensorInfo& a, const TensorInfo& b) {
  const std::string first = TypeText(ToTypeProto(a)), second = TypeText(ToTypeProto(b));
  if (first == second) return absl::OkStatus();
  return ir::Error(
      DiagnosticKind::kTypeMismatch,
      absl::StrCat("values that have to be of one type are of ", first, " and ", second));
}

bool IsOptional(const TensorInfo& info) {
  return info.other != nullptr && info.other->has_optional_type();
}

// A value where an optional is wanted is one that is there.
TensorInfo AsOptional(const TensorInfo& info) {
  if (IsOptional(info)) return info;
  auto type = std::make_shared<::onnx::TypeProto>();
  *type->mutable_optional_type()->mutable_elem_type() = ToTypeProto(info);
  TensorInfo result;
  result.unranked = true;
  result.other = std::move(type);
  return WithoutSymbols(result);
}

TensorInfo Scalar(DType dtype) {
  TensorInfo info;
  info.dtype = dtype;
  return info;
}

absl::StatusOr<TensorInfo> WithoutDim(const TensorInfo& info, int64_t axis) {
  const auto rank = static_cast<int64_t>(info.shape.size());
  if (axis < 0) axis += rank;
  if (!info.IsRankedTensor() || axis < 0 || axis >= rank) {
    return ir::Error(DiagnosticKind::kShapeMismatch,
                     "a scan input has no such axis, or its rank is not known");
  }
  TensorInfo result = info;
  result.shape.erase(result.shape.begin() + axis);
  return result;
}

absl::StatusOr<TensorInfo> WithDim(TensorInfo info, int64_t axis, SymExpr dim) {
  if (!info.IsRankedTensor()) return info;
  const auto rank = static_cast<int64_t>(info.shape.size()) + 1;
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank) {
    return ir::Error(DiagnosticKind::kShapeMismatch, "a scan output has no such axis");
  }
  info.shape.insert(info.shape.begin() + axis, std::move(dim));
  return info;
}

void ShiftFragments(ir::Program& program, int by) {
  for (ir::Step& step : program.steps) {
    if (step.kind == ir::Step::Kind::kFragment) step.fragment += by;
  }
  for (auto& inner : program.subprograms) ShiftFragments(*inner, by);
}

}  // namespace

bool GraphWalker::IsControlFlow(const ::onnx::NodeProto& node) {
  const std::string op = OpName(node);
  return op == "If" || op == "Loop" || op == "Scan" || op == "SequenceMap";
}

absl::Status GraphWalker::ImportControlFlow(const ::onnx::NodeProto& node,
                                            const ::onnx::OpSchema& schema, const Inputs& inputs) {
  const Value* condition = inputs.empty() ? nullptr : inputs[0];
  if (node.op_type() == "If" && condition != nullptr && condition->constant &&
      condition->constant->num_elements() == 1) {
    return ImportBranch(node, condition->constant->AsInt(0) != 0);
  }
  ir::Step step;
  step.function = std::string(FindLibraryFunction("", node.op_type()));
  step.version = schema.SinceVersion();
  if (step.function.empty() || source_.depth == kMaxDepth) {
    return ir::Error(DiagnosticKind::kUnsupportedOp,
                     absl::StrCat("op `", node.op_type(), "` is not supported",
                                  step.function.empty() ? "" : " at such a depth"));
  }
  SINTER_RETURN_IF_ERROR(ReadCallAttributes(node, *scope_.tensors, step));
  if (node.op_type() == "If") return ImportIf(node, std::move(step), inputs);
  if (node.op_type() == "Loop") return ImportLoop(node, std::move(step), inputs);
  if (node.op_type() == "Scan") return ImportScan(node, std::move(step), inputs);
  return ImportSequenceMap(node, std::move(step), inputs);
}

// An If whose condition is known (exporters write such on shapes) is the branch that it takes.
absl::Status GraphWalker::ImportBranch(const ::onnx::NodeProto& node, bool taken) {
  SINTER_ASSIGN_OR_RETURN(const ::onnx::GraphProto* graph,
                          RequiredGraph(node, taken ? "then_branch" : "else_branch"));
  if (graph->output_size() < node.output_size()) {
    return ir::Error(DiagnosticKind::kMalformedModel, "a branch has fewer outputs than its node");
  }
  for (const auto& tensor : graph->initializer()) {
    SINTER_ASSIGN_OR_RETURN(ir::HostTensor constant, scope_.tensors->Read(tensor));
    values_.DefineConstant(tensor.name(), std::move(constant));
  }
  for (const ::onnx::NodeProto& inner : graph->node()) {
    SINTER_RETURN_IF_ERROR(ImportAtLocation(inner));
  }
  for (int i = 0; i < node.output_size(); ++i) {
    SINTER_ASSIGN_OR_RETURN(Value * value, Find(graph->output(i).name()));
    const Value result = *value;
    values_.Define(node.output(i), result);
  }
  return absl::OkStatus();
}

absl::Status GraphWalker::ImportIf(const ::onnx::NodeProto& node, ir::Step step,
                                   const Inputs& inputs) {
  std::vector<Body> bodies;
  for (const char* name : {"else_branch", "then_branch"}) {
    SINTER_ASSIGN_OR_RETURN(const ::onnx::GraphProto* graph, RequiredGraph(node, name));
    SINTER_ASSIGN_OR_RETURN(Body body, ImportBody(*graph, {}));
    if (static_cast<int>(body.outputs.size()) < node.output_size()) {
      return ir::Error(DiagnosticKind::kMalformedModel, "a branch has fewer outputs than its node");
    }
    bodies.push_back(std::move(body));
  }
  AssumeCondition(node, bodies);
  std::vector<TensorInfo> types;
  for (int i = 0; i < node.output_size(); ++i) {
    SINTER_RETURN_IF_ERROR(CheckSameType(bodies[0].outputs[i], bodies[1].outputs[i]));
    types.push_back(Join(bodies[0].outputs[i], bodies[1].outputs[i]));
  }
  return AddControlFlow(node, std::move(step), inputs, std::move(bodies), std::move(types));
}

void GraphWalker::AssumeCondition(const ::onnx::NodeProto& node,
                                  const std::vector<Body>& branches) {
  auto compared = comparisons_.find(node.input(0));
  if (compared == comparisons_.end()) return;
  for (int i = 0; i < node.output_size(); ++i) {
    const TensorInfo &a = branches[0].outputs[i], &b = branches[1].outputs[i];
    if (!a.IsRankedTensor() || !b.IsRankedTensor() || a.shape.size() == b.shape.size()) continue;
    const auto [left, right] = compared->second;
    const absl::StatusOr<bool> added = assumptions_.Add(left, right);
    if (!added.ok() || !*added) return;
    again_ = true;
    Warn(absl::StrCat("`", left.ToString(), "` is taken to be `", right.ToString(),
                      "`, as the branches' results differ in rank"),
         &node);
    return;
  }
}

absl::Status GraphWalker::ImportLoop(const ::onnx::NodeProto& node, ir::Step step,
                                     const Inputs& inputs) {
  SINTER_ASSIGN_OR_RETURN(const ::onnx::GraphProto* graph, RequiredGraph(node, "body"));
  const int carried = std::max<int>(static_cast<int>(inputs.size()) - 2, 0);
  std::vector<TensorInfo> formals = {Scalar(DType::kInt64), Scalar(DType::kBool)};
  for (int i = 0; i < carried; ++i) formals.push_back(inputs[i + 2]->type);
  SINTER_ASSIGN_OR_RETURN(Body body, ImportLoopBody(*graph, formals, 2, 1, carried));
  std::vector<TensorInfo> types;
  for (int i = 0; i < node.output_size(); ++i) {
    if (i + 1 >= static_cast<int>(body.outputs.size())) {
      return ir::Error(DiagnosticKind::kMalformedModel, "a loop's body lacks outputs");
    }
    if (i < carried) {
      // An optional that the body fills is there once it ran.
      const TensorInfo& initial = inputs[i + 2]->type;
      const bool filled = IsOptional(initial) && !IsOptional(body.outputs[i + 1]);
      types.push_back(filled ? body.outputs[i + 1] : Join(body.outputs[i + 1], initial));
      continue;
    }
    SINTER_ASSIGN_OR_RETURN(TensorInfo scanned, WithDim(body.outputs[i + 1], 0, FreshDim()));
    // Without an iteration there is nothing that has a shape.
    for (SymExpr& dim : scanned.shape) dim = FreshDim();
    types.push_back(std::move(scanned));
  }
  std::vector<Body> bodies;
  bodies.push_back(std::move(body));
  return AddControlFlow(node, std::move(step), inputs, std::move(bodies), std::move(types));
}

absl::Status GraphWalker::ImportScan(const ::onnx::NodeProto& node, ir::Step step,
                                     const Inputs& inputs) {
  SINTER_ASSIGN_OR_RETURN(const ::onnx::GraphProto* graph, RequiredGraph(node, "body"));
  const bool batched = step.version < 9;
  const int first = batched ? 1 : 0;  // version 8 begins with the sequences' lengths
  const auto scanned = static_cast<int>(IntOf(node, "num_scan_inputs", 0));
  const int states = static_cast<int>(inputs.size()) - first - scanned;
  if (scanned < 1 || states < 0) {
    return ir::Error(DiagnosticKind::kMalformedModel, "a scan has no such number of inputs");
  }
  const std::vector<int64_t> in_axes = IntsOf(node, "scan_input_axes", scanned);
  if (static_cast<int>(in_axes.size()) != scanned) {
    return ir::Error(DiagnosticKind::kMalformedModel, "`scan_input_axes` is not one an input");
  }
  std::vector<TensorInfo> formals;
  SymExpr batch, length;
  for (int i = 0; i < states + scanned; ++i) {
    TensorInfo type = inputs[first + i]->type;
    if (batched) {
      if (!type.shape.empty()) batch = type.shape[0];
      SINTER_ASSIGN_OR_RETURN(type, WithoutDim(type, 0));
    }
    if (i >= states) {
      int64_t axis = batched ? 0 : in_axes[i - states];
      if (axis < 0) axis += static_cast<int64_t>(type.shape.size());
      const bool valid = axis >= 0 && axis < static_cast<int64_t>(type.shape.size());
      if (valid && i == states) length = type.shape[axis];
      SINTER_ASSIGN_OR_RETURN(type, WithoutDim(type, axis));
    }
    formals.push_back(std::move(type));
  }
  SINTER_ASSIGN_OR_RETURN(Body body, ImportLoopBody(*graph, formals, 0, 0, states));
  const std::vector<int64_t> out_axes =
      IntsOf(node, "scan_output_axes", body.outputs.size() - states);
  std::vector<TensorInfo> types;
  for (int i = 0; i < node.output_size(); ++i) {
    if (i >= static_cast<int>(body.outputs.size()) ||
        (i >= states && i - states >= static_cast<int>(out_axes.size()))) {
      return ir::Error(DiagnosticKind::kMalformedModel, "a scan's body lacks outputs");
    }
    TensorInfo type = body.outputs[i];
    if (i >= states) {
      const int64_t axis = batched ? 0 : out_axes[i - states];
      SINTER_ASSIGN_OR_RETURN(type, WithDim(std::move(type), axis, length));
    }
    if (batched) {
      SINTER_ASSIGN_OR_RETURN(type, WithDim(std::move(type), 0, batch));
    }
    types.push_back(std::move(type));
  }
  std::vector<Body> bodies;
  bodies.push_back(std::move(body));
  return AddControlFlow(node, std::move(step), inputs, std::move(bodies), std::move(types));
}

absl::Status GraphWalker::ImportSequenceMap(const ::onnx::NodeProto& node, ir::Step step,
                                            const Inputs& inputs) {
  SINTER_ASSIGN_OR_RETURN(const ::onnx::GraphProto* graph, RequiredGraph(node, "body"));
  std::vector<TensorInfo> formals;
  for (const Value* input : inputs) {
    const TensorInfo& type = input->type;
    const bool sequence = type.other != nullptr && type.other->has_sequence_type();
    formals.push_back(sequence ? FromType(type.other->sequence_type().elem_type()) : type);
  }
  SINTER_ASSIGN_OR_RETURN(Body body, ImportBody(*graph, formals));
  std::vector<TensorInfo> types;
  for (const TensorInfo& output : body.outputs) {
    auto type = std::make_shared<::onnx::TypeProto>();
    *type->mutable_sequence_type()->mutable_elem_type() = ToTypeProto(output);
    TensorInfo info;
    info.unranked = true;
    info.other = std::move(type);
    types.push_back(WithoutSymbols(info));
  }
  if (static_cast<int>(types.size()) < node.output_size()) {
    return ir::Error(DiagnosticKind::kMalformedModel, "a body has fewer outputs than its node");
  }
  std::vector<Body> bodies;
  bodies.push_back(std::move(body));
  return AddControlFlow(node, std::move(step), inputs, std::move(bodies), std::move(types));
}

// --- Bodies ---

absl::StatusOr<GraphWalker::Body> GraphWalker::ImportLoopBody(const ::onnx::GraphProto& graph,
                                                              std::vector<TensorInfo>& inputs,
                                                              int first, int first_out, int count) {
  std::set<std::string> varying;
  const auto varies = [&](const SymExpr& dim) {
    std::set<std::string> symbols;
    dim.CollectSymbols(symbols);
    return std::any_of(symbols.begin(), symbols.end(),
                       [&](const std::string& name) { return varying.count(name) > 0; });
  };
  // Each round but the last forgets something of a type.
  for (;;) {
    SINTER_ASSIGN_OR_RETURN(Body body, ImportBody(graph, inputs));
    if (static_cast<int>(body.outputs.size()) < first_out + count) {
      return ir::Error(DiagnosticKind::kMalformedModel, "a loop's body lacks outputs");
    }
    bool changed = false;
    for (int k = 0; k < count; ++k) {
      TensorInfo& in = inputs[first + k];
      const TensorInfo out =
          IsOptional(in) ? AsOptional(body.outputs[first_out + k]) : body.outputs[first_out + k];
      SINTER_RETURN_IF_ERROR(CheckSameType(in, out));
      if (in.other != nullptr) {
        auto merged = std::make_shared<::onnx::TypeProto>(*in.other);
        MergeShapes(*merged, *out.other);
        if (merged->SerializeAsString() == in.other->SerializeAsString()) continue;
        in.other = std::move(merged);
        changed = true;
      } else if (!in.unranked && (out.unranked || out.shape.size() != in.shape.size())) {
        in.unranked = true;
        in.shape.clear();
        changed = true;
      }
      for (size_t d = 0; d < in.shape.size(); ++d) {
        if (varies(in.shape[d]) || in.shape[d] == out.shape[d]) continue;
        in.shape[d] = FreshDim();
        in.shape[d].CollectSymbols(varying);
        changed = true;
      }
    }
    if (changed) continue;
    for (TensorInfo& output : body.outputs) {
      for (SymExpr& dim : output.shape) {
        if (varies(dim)) dim = FreshDim();
      }
    }
    return body;
  }
}

absl::StatusOr<GraphWalker::Body> GraphWalker::ImportBody(const ::onnx::GraphProto& graph,
                                                          const std::vector<TensorInfo>& inputs) {
  if (graph.input_size() != static_cast<int>(inputs.size())) {
    return ir::Error(DiagnosticKind::kMalformedModel,
                     absl::StrCat("graph `", graph.name(), "` has ", graph.input_size(),
                                  " inputs, but gets ", inputs.size()));
  }
  GraphSource source;
  source.graph = &graph;
  source.opsets = scope_.opsets;
  source.tensors = scope_.tensors;
  source.depth = source_.depth + 1;
  for (int i = 0; i < graph.node_size(); ++i) source.order.push_back(i);
  for (size_t i = 0; i < inputs.size(); ++i) {
    const ::onnx::ValueInfoProto& input = graph.input(static_cast<int>(i));
    source.inputs.emplace_back(input.name(), WithRankOf(input, inputs[i]));
  }
  Assumptions assumptions;
  constexpr int kMaxWalks = 64;
  for (int walk = 1;; ++walk) {
    WalkResult result = GraphWalker(context_, source, assumptions, this).Walk();
    const bool again = result.again && walk < kMaxWalks;
    if (again) continue;
    for (v1::Diagnostic& diagnostic : result.diagnostics) {
      reported_ |= diagnostic.severity() == v1::Diagnostic::ERROR;
      result_.diagnostics.push_back(std::move(diagnostic));
    }
    SINTER_RETURN_IF_ERROR(result.status);
    if (!result.model) {
      return ir::Error(DiagnosticKind::kUnsupportedShape,
                       "too many relations between free dimensions");
    }
    return Body{std::move(result.model->program), std::move(result.model->fragments),
                std::move(result.outputs), std::move(result.captures)};
  }
}

absl::Status GraphWalker::AddControlFlow(const ::onnx::NodeProto& node, ir::Step step,
                                         Inputs operands, std::vector<Body> bodies,
                                         std::vector<TensorInfo> types) {
  ir::CallAttribute captures;
  captures.name = "captures";
  for (Body& body : bodies) {
    captures.ints.push_back(static_cast<int64_t>(body.captures.size()));
    for (auto& [name, value] : body.captures) {
      SINTER_RETURN_IF_ERROR(fragments_.SlotOf(*value, name).status());
      operands.push_back(value);
    }
    ShiftFragments(*body.program, static_cast<int>(body_fragments_.size()));
    for (ir::OnnxModule& fragment : body.fragments) body_fragments_.push_back(std::move(fragment));
    step.subprograms.push_back(static_cast<int>(subprograms_.size()));
    subprograms_.push_back(std::move(body.program));
  }
  step.attributes.push_back(std::move(captures));
  return AddCall(node, std::move(step), operands, std::move(types));
}

TensorInfo GraphWalker::Join(const TensorInfo& a, const TensorInfo& b) {
  TensorInfo joined = a;
  if (a.other != nullptr) {
    auto merged = std::make_shared<::onnx::TypeProto>(*a.other);
    MergeShapes(*merged, *b.other);
    joined.other = std::move(merged);
    return joined;
  }
  joined.unranked = a.unranked || b.unranked || a.shape.size() != b.shape.size();
  if (joined.unranked) joined.shape.clear();
  for (size_t i = 0; i < joined.shape.size(); ++i) {
    if (a.shape[i] != b.shape[i]) joined.shape[i] = FreshDim();
  }
  return joined;
}

// --- What a sub-graph's walker does ---

absl::StatusOr<Value*> GraphWalker::Capture(const std::string& name) {
  SINTER_ASSIGN_OR_RETURN(Value * outer, outer_->Find(name));
  if (outer->constant) {
    values_.DefineConstant(name, *outer->constant);
    return values_.Find(name);
  }
  if (outer->poisoned) {
    values_.Define(name, *outer);
    return values_.Find(name);
  }
  captures_.emplace_back(name, outer);
  const TensorInfo type = TypeFromOuter(outer->type);
  NoteSymbols(type.shape, 0);
  Value value = fragments_.AddInput(name, type);
  inputs_.push_back(value.slot);
  values_.Define(name, std::move(value));
  return values_.Find(name);
}

TensorInfo GraphWalker::TypeFromOuter(const TensorInfo& type) {
  if (type.other != nullptr) return WithoutSymbols(type);
  TensorInfo result = type;
  for (SymExpr& dim : result.shape) {
    if (dim.IsConstant()) continue;
    const std::string text = dim.ToString();
    auto found = from_outer_.find(text);
    if (found == from_outer_.end()) {
      const SymExpr own = IsSymbol(dim) && !SymExpr::IsDataSymbol(text) ? dim : FreshDim();
      found = from_outer_.emplace(text, own).first;
      to_outer_.emplace(own.ToString(), dim);
    }
    dim = assumptions_.Canonical(found->second);
  }
  return result;
}

// Dimensions that the outer graph can't express get a symbol of its own there.
TensorInfo GraphWalker::TypeToOuter(const TensorInfo& type) {
  if (outer_ == nullptr) return type;
  if (type.other != nullptr) return WithoutSymbols(type);
  TensorInfo result = type;
  for (SymExpr& dim : result.shape) {
    std::set<std::string> symbols;
    dim.CollectSymbols(symbols);
    const bool expressible =
        std::all_of(symbols.begin(), symbols.end(),
                    [&](const std::string& name) { return to_outer_.count(name) > 0; });
    dim = expressible ? dim.Substitute([&](const std::string& name) -> std::optional<SymExpr> {
      return to_outer_.at(name);
    })
                      : outer_->FreshDim();
  }
  return result;
}

}  // namespace sinter::import
