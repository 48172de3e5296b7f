#include "client/bisect/model_cut.h"

#include <algorithm>
#include <vector>

#include "reference/tensor_proto.h"

namespace sinter::client {
namespace {

void AddNamesRead(const onnx::GraphProto& graph, std::set<std::string>& names) {
  for (const onnx::NodeProto& node : graph.node()) {
    const std::set<std::string> read = NamesRead(node);
    names.insert(read.begin(), read.end());
  }
  for (const auto& output : graph.output()) names.insert(output.name());
}

// Keeps the elements for which `wanted` holds, in order.
template <typename Field, typename Predicate>
void Keep(Field& field, const Predicate& wanted) {
  Field kept;
  for (auto& element : field) {
    if (wanted(element)) kept.Add()->Swap(&element);
  }
  field.Swap(&kept);
}

bool Declare(const std::string& name, const BisectValues& values,
             google::protobuf::RepeatedPtrField<onnx::ValueInfoProto>& list) {
  const auto value = values.find(name);
  if (value == values.end() || value->second.tensor() == nullptr) return false;
  for (const auto& declared : list) {
    if (declared.name() == name) return true;
  }
  onnx::ValueInfoProto* const info = list.Add();
  info->set_name(name);
  *info->mutable_type() = reference::TypeOf(value->second);
  return true;
}

std::set<std::string> OutputNames(const onnx::GraphProto& graph) {
  std::set<std::string> names;
  for (const auto& output : graph.output()) names.insert(output.name());
  return names;
}

// Removes the nodes in `gone` and declares what is read of them as inputs.
bool Cut(const onnx::ModelProto& model, const std::set<int>& gone, const BisectValues& values,
         onnx::ModelProto& cut) {
  cut = model;
  onnx::GraphProto& graph = *cut.mutable_graph();
  std::set<std::string> computed;
  std::vector<onnx::NodeProto> rest;
  for (int i = 0; i < graph.node_size(); ++i) {
    if (gone.count(i) == 0) {
      rest.push_back(graph.node(i));
    } else {
      computed.insert(graph.node(i).output().begin(), graph.node(i).output().end());
    }
  }
  graph.clear_node();
  for (const onnx::NodeProto& node : rest) *graph.add_node() = node;
  const std::set<std::string> outputs = OutputNames(graph);
  for (const onnx::NodeProto& node : rest) {
    for (const std::string& name : NamesRead(node)) {
      if (name.empty() || computed.count(name) == 0) continue;
      if (!Declare(name, values, *graph.mutable_input())) return false;
    }
  }
  // An output that is an input shows nothing.
  Keep(*graph.mutable_output(), [&](const auto& output) { return !computed.count(output.name()); });
  Prune(cut);
  return graph.node_size() > 0 && graph.output_size() > 0;
}

}  // namespace

std::set<std::string> NamesRead(const onnx::NodeProto& node) {
  std::set<std::string> names(node.input().begin(), node.input().end());
  for (const onnx::AttributeProto& attribute : node.attribute()) {
    if (attribute.has_g()) AddNamesRead(attribute.g(), names);
    for (const onnx::GraphProto& graph : attribute.graphs()) AddNamesRead(graph, names);
  }
  return names;
}

void Prune(onnx::ModelProto& model) {
  onnx::GraphProto& graph = *model.mutable_graph();
  std::set<std::string> needed = OutputNames(graph);
  std::vector<bool> wanted(graph.node_size());
  for (int i = graph.node_size() - 1; i >= 0; --i) {
    for (const std::string& name : graph.node(i).output()) {
      if (!name.empty() && needed.count(name) > 0) wanted[i] = true;
    }
    if (!wanted[i]) continue;
    const std::set<std::string> read = NamesRead(graph.node(i));
    needed.insert(read.begin(), read.end());
  }
  int next = 0;
  Keep(*graph.mutable_node(), [&](const auto&) { return wanted[next++]; });
  Keep(*graph.mutable_input(), [&](const auto& input) { return needed.count(input.name()) > 0; });
  Keep(*graph.mutable_initializer(),
       [&](const auto& tensor) { return needed.count(tensor.name()) > 0; });
  graph.clear_value_info();
}

onnx::ModelProto WithoutOutput(const onnx::ModelProto& model, int index) {
  onnx::ModelProto cut = model;
  cut.mutable_graph()->mutable_output()->DeleteSubrange(index, 1);
  Prune(cut);
  return cut;
}

bool CutFront(const onnx::ModelProto& model, int count, const BisectValues& values,
              onnx::ModelProto& cut) {
  std::set<int> gone;
  for (int i = 0; i < count; ++i) gone.insert(i);
  return Cut(model, gone, values, cut);
}

bool CutNode(const onnx::ModelProto& model, int index, const BisectValues& values,
             onnx::ModelProto& cut) {
  return Cut(model, {index}, values, cut);
}

bool CutBack(const onnx::ModelProto& model, int index, const BisectValues& values,
             onnx::ModelProto& cut) {
  cut = model;
  onnx::GraphProto& graph = *cut.mutable_graph();
  const onnx::NodeProto node = graph.node(index);
  const std::set<std::string> computed(node.output().begin(), node.output().end());
  for (const onnx::NodeProto& other : graph.node()) {
    for (const std::string& name : NamesRead(other)) {
      if (!name.empty() && computed.count(name) > 0) return false;
    }
  }
  graph.mutable_node()->DeleteSubrange(index, 1);
  Keep(*graph.mutable_output(), [&](const auto& output) { return !computed.count(output.name()); });
  std::set<std::string> still_computed;
  for (const onnx::NodeProto& other : graph.node()) {
    still_computed.insert(other.output().begin(), other.output().end());
  }
  for (const std::string& name : NamesRead(node)) {
    if (name.empty() || still_computed.count(name) == 0) continue;
    if (!Declare(name, values, *graph.mutable_output())) return false;
  }
  Prune(cut);
  return graph.node_size() > 0 && graph.output_size() > 0;
}

bool OnlyNode(const onnx::ModelProto& model, int index, const BisectValues& values,
              onnx::ModelProto& cut) {
  cut = model;
  onnx::GraphProto& graph = *cut.mutable_graph();
  const onnx::NodeProto node = graph.node(index);
  std::set<std::string> given;
  for (const auto& tensor : graph.initializer()) given.insert(tensor.name());
  graph.clear_node();
  *graph.add_node() = node;
  graph.clear_output();
  for (const std::string& name : node.output()) {
    if (!name.empty() && values.count(name) > 0) Declare(name, values, *graph.mutable_output());
  }
  for (const std::string& name : NamesRead(node)) {
    if (name.empty() || given.count(name) > 0 || values.count(name) == 0) continue;
    if (!Declare(name, values, *graph.mutable_input())) return false;
  }
  Prune(cut);
  return graph.output_size() > 0;
}

bool WithoutConstants(const onnx::ModelProto& model, const BisectValues& values,
                      onnx::ModelProto& cut) {
  cut = model;
  onnx::GraphProto& graph = *cut.mutable_graph();
  if (graph.initializer().empty()) return false;
  for (const auto& tensor : graph.initializer()) {
    if (!Declare(tensor.name(), values, *graph.mutable_input())) return false;
  }
  graph.clear_initializer();
  return true;
}

}  // namespace sinter::client
