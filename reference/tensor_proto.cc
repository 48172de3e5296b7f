#include "reference/tensor_proto.h"

#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "onnx/onnx-data.pb.h"

namespace sinter::reference {
namespace {

using ::onnx::TensorProto;
using ::onnx::TypeProto;

absl::Status Malformed(const TensorProto& proto, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("tensor `", proto.name(), "` ", what));
}

// One element of a float, integer or bool tensor as bits, in the low end.
uint64_t BitsAt(const Tensor& tensor, int64_t i) {
  if (tensor.HoldsReals()) return EncodeFloat(tensor.dtype(), tensor.reals()[i]);
  return static_cast<uint64_t>(tensor.integers()[i]);
}

void SetBits(Tensor& tensor, int64_t i, uint64_t bits) {
  if (tensor.HoldsReals()) {
    tensor.reals()[i] = DecodeFloat(tensor.dtype(), bits);
  } else {
    tensor.integers()[i] = WrapTo(tensor.dtype(), bits);
  }
}

// Complex numbers travel as pairs of reals.
Tensor PartsOf(const Tensor& tensor) {
  Dims dims = tensor.dims();
  dims.push_back(2);
  Tensor parts(tensor.dtype() == Dtype::kComplex64 ? Dtype::kFloat32 : Dtype::kFloat64, dims);
  for (int64_t i = 0; i < tensor.count(); ++i) {
    parts.reals()[2 * i] = tensor.complexes()[i].real();
    parts.reals()[2 * i + 1] = tensor.complexes()[i].imag();
  }
  return parts;
}

Tensor FromParts(Dtype dtype, Dims dims, const Tensor& parts) {
  Tensor tensor(dtype, std::move(dims));
  for (int64_t i = 0; i < tensor.count(); ++i) {
    tensor.complexes()[i] = {parts.reals()[2 * i], parts.reals()[2 * i + 1]};
  }
  return tensor;
}

int64_t ByteCount(Dtype dtype, int64_t count) { return (count * Info(dtype).bits + 7) / 8; }

// Elements that the proto keeps as numbers of a field.
template <typename Field>
absl::StatusOr<Tensor> FromNumbers(const TensorProto& proto, Dtype dtype, Dims dims,
                                   const Field& field) {
  Tensor tensor(dtype, std::move(dims));
  if (field.size() != tensor.count()) {
    return Malformed(proto, absl::StrCat("has ", field.size(), " elements, but its shape needs ",
                                         tensor.count()));
  }
  for (int i = 0; i < field.size(); ++i) {
    if (tensor.HoldsReals()) {
      tensor.reals()[i] = field.Get(i);
    } else {
      tensor.integers()[i] = WrapTo(dtype, field.Get(i));
    }
  }
  return tensor;
}

// Elements that the proto keeps as bits in int32_data: floats of 16 bits and less, and integers of
// less than 8 bits, of which each int32 holds one byte's worth.
absl::StatusOr<Tensor> FromBitField(const TensorProto& proto, Dtype dtype, Dims dims) {
  const int bytes_each = Info(dtype).bits > 8 ? 2 : 1;
  std::string bytes;
  for (const int32_t bits : proto.int32_data()) {
    bytes.append(reinterpret_cast<const char*>(&bits), bytes_each);  // little-endian
  }
  return FromBytes(dtype, std::move(dims), bytes);
}

absl::StatusOr<Tensor> FromStrings(const TensorProto& proto, Dims dims) {
  Tensor tensor(Dtype::kString, std::move(dims));
  if (proto.string_data_size() != tensor.count()) {
    return Malformed(proto, "has not as many strings as its shape needs");
  }
  tensor.strings().assign(proto.string_data().begin(), proto.string_data().end());
  return tensor;
}

absl::StatusOr<Tensor> FromFields(const TensorProto& proto, Dtype dtype, Dims dims) {
  switch (dtype) {
    case Dtype::kString:
      return FromStrings(proto, std::move(dims));
    case Dtype::kFloat32:
      return FromNumbers(proto, dtype, std::move(dims), proto.float_data());
    case Dtype::kFloat64:
      return FromNumbers(proto, dtype, std::move(dims), proto.double_data());
    case Dtype::kInt64:
      return FromNumbers(proto, dtype, std::move(dims), proto.int64_data());
    case Dtype::kUint32:
    case Dtype::kUint64:
      return FromNumbers(proto, dtype, std::move(dims), proto.uint64_data());
    case Dtype::kComplex64:
    case Dtype::kComplex128: {
      Dims parts_dims = dims;
      parts_dims.push_back(2);
      const bool narrow = dtype == Dtype::kComplex64;
      auto parts = narrow ? FromNumbers(proto, Dtype::kFloat32, parts_dims, proto.float_data())
                          : FromNumbers(proto, Dtype::kFloat64, parts_dims, proto.double_data());
      if (!parts.ok()) return parts;
      return FromParts(dtype, std::move(dims), *parts);
    }
    default:
      if (IsFloat(dtype) || Info(dtype).bits < 8)
        return FromBitField(proto, dtype, std::move(dims));
      return FromNumbers(proto, dtype, std::move(dims), proto.int32_data());
  }
}

TypeProto TensorType(int32_t elem_type) {
  TypeProto type;
  type.mutable_tensor_type()->set_elem_type(elem_type);
  return type;
}

absl::StatusOr<Value> FromSequenceProto(const TypeProto& element_type,
                                        const onnx::SequenceProto& proto);
absl::StatusOr<Value> FromOptionalProto(const TypeProto& element_type,
                                        const onnx::OptionalProto& proto);
absl::StatusOr<Value> FromMapProto(const TypeProto& value_type, const onnx::MapProto& proto);

// Appends `parsed` to `elements`, or returns what is wrong with it.
absl::Status Append(absl::StatusOr<Value> parsed, std::vector<Value>& elements) {
  if (parsed.ok()) elements.push_back(*std::move(parsed));
  return parsed.status();
}

absl::StatusOr<Value> AsValue(absl::StatusOr<Tensor> tensor) {
  SINTER_RETURN_IF_ERROR(tensor.status());
  return Value(*std::move(tensor));
}

absl::StatusOr<Value> FromSequenceProto(const TypeProto& element_type,
                                        const onnx::SequenceProto& proto) {
  Sequence sequence{TypeText(element_type), {}};
  auto& elements = sequence.elements;
  for (const auto& each : proto.tensor_values()) {
    SINTER_RETURN_IF_ERROR(Append(AsValue(FromProto(each)), elements));
  }
  for (const auto& each : proto.sparse_tensor_values()) {
    SINTER_RETURN_IF_ERROR(Append(AsValue(FromProto(each)), elements));
  }
  for (const auto& each : proto.sequence_values()) {
    SINTER_RETURN_IF_ERROR(
        Append(FromSequenceProto(element_type.sequence_type().elem_type(), each), elements));
  }
  for (const auto& each : proto.map_values()) {
    SINTER_RETURN_IF_ERROR(
        Append(FromMapProto(element_type.map_type().value_type(), each), elements));
  }
  for (const auto& each : proto.optional_values()) {
    SINTER_RETURN_IF_ERROR(
        Append(FromOptionalProto(element_type.optional_type().elem_type(), each), elements));
  }
  return Value(std::move(sequence));
}

absl::StatusOr<Value> FromOptionalProto(const TypeProto& element_type,
                                        const onnx::OptionalProto& proto) {
  std::vector<Value> held;
  if (proto.has_tensor_value()) {
    SINTER_RETURN_IF_ERROR(Append(AsValue(FromProto(proto.tensor_value())), held));
  } else if (proto.has_sparse_tensor_value()) {
    SINTER_RETURN_IF_ERROR(Append(AsValue(FromProto(proto.sparse_tensor_value())), held));
  } else if (proto.has_sequence_value()) {
    SINTER_RETURN_IF_ERROR(Append(
        FromSequenceProto(element_type.sequence_type().elem_type(), proto.sequence_value()), held));
  } else if (proto.has_map_value()) {
    SINTER_RETURN_IF_ERROR(
        Append(FromMapProto(element_type.map_type().value_type(), proto.map_value()), held));
  } else if (proto.has_optional_value()) {
    SINTER_RETURN_IF_ERROR(Append(
        FromOptionalProto(element_type.optional_type().elem_type(), proto.optional_value()), held));
  }
  Optional optional{TypeText(element_type), nullptr};
  if (!held.empty()) optional.value = std::make_shared<const Value>(held[0]);
  return Value(std::move(optional));
}

absl::StatusOr<Value> FromMapProto(const TypeProto& value_type, const onnx::MapProto& proto) {
  SINTER_ASSIGN_OR_RETURN(const Dtype key_type, DtypeFromNumber(proto.key_type()));
  const bool by_string = key_type == Dtype::kString;
  const int64_t count = by_string ? proto.string_keys_size() : proto.keys_size();
  Tensor keys(key_type, {count});
  for (int64_t i = 0; i < count; ++i) {
    if (by_string) {
      keys.strings()[i] = proto.string_keys(i);
    } else {
      keys.integers()[i] = proto.keys(i);
    }
  }
  SINTER_ASSIGN_OR_RETURN(const Value values, FromSequenceProto(value_type, proto.values()));
  return Value(Map{std::move(keys), TypeText(value_type), values.sequence()->elements});
}

template <typename Proto>
absl::StatusOr<Proto> Parse(absl::string_view bytes) {
  Proto proto;
  if (!proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError(
        absl::StrCat("the bytes are no ", std::string(proto.GetTypeName())));
  }
  return proto;
}

}  // namespace

