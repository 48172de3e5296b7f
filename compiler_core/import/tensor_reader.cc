#include "compiler_core/import/tensor_reader.h"

#include <algorithm>
#include <filesystem>
#include <functional>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/import/elements.h"
#include "compiler_core/import/import_model.h"
#include "compiler_core/import/light_model.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "onnx/onnx_pb.h"

namespace sinter::import {
namespace {

using ir::DiagnosticKind;
using ir::DType;
using ir::HostTensor;
using ::onnx::TensorProto;

absl::Status Malformed(const TensorProto& tensor, absl::string_view what) {
  return ir::Error(DiagnosticKind::kMalformedModel,
                   absl::StrCat("tensor `", tensor.name(), "` ", what));
}

absl::StatusOr<std::vector<int64_t>> ReadDims(const TensorProto& tensor, int64_t element_bytes) {
  std::vector<int64_t> dims(tensor.dims().begin(), tensor.dims().end());
  __int128 bytes = element_bytes;
  for (int64_t dim : dims) {
    if (dim < 0) return Malformed(tensor, absl::StrCat("has the negative dimension ", dim));
    // A zero does not excuse the others: strides are made of all.
    bytes *= std::max<int64_t>(dim, 1);
    if (bytes > kMaxTensorBytes) {
      return ir::Error(DiagnosticKind::kTooLarge,
                       absl::StrCat("tensor `", tensor.name(), "` declares more than ",
                                    kMaxTensorBytes, " bytes"));
    }
  }
  return dims;
}

int64_t CountOf(const std::vector<int64_t>& dims) {
  int64_t count = 1;
  for (int64_t dim : dims) count *= dim;
  return count;
}

// Elements that the proto keeps one by one; `count` of them are needed.
template <typename Field, typename Set>
absl::StatusOr<HostTensor> FromField(const TensorProto& tensor, DType dtype,
                                     std::vector<int64_t> dims, const Field& field, Set set) {
  // First of all: a shape alone must not cost memory.
  const int64_t needed = CountOf(dims);
  if (field.size() != needed) {
    return Malformed(tensor,
                     absl::StrCat("has ", field.size(), " elements, but its shape needs ", needed));
  }
  TensorWriter writer(dtype, std::move(dims));
  for (int i = 0; i < field.size(); ++i) set(writer, i, field.Get(i));
  return writer.Take();
}

// Floats of up to 16 bits are stored as their bits.
bool IsStoredAsBits(DType dtype) {
  switch (dtype) {
    case DType::kFloat16:
    case DType::kBFloat16:
    case DType::kFloat8E4M3FN:
    case DType::kFloat8E4M3FNUZ:
    case DType::kFloat8E5M2:
    case DType::kFloat8E5M2FNUZ:
    case DType::kFloat8E8M0:
    case DType::kFloat6E2M3:
    case DType::kFloat6E3M2:
      return true;
    default:
      return false;
  }
}

// Bits of an element in the file's bytes.
int PackedBits(DType dtype) {
  switch (dtype) {
    case DType::kUInt2:
    case DType::kInt2:
      return 2;
    case DType::kUInt4:
    case DType::kInt4:
    case DType::kFloat4E2M1:
      return 4;
    case DType::kFloat6E2M3:
    case DType::kFloat6E3M2:
      return 6;
    default:
      return static_cast<int>(8 * ir::SizeOf(dtype));
  }
}

// How many bytes `count` elements take in the file.
int64_t PackedBytes(DType dtype, int64_t count) { return (count * PackedBits(dtype) + 7) / 8; }

// One byte an element out of `width` bits each; the first element has the lowest bits.
HostTensor Unpacked(DType dtype, std::vector<int64_t> dims, int width,
                    const std::function<uint8_t(int64_t)>& byte) {
  void* data = nullptr;
  HostTensor tensor = HostTensor::Allocate(dtype, std::move(dims), &data);
  auto* out = static_cast<uint8_t*>(data);
  for (int64_t i = 0; i < tensor.num_elements(); ++i) {
    const int64_t at = i * width / 8;
    const int shift = static_cast<int>(i * width % 8);
    int bits = byte(at) >> shift;
    if (shift + width > 8) bits |= byte(at + 1) << (8 - shift);
    out[i] = static_cast<uint8_t>(bits & ((1 << width) - 1));
  }
  return tensor;
}

// 2 and 4 bits: each number holds a byte of the packed elements.
absl::StatusOr<HostTensor> FromPackedField(const TensorProto& tensor, DType dtype,
                                           std::vector<int64_t> dims) {
  const int64_t needed = PackedBytes(dtype, CountOf(dims));
  if (tensor.int32_data_size() != needed) {
    return Malformed(tensor, absl::StrCat("has ", tensor.int32_data_size(),
                                          " packed elements, but its shape needs ", needed));
  }
  return Unpacked(dtype, std::move(dims), PackedBits(dtype), [&](int64_t i) {
    return static_cast<uint8_t>(tensor.int32_data(static_cast<int>(i)));
  });
}

absl::StatusOr<HostTensor> FromFields(const TensorProto& tensor, DType dtype,
                                      std::vector<int64_t> dims) {
  const auto set_int = [](TensorWriter& writer, int i, int64_t value) { writer.SetInt(i, value); };
  const auto set_real = [](TensorWriter& writer, int i, double v) { writer.SetDouble(i, v); };
  if (PackedBits(dtype) < 6) return FromPackedField(tensor, dtype, std::move(dims));
  if (IsStoredAsBits(dtype)) {
    const auto copy_bits = [&](TensorWriter& writer, int i, int32_t bits) {
      const HostTensor source(dtype, {}, &bits,
                              nullptr);  // little-endian: the low bytes come first
      writer.Copy(i, source, 0);
    };
    return FromField(tensor, dtype, std::move(dims), tensor.int32_data(), copy_bits);
  }
  switch (dtype) {
    case DType::kFloat32:
      return FromField(tensor, dtype, std::move(dims), tensor.float_data(), set_real);
    case DType::kFloat64:
      return FromField(tensor, dtype, std::move(dims), tensor.double_data(), set_real);
    case DType::kInt64:
      return FromField(tensor, dtype, std::move(dims), tensor.int64_data(), set_int);
    case DType::kUInt32:
    case DType::kUInt64:
      return FromField(tensor, dtype, std::move(dims), tensor.uint64_data(), set_int);
    default:
      return FromField(tensor, dtype, std::move(dims), tensor.int32_data(), set_int);
  }
}

absl::StatusOr<HostTensor> ReadStrings(const TensorProto& tensor) {
  SINTER_ASSIGN_OR_RETURN(std::vector<int64_t> dims, ReadDims(tensor, sizeof(std::string)));
  const int64_t count = CountOf(dims);
  if (tensor.string_data_size() != count) {
    return Malformed(tensor, absl::StrCat("has ", tensor.string_data_size(),
                                          " strings, but its shape needs ", count));
  }
  return StringTensor(std::move(dims), {tensor.string_data().begin(), tensor.string_data().end()});
}

}  // namespace

HostTensor StringTensor(std::vector<int64_t> dims, std::vector<std::string> strings) {
  auto owner = std::make_shared<const std::vector<std::string>>(std::move(strings));
  return HostTensor(DType::kString, std::move(dims), owner->data(), owner);
}

absl::StatusOr<absl::string_view> TensorReader::ExternalBytes(const TensorProto& tensor,
                                                              int64_t needed) const {
  const auto bad = [&](absl::string_view what) {
    return ir::Error(DiagnosticKind::kBadExternalData,
                     absl::StrCat("external data of tensor `", tensor.name(), "` ", what));
  };
  std::string location;
  int64_t offset = 0, length = needed;
  for (const auto& entry : tensor.external_data()) {
    if (entry.key() == "location") location = entry.value();
    int64_t* number = entry.key() == "offset"   ? &offset
                      : entry.key() == "length" ? &length
                                                : nullptr;
    if (number != nullptr && (!absl::SimpleAtoi(entry.value(), number) || *number < 0)) {
      return bad(absl::StrCat("has the ", entry.key(), " `", absl::CHexEscape(entry.value()), "`"));
    }
  }
  // A model may write "./w.bin" or "a//w.bin"; files come under their plain names.
  const std::string path = std::filesystem::path(location).lexically_normal().generic_string();
  for (size_t i = 0; i < files_.size(); ++i) {
    const ir::InputFile& file = files_[i];
    if (i == 0 ? location != kInModelFile : file.path != path) continue;
    const int64_t size = static_cast<int64_t>(file.bytes.size());
    if (length < needed || offset > size || needed > size - offset) {
      return bad(absl::StrCat("needs ", needed, " bytes at ", offset, " of `",
                              absl::CHexEscape(location), "`, which has ", size));
    }
    return file.bytes.substr(offset, needed);
  }
  return bad(
      absl::StrCat("is in `", absl::CHexEscape(location), "`, which did not come with the model"));
}

absl::StatusOr<HostTensor> TensorReader::Read(const TensorProto& tensor) const {
  const auto dtype = static_cast<DType>(tensor.data_type());
  if (dtype == DType::kString) return ReadStrings(tensor);
  const int64_t element = ir::SizeOf(dtype);
  if (element == 0 || dtype == DType::kComplex64 || dtype == DType::kComplex128) {
    return ir::Error(DiagnosticKind::kUnsupportedType,
                     absl::StrCat("tensor `", tensor.name(), "` of type ", ir::NameOf(dtype)));
  }
  SINTER_ASSIGN_OR_RETURN(std::vector<int64_t> dims, ReadDims(tensor, element));
  const bool external = tensor.data_location() == TensorProto::EXTERNAL;
  if (!external && !tensor.has_raw_data()) return FromFields(tensor, dtype, std::move(dims));
  const int64_t needed = PackedBytes(dtype, CountOf(dims));
  absl::string_view bytes = tensor.raw_data();
  if (external) {
    SINTER_ASSIGN_OR_RETURN(bytes, ExternalBytes(tensor, needed));
  } else if (static_cast<int64_t>(bytes.size()) != needed) {
    return Malformed(tensor,
                     absl::StrCat("has ", bytes.size(), " bytes, but its shape needs ", needed));
  }
  if (PackedBits(dtype) < 8) {
    return Unpacked(dtype, std::move(dims), PackedBits(dtype),
                    [&](int64_t i) { return static_cast<uint8_t>(bytes[i]); });
  }
  return HostTensor(dtype, std::move(dims), bytes.data(), owner_);
}

}  // namespace sinter::import
