// Values of all kinds as ONNX serializes them: onnx.TensorProto (of strings too), SequenceProto,
// OptionalProto and MapProto, the .pb files of test sets. Which message a file holds, its declared
// type tells: the bytes alone do not.
#ifndef SINTER_RUNTIME_VALUE_PROTO_H_
#define SINTER_RUNTIME_VALUE_PROTO_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/value.h"
#include "runtime/value_type.h"

namespace onnx {
class TypeProto;
}  // namespace onnx

namespace sinter::runtime {

// RETURNS: the type that a model declares. ERRORS: INVALID_ARGUMENT if it declares none, or no
// element type; UNIMPLEMENTED for sparse and opaque types.
absl::StatusOr<ValueType> ToValueType(const onnx::TypeProto& proto);

// Reads the message that stands for a value of that type. Element types of tensors are as stored,
// which CheckType() compares with what they should be.
// ERRORS: INVALID_ARGUMENT if the bytes are no such message or contradict themselves; UNIMPLEMENTED
// for sparse tensors and for maps whose values are no single elements; also those of
// ParseTensorProto().
absl::StatusOr<Value> ParseValueProto(absl::string_view bytes, const ValueType& type);

// RETURNS: the serialized message. REQUIRES: CheckType(value, type) is OK.
// ERRORS: RESOURCE_EXHAUSTED beyond protobuf's 2 GiB.
absl::StatusOr<std::string> FormatValueProto(absl::string_view name, const Value& value,
                                             const ValueType& type);

// The same with files. ERRORS: also what the system says, each naming `path`.
absl::StatusOr<Value> ReadValueProto(const std::string& path, const ValueType& type);
absl::Status WriteValueProto(const std::string& path, absl::string_view name, const Value& value,
                             const ValueType& type);

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_VALUE_PROTO_H_
