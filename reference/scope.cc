#include "reference/scope.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace sinter::reference {
namespace {

void CollectGraphReads(const onnx::GraphProto& graph, std::set<std::string>& names) {
  for (const onnx::NodeProto& node : graph.node()) CollectReads(node, names);
  for (const auto& output : graph.output()) names.insert(output.name());
}

}  // namespace

void Scope::AddInitializers(const onnx::GraphProto& graph) {
  for (const auto& tensor : graph.initializer()) initializers_[tensor.name()] = &tensor;
  for (const auto& tensor : graph.sparse_initializer()) {
    sparse_initializers_[tensor.values().name()] = &tensor;
  }
}

void Scope::Set(const std::string& name, Value value) {
  values_.insert_or_assign(name, std::move(value));
}

absl::Status Scope::ReadInitializer(const std::string& name) {
  if (const auto dense = initializers_.find(name); dense != initializers_.end()) {
    SINTER_ASSIGN_OR_RETURN(Tensor tensor, FromProto(*dense->second, *external_data_));
    Set(name, std::move(tensor));
  } else if (const auto sparse = sparse_initializers_.find(name);
             sparse != sparse_initializers_.end()) {
    SINTER_ASSIGN_OR_RETURN(Tensor tensor, FromProto(*sparse->second, *external_data_));
    Set(name, std::move(tensor));
  }
  return absl::OkStatus();
}

absl::StatusOr<Value> Scope::Find(const std::string& name) {
  for (Scope* scope = this; scope != nullptr; scope = scope->parent_) {
    if (scope->values_.count(name) == 0) SINTER_RETURN_IF_ERROR(scope->ReadInitializer(name));
    if (const auto found = scope->values_.find(name); found != scope->values_.end()) {
      return found->second;
    }
  }
  return absl::InvalidArgumentError(absl::StrCat("`", name, "` has no value here"));
}

void CollectReads(const onnx::NodeProto& node, std::set<std::string>& names) {
  names.insert(node.input().begin(), node.input().end());
  for (const auto& attribute : node.attribute()) {
    if (attribute.has_g()) CollectGraphReads(attribute.g(), names);
    for (const auto& graph : attribute.graphs()) CollectGraphReads(graph, names);
  }
}

}  // namespace sinter::reference
