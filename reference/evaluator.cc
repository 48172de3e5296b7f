#include "reference/evaluator.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/annotate.h"
#include "base/status_macros.h"
#include "onnx/defs/schema.h"
#include "reference/registry.h"
#include "reference/schema_check.h"
#include "reference/scope.h"

namespace sinter::reference {
namespace {

using ::onnx::AttributeProto;
using ::onnx::FunctionProto;
using ::onnx::GraphProto;
using ::onnx::NodeProto;
using ::onnx::OpSchema;
using Inputs = std::vector<std::optional<Value>>;
using Values = std::vector<Value>;

// Deeper nesting of graphs and functions than any sane model has would exhaust the stack.
constexpr int kMaxDepth = 100;
// Loops in loops multiply: an evaluation that has run so many nodes is taken for one without end.
constexpr int64_t kMostNodes = 3'000'000;

std::string NormalDomain(const std::string& domain) { return domain == "ai.onnx" ? "" : domain; }

using Opsets = std::map<std::string, int>;

template <typename Imports>
Opsets ReadOpsets(const Imports& imports) {
  Opsets opsets;
  for (const auto& import : imports) {
    opsets[NormalDomain(import.domain())] = static_cast<int>(import.version());
  }
  return opsets;
}

std::string Title(const NodeProto& node) {
  return node.name().empty() ? absl::StrCat("node of op `", node.op_type(), "`")
                             : absl::StrCat("node `", node.name(), "` (", node.op_type(), ")");
}

// Where a node stands: in which model or function, and in which graph of it.
struct Context {
  const Opsets& opsets;
  // Of the function whose body this is; what its nodes refer to.
  const std::map<std::string, AttributeProto>& attributes;
  Scope& scope;
  int depth;
};

// The state of one evaluation of one model.
class Interpreter {
 public:
  Interpreter(const onnx::ModelProto& model, const EvaluateOptions& options)
      : options_(options), next_seed_(options.seed) {
    for (const FunctionProto& function : model.functions()) {
      functions_[Key(function.domain(), function.name(), function.overload())] = &function;
    }
  }

  // Evaluates the nodes in order; what the graph computes is then in context.scope.
  absl::Status RunNodes(const google::protobuf::RepeatedPtrField<NodeProto>& nodes,
                        const std::set<std::string>& keep, const Context& context);

  // A graph attribute of a node at `outer`.
  absl::StatusOr<Values> RunGraph(const GraphProto& graph, Values inputs, const Context& outer);

  uint64_t NextSeed() { return next_seed_++; }

 private:
  static std::string Key(const std::string& domain, const std::string& name,
                         const std::string& overload) {
    return absl::StrCat(NormalDomain(domain), "\n", name, "\n", overload);
  }

  absl::Status RunNode(const NodeProto& given, const Context& context);
  absl::StatusOr<Values> Compute(const NodeProto& node, const Inputs& inputs,
                                 const Context& context);
  absl::StatusOr<Values> RunOperator(const Operator& row, int version, const NodeProto& node,
                                     const Inputs& inputs, const Context& context);
  // The body of `function` in place of `node`, whose outputs say which results are wanted.
  absl::StatusOr<Values> RunFunction(const FunctionProto& function, const NodeProto& node,
                                     std::map<std::string, AttributeProto> attributes,
                                     const Inputs& inputs, const Context& context);
  absl::StatusOr<Values> RunSchemaFunction(const OpSchema& schema, const NodeProto& node,
                                           const Inputs& inputs, const Context& context);

  const EvaluateOptions& options_;
  const OperatorTable operators_;
  std::map<std::string, const FunctionProto*> functions_;
  uint64_t next_seed_;
  int64_t nodes_run_ = 0;
};

// What one operator sees of the interpreter.
class NodeEnvironment : public Environment {
 public:
  NodeEnvironment(Interpreter& interpreter, const Context& context)
      : interpreter_(interpreter), context_(context) {}

  absl::StatusOr<Values> RunGraph(const GraphProto& graph, Values inputs) override {
    return interpreter_.RunGraph(graph, std::move(inputs), context_);
  }
  uint64_t NextSeed() override { return interpreter_.NextSeed(); }

