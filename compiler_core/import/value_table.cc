#include "compiler_core/import/value_table.h"

#include <utility>

#include "base/status_macros.h"
#include "onnx/onnx_pb.h"

namespace sinter::import {

using ir::HostTensor;

onnx::OperandInfo Value::Info() const {
  return {&type, known ? &*known : nullptr, constant ? &*constant : nullptr};
}

ValueTable::ValueTable(const ::onnx::GraphProto& graph, const TensorReader& tensors)
    : tensors_(tensors) {
  for (const auto& tensor : graph.initializer()) initializers_[tensor.name()] = &tensor;
}

absl::StatusOr<Value*> ValueTable::Find(const std::string& name) {
  auto found = values_.find(name);
  if (found != values_.end()) return &found->second;
  auto initializer = initializers_.find(name);
  if (initializer == initializers_.end()) return nullptr;
  SINTER_ASSIGN_OR_RETURN(HostTensor tensor, tensors_.Read(*initializer->second));
  DefineConstant(name, std::move(tensor));
  return &values_[name];
}

void ValueTable::Define(const std::string& name, Value value) {
  if (!name.empty()) values_[name] = std::move(value);
}

void ValueTable::DefineConstant(const std::string& name, HostTensor tensor) {
  Value value;
  value.type.dtype = tensor.dtype();
  value.type.shape.assign(tensor.dims().begin(), tensor.dims().end());
  value.constant = std::move(tensor);
  Define(name, std::move(value));
}

}  // namespace sinter::import
