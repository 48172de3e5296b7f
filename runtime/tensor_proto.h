// ONNX's own serialized tensors (onnx.TensorProto, the .pb files of test sets): the exact form of
// every element type. A library of its own, since it is the only part of the runtime that needs
// protobuf.
#ifndef SINTER_RUNTIME_TENSOR_PROTO_H_
#define SINTER_RUNTIME_TENSOR_PROTO_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/tensor.h"

namespace onnx {
class TensorProto;
}  // namespace onnx

namespace sinter::runtime {

// Reads both ways of storing elements, raw bytes and typed fields, of every type in AllDtypes().
// ERRORS: INVALID_ARGUMENT if elements and shape disagree or an element exceeds its type;
// UNIMPLEMENTED for strings, segments and external data; RESOURCE_EXHAUSTED if memory lacks.
absl::StatusOr<NamedTensor> FromTensorProto(const onnx::TensorProto& proto);

// The same from a serialized message. ERRORS: also INVALID_ARGUMENT if it is none.
absl::StatusOr<NamedTensor> ParseTensorProto(absl::string_view bytes);

// Fills an empty message, its elements as raw bytes.
// ERRORS: RESOURCE_EXHAUSTED beyond protobuf's 2 GiB.
absl::Status FillTensorProto(absl::string_view name, const TensorView& tensor,
                             onnx::TensorProto* proto);

// RETURNS: the serialized message, its elements as raw bytes.
// ERRORS: RESOURCE_EXHAUSTED beyond protobuf's 2 GiB.
absl::StatusOr<std::string> FormatTensorProto(absl::string_view name, const TensorView& tensor);

// The same with files. ERRORS: also what the system says, each naming `path`.
absl::StatusOr<NamedTensor> ReadTensorProto(const std::string& path);
absl::Status WriteTensorProto(const std::string& path, absl::string_view name,
                              const TensorView& tensor);

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_TENSOR_PROTO_H_
