#include "reference/operator.h"

#include "base/check.h"

namespace sinter::reference {

const Tensor& Call::tensor(int input) const {
  SINTER_CHECK(Has(input)) << node_.op_type() << " input " << input;
  const Tensor* tensor = inputs_[input]->tensor();
  SINTER_CHECK(tensor != nullptr) << node_.op_type() << " input " << input;
  return *tensor;
}

const Tensor* Call::optional_tensor(int input) const {
  return Has(input) ? &tensor(input) : nullptr;
}

const onnx::AttributeProto* Call::Attribute(absl::string_view name) const {
  for (const onnx::AttributeProto& attribute : node_.attribute()) {
    if (attribute.name() == name) return &attribute;
  }
  return nullptr;
}

int64_t Call::Int(absl::string_view name, int64_t otherwise) const {
  const onnx::AttributeProto* attribute = Attribute(name);
  return attribute == nullptr ? otherwise : attribute->i();
}

double Call::Float(absl::string_view name, double otherwise) const {
  const onnx::AttributeProto* attribute = Attribute(name);
  return attribute == nullptr ? otherwise : attribute->f();
}

std::string Call::String(absl::string_view name, absl::string_view otherwise) const {
  const onnx::AttributeProto* attribute = Attribute(name);
  return attribute == nullptr ? std::string(otherwise) : attribute->s();
}

std::vector<int64_t> Call::Ints(absl::string_view name) const {
  const onnx::AttributeProto* attribute = Attribute(name);
  if (attribute == nullptr) return {};
  return {attribute->ints().begin(), attribute->ints().end()};
}

std::vector<double> Call::Floats(absl::string_view name) const {
  const onnx::AttributeProto* attribute = Attribute(name);
  if (attribute == nullptr) return {};
  return {attribute->floats().begin(), attribute->floats().end()};
}

std::vector<std::string> Call::Strings(absl::string_view name) const {
  const onnx::AttributeProto* attribute = Attribute(name);
  if (attribute == nullptr) return {};
  return {attribute->strings().begin(), attribute->strings().end()};
}

const onnx::GraphProto& Call::Graph(absl::string_view name) const {
  const onnx::AttributeProto* attribute = Attribute(name);
  SINTER_CHECK(attribute != nullptr && attribute->has_g()) << std::string(name);
  return attribute->g();
}

}  // namespace sinter::reference
