#include "runtime/tensor_proto.h"

#include <climits>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/annotate.h"
#include "base/status_macros.h"
#include "onnx/onnx_pb.h"
#include "runtime/bit_packing.h"
#include "runtime/file_bytes.h"

namespace sinter::runtime {
namespace {

absl::Status WrongCount(absl::string_view field, int64_t got, const Tensor& tensor, int64_t want) {
  return absl::InvalidArgumentError(absl::StrCat("`", field, "` holds ", got, " values, but ",
                                                 DtypeName(tensor.dtype()), " of shape ",
                                                 ShapeText(tensor.dims()), " takes ", want));
}

bool IsPacked(const DtypeInfo& row) { return row.bits < 8 && row.kind != DtypeKind::kBool; }

// How many bytes `raw_data` has for this type.
int64_t RawSize(const DtypeInfo& row, int64_t count) {
  return IsPacked(row) ? PackedSize(count, row.bits) : count * row.bytes;
}

absl::Status FillFromRaw(const DtypeInfo& row, const std::string& raw, Tensor* tensor) {
  if (IsPacked(row)) {
    UnpackBits(raw, row.bits, tensor->mutable_values<uint8_t>());
    return absl::OkStatus();
  }
  if (!raw.empty()) std::memcpy(tensor->mutable_data(), raw.data(), raw.size());
  if (row.kind == DtypeKind::kBool) {
    for (uint8_t& value : tensor->mutable_values<uint8_t>()) value = value != 0;
  }
  return absl::OkStatus();
}

// A field whose values are the elements (or their real and imaginary parts) as they are.
template <typename Field>
absl::Status FillPlain(absl::string_view name, const Field& field, Tensor* tensor) {
  using Value = typename Field::value_type;
  const int64_t want = tensor->byte_size() / sizeof(Value);
  if (field.size() != want) return WrongCount(name, field.size(), *tensor, want);
  if (want > 0) std::memcpy(tensor->mutable_data(), field.data(), tensor->byte_size());
  return absl::OkStatus();
}

absl::Status FillUint32(const onnx::TensorProto& proto, Tensor* tensor) {
  const int64_t want = tensor->element_count();
  if (proto.uint64_data_size() != want) {
    return WrongCount("uint64_data", proto.uint64_data_size(), *tensor, want);
  }
  for (int64_t i = 0; i < want; ++i) {
    if (proto.uint64_data(i) > UINT32_MAX) {
      return absl::InvalidArgumentError(
          absl::StrCat("element ", i, " is ", proto.uint64_data(i), ", which exceeds uint32"));
    }
    tensor->mutable_values<uint32_t>()[i] = static_cast<uint32_t>(proto.uint64_data(i));
  }
  return absl::OkStatus();
}

// 2-bit and 4-bit elements: each value of the field is a byte of several.
absl::Status FillPackedInt32(const DtypeInfo& row, const onnx::TensorProto& proto, Tensor* tensor) {
  const int64_t want = PackedSize(tensor->element_count(), row.bits);
  if (proto.int32_data_size() != want) {
    return WrongCount("int32_data", proto.int32_data_size(), *tensor, want);
  }
  std::string bytes;
  for (const int32_t value : proto.int32_data()) bytes.push_back(static_cast<char>(value));
  UnpackBits(bytes, row.bits, tensor->mutable_values<uint8_t>());
  return absl::OkStatus();
}

// Elements of at most 32 bits, one a value; floats are there as their bits.
absl::Status FillInt32(const DtypeInfo& row, const onnx::TensorProto& proto, Tensor* tensor) {
  const int64_t want = tensor->element_count();
  if (proto.int32_data_size() != want) {
    return WrongCount("int32_data", proto.int32_data_size(), *tensor, want);
  }
  const bool is_signed = row.kind == DtypeKind::kSigned;
  const int64_t least = is_signed ? -(int64_t{1} << (row.bits - 1)) : 0;
  const int64_t most = (int64_t{1} << (is_signed ? row.bits - 1 : row.bits)) - 1;
  char* const bytes = static_cast<char*>(tensor->mutable_data());
  for (int64_t i = 0; i < want; ++i) {
    const int32_t value = proto.int32_data(i);
    if (value < least || value > most) {
      return absl::InvalidArgumentError(
          absl::StrCat("element ", i, " is ", value, ", which exceeds ", row.name));
    }
    std::memcpy(bytes + i * row.bytes, &value, row.bytes);  // little-endian: the low bytes
  }
  return absl::OkStatus();
}

absl::Status FillFromFields(const DtypeInfo& row, const onnx::TensorProto& proto, Tensor* tensor) {
  switch (row.dtype) {
    case Dtype::kFloat32:
    case Dtype::kComplex64:
      return FillPlain("float_data", proto.float_data(), tensor);
    case Dtype::kFloat64:
    case Dtype::kComplex128:
      return FillPlain("double_data", proto.double_data(), tensor);
    case Dtype::kInt64:
      return FillPlain("int64_data", proto.int64_data(), tensor);
    case Dtype::kUint64:
      return FillPlain("uint64_data", proto.uint64_data(), tensor);
    case Dtype::kUint32:
      return FillUint32(proto, tensor);
    default:
      break;
  }
  // 6-bit elements come one a value here, though raw_data packs them.
  if (IsPacked(row) && row.bits != 6) return FillPackedInt32(row, proto, tensor);
  return FillInt32(row, proto, tensor);
}

// How many values the typed fields hold: no tensor has more elements than 4 of them.
int64_t FieldValues(const onnx::TensorProto& proto) {
  return int64_t{proto.float_data_size()} + proto.int32_data_size() + proto.int64_data_size() +
         proto.double_data_size() + proto.uint64_data_size();
}

// Finds a contradiction before memory is asked for: the shape of a damaged file can be anything.
absl::Status CheckSize(const DtypeInfo& row, const onnx::TensorProto& proto, int64_t count) {
  if (proto.has_raw_data()) {
    const int64_t want = RawSize(row, count);
    if (static_cast<int64_t>(proto.raw_data().size()) == want) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(
        "`raw_data` holds ", proto.raw_data().size(), " bytes, but ", row.name, " of shape ",
        ShapeText({proto.dims().data(), size_t(proto.dims_size())}), " takes ", want));
  }
  if (count / 4 <= FieldValues(proto)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("its fields hold ", FieldValues(proto), " values, but ", row.name, " of shape ",
                   ShapeText({proto.dims().data(), size_t(proto.dims_size())}), " takes more"));
}

absl::StatusOr<Tensor> ReadElements(const onnx::TensorProto& proto) {
  if (proto.data_type() == onnx::TensorProto::UNDEFINED) {
    return absl::InvalidArgumentError(
        "it has no element type, so it may be no onnx.TensorProto at all");
  }
  if (proto.data_location() == onnx::TensorProto::EXTERNAL) {
    return absl::UnimplementedError(
        "its elements lie in another file, which is supported in models only");
  }
  if (proto.has_segment()) return absl::UnimplementedError("segments of tensors are not supported");
  SINTER_ASSIGN_OR_RETURN(const Dtype dtype, DtypeFromNumber(proto.data_type()));
  const DtypeInfo& row = *FindDtype(dtype);
  const absl::Span<const int64_t> dims(proto.dims().data(), proto.dims_size());
  SINTER_RETURN_IF_ERROR(ByteSize(dtype, dims).status());
  SINTER_ASSIGN_OR_RETURN(const int64_t count, ElementCount(dims));
  SINTER_RETURN_IF_ERROR(CheckSize(row, proto, count));
  SINTER_ASSIGN_OR_RETURN(Tensor tensor, Tensor::Make(dtype, dims));
  SINTER_RETURN_IF_ERROR(proto.has_raw_data() ? FillFromRaw(row, proto.raw_data(), &tensor)
                                              : FillFromFields(row, proto, &tensor));
  return tensor;
}

}  // namespace

