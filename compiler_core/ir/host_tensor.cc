#include "compiler_core/ir/host_tensor.h"

#include <cmath>
#include <cstring>
#include <numeric>

#include "base/check.h"

namespace sinter::ir {
namespace {

struct DTypeRow {
  DType dtype;
  const char* name;
  int64_t size;
};

constexpr DTypeRow kDTypes[] = {
    {DType::kUndefined, "undefined", 0},
    {DType::kFloat32, "float32", 4},
    {DType::kUInt8, "uint8", 1},
    {DType::kInt8, "int8", 1},
    {DType::kUInt16, "uint16", 2},
    {DType::kInt16, "int16", 2},
    {DType::kInt32, "int32", 4},
    {DType::kInt64, "int64", 8},
    {DType::kString, "string", 0},
    {DType::kBool, "bool", 1},
    {DType::kFloat16, "float16", 2},
    {DType::kFloat64, "float64", 8},
    {DType::kUInt32, "uint32", 4},
    {DType::kUInt64, "uint64", 8},
    {DType::kComplex64, "complex64", 8},
    {DType::kComplex128, "complex128", 16},
    {DType::kBFloat16, "bfloat16", 2},
    {DType::kFloat8E4M3FN, "float8e4m3fn", 1},
    {DType::kFloat8E4M3FNUZ, "float8e4m3fnuz", 1},
    {DType::kFloat8E5M2, "float8e5m2", 1},
    {DType::kFloat8E5M2FNUZ, "float8e5m2fnuz", 1},
    {DType::kUInt4, "uint4", 1},
    {DType::kInt4, "int4", 1},
    {DType::kFloat4E2M1, "float4e2m1", 1},
    {DType::kFloat8E8M0, "float8e8m0", 1},
    {DType::kUInt2, "uint2", 1},
    {DType::kInt2, "int2", 1},
    {DType::kFloat6E2M3, "float6e2m3", 1},
    {DType::kFloat6E3M2, "float6e3m2", 1},
};

const DTypeRow& RowOf(DType dtype) {
  const size_t index = static_cast<size_t>(dtype);
  return index < std::size(kDTypes) ? kDTypes[index] : kDTypes[0];
}

std::vector<int64_t> RowMajorStridesOf(const std::vector<int64_t>& dims) {
  std::vector<int64_t> strides(dims.size(), 1);
  for (size_t i = dims.size(); i-- > 1;) strides[i - 1] = strides[i] * dims[i];
  return strides;
}

// The value of an IEEE-like float of few bits. `infinities`: the top exponent holds inf and nan.
double DecodeSmallFloat(uint32_t bits, int exponent_bits, int mantissa_bits, int bias,
                        bool infinities) {
  const uint32_t mantissa = bits & ((1u << mantissa_bits) - 1);
  const int top = (1 << exponent_bits) - 1;
  const int exponent = static_cast<int>(bits >> mantissa_bits) & top;
  const bool negative = (bits >> (mantissa_bits + exponent_bits)) & 1;
  const double sign = negative ? -1.0 : 1.0;
  if (infinities && exponent == top) {
    return mantissa == 0 ? sign * std::numeric_limits<double>::infinity()
                         : std::numeric_limits<double>::quiet_NaN();
  }
  if (exponent == 0) return sign * std::ldexp(mantissa, 1 - bias - mantissa_bits);
  return sign * std::ldexp(mantissa + (1u << mantissa_bits), exponent - bias - mantissa_bits);
}

double DecodeByteFloat(uint8_t bits, DType dtype) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  switch (dtype) {
    case DType::kFloat8E4M3FN:
      return (bits & 0x7f) == 0x7f ? nan : DecodeSmallFloat(bits, 4, 3, 7, false);
    case DType::kFloat8E4M3FNUZ:
      return bits == 0x80 ? nan : DecodeSmallFloat(bits, 4, 3, 8, false);
    case DType::kFloat8E5M2FNUZ:
      return bits == 0x80 ? nan : DecodeSmallFloat(bits, 5, 2, 16, false);
    case DType::kFloat8E8M0:
      return bits == 0xff ? nan : std::ldexp(1.0, bits - 127);
    case DType::kFloat4E2M1:
      return DecodeSmallFloat(bits, 2, 1, 1, false);
    case DType::kFloat6E2M3:
      return DecodeSmallFloat(bits, 2, 3, 1, false);
    case DType::kFloat6E3M2:
      return DecodeSmallFloat(bits, 3, 2, 3, false);
    default:
      return DecodeSmallFloat(bits, 5, 2, 15, true);
  }
}

template <typename T>
T Load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

double LoadDouble(const char* at, DType dtype) {
  switch (dtype) {
    case DType::kFloat32:
      return Load<float>(at);
    case DType::kFloat64:
      return Load<double>(at);
    case DType::kFloat16:
      return DecodeSmallFloat(Load<uint16_t>(at), 5, 10, 15, true);
    case DType::kBFloat16:
      return DecodeSmallFloat(Load<uint16_t>(at), 8, 7, 127, true);
    default:
      return DecodeByteFloat(Load<uint8_t>(at), dtype);
  }
}

// The number whose two's complement is the low `width` bits.
int64_t SignExtended(uint8_t bits, int width) {
  const int sign = 1 << (width - 1);
  return (bits ^ sign) - sign;
}

bool LoadInt(const char* at, DType dtype, int64_t* value) {
  switch (dtype) {
    case DType::kUInt8:
    case DType::kUInt4:
    case DType::kUInt2:
    case DType::kBool:
      *value = Load<uint8_t>(at);
      return true;
    case DType::kInt4:
      *value = SignExtended(Load<uint8_t>(at), 4);
      return true;
    case DType::kInt2:
      *value = SignExtended(Load<uint8_t>(at), 2);
      return true;
    case DType::kInt8:
      *value = Load<int8_t>(at);
      return true;
    case DType::kUInt16:
      *value = Load<uint16_t>(at);
      return true;
    case DType::kInt16:
      *value = Load<int16_t>(at);
      return true;
    case DType::kInt32:
      *value = Load<int32_t>(at);
      return true;
    case DType::kUInt32:
      *value = Load<uint32_t>(at);
      return true;
    case DType::kInt64:
    case DType::kUInt64:
      *value = Load<int64_t>(at);
      return true;
    default:
      return false;
  }
}

}  // namespace

