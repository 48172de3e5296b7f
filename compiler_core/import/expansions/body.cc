#include "compiler_core/import/expansions/body.h"

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "onnx/onnx_pb.h"

namespace sinter::import {
namespace {

using ::onnx::AttributeProto;
using ::onnx::NodeProto;

void Write(const Attr& attr, AttributeProto& out) {
  out.set_name(attr.name);
  if (const auto* number = std::get_if<int64_t>(&attr.value)) {
    out.set_type(AttributeProto::INT);
    out.set_i(*number);
  } else if (const auto* real = std::get_if<double>(&attr.value)) {
    out.set_type(AttributeProto::FLOAT);
    out.set_f(static_cast<float>(*real));
  } else if (const auto* text = std::get_if<std::string>(&attr.value)) {
    out.set_type(AttributeProto::STRING);
    out.set_s(*text);
  } else {
    out.set_type(AttributeProto::INTS);
    for (int64_t value : std::get<std::vector<int64_t>>(attr.value)) out.add_ints(value);
  }
}

}  // namespace

Body::Body(const NodeProto& node, int64_t version, std::vector<Operand> operands,
           std::string prefix)
    : node_(node),
      version_(version),
      operands_(std::move(operands)),
      prefix_(std::move(prefix)),
      function_(std::make_unique<::onnx::FunctionProto>()) {
  auto& opset = *function_->add_opset_import();
  opset.set_domain("");
  opset.set_version(kOpset);
}

Body::~Body() = default;

std::unique_ptr<::onnx::FunctionProto> Body::Take() { return std::move(function_); }

// ---- the node

std::string Body::OpType() const { return node_.op_type(); }

Name Body::In(int i) const { return i < node_.input_size() ? node_.input(i) : Name(); }

std::optional<int64_t> Body::Dim(int i, int axis) const {
  if (!Has(i) || !IsRanked(i) || axis < 0 || axis >= Rank(i)) return std::nullopt;
  return Shape(i)[axis].AsConstant();
}

bool Body::Wants(int output) const {
  return output < node_.output_size() && !node_.output(output).empty();
}

Name Body::Out(int i) const { return Wants(i) ? node_.output(i) : Name(); }

const AttributeProto* Body::Find(absl::string_view name) const {
  for (const AttributeProto& attribute : node_.attribute()) {
    if (attribute.name() == name) return &attribute;
  }
  return nullptr;
}

int64_t Body::Int(absl::string_view name, int64_t otherwise) const {
  const AttributeProto* found = Find(name);
  return found != nullptr ? found->i() : otherwise;
}

double Body::Float(absl::string_view name, double otherwise) const {
  const AttributeProto* found = Find(name);
  return found != nullptr ? found->f() : otherwise;
}

std::string Body::Text(absl::string_view name, absl::string_view otherwise) const {
  const AttributeProto* found = Find(name);
  return found != nullptr ? found->s() : std::string(otherwise);
}

std::vector<int64_t> Body::Ints(absl::string_view name) const {
  const AttributeProto* found = Find(name);
  if (found == nullptr) return {};
  return std::vector<int64_t>(found->ints().begin(), found->ints().end());
}

std::vector<double> Body::Floats(absl::string_view name) const {
  const AttributeProto* found = Find(name);
  if (found == nullptr) return {};
  return std::vector<double>(found->floats().begin(), found->floats().end());
}

std::vector<std::string> Body::Texts(absl::string_view name) const {
  const AttributeProto* found = Find(name);
  if (found == nullptr) return {};
  return std::vector<std::string>(found->strings().begin(), found->strings().end());
}

// ---- new nodes

Name Body::NewName() { return absl::StrCat(prefix_, num_names_++); }

NodeProto& Body::AddNode(absl::string_view op, const std::vector<Name>& inputs) {
  NodeProto& added = graph_ ? *graph_->add_node() : *function_->add_node();
  added.set_op_type(std::string(op));
  for (const Name& input : inputs) added.add_input(input);
  return added;
}

Name Body::AddConstant(const ::onnx::TensorProto& tensor) {
  NodeProto& added = AddNode("Constant", {});
  AttributeProto& attribute = *added.add_attribute();
  attribute.set_name("value");
  attribute.set_type(AttributeProto::TENSOR);
  *attribute.mutable_t() = tensor;
  added.add_output(NewName());
  return added.output(0);
}

std::vector<Name> Body::Ops(absl::string_view op, std::vector<Name> inputs, int outputs,
                            std::vector<Attr> attributes) {
  NodeProto& added = AddNode(op, inputs);
  for (const Attr& attr : attributes) Write(attr, *added.add_attribute());
  std::vector<Name> names;
  for (int i = 0; i < outputs; ++i) names.push_back(NewName());
  for (const Name& name : names) added.add_output(name);
  return names;
}

Name Body::Op(absl::string_view op, std::vector<Name> inputs, std::vector<Attr> attributes) {
  return Ops(op, std::move(inputs), 1, std::move(attributes))[0];
}

void Body::Return(int i, const Name& value) {
  SINTER_CHECK(!graph_);
  if (!Wants(i)) return;
  AddNode("Identity", {value}).add_output(node_.output(i));
}

Name Body::Number(double value, ir::DType dtype) { return Tensor({value}, {}, dtype); }

Name Body::Tensor(const std::vector<double>& values, std::vector<int64_t> dims, ir::DType dtype) {
  const bool wide = dtype == ir::DType::kFloat64;
  ::onnx::TensorProto tensor;
  tensor.set_data_type(static_cast<int32_t>(wide ? dtype : ir::DType::kFloat32));
  for (int64_t dim : dims) tensor.add_dims(dim);
  for (double value : values) {
    if (wide) {
      tensor.add_double_data(value);
    } else {
      tensor.add_float_data(static_cast<float>(value));
    }
  }
  const Name name = AddConstant(tensor);
  return wide || dtype == ir::DType::kFloat32 ? name : Cast(name, dtype);
}

Name Body::Integer(uint64_t value, ir::DType dtype) {
  ::onnx::TensorProto tensor;
  tensor.set_data_type(static_cast<int32_t>(dtype));
  if (dtype == ir::DType::kUInt64 || dtype == ir::DType::kUInt32) {
    tensor.add_uint64_data(value);
  } else if (dtype == ir::DType::kInt64) {
    tensor.add_int64_data(static_cast<int64_t>(value));
  } else {
    tensor.add_int32_data(static_cast<int32_t>(value));
  }
  return AddConstant(tensor);
}

Name Body::IntNumber(int64_t value) { return Op("Constant", {}, {{"value_int", value}}); }

Name Body::IntVector(std::vector<int64_t> values) {
  return Op("Constant", {}, {{"value_ints", std::move(values)}});
}

Name Body::Cast(const Name& x, ir::DType dtype) {
  return Op("Cast", {x}, {{"to", static_cast<int64_t>(dtype)}});
}

Name Body::Transpose(const Name& x, std::vector<int64_t> permutation) {
  return Op("Transpose", {x}, {{"perm", std::move(permutation)}});
}

Name Body::Reshape(const Name& x, std::vector<int64_t> shape) {
  return Op("Reshape", {x, IntVector(std::move(shape))});
}

Name Body::Unsqueeze(const Name& x, std::vector<int64_t> axes) {
  return Op("Unsqueeze", {x, IntVector(std::move(axes))});
}

Name Body::Squeeze(const Name& x, std::vector<int64_t> axes) {
  return Op("Squeeze", {x, IntVector(std::move(axes))});
}

Name Body::Pick(const Name& x, int64_t index, int64_t axis) {
  return Op("Gather", {x, IntNumber(index)}, {{"axis", axis}});
}

Name Body::Slice(const Name& x, int64_t from, int64_t to, int64_t axis) {
  return Op("Slice", {x, IntVector({from}), IntVector({to}), IntVector({axis})});
}

std::vector<Name> Body::Split(const Name& x, int parts, int64_t axis) {
  return Ops("Split", {x}, parts, {{"axis", axis}, {"num_outputs", int64_t{parts}}});
}

std::vector<Name> Body::SplitInto(const Name& x, std::vector<int64_t> sizes, int64_t axis) {
  const int parts = static_cast<int>(sizes.size());
  return Ops("Split", {x, IntVector(std::move(sizes))}, parts, {{"axis", axis}});
}

Name Body::Concat(std::vector<Name> parts, int64_t axis) {
  if (parts.size() == 1) return parts[0];
  return Op("Concat", std::move(parts), {{"axis", axis}});
}

Name Body::Sum(const Name& x, std::vector<int64_t> axes, bool keep) {
  return Op("ReduceSum", {x, IntVector(std::move(axes))}, {{"keepdims", int64_t{keep}}});
}

Name Body::Mean(const Name& x, std::vector<int64_t> axes, bool keep) {
  return Op("ReduceMean", {x, IntVector(std::move(axes))}, {{"keepdims", int64_t{keep}}});
}

Name Body::ShapeOf(const Name& x, int64_t from, int64_t to) {
  return Op("Shape", {x}, {{"start", from}, {"end", to}});
}

Name Body::Zeros(const Name& shape, ir::DType dtype) {
  return Op("Expand", {Number(0, dtype), shape});
}

// ---- graphs

void Body::BeginGraph() {
  SINTER_CHECK(!graph_);
  graph_ = std::make_unique<::onnx::GraphProto>();
}

std::vector<Name> Body::EndScan(const std::vector<std::pair<Name, Name>>& states,
                                const std::vector<std::pair<Name, Name>>& scanned,
                                const std::vector<Name>& next_states,
                                const std::vector<Name>& collected, bool reverse) {
  std::unique_ptr<::onnx::GraphProto> graph = std::move(graph_);
  graph->set_name("step");
  std::vector<Name> inputs;
  for (const auto* list : {&states, &scanned}) {
    for (const auto& [inner, outer] : *list) {
      graph->add_input()->set_name(inner);
      inputs.push_back(outer);
    }
  }
  for (const auto* list : {&next_states, &collected}) {
    for (const Name& name : *list) graph->add_output()->set_name(name);
  }
  const int64_t backwards = reverse ? 1 : 0;
  NodeProto& scan = AddNode("Scan", inputs);
  Write({"num_scan_inputs", static_cast<int64_t>(scanned.size())}, *scan.add_attribute());
  Write({"scan_input_directions", std::vector<int64_t>(scanned.size(), backwards)},
        *scan.add_attribute());
  Write({"scan_output_directions", std::vector<int64_t>(collected.size(), backwards)},
        *scan.add_attribute());
  AttributeProto& attribute = *scan.add_attribute();
  attribute.set_name("body");
  attribute.set_type(AttributeProto::GRAPH);
  *attribute.mutable_g() = std::move(*graph);
  std::vector<Name> results;
  for (size_t i = 0; i < next_states.size() + collected.size(); ++i) {
    results.push_back(NewName());
    scan.add_output(results.back());
  }
  return results;
}

bool IsRealFloat(ir::DType dtype) {
  return dtype == ir::DType::kFloat32 || dtype == ir::DType::kFloat64 ||
         dtype == ir::DType::kFloat16 || dtype == ir::DType::kBFloat16;
}

ir::DType WideType(ir::DType dtype) {
  const bool narrow = dtype == ir::DType::kFloat16 || dtype == ir::DType::kBFloat16;
  return narrow ? ir::DType::kFloat32 : dtype;
}

absl::Status UnsupportedForm(absl::string_view what) {
  return ir::Error(ir::DiagnosticKind::kUnsupportedAttribute,
                   absl::StrCat(what, " is not supported"));
}

}  // namespace sinter::import