absl::StatusOr<NamedTensor> FromTensorProto(const onnx::TensorProto& proto) {
  absl::StatusOr<Tensor> tensor = ReadElements(proto);
  if (!tensor.ok()) {
    return base::Annotate(tensor.status(), absl::StrCat("tensor `", proto.name(), "`"));
  }
  return NamedTensor{proto.name(), *std::move(tensor)};
}

absl::StatusOr<NamedTensor> ParseTensorProto(absl::string_view bytes) {
  onnx::TensorProto proto;
  if (bytes.size() > INT_MAX || !proto.ParseFromArray(bytes.data(), bytes.size())) {
    return absl::InvalidArgumentError("it is not a serialized onnx.TensorProto");
  }
  return FromTensorProto(proto);
}

absl::Status FillTensorProto(absl::string_view name, const TensorView& tensor,
                             onnx::TensorProto* proto) {
  const DtypeInfo& row = *FindDtype(tensor.dtype);
  SINTER_ASSIGN_OR_RETURN(const int64_t count, ElementCount(tensor.dims));
  // Leaves room for the name and the shape.
  if (RawSize(row, count) > INT_MAX - (1 << 16)) {
    return absl::ResourceExhaustedError(
        absl::StrCat("tensor `", name, "` exceeds the 2 GiB that a .pb file can hold"));
  }
  proto->set_name(std::string(name));
  proto->set_data_type(static_cast<int32_t>(tensor.dtype));
  for (const int64_t dim : tensor.dims) proto->add_dims(dim);
  const char* const data = static_cast<const char*>(tensor.data);
  const absl::string_view elements(data, count * row.bytes);
  proto->set_raw_data(IsPacked(row) ? PackBits(elements, row.bits) : std::string(elements));
  return absl::OkStatus();
}

absl::StatusOr<std::string> FormatTensorProto(absl::string_view name, const TensorView& tensor) {
  onnx::TensorProto proto;
  SINTER_RETURN_IF_ERROR(FillTensorProto(name, tensor, &proto));
  return proto.SerializeAsString();
}

absl::StatusOr<NamedTensor> ReadTensorProto(const std::string& path) {
  SINTER_ASSIGN_OR_RETURN(const std::string bytes, ReadFileBytes(path));
  absl::StatusOr<NamedTensor> tensor = ParseTensorProto(bytes);
  if (!tensor.ok()) return base::Annotate(tensor.status(), absl::StrCat("`", path, "`"));
  return tensor;
}

absl::Status WriteTensorProto(const std::string& path, absl::string_view name,
                              const TensorView& tensor) {
  SINTER_ASSIGN_OR_RETURN(const std::string bytes, FormatTensorProto(name, tensor));
  return WriteFileBytes(path, {bytes});
}

}  // namespace sinter::runtime