 private:
  Interpreter& interpreter_;
  const Context& context_;
};

// The node with attributes instead of references to those of the function it stands in.
NodeProto ResolveReferences(const NodeProto& node,
                            const std::map<std::string, AttributeProto>& attributes) {
  NodeProto resolved = node;
  resolved.clear_attribute();
  for (const AttributeProto& attribute : node.attribute()) {
    if (attribute.ref_attr_name().empty()) {
      *resolved.add_attribute() = attribute;
    } else if (const auto found = attributes.find(attribute.ref_attr_name());
               found != attributes.end()) {
      *resolved.add_attribute() = found->second;
      resolved.mutable_attribute()->rbegin()->set_name(attribute.name());
    }
  }
  return resolved;
}

bool HasReferences(const NodeProto& node) {
  for (const AttributeProto& attribute : node.attribute()) {
    if (!attribute.ref_attr_name().empty()) return true;
  }
  return false;
}

Value Rounded(Value value) {
  if (const Tensor* tensor = value.tensor()) {
    Tensor rounded = *tensor;
    rounded.RoundElements();
    return rounded;
  }
  return value;
}

absl::Status Interpreter::RunNodes(const google::protobuf::RepeatedPtrField<NodeProto>& nodes,
                                   const std::set<std::string>& keep, const Context& context) {
  // Values are let go after their last use: large models would not fit into memory otherwise.
  std::vector<std::set<std::string>> last_uses(nodes.size());
  std::set<std::string> used_later = keep;
  for (int i = nodes.size() - 1; i >= 0; --i) {
    std::set<std::string> names;
    CollectReads(nodes[i], names);
    names.insert(nodes[i].output().begin(), nodes[i].output().end());
    for (const std::string& name : names) {
      if (used_later.insert(name).second) last_uses[i].insert(name);
    }
  }
  for (int i = 0; i < nodes.size(); ++i) {
    SINTER_RETURN_IF_ERROR(base::Annotate(RunNode(nodes[i], context), Title(nodes[i])));
    for (const std::string& name : last_uses[i]) context.scope.Forget(name);
  }
  return absl::OkStatus();
}

absl::StatusOr<Values> Interpreter::RunGraph(const GraphProto& graph, Values inputs,
                                             const Context& outer) {
  if (outer.depth >= kMaxDepth) return absl::ResourceExhaustedError("graphs nest too deep");
  if (static_cast<int>(inputs.size()) != graph.input_size()) {
    return absl::InvalidArgumentError(absl::StrCat("graph `", graph.name(), "` has ",
                                                   graph.input_size(), " inputs, but is given ",
                                                   inputs.size()));
  }
  Scope scope(&outer.scope, &options_.external_data);
  scope.AddInitializers(graph);
  for (int i = 0; i < graph.input_size(); ++i) {
    scope.Set(graph.input(i).name(), std::move(inputs[i]));
  }
  std::set<std::string> keep;
  for (const auto& output : graph.output()) keep.insert(output.name());
  SINTER_RETURN_IF_ERROR(
      RunNodes(graph.node(), keep, {outer.opsets, outer.attributes, scope, outer.depth + 1}));
  Values outputs;
  for (const auto& output : graph.output()) {
    SINTER_ASSIGN_OR_RETURN(Value value, scope.Find(output.name()));
    outputs.push_back(std::move(value));
  }
  return outputs;
}

absl::Status Interpreter::RunNode(const NodeProto& given, const Context& context) {
  if (++nodes_run_ > kMostNodes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("more than ", kMostNodes, " nodes were run; the model may never end"));
  }
  const bool refers = HasReferences(given);
  const NodeProto resolved = refers ? ResolveReferences(given, context.attributes) : NodeProto();
  const NodeProto& node = refers ? resolved : given;

