#include "runtime/compare.h"

#include <cmath>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "runtime/dtype.h"

namespace sinter::runtime {
namespace {

template <typename T>
T Load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

// A float of 16 bits with IEEE 754's specials.
double Decode16(const DtypeInfo& row, uint16_t bits) {
  const int mantissa = bits & ((1 << row.mantissa_bits) - 1);
  const int top = (1 << row.exponent_bits) - 1;
  const int field = bits >> row.mantissa_bits & top;
  const double sign = bits >> 15 ? -1 : 1;
  if (field == top) return mantissa != 0 ? NAN : sign * INFINITY;
  const int whole = field == 0 ? mantissa : mantissa | 1 << row.mantissa_bits;
  return sign * std::ldexp(whole, (field == 0 ? 1 : field) - row.bias - row.mantissa_bits);
}

// One element (or one part of a complex one) as a number.
double Decode(const DtypeInfo& row, const char* at) {
  switch (row.dtype) {
    case Dtype::kFloat32:
    case Dtype::kComplex64:
      return Load<float>(at);
    case Dtype::kFloat64:
    case Dtype::kComplex128:
      return Load<double>(at);
    case Dtype::kFloat16:
    case Dtype::kBfloat16:
      return Decode16(row, Load<uint16_t>(at));
    case Dtype::kInt64:
      return static_cast<double>(Load<int64_t>(at));
    case Dtype::kUint64:
      return static_cast<double>(Load<uint64_t>(at));
    default:
      break;
  }
  uint64_t bits = 0;
  std::memcpy(&bits, at, row.bytes);
  // Moves the sign to the top and back, which extends it.
  const int shift = 64 - row.bits;
  if (row.kind == DtypeKind::kSigned) return static_cast<int64_t>(bits << shift) >> shift;
  return static_cast<double>(bits);
}

void Add(double got, double want, Difference* difference) {
  const int64_t index = difference->count++;
  if (std::isfinite(want))
    difference->max_abs_want = std::fmax(difference->max_abs_want, std::fabs(want));
  if (std::isfinite(got) && std::isfinite(want)) {
    const double distance = std::fabs(got - want);
    if (distance > difference->max_abs_difference) {
      difference->max_abs_difference = distance;
      if (difference->mismatches == 0) difference->worst_index = index;
    }
    return;
  }
  if (got == want || (std::isnan(got) && std::isnan(want))) return;
  if (difference->mismatches++ == 0) difference->worst_index = index;
}

}  // namespace

bool Difference::Within(double tolerance) const {
  return mismatches == 0 && max_abs_difference <= tolerance * max_abs_want;
}

std::string Difference::Text() const {
  std::string text = absl::StrFormat("max|d| %.3g", max_abs_difference);
  if (mismatches > 0) absl::StrAppend(&text, ", ", mismatches, " NaN or infinity mismatches");
  if (worst_index >= 0) absl::StrAppend(&text, " at element ", worst_index);
  return absl::StrCat(text, " of ", count, absl::StrFormat(", max|want| %.3g", max_abs_want));
}

absl::StatusOr<Difference> Compare(const TensorView& got, const TensorView& want) {
  if (got.dtype != want.dtype || got.dims != want.dims) {
    return absl::InvalidArgumentError(absl::StrCat("got ", DtypeName(got.dtype),
                                                   ShapeText(got.dims), ", but want ",
                                                   DtypeName(want.dtype), ShapeText(want.dims)));
  }
  const DtypeInfo* const row = FindDtype(want.dtype);
  if (row == nullptr || (row->kind == DtypeKind::kFloat && row->bits < 16)) {
    return absl::UnimplementedError(
        absl::StrCat("elements of type ", DtypeName(want.dtype), " can't be compared"));
  }
  SINTER_ASSIGN_OR_RETURN(const int64_t bytes, ByteSize(want.dtype, want.dims));
  const int step = row->kind == DtypeKind::kComplex ? row->bytes / 2 : row->bytes;
  Difference difference;
  for (int64_t at = 0; at < bytes; at += step) {
    Add(Decode(*row, static_cast<const char*>(got.data) + at),
        Decode(*row, static_cast<const char*>(want.data) + at), &difference);
  }
  return difference;
}

}  // namespace sinter::runtime
