// From messages to values.
#include "runtime/value_proto.h"

#include <climits>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/annotate.h"
#include "base/status_macros.h"
#include "onnx/onnx-data.pb.h"
#include "onnx/onnx_pb.h"
#include "runtime/dtype.h"
#include "runtime/file_bytes.h"
#include "runtime/held_kind.h"
#include "runtime/tensor.h"
#include "runtime/tensor_proto.h"

namespace sinter::runtime {
namespace {

using onnx::OptionalProto;
using onnx::SequenceProto;
using Kind = ValueType::Kind;

absl::StatusOr<Value> FromStrings(const onnx::TensorProto& proto) {
  StringTensor strings;
  strings.dims.assign(proto.dims().begin(), proto.dims().end());
  const absl::StatusOr<int64_t> count = ElementCount(strings.dims);
  if (!count.ok()) return count.status();
  if (*count != proto.string_data_size()) {
    return absl::InvalidArgumentError(absl::StrCat("`string_data` holds ", proto.string_data_size(),
                                                   " strings, but a tensor of shape ",
                                                   ShapeText(strings.dims), " takes ", *count));
  }
  strings.values.assign(proto.string_data().begin(), proto.string_data().end());
  return Value(std::move(strings));
}

absl::StatusOr<Value> FromTensor(const onnx::TensorProto& proto) {
  if (proto.data_type() != onnx::TensorProto::STRING) {
    SINTER_ASSIGN_OR_RETURN(NamedTensor named, FromTensorProto(proto));
    return Value(std::move(named.tensor));
  }
  absl::StatusOr<Value> strings = FromStrings(proto);
  if (strings.ok()) return strings;
  return base::Annotate(strings.status(), absl::StrCat("tensor `", proto.name(), "`"));
}

absl::StatusOr<Value> FromSequence(const SequenceProto& proto, const ValueType& type);
absl::StatusOr<Value> FromOptional(const OptionalProto& proto, const ValueType& type);
absl::StatusOr<Value> FromMap(const onnx::MapProto& proto, const ValueType& type);

absl::Status WrongHeldKind(const char* message, int32_t got, const ValueType& type) {
  return absl::InvalidArgumentError(absl::StrCat("the onnx.", message, " holds elements of type ",
                                                 got, ", but what is declared is ", type.Text()));
}

template <typename Field, typename Convert>
absl::StatusOr<Value> FromItems(const Field& field, const Convert& convert) {
  std::vector<Value> items;
  items.reserve(field.size());
  for (const auto& proto : field) {
    absl::StatusOr<Value> item = convert(proto);
    if (!item.ok()) return base::Annotate(item.status(), absl::StrCat("item ", items.size()));
    items.push_back(*std::move(item));
  }
  return Value::Sequence(std::move(items));
}

absl::StatusOr<Value> FromSequence(const SequenceProto& proto, const ValueType& type) {
  const ValueType& item = type.of[0];
  if (proto.elem_type() != HeldKind(item) && proto.elem_type() != SequenceProto::UNDEFINED) {
    return WrongHeldKind("SequenceProto", proto.elem_type(), type);
  }
  switch (item.kind) {
    case Kind::kTensor:
      return FromItems(proto.tensor_values(), FromTensor);
    case Kind::kSequence:
      return FromItems(proto.sequence_values(),
                       [&](const SequenceProto& inner) { return FromSequence(inner, item); });
    case Kind::kOptional:
      return FromItems(proto.optional_values(),
                       [&](const OptionalProto& inner) { return FromOptional(inner, item); });
    case Kind::kMap:
      break;
  }
  return FromItems(proto.map_values(),
                   [&](const onnx::MapProto& inner) { return FromMap(inner, item); });
}

absl::StatusOr<Value> FromOptional(const OptionalProto& proto, const ValueType& type) {
  const ValueType& held = type.of[0];
  if (proto.elem_type() == OptionalProto::UNDEFINED) return Value();
  if (proto.elem_type() != HeldKind(held)) {
    return WrongHeldKind("OptionalProto", proto.elem_type(), type);
  }
  if (held.kind == Kind::kTensor && proto.has_tensor_value()) {
    return FromTensor(proto.tensor_value());
  }
  if (held.kind == Kind::kSequence && proto.has_sequence_value()) {
    return FromSequence(proto.sequence_value(), held);
  }
  if (held.kind == Kind::kMap && proto.has_map_value()) {
    return FromMap(proto.map_value(), held);
  }
  if (held.kind == Kind::kOptional && proto.has_optional_value()) {
    return FromOptional(proto.optional_value(), held);
  }
  // onnx.numpy_helper writes an empty optional of known type like this.
  return Value();
}

absl::StatusOr<Value> MapKeys(const onnx::MapProto& proto) {
  const int64_t strings = proto.string_keys_size(), integers = proto.keys_size();
  if (proto.key_type() == onnx::TensorProto::STRING) {
    return Value(StringTensor{{strings}, {proto.string_keys().begin(), proto.string_keys().end()}});
  }
  if (proto.key_type() != onnx::TensorProto::INT64) {
    return absl::UnimplementedError(
        absl::StrCat("maps by ", DtypeName(static_cast<Dtype>(proto.key_type())),
                     " are not supported; those by int64 and string are"));
  }
  SINTER_ASSIGN_OR_RETURN(Tensor keys, Tensor::Make(Dtype::kInt64, {integers}));
  if (integers > 0) std::memcpy(keys.mutable_data(), proto.keys().data(), keys.byte_size());
  return Value(std::move(keys));
}

// Makes one tensor of rank 1 from tensors of one element each.
absl::StatusOr<Value> JoinScalars(absl::Span<const Value> scalars, Dtype dtype) {
  const auto count = static_cast<int64_t>(scalars.size());
  StringTensor strings{{count}, {}};
  const bool are_strings = dtype == Dtype::kString;
  SINTER_ASSIGN_OR_RETURN(Tensor joined,
                          Tensor::Make(are_strings ? Dtype::kUint8 : dtype, {count}));
  for (size_t i = 0; i < scalars.size(); ++i) {
    const Value& scalar = scalars[i];
    SINTER_RETURN_IF_ERROR(base::Annotate(CheckType(scalar, ValueType::OfTensor(dtype)),
                                          absl::StrCat("value ", i, " of the map")));
    SINTER_ASSIGN_OR_RETURN(const int64_t elements, ElementCount(scalar.dims()));
    if (elements != 1) {
      return absl::UnimplementedError(absl::StrCat("value ", i, " of the map is ", scalar.Text(),
                                                   "; only single elements are supported"));
    }
    if (are_strings) {
      strings.values.push_back(scalar.strings().values[0]);
    } else {
      const int bytes = DtypeBytes(dtype);
      std::memcpy(static_cast<char*>(joined.mutable_data()) + i * bytes, scalar.tensor().data(),
                  bytes);
    }
  }
  return are_strings ? Value(std::move(strings)) : Value(std::move(joined));
}

absl::StatusOr<Value> FromMap(const onnx::MapProto& proto, const ValueType& type) {
  const ValueType& held = type.of[0];
  if (held.kind != Kind::kTensor) {
    return absl::UnimplementedError(
        absl::StrCat(type.Text(), " is not supported; maps of single elements are"));
  }
  SINTER_ASSIGN_OR_RETURN(Value keys, MapKeys(proto));
  ValueType list;
  list.kind = Kind::kSequence;
  list.of.push_back(held);
  SINTER_ASSIGN_OR_RETURN(const Value scalars, FromSequence(proto.values(), list));
  SINTER_ASSIGN_OR_RETURN(Value values, JoinScalars(scalars.items(), held.dtype));
  if (keys.dims() != values.dims()) {
    return absl::InvalidArgumentError(absl::StrCat("the onnx.MapProto has ", keys.dims()[0],
                                                   " keys, but ", values.dims()[0], " values"));
  }
  return Value::Map(std::move(keys), std::move(values));
}

template <typename Message>
absl::StatusOr<Message> Parse(absl::string_view bytes) {
  Message message;
  if (bytes.size() > INT_MAX || !message.ParseFromArray(bytes.data(), bytes.size())) {
    return absl::InvalidArgumentError(
        absl::StrCat("it is not a serialized ", message.GetTypeName()));
  }
  return message;
}

}  // namespace

absl::StatusOr<ValueType> ToValueType(const onnx::TypeProto& proto) {
  ValueType type;
  const onnx::TypeProto* held = nullptr;
  if (proto.has_tensor_type()) {
    type.dtype = static_cast<Dtype>(proto.tensor_type().elem_type());
  } else if (proto.has_sequence_type()) {
    type.kind = Kind::kSequence;
    held = &proto.sequence_type().elem_type();
  } else if (proto.has_optional_type()) {
    type.kind = Kind::kOptional;
    held = &proto.optional_type().elem_type();
  } else if (proto.has_map_type()) {
    type.kind = Kind::kMap;
    type.dtype = static_cast<Dtype>(proto.map_type().key_type());
    held = &proto.map_type().value_type();
  } else if (proto.has_sparse_tensor_type()) {
    return absl::UnimplementedError("sparse tensors are not supported");
  } else {
    return absl::InvalidArgumentError("no type is declared");
  }
  if (held != nullptr) {
    SINTER_ASSIGN_OR_RETURN(ValueType inner, ToValueType(*held));
    type.of.push_back(std::move(inner));
  }
  const bool has_dtype = type.kind == Kind::kTensor || type.kind == Kind::kMap;
  if (has_dtype && type.dtype != Dtype::kString) {
    SINTER_RETURN_IF_ERROR(DtypeFromNumber(static_cast<int32_t>(type.dtype)).status());
  }
  return type;
}

absl::StatusOr<Value> ParseValueProto(absl::string_view bytes, const ValueType& type) {
  switch (type.kind) {
    case Kind::kTensor: {
      SINTER_ASSIGN_OR_RETURN(const auto proto, Parse<onnx::TensorProto>(bytes));
      return FromTensor(proto);
    }
    case Kind::kSequence: {
      SINTER_ASSIGN_OR_RETURN(const auto proto, Parse<SequenceProto>(bytes));
      return FromSequence(proto, type);
    }
    case Kind::kOptional: {
      SINTER_ASSIGN_OR_RETURN(const auto proto, Parse<OptionalProto>(bytes));
      return FromOptional(proto, type);
    }
    case Kind::kMap:
      break;
  }
  SINTER_ASSIGN_OR_RETURN(const auto proto, Parse<onnx::MapProto>(bytes));
  return FromMap(proto, type);
}

absl::StatusOr<Value> ReadValueProto(const std::string& path, const ValueType& type) {
  SINTER_ASSIGN_OR_RETURN(const std::string bytes, ReadFileBytes(path));
  absl::StatusOr<Value> value = ParseValueProto(bytes, type);
  if (!value.ok()) return base::Annotate(value.status(), absl::StrCat("`", path, "`"));
  return value;
}

}  // namespace sinter::runtime
