// From values to messages.
#include "runtime/value_proto.h"

#include <climits>

#include "absl/strings/str_cat.h"
#include "base/annotate.h"
#include "base/status_macros.h"
#include "onnx/onnx-data.pb.h"
#include "onnx/onnx_pb.h"
#include "runtime/dtype.h"
#include "runtime/file_bytes.h"
#include "runtime/held_kind.h"
#include "runtime/tensor_proto.h"

namespace sinter::runtime {
namespace {

using onnx::OptionalProto;
using onnx::SequenceProto;
using Kind = ValueType::Kind;

absl::Status Fill(absl::string_view name, const Value& value, onnx::TensorProto* proto) {
  if (value.kind() == Value::Kind::kTensor) {
    return FillTensorProto(name, value.tensor().view(), proto);
  }
  proto->set_name(std::string(name));
  proto->set_data_type(onnx::TensorProto::STRING);
  for (const int64_t dim : value.dims()) proto->add_dims(dim);
  for (const std::string& element : value.strings().values) proto->add_string_data(element);
  return absl::OkStatus();
}

// Element `index` of a tensor of rank 1, as a tensor of rank 0.
absl::Status FillElement(const Value& tensor, int64_t index, onnx::TensorProto* proto) {
  if (tensor.kind() == Value::Kind::kStrings) {
    proto->set_data_type(onnx::TensorProto::STRING);
    proto->add_string_data(tensor.strings().values[index]);
    return absl::OkStatus();
  }
  const Dtype dtype = tensor.tensor().dtype();
  const char* const elements = static_cast<const char*>(tensor.tensor().data());
  return FillTensorProto("", {dtype, {}, elements + index * DtypeBytes(dtype)}, proto);
}

absl::Status Fill(absl::string_view name, const Value& map, onnx::MapProto* proto) {
  proto->set_name(std::string(name));
  const Value& keys = map.keys();
  if (keys.kind() == Value::Kind::kStrings) {
    proto->set_key_type(onnx::TensorProto::STRING);
    for (const std::string& key : keys.strings().values) proto->add_string_keys(key);
  } else if (keys.tensor().dtype() == Dtype::kInt64) {
    proto->set_key_type(onnx::TensorProto::INT64);
    for (const int64_t key : keys.tensor().values<int64_t>()) proto->add_keys(key);
  } else {
    return absl::UnimplementedError(
        absl::StrCat("maps by ", keys.Text(), " are not supported; those by int64 and string are"));
  }
  proto->mutable_values()->set_elem_type(SequenceProto::TENSOR);
  for (int64_t i = 0; i < keys.dims()[0]; ++i) {
    SINTER_RETURN_IF_ERROR(
        FillElement(map.values(), i, proto->mutable_values()->add_tensor_values()));
  }
  return absl::OkStatus();
}

absl::Status Fill(absl::string_view name, const Value& value, const ValueType& type,
                  OptionalProto* proto);

absl::Status Fill(absl::string_view name, const Value& sequence, const ValueType& type,
                  SequenceProto* proto) {
  const ValueType& held = type.of[0];
  proto->set_name(std::string(name));
  proto->set_elem_type(HeldKind(held));
  for (const Value& item : sequence.items()) {
    switch (held.kind) {
      case Kind::kTensor:
        SINTER_RETURN_IF_ERROR(Fill("", item, proto->add_tensor_values()));
        break;
      case Kind::kSequence:
        SINTER_RETURN_IF_ERROR(Fill("", item, held, proto->add_sequence_values()));
        break;
      case Kind::kOptional:
        SINTER_RETURN_IF_ERROR(Fill("", item, held, proto->add_optional_values()));
        break;
      case Kind::kMap:
        SINTER_RETURN_IF_ERROR(Fill("", item, proto->add_map_values()));
        break;
    }
  }
  return absl::OkStatus();
}

absl::Status Fill(absl::string_view name, const Value& value, const ValueType& type,
                  OptionalProto* proto) {
  const ValueType& held = type.of[0];
  proto->set_name(std::string(name));
  proto->set_elem_type(value.is_none() ? OptionalProto::UNDEFINED : HeldKind(held));
  if (value.is_none()) return absl::OkStatus();
  switch (held.kind) {
    case Kind::kTensor:
      return Fill("", value, proto->mutable_tensor_value());
    case Kind::kSequence:
      return Fill("", value, held, proto->mutable_sequence_value());
    case Kind::kOptional:
      return Fill("", value, held, proto->mutable_optional_value());
    case Kind::kMap:
      break;
  }
  return Fill("", value, proto->mutable_map_value());
}

absl::StatusOr<std::string> Serialize(const google::protobuf::MessageLite& message) {
  if (message.ByteSizeLong() > INT_MAX) {
    return absl::ResourceExhaustedError("it exceeds the 2 GiB that a .pb file can hold");
  }
  return message.SerializeAsString();
}

}  // namespace

absl::StatusOr<std::string> FormatValueProto(absl::string_view name, const Value& value,
                                             const ValueType& type) {
  switch (type.kind) {
    case Kind::kTensor: {
      onnx::TensorProto proto;
      SINTER_RETURN_IF_ERROR(Fill(name, value, &proto));
      return Serialize(proto);
    }
    case Kind::kSequence: {
      SequenceProto proto;
      SINTER_RETURN_IF_ERROR(Fill(name, value, type, &proto));
      return Serialize(proto);
    }
    case Kind::kOptional: {
      OptionalProto proto;
      SINTER_RETURN_IF_ERROR(Fill(name, value, type, &proto));
      return Serialize(proto);
    }
    case Kind::kMap:
      break;
  }
  onnx::MapProto proto;
  SINTER_RETURN_IF_ERROR(Fill(name, value, &proto));
  return Serialize(proto);
}

absl::Status WriteValueProto(const std::string& path, absl::string_view name, const Value& value,
                             const ValueType& type) {
  const absl::StatusOr<std::string> bytes = FormatValueProto(name, value, type);
  if (!bytes.ok()) return base::Annotate(bytes.status(), absl::StrCat("`", path, "`"));
  return WriteFileBytes(path, {*bytes});
}

}  // namespace sinter::runtime