int64_t SizeOf(DType dtype) { return RowOf(dtype).size; }
absl::string_view NameOf(DType dtype) { return RowOf(dtype).name; }

HostTensor::HostTensor(DType dtype, std::vector<int64_t> dims, const void* data,
                       std::shared_ptr<const void> owner)
    : dtype_(dtype),
      dims_(std::move(dims)),
      strides_(RowMajorStridesOf(dims_)),
      data_(data),
      owner_(std::move(owner)) {}

HostTensor HostTensor::Allocate(DType dtype, std::vector<int64_t> dims, void** data) {
  HostTensor tensor(dtype, std::move(dims), nullptr, nullptr);
  const size_t bytes = tensor.num_elements() * SizeOf(dtype);
  // Eight-byte words, so that any element type is aligned.
  std::shared_ptr<uint64_t[]> buffer(new uint64_t[bytes / 8 + 1]());
  tensor.data_ = *data = buffer.get();
  tensor.owner_ = std::move(buffer);
  return tensor;
}

int64_t HostTensor::num_elements() const {
  return std::accumulate(dims_.begin(), dims_.end(), int64_t{1}, std::multiplies<int64_t>());
}

bool HostTensor::IsRowMajor() const {
  int64_t expected = 1;
  for (size_t i = dims_.size(); i-- > 0;) {
    if (dims_[i] != 1 && strides_[i] != expected) return false;
    expected *= dims_[i];
  }
  return true;
}

bool HostTensor::IsSplat() const {
  const int64_t count = num_elements(), size = SizeOf(dtype_);
  // One element of each broadcast dimension is enough to look at.
  std::vector<int64_t> offsets(dims_.size(), 0), sizes = dims_, steps(dims_.size(), 1);
  bool broadcast = false;
  for (size_t i = 0; i < dims_.size(); ++i) {
    if (strides_[i] != 0 || dims_[i] <= 1) continue;
    sizes[i] = 1;
    broadcast = true;
  }
  if (broadcast) return Sliced(offsets, sizes, steps).IsSplat();
  for (int64_t i = 1; i < count; ++i) {
    if (std::memcmp(bytes(), bytes() + OffsetOf(i) * size, size) != 0) return false;
  }
  return count > 0;
}

