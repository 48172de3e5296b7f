#include "tests/onnx_conformance/compare.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "runtime/dtype.h"

namespace sinter::conformance {
namespace {

using ::sinter::runtime::Dtype;
using ::sinter::runtime::DtypeInfo;
using ::sinter::runtime::DtypeKind;
using ::sinter::runtime::FindDtype;
using ::sinter::runtime::TensorView;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

uint64_t BitsAt(const TensorView& tensor, int bytes, int64_t index) {
  uint64_t bits = 0;
  std::memcpy(&bits, static_cast<const char*>(tensor.data) + index * bytes, bytes);
  return bits;
}

// The value of an all-ones exponent, or NaN/infinity by other rules: the formats differ here.
// RETURNS: true and the value if `magnitude` (all bits but the sign) is special.
bool IsSpecial(const DtypeInfo& row, uint64_t bits, uint64_t magnitude, double* value) {
  const uint64_t all_exponent = ((uint64_t{1} << row.exponent_bits) - 1) << row.mantissa_bits;
  switch (row.dtype) {
    case Dtype::kFloat16:
    case Dtype::kBfloat16:
    case Dtype::kFloat8E5m2:
      *value = magnitude == all_exponent ? kInfinity : kNan;
      return magnitude >= all_exponent;
    case Dtype::kFloat8E4m3fn:
      *value = kNan;
      return magnitude == 0x7f;
    case Dtype::kFloat8E4m3fnuz:
    case Dtype::kFloat8E5m2fnuz:
      *value = kNan;
      return bits == 0x80;
    default:
      return false;
  }
}

double DecodeNarrow(const DtypeInfo& row, uint64_t bits) {
  if (row.dtype == Dtype::kFloat8E8m0) {
    return bits == 255 ? kNan : std::ldexp(1.0, static_cast<int>(bits) - 127);
  }
  const uint64_t sign_bit = uint64_t{1} << (row.exponent_bits + row.mantissa_bits);
  const uint64_t magnitude = bits & (sign_bit - 1);
  double value = 0;
  if (!IsSpecial(row, bits, magnitude, &value)) {
    const uint64_t fraction = magnitude & ((uint64_t{1} << row.mantissa_bits) - 1);
    const int exponent = static_cast<int>(magnitude >> row.mantissa_bits);
    const uint64_t leading = exponent == 0 ? 0 : uint64_t{1} << row.mantissa_bits;
    value = std::ldexp(static_cast<double>(leading | fraction),
                       std::max(exponent, 1) - row.bias - row.mantissa_bits);
  }
  return (bits & sign_bit) != 0 ? -value : value;
}

// Neighbouring floating-point numbers get neighbouring integers.
int64_t Order(const DtypeInfo& row, uint64_t bits) {
  if (row.dtype == Dtype::kFloat8E8m0) return static_cast<int64_t>(bits);
  const uint64_t sign_bit = uint64_t{1} << (row.exponent_bits + row.mantissa_bits);
  const auto magnitude = static_cast<int64_t>(bits & (sign_bit - 1));
  return (bits & sign_bit) != 0 ? -magnitude : magnitude;
}

bool FloatsAgree(const DtypeInfo& row, const TensorView& found, const TensorView& wanted,
                 int64_t index, const Tolerance& tolerance) {
  const double f = FloatAt(found, index);
  const double w = FloatAt(wanted, index);
  if (std::isnan(f) || std::isnan(w)) return std::isnan(f) && std::isnan(w);
  if (f == w) return true;
  if (row.bits < 32) {
    const int64_t units =
        Order(row, BitsAt(found, row.bytes, index)) - Order(row, BitsAt(wanted, row.bytes, index));
    if (std::abs(units) <= tolerance.units) return true;
  }
  if (std::isinf(f) || std::isinf(w)) return false;
  return std::abs(f - w) <= tolerance.absolute + tolerance.relative * std::abs(w);
}

std::string ValueText(const DtypeInfo& row, const TensorView& tensor, int64_t index) {
  if (row.kind == DtypeKind::kFloat) return absl::StrCat(FloatAt(tensor, index));
  const uint64_t bits = BitsAt(tensor, row.bytes, index);
  if (row.kind != DtypeKind::kSigned) return absl::StrCat(bits);
  const int unused = 64 - row.bits;
  return absl::StrCat(static_cast<int64_t>(bits << unused) >> unused);
}

// A complex tensor seen as one of real numbers, twice as many.
TensorView AsReal(const TensorView& tensor, int64_t* count) {
  TensorView real = tensor;
  real.dtype = tensor.dtype == Dtype::kComplex64 ? Dtype::kFloat32 : Dtype::kFloat64;
  *count *= 2;
  return real;
}

absl::Status CompareElements(TensorView found, TensorView wanted, int64_t count,
                             const Tolerance& tolerance) {
  if (FindDtype(wanted.dtype)->kind == DtypeKind::kComplex) {
    found = AsReal(found, &count);
    count /= 2;
    wanted = AsReal(wanted, &count);
  }
  const DtypeInfo& row = *FindDtype(wanted.dtype);
  int64_t differing = 0;
  int64_t first = -1;
  for (int64_t i = 0; i < count; ++i) {
    const bool agree = row.kind == DtypeKind::kFloat
                           ? FloatsAgree(row, found, wanted, i, tolerance)
                           : BitsAt(found, row.bytes, i) == BitsAt(wanted, row.bytes, i);
    if (agree) continue;
    if (differing++ == 0) first = i;
  }
  if (differing == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("element ", first, " is ", ValueText(row, found, first), ", expected ",
                   ValueText(row, wanted, first), "; ", differing, " of ", count, " differ"));
}

}  // namespace

double FloatAt(const TensorView& tensor, int64_t index) {
  const DtypeInfo& row = *FindDtype(tensor.dtype);
  const uint64_t bits = BitsAt(tensor, row.bytes, index);
  if (row.bytes == 8) {
    double value;
    std::memcpy(&value, &bits, sizeof(value));
    return value;
  }
  if (row.bytes == 4) {
    float value;
    const auto low = static_cast<uint32_t>(bits);
    std::memcpy(&value, &low, sizeof(value));
    return value;
  }
  return DecodeNarrow(row, bits);
}

absl::Status Compare(const TensorView& found, const TensorView& wanted,
                     const Tolerance& tolerance) {
  if (found.dtype != wanted.dtype) {
    return absl::FailedPreconditionError(absl::StrCat("type is ", runtime::DtypeName(found.dtype),
                                                      ", expected ",
                                                      runtime::DtypeName(wanted.dtype)));
  }
  if (found.dims != wanted.dims) {
    return absl::FailedPreconditionError(absl::StrCat("shape is ", runtime::ShapeText(found.dims),
                                                      ", expected ",
                                                      runtime::ShapeText(wanted.dims)));
  }
  if (tolerance.only_shape) return absl::OkStatus();
  SINTER_ASSIGN_OR_RETURN(const int64_t count, runtime::ElementCount(wanted.dims));
  return CompareElements(found, wanted, count, tolerance);
}

}  // namespace sinter::conformance