absl::StatusOr<Tensor> FromProto(const TensorProto& proto, const ExternalData& external_data) {
  SINTER_ASSIGN_OR_RETURN(const Dtype dtype, DtypeFromNumber(proto.data_type()));
  Dims dims(proto.dims().begin(), proto.dims().end());
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  if (proto.data_location() == TensorProto::EXTERNAL) {
    if (external_data == nullptr) return Malformed(proto, "has its data in another file");
    SINTER_ASSIGN_OR_RETURN(const std::string bytes, external_data(proto));
    return FromBytes(dtype, std::move(dims), bytes);
  }
  if (proto.has_raw_data()) return FromBytes(dtype, std::move(dims), proto.raw_data());
  return FromFields(proto, dtype, std::move(dims));
}

absl::StatusOr<Tensor> FromProto(const onnx::SparseTensorProto& proto,
                                 const ExternalData& external_data) {
  SINTER_ASSIGN_OR_RETURN(const Tensor values, FromProto(proto.values(), external_data));
  SINTER_ASSIGN_OR_RETURN(const Tensor indices, FromProto(proto.indices(), external_data));
  const Dims dims(proto.dims().begin(), proto.dims().end());
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  // Indices are offsets, or one row of coordinates for each value.
  const auto rank = static_cast<int64_t>(dims.size());
  const bool linear = indices.rank() == 1;
  if (indices.dtype() != Dtype::kInt64 || indices.count() != values.count() * (linear ? 1 : rank)) {
    return Malformed(proto.values(), "is sparse with indices that don't fit its values");
  }
  Tensor dense(values.dtype(), dims);
  const Dims strides = StridesOf(dims);
  for (int64_t i = 0; i < values.count(); ++i) {
    Integer offset = linear ? indices.integers()[i] : 0;
    for (int64_t axis = 0; !linear && axis < rank; ++axis) {
      offset += indices.integers()[i * rank + axis] * strides[axis];
    }
    if (offset < 0 || offset >= dense.count()) {
      return Malformed(proto.values(), "is sparse with an index out of its shape");
    }
    std::visit(
        [&](auto& to) { to[offset] = std::get<std::decay_t<decltype(to)>>(values.elements())[i]; },
        dense.elements());
  }
  return dense;
}

