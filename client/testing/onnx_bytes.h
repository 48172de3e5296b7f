// Serialized ONNX messages written by hand, so that tests can make any model, valid or not, without
// ONNX's own library.
//
//   std::string model = Number(1, 8) + Message(7, Message(5, ExternalTensor("w.bin")));
#ifndef SINTER_CLIENT_TESTING_ONNX_BYTES_H_
#define SINTER_CLIENT_TESTING_ONNX_BYTES_H_

#include <cstdint>
#include <string>
#include <vector>

namespace sinter::client::testing {

// A field that holds a number, a string, or a message.
std::string Number(uint32_t field, uint64_t value);
std::string Bytes(uint32_t field, const std::string& value);
inline std::string Message(uint32_t field, const std::string& message) {
  return Bytes(field, message);
}

// A TensorProto whose data is in the file `location`.
std::string ExternalTensor(const std::string& location);

// A ValueInfoProto of a tensor; -1 among `dims` is a free dimension called `free_name`.
std::string TensorValue(const std::string& name, int32_t element_type,
                        const std::vector<int64_t>& dims, const std::string& free_name);

// A NodeProto without attributes.
std::string Node(const std::string& name, const std::string& op_type,
                 const std::vector<std::string>& inputs, const std::vector<std::string>& outputs,
                 const std::string& domain = "");

// A TensorProto of float32. With `location` its bytes are all of that file instead.
std::string FloatTensor(const std::string& name, const std::vector<int64_t>& dims,
                        const std::vector<float>& values, const std::string& location = "");

// A ModelProto of opset 17 (and version 1 of `domain`) around the fields of a GraphProto.
std::string Model(const std::string& graph, const std::string& domain = "");

// A whole model, `y = Relu(x)`, with `x: float32[dims]`.
std::string ReluModel(const std::vector<int64_t>& dims);

}  // namespace sinter::client::testing

#endif  // SINTER_CLIENT_TESTING_ONNX_BYTES_H_
