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

std::string ReluModel(const std::vector<int64_t>& dims) {
  const std::string node = Bytes(1, "x") + Bytes(2, "y") + Bytes(3, "relu") + Bytes(4, "Relu");
  const std::string graph = Message(1, node) + Bytes(2, "relu_graph") +
                            Message(11, TensorValue("x", 1, dims, "n")) +
                            Message(12, TensorValue("y", 1, dims, "n"));
  return Number(1, 8) + Message(8, Number(2, 17)) + Message(7, graph);
}

}  // namespace sinter::client::testing
