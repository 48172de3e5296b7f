#include "runtime/random_tensor.h"

#include <cmath>
#include <cstring>

#include "base/status_macros.h"

namespace sinter::runtime {
namespace {

uint64_t Draw(uint64_t seed, uint64_t i) {
  uint64_t z = seed + (i + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

// The bits of `value` in the float type `row`. REQUIRES: `value` is exact in it.
uint64_t FloatBits(const DtypeInfo& row, double value) {
  if (value == 0) return 0;
  const uint64_t sign = value < 0 ? uint64_t{1} << (row.exponent_bits + row.mantissa_bits) : 0;
  int exponent;  // |value| = fraction * 2^exponent, fraction in [1/2, 1)
  const double fraction = std::frexp(std::fabs(value), &exponent);
  const int field = exponent - 1 + row.bias;
  if (field <= 0 && row.mantissa_bits > 0) {
    const double steps = std::ldexp(std::fabs(value), row.bias - 1 + row.mantissa_bits);
    return sign | static_cast<uint64_t>(steps);
  }
  const uint64_t mantissa = static_cast<uint64_t>(std::ldexp(2 * fraction - 1, row.mantissa_bits));
  return sign | static_cast<uint64_t>(field) << row.mantissa_bits | mantissa;
}

uint64_t FloatFromDraw(const DtypeInfo& row, uint64_t u) {
  if (row.dtype == Dtype::kFloat8E8m0) {
    return FloatBits(row, std::ldexp(1.0, -static_cast<int>(u >> 62)));
  }
  const int p = row.mantissa_bits + 1;
  const int64_t half = int64_t{1} << (p - 1);
  const int64_t step = static_cast<int64_t>(u >> (64 - p)) - half;
  return FloatBits(row, static_cast<double>(step) / static_cast<double>(half));
}

uint64_t ElementFromDraw(const DtypeInfo& row, uint64_t u) {
  if (row.kind == DtypeKind::kFloat) return FloatFromDraw(row, u);
  return row.bits < 4 ? u >> 63 : u >> 61;
}

}  // namespace

absl::StatusOr<Tensor> RandomTensor(Dtype dtype, absl::Span<const int64_t> dims, uint64_t seed) {
  SINTER_ASSIGN_OR_RETURN(Tensor tensor, Tensor::Make(dtype, dims));
  const DtypeInfo* row = FindDtype(dtype);
  // A complex tensor is one of floats, twice as many.
  if (row->kind == DtypeKind::kComplex) {
    row = FindDtype(dtype == Dtype::kComplex64 ? Dtype::kFloat32 : Dtype::kFloat64);
  }
  char* const bytes = static_cast<char*>(tensor.mutable_data());
  const int64_t count = tensor.byte_size() / row->bytes;
  for (int64_t i = 0; i < count; ++i) {
    const uint64_t element = ElementFromDraw(*row, Draw(seed, i));
    // Little-endian: the low bytes come first.
    std::memcpy(bytes + i * row->bytes, &element, row->bytes);
  }
  return tensor;
}

}  // namespace sinter::runtime