absl::StatusOr<Value> ParseValue(const TypeProto& type, absl::string_view bytes) {
  if (type.has_sequence_type()) {
    SINTER_ASSIGN_OR_RETURN(const auto proto, Parse<onnx::SequenceProto>(bytes));
    return FromSequenceProto(type.sequence_type().elem_type(), proto);
  }
  if (type.has_optional_type()) {
    SINTER_ASSIGN_OR_RETURN(const auto proto, Parse<onnx::OptionalProto>(bytes));
    return FromOptionalProto(type.optional_type().elem_type(), proto);
  }
  if (type.has_map_type()) {
    SINTER_ASSIGN_OR_RETURN(const auto proto, Parse<onnx::MapProto>(bytes));
    return FromMapProto(type.map_type().value_type(), proto);
  }
  SINTER_ASSIGN_OR_RETURN(const auto proto, Parse<TensorProto>(bytes));
  return AsValue(FromProto(proto));
}

TensorProto ToProto(const Tensor& tensor) {
  TensorProto proto;
  proto.set_data_type(static_cast<int32_t>(tensor.dtype()));
  for (const int64_t dim : tensor.dims()) proto.add_dims(dim);
  if (tensor.dtype() == Dtype::kString) {
    for (const std::string& each : tensor.strings()) proto.add_string_data(each);
  } else {
    proto.set_raw_data(ToBytes(tensor));
  }
  return proto;
}

