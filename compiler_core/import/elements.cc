#include "compiler_core/import/elements.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace sinter::import {

using ir::DType;

namespace {

// Rounds to a float with `mantissa_bits` and `exponent_bits` of exponent, and packs its bits.
uint16_t PackHalf(double value, int exponent_bits, int mantissa_bits) {
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  const uint16_t infinity = static_cast<uint16_t>(((1 << exponent_bits) - 1) << mantissa_bits);
  if (std::isnan(value)) return sign | infinity | (1 << (mantissa_bits - 1));
  if (std::isinf(value)) return sign | infinity;
  if (value == 0) return sign;
  const double magnitude = std::fabs(value);
  // Subnormals share the smallest exponent.
  const int exponent = std::max(std::ilogb(magnitude), 1 - bias);
  const double units = std::nearbyint(std::ldexp(magnitude, mantissa_bits - exponent));
  // Rounding up to the next power of two carries into the exponent by itself.
  const int64_t biased = exponent + bias - 1;
  const int64_t bits = (biased << mantissa_bits) + static_cast<int64_t>(units);
  return sign | static_cast<uint16_t>(std::min<int64_t>(bits, infinity));
}

template <typename T>
void Store(char* data, int64_t i, T value) {
  std::memcpy(data + i * static_cast<int64_t>(sizeof(T)), &value, sizeof(T));
}

}  // namespace

bool IsFloat(DType dtype) {
  return dtype == DType::kFloat32 || dtype == DType::kFloat64 || dtype == DType::kFloat16 ||
         dtype == DType::kBFloat16;
}

bool IsInteger(DType dtype) {
  switch (dtype) {
    case DType::kInt8:
    case DType::kInt16:
    case DType::kInt32:
    case DType::kInt64:
    case DType::kUInt8:
    case DType::kUInt16:
    case DType::kUInt32:
    case DType::kUInt64:
      return true;
    default:
      return false;
  }
}

TensorWriter::TensorWriter(DType dtype, std::vector<int64_t> dims) {
  void* data;
  tensor_ = ir::HostTensor::Allocate(dtype, std::move(dims), &data);
  data_ = static_cast<char*>(data);
}

void TensorWriter::SetDouble(int64_t i, double value) {
  switch (tensor_.dtype()) {
    case DType::kFloat32:
      return Store(data_, i, static_cast<float>(value));
    case DType::kFloat64:
      return Store(data_, i, value);
    case DType::kFloat16:
      return Store(data_, i, PackHalf(value, 5, 10));
    case DType::kBFloat16:
      return Store(data_, i, PackHalf(value, 8, 7));
    case DType::kBool:
      return Store<uint8_t>(data_, i, value != 0);
    default:
      break;
  }
  // Out of range has no meaning in ONNX; a fixed answer keeps compiles reproducible.
  const bool fits = value > -9.2e18 && value < 9.2e18;
  SetInt(i, fits ? static_cast<int64_t>(value) : 0);
}

void TensorWriter::SetInt(int64_t i, int64_t value) {
  if (IsFloat(tensor_.dtype())) return SetDouble(i, static_cast<double>(value));
  if (tensor_.dtype() == DType::kBool) return Store<uint8_t>(data_, i, value != 0);
  switch (ir::SizeOf(tensor_.dtype())) {
    case 1:
      return Store(data_, i, static_cast<int8_t>(value));
    case 2:
      return Store(data_, i, static_cast<int16_t>(value));
    case 4:
      return Store(data_, i, static_cast<int32_t>(value));
    default:
      return Store(data_, i, value);
  }
}

void TensorWriter::Copy(int64_t i, const ir::HostTensor& from, int64_t j) {
  const int64_t size = ir::SizeOf(tensor_.dtype());
  std::memcpy(data_ + i * size, from.bytes() + j * size, size);
}

ir::HostTensor MakeTensor(DType dtype, std::vector<int64_t> dims,
                          const std::vector<int64_t>& elements) {
  TensorWriter writer(dtype, std::move(dims));
  for (size_t i = 0; i < elements.size(); ++i) writer.SetInt(i, elements[i]);
  return writer.Take();
}

std::vector<int64_t> ConstantDims(const ir::SymShape& shape) {
  std::vector<int64_t> dims;
  for (const ir::SymExpr& dim : shape) dims.push_back(*dim.AsConstant());
  return dims;
}

bool IsConstantShape(const ir::SymShape& shape) {
  return std::all_of(shape.begin(), shape.end(),
                     [](const ir::SymExpr& dim) { return dim.IsConstant(); });
}

}  // namespace sinter::import
