// Values to and from ONNX's protos.
#ifndef SINTER_REFERENCE_TENSOR_PROTO_H_
#define SINTER_REFERENCE_TENSOR_PROTO_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "onnx/onnx_pb.h"
#include "reference/value.h"

namespace sinter::reference {

// Fetches the bytes of a tensor whose data_location is EXTERNAL.
using ExternalData = std::function<absl::StatusOr<std::string>(const onnx::TensorProto&)>;

// ERRORS: INVALID_ARGUMENT for a proto that contradicts itself, UNIMPLEMENTED for a type unknown to
// us, RESOURCE_EXHAUSTED for a giant, or what `external_data` reports. Without `external_data`,
// external tensors are an INVALID_ARGUMENT.
absl::StatusOr<Tensor> FromProto(const onnx::TensorProto& proto,
                                 const ExternalData& external_data = nullptr);
absl::StatusOr<Tensor> FromProto(const onnx::SparseTensorProto& proto,
                                 const ExternalData& external_data = nullptr);

// A serialized TensorProto, SequenceProto, MapProto or OptionalProto, whichever `type` says.
absl::StatusOr<Value> ParseValue(const onnx::TypeProto& type, absl::string_view bytes);

// The tensor with its elements in raw_data, or in string_data.
onnx::TensorProto ToProto(const Tensor& tensor);

// The elements of a numeric tensor as bytes, little-endian; those of less than 8 bits are packed,
// the first in the lowest bits. And back; ERRORS: INVALID_ARGUMENT for the wrong number of bytes.
std::string ToBytes(const Tensor& tensor);
absl::StatusOr<Tensor> FromBytes(Dtype dtype, Dims dims, absl::string_view bytes);

// The type of a value, with the shape of a tensor; and ONNX's text for a type, without shapes.
onnx::TypeProto TypeOf(const Value& value);
std::string TypeText(const onnx::TypeProto& type);

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_TENSOR_PROTO_H_