  Inputs inputs;
  for (const std::string& name : node.input()) {
    inputs.emplace_back();
    if (name.empty()) continue;
    SINTER_ASSIGN_OR_RETURN(inputs.back(), context.scope.Find(name));
  }
  SINTER_ASSIGN_OR_RETURN(Values outputs, Compute(node, inputs, context));
  for (Value& output : outputs) output = Rounded(std::move(output));
  for (int i = 0; i < node.output_size(); ++i) {
    if (node.output(i).empty()) continue;
    if (i >= static_cast<int>(outputs.size())) {
      return absl::UnimplementedError(
          absl::StrCat("output ", i, " is not computed by the reference evaluator"));
    }
    context.scope.Set(node.output(i), outputs[i]);
  }
  if (options_.observe != nullptr) options_.observe(node, outputs);
  return absl::OkStatus();
}

absl::StatusOr<Values> Interpreter::Compute(const NodeProto& node, const Inputs& inputs,
                                            const Context& context) {
  const std::string domain = NormalDomain(node.domain());
  const auto imported = context.opsets.find(domain);
  const int opset = imported == context.opsets.end() ? 1 : imported->second;

  const auto local = functions_.find(Key(domain, node.op_type(), node.overload()));
  if (local != functions_.end()) {
    std::map<std::string, AttributeProto> attributes;
    for (const AttributeProto& each : local->second->attribute_proto()) {
      attributes[each.name()] = each;
    }
    for (const AttributeProto& each : node.attribute()) attributes[each.name()] = each;
    return RunFunction(*local->second, node, std::move(attributes), inputs, context);
  }

  const OpSchema* schema = onnx::OpSchemaRegistry::Schema(node.op_type(), opset, domain);
  if (schema != nullptr) SINTER_RETURN_IF_ERROR(CheckAgainstSchema(node, *schema, inputs));
  const int version = schema == nullptr ? opset : schema->SinceVersion();
  if (const Operator* row = operators_.Find(domain, node.op_type(), version)) {
    return RunOperator(*row, version, node, inputs, context);
  }
  if (schema != nullptr && (schema->HasFunction() || schema->HasContextDependentFunction())) {
    return RunSchemaFunction(*schema, node, inputs, context);
  }
  return absl::UnimplementedError(absl::StrCat("op `", domain, domain.empty() ? "" : ".",
                                               node.op_type(), "` of version ", version,
                                               " is not known to the reference evaluator"));
}

absl::StatusOr<Values> Interpreter::RunOperator(const Operator& row, int version,
                                                const NodeProto& node, const Inputs& inputs,
                                                const Context& context) {
  for (int i = 0; i < row.min_inputs; ++i) {
    if (i >= static_cast<int>(inputs.size()) || !inputs[i].has_value()) {
      return absl::InvalidArgumentError(absl::StrCat("input ", i, " is missing"));
    }
  }
  const bool tensors_only = row.min_inputs > 0;
  for (const auto& input : inputs) {
    if (tensors_only && input.has_value() && input->tensor() == nullptr) {
      return absl::InvalidArgumentError("an input is no tensor, which the op demands");
    }
  }
  NodeEnvironment environment(*this, context);
  return row.function(Call(node, version, inputs, environment));
}

absl::StatusOr<Values> Interpreter::RunFunction(const FunctionProto& function,
                                                const NodeProto& node,
                                                std::map<std::string, AttributeProto> attributes,
                                                const Inputs& inputs, const Context& context) {
  if (context.depth >= kMaxDepth) return absl::ResourceExhaustedError("functions nest too deep");
  if (static_cast<int>(inputs.size()) > function.input_size()) {
    return absl::InvalidArgumentError(absl::StrCat("the function takes ", function.input_size(),
                                                   " inputs, but is given ", inputs.size()));
  }
  Opsets opsets = ReadOpsets(function.opset_import());
  opsets.insert(context.opsets.begin(), context.opsets.end());
  Scope scope(nullptr, &options_.external_data);
  // An input that the caller left out is left out where the body uses it, too.
  FunctionProto body = function;
  std::set<std::string> missing;
  for (int i = 0; i < function.input_size(); ++i) {
    const bool given = i < static_cast<int>(inputs.size()) && inputs[i].has_value();
    if (given) {
      scope.Set(function.input(i), *inputs[i]);
    } else {
      missing.insert(function.input(i));
    }
  }
  for (NodeProto& inner : *body.mutable_node()) {
    for (std::string& name : *inner.mutable_input()) {
      if (missing.count(name) != 0) name.clear();
    }
  }
  const std::set<std::string> keep(function.output().begin(), function.output().end());
  SINTER_RETURN_IF_ERROR(
      RunNodes(body.node(), keep, {opsets, attributes, scope, context.depth + 1}));
  Values outputs;
  for (int i = 0; i < std::min(function.output_size(), node.output_size()); ++i) {
    // A body need not compute what its node does not want.
    outputs.emplace_back(Tensor(Dtype::kFloat32, {0}));
    if (node.output(i).empty()) continue;
    SINTER_ASSIGN_OR_RETURN(outputs.back(), scope.Find(function.output(i)));
  }
  return outputs;
}

absl::StatusOr<Values> Interpreter::RunSchemaFunction(const OpSchema& schema, const NodeProto& node,
                                                      const Inputs& inputs,
                                                      const Context& context) {
  NodeProto full = node;
  for (const auto& [name, declared] : schema.attributes()) {
    bool given = declared.default_value.type() == AttributeProto::UNDEFINED;
    for (const AttributeProto& attribute : node.attribute()) given |= attribute.name() == name;
    if (!given) *full.add_attribute() = declared.default_value;
  }
  const int opset = context.opsets.at(NormalDomain(node.domain()));
  FunctionProto function;
  bool built = false;
  if (const FunctionProto* fixed = schema.GetFunction(opset)) {
    function = *fixed;
    built = true;
  } else if (schema.HasContextDependentFunction()) {
    std::vector<onnx::TypeProto> types;
    for (const auto& input : inputs) {
      types.push_back(input.has_value() ? TypeOf(*input) : onnx::TypeProto());
    }
    try {
      built = schema.BuildContextDependentFunction(onnx::FunctionBodyBuildContextImpl(full, types),
                                                   function, opset);
    } catch (const std::exception&) {
      built = false;  // a builder that met a form of the op that it can't express
    }
  }
  if (!built) return absl::UnimplementedError("ONNX has no function for this form of the op");
  std::map<std::string, AttributeProto> attributes;
  for (const AttributeProto& each : full.attribute()) attributes[each.name()] = each;
  return RunFunction(function, node, std::move(attributes), inputs, context);
}

// Gives the graph's inputs their values; those that have an initializer may be left out.
absl::Status BindInputs(const GraphProto& graph, const std::map<std::string, Value>& inputs,
                        Scope& scope) {
  std::set<std::string> names;
  for (const auto& input : graph.input()) {
    names.insert(input.name());
    const auto found = inputs.find(input.name());
    if (found != inputs.end()) {
      scope.Set(input.name(), found->second);
    } else if (!scope.Find(input.name()).ok()) {
      return absl::InvalidArgumentError(absl::StrCat("input `", input.name(), "` is missing"));
    }
  }
  for (const auto& [name, value] : inputs) {
    if (names.count(name) == 0) {
      return absl::InvalidArgumentError(absl::StrCat("the graph has no input `", name, "`"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::pair<std::string, Value>>> Evaluate(
    const onnx::ModelProto& model, const std::map<std::string, Value>& inputs,
    const EvaluateOptions& options) {
  const GraphProto& graph = model.graph();
  const Opsets opsets = ReadOpsets(model.opset_import());
  Interpreter interpreter(model, options);
  Scope scope(nullptr, &options.external_data);
  scope.AddInitializers(graph);
  SINTER_RETURN_IF_ERROR(BindInputs(graph, inputs, scope));

  std::set<std::string> keep;
  for (const auto& output : graph.output()) keep.insert(output.name());
  const std::map<std::string, AttributeProto> no_attributes;
  SINTER_RETURN_IF_ERROR(
      interpreter.RunNodes(graph.node(), keep, {opsets, no_attributes, scope, 0}));
  std::vector<std::pair<std::string, Value>> outputs;
  for (const auto& output : graph.output()) {
    SINTER_ASSIGN_OR_RETURN(Value value, scope.Find(output.name()));
    outputs.emplace_back(output.name(), std::move(value));
  }
  return outputs;
}

}  // namespace sinter::reference