HostTensor HostTensor::Transposed(absl::Span<const int64_t> permutation) const {
  SINTER_CHECK(permutation.size() == dims_.size());
  HostTensor view = *this;
  for (size_t i = 0; i < permutation.size(); ++i) {
    view.dims_[i] = dims_[permutation[i]];
    view.strides_[i] = strides_[permutation[i]];
  }
  return view;
}

HostTensor HostTensor::Sliced(absl::Span<const int64_t> offsets, absl::Span<const int64_t> sizes,
                              absl::Span<const int64_t> steps) const {
  SINTER_CHECK(offsets.size() == dims_.size() && sizes.size() == dims_.size());
  HostTensor view = *this;
  int64_t shift = 0;
  for (size_t i = 0; i < dims_.size(); ++i) {
    view.dims_[i] = sizes[i];
    view.strides_[i] = strides_[i] * steps[i];
    shift += offsets[i] * strides_[i];
  }
  // An empty view may have offsets past the end: don't even point there.
  if (view.num_elements() > 0) view.data_ = bytes() + shift * SizeOf(dtype_);
  return view;
}

HostTensor HostTensor::BroadcastTo(absl::Span<const int64_t> dims) const {
  SINTER_CHECK(dims.size() >= dims_.size());
  HostTensor view = *this;
  view.dims_.assign(dims.begin(), dims.end());
  view.strides_.assign(dims.size(), 0);
  const size_t lead = dims.size() - dims_.size();
  for (size_t i = 0; i < dims_.size(); ++i) {
    SINTER_CHECK(dims_[i] == dims[lead + i] || dims_[i] == 1);
    view.strides_[lead + i] = dims_[i] == 1 ? 0 : strides_[i];
  }
  return view;
}

HostTensor HostTensor::Reshaped(std::vector<int64_t> dims) const {
  HostTensor view = RowMajor();
  view.dims_ = std::move(dims);
  view.strides_ = RowMajorStridesOf(view.dims_);
  SINTER_CHECK(view.num_elements() == num_elements());
  return view;
}

HostTensor HostTensor::RowMajor() const {
  if (IsRowMajor()) {
    HostTensor same = *this;
    same.strides_ = RowMajorStridesOf(dims_);
    return same;
  }
  void* out;
  HostTensor copy = Allocate(dtype_, dims_, &out);
  const int64_t size = SizeOf(dtype_), count = num_elements();
  // The innermost dimension is walked directly; positions are computed once a row.
  const int64_t row = dims_.back(), stride = strides_.back() * size;
  char* to = static_cast<char*>(out);
  for (int64_t i = 0; i < count; i += row) {
    const char* from = bytes() + OffsetOf(i) * size;
    if (stride == size) {
      std::memcpy(to, from, row * size);
      to += row * size;
      continue;
    }
    for (int64_t j = 0; j < row; ++j, to += size) std::memcpy(to, from + j * stride, size);
  }
  return copy;
}

int64_t HostTensor::OffsetOf(int64_t i) const {
  int64_t offset = 0;
  for (size_t axis = dims_.size(); axis-- > 0;) {
    offset += i % dims_[axis] * strides_[axis];
    i /= dims_[axis];
  }
  return offset;
}

int64_t HostTensor::AsInt(int64_t i) const {
  const char* at = bytes() + OffsetOf(i) * SizeOf(dtype_);
  int64_t value;
  if (LoadInt(at, dtype_, &value)) return value;
  const double real = LoadDouble(at, dtype_);
  // Out of range has no meaning in ONNX; a fixed answer keeps compiles reproducible.
  if (!(real > -9.2e18 && real < 9.2e18)) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(real);
}

double HostTensor::AsDouble(int64_t i) const {
  const char* at = bytes() + OffsetOf(i) * SizeOf(dtype_);
  int64_t value;
  if (!LoadInt(at, dtype_, &value)) return LoadDouble(at, dtype_);
  return dtype_ == DType::kUInt64 ? static_cast<double>(static_cast<uint64_t>(value))
                                  : static_cast<double>(value);
}

}  // namespace sinter::ir
