#include "client/testing/onnx_bytes.h"

namespace sinter::client::testing {
namespace {

std::string Varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<char>(value | 0x80));
  bytes.push_back(static_cast<char>(value));
  return bytes;
}

}  // namespace

std::string Number(uint32_t field, uint64_t value) {
  return Varint(uint64_t{field} << 3) + Varint(value);
}

std::string Bytes(uint32_t field, const std::string& value) {
  return Varint(uint64_t{field} << 3 | 2) + Varint(value.size()) + value;
}

std::string ExternalTensor(const std::string& location) {
  return Number(14, 1) + Message(13, Bytes(1, "location") + Bytes(2, location));
}

std::string TensorValue(const std::string& name, int32_t element_type,
                        const std::vector<int64_t>& dims, const std::string& free_name) {
  std::string shape;
  for (const int64_t dim : dims) {
    shape += Message(1, dim < 0 ? Bytes(2, free_name) : Number(1, static_cast<uint64_t>(dim)));
  }
  const std::string type = Number(1, static_cast<uint64_t>(element_type)) + Message(2, shape);
  return Bytes(1, name) + Message(2, Message(1, type));
}

std::string Node(const std::string& name, const std::string& op_type,
                 const std::vector<std::string>& inputs, const std::vector<std::string>& outputs,
                 const std::string& domain) {
  std::string node;
  for (const std::string& input : inputs) node += Bytes(1, input);
  for (const std::string& output : outputs) node += Bytes(2, output);
  node += Bytes(3, name) + Bytes(4, op_type);
  if (!domain.empty()) node += Bytes(7, domain);
  return node;
}

std::string FloatTensor(const std::string& name, const std::vector<int64_t>& dims,
                        const std::vector<float>& values, const std::string& location) {
  std::string tensor;
  for (const int64_t dim : dims) tensor += Number(1, static_cast<uint64_t>(dim));
  tensor += Number(2, 1) + Bytes(8, name);
  if (!location.empty()) return tensor + ExternalTensor(location);
  return tensor + Bytes(9, std::string(reinterpret_cast<const char*>(values.data()),
                                       values.size() * sizeof(float)));
}

std::string Model(const std::string& graph, const std::string& domain) {
  std::string opsets = Message(8, Number(2, 17));
  if (!domain.empty()) opsets += Message(8, Bytes(1, domain) + Number(2, 1));
  return Number(1, 8) + opsets + Message(7, graph);
}

std::string ReluModel(const std::vector<int64_t>& dims) {
  return Model(Message(1, Node("relu", "Relu", {"x"}, {"y"})) + Bytes(2, "relu_graph") +
               Message(11, TensorValue("x", 1, dims, "n")) +
               Message(12, TensorValue("y", 1, dims, "n")));
}

}  // namespace sinter::client::testing