std::string ToBytes(const Tensor& tensor) {
  if (IsComplex(tensor.dtype())) return ToBytes(PartsOf(tensor));
  const int bits = Info(tensor.dtype()).bits;
  std::string bytes(ByteCount(tensor.dtype(), tensor.count()), '\0');
  for (int64_t i = 0; i < tensor.count(); ++i) {
    const uint64_t value = BitsAt(tensor, i);
    if (bits >= 8) {
      std::memcpy(&bytes[i * bits / 8], &value, bits / 8);  // little-endian
    } else {
      const uint64_t low = value & ((uint64_t{1} << bits) - 1);
      bytes[i * bits / 8] |= static_cast<char>(low << (i * bits % 8));
    }
  }
  return bytes;
}

absl::StatusOr<Tensor> FromBytes(Dtype dtype, Dims dims, absl::string_view bytes) {
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  const int64_t needed = ByteCount(dtype, CountOf(dims));
  if (dtype == Dtype::kString || static_cast<int64_t>(bytes.size()) != needed) {
    return absl::InvalidArgumentError(
        absl::StrCat(bytes.size(), " bytes can't be a tensor of type ", Name(dtype), " and shape ",
                     Text(dims), ", which takes ", needed));
  }
  if (IsComplex(dtype)) {
    Dims parts_dims = dims;
    parts_dims.push_back(2);
    const Dtype part = dtype == Dtype::kComplex64 ? Dtype::kFloat32 : Dtype::kFloat64;
    SINTER_ASSIGN_OR_RETURN(const Tensor parts, FromBytes(part, parts_dims, bytes));
    return FromParts(dtype, std::move(dims), parts);
  }
  Tensor tensor(dtype, std::move(dims));
  const int bits = Info(dtype).bits;
  for (int64_t i = 0; i < tensor.count(); ++i) {
    uint64_t value = 0;
    if (bits >= 8) {
      std::memcpy(&value, bytes.data() + i * bits / 8, bits / 8);
    } else {
      const auto byte = static_cast<uint8_t>(bytes[i * bits / 8]);
      value = (byte >> (i * bits % 8)) & ((1 << bits) - 1);
    }
    SetBits(tensor, i, value);
  }
  return tensor;
}

TypeProto TypeOf(const Value& value) {
  TypeProto type;
  if (const Tensor* tensor = value.tensor()) {
    type = TensorType(static_cast<int32_t>(tensor->dtype()));
    auto& shape = *type.mutable_tensor_type()->mutable_shape();
    for (const int64_t dim : tensor->dims()) shape.add_dim()->set_dim_value(dim);
  } else if (const Sequence* sequence = value.sequence()) {
    auto& element = *type.mutable_sequence_type()->mutable_elem_type();
    if (!sequence->elements.empty()) element = TypeOf(sequence->elements[0]);
    if (element.has_tensor_type()) element.mutable_tensor_type()->clear_shape();
  } else if (const Optional* optional = value.optional()) {
    auto& element = *type.mutable_optional_type()->mutable_elem_type();
    if (optional->value != nullptr) element = TypeOf(*optional->value);
  } else if (const Map* map = value.map()) {
    type.mutable_map_type()->set_key_type(static_cast<int32_t>(map->keys.dtype()));
    if (!map->values.empty())
      *type.mutable_map_type()->mutable_value_type() = TypeOf(map->values[0]);
  }
  return type;
}

std::string TypeText(const TypeProto& type) {
  const auto name = [](int32_t number) {
    const auto dtype = DtypeFromNumber(number);
    return dtype.ok() ? Name(*dtype) : absl::StrCat("type ", number);
  };
  switch (type.value_case()) {
    case TypeProto::kTensorType:
      return absl::StrCat("tensor(", name(type.tensor_type().elem_type()), ")");
    case TypeProto::kSparseTensorType:
      return absl::StrCat("sparse_tensor(", name(type.sparse_tensor_type().elem_type()), ")");
    case TypeProto::kSequenceType:
      return absl::StrCat("seq(", TypeText(type.sequence_type().elem_type()), ")");
    case TypeProto::kOptionalType:
      return absl::StrCat("optional(", TypeText(type.optional_type().elem_type()), ")");
    case TypeProto::kMapType:
      return absl::StrCat("map(", name(type.map_type().key_type()), ",",
                          TypeText(type.map_type().value_type()), ")");
    default:
      return "undefined";
  }
}

}  // namespace sinter::reference
