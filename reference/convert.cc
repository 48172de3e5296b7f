#include "reference/convert.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/status_macros.h"

namespace sinter::reference {
namespace {

// `value` as a double that rounds to every narrower format as `value` itself would: what doesn't
// fit into 53 bits leaves its mark in the last bit (rounding to odd), so that a tie is never made
// up.
double ToOdd(Integer value) {
  const bool negative = value < 0;
  auto magnitude = static_cast<unsigned __int128>(negative ? -value : value);
  int shift = 0;
  bool inexact = false;
  while ((magnitude >> 53) != 0) {
    inexact |= (magnitude & 1) != 0;
    magnitude >>= 1;
    ++shift;
  }
  if (inexact) magnitude |= 1;
  const double result = std::ldexp(static_cast<double>(magnitude), shift);
  return negative ? -result : result;
}

bool IsFloat8(Dtype dtype) { return IsFloat(dtype) && Info(dtype).bits <= 8; }

double ToFloat(Dtype dtype, double value, const Conversion& how) {
  if (!IsFloat8(dtype)) return RoundTo(dtype, value);
  return DecodeFloat(dtype, EncodeFloat(dtype, value, how.overflow, how.rounding));
}

// Eight digits as ONNX Runtime has them, or the fewest beyond from which the same number of the
// type is read back.
std::string ShortestText(Dtype dtype, double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "INF" : "-INF";
  std::string text;
  for (int digits = 8; digits <= 17; ++digits) {
    char buffer[40];
    std::snprintf(buffer, sizeof(buffer), "%.*g", digits, value);
    text = buffer;
    if (RoundTo(dtype, std::strtod(buffer, nullptr)) == value) break;
  }
  return text;
}

std::string IntegerText(Integer value) {
  return value < 0 ? absl::StrCat(static_cast<int64_t>(value))
                   : absl::StrCat(static_cast<uint64_t>(value));
}

Tensor ToStrings(const Tensor& tensor) {
  Tensor result(Dtype::kString, tensor.dims());
  for (int64_t i = 0; i < tensor.count(); ++i) {
    if (tensor.HoldsReals()) {
      result.strings()[i] = ShortestText(tensor.dtype(), tensor.reals()[i]);
    } else if (tensor.dtype() == Dtype::kBool) {
      result.strings()[i] = tensor.integers()[i] != 0 ? "1" : "0";
    } else {
      result.strings()[i] = IntegerText(tensor.integers()[i]);
    }
  }
  return result;
}

absl::Status NoNumber(const std::string& text) {
  return absl::InvalidArgumentError(absl::StrCat("the string `", text, "` is no number"));
}

absl::StatusOr<Tensor> FromStrings(const Tensor& tensor, Dtype dtype, const Conversion& how) {
  Tensor result(dtype, tensor.dims());
  for (int64_t i = 0; i < tensor.count(); ++i) {
    const std::string text(absl::StripAsciiWhitespace(tensor.strings()[i]));
    int64_t integer = 0;
    uint64_t large = 0;
    double real = 0;
    if (result.HoldsIntegers() && absl::SimpleAtoi(text, &integer)) {
      result.integers()[i] = WrapTo(dtype, integer);
    } else if (result.HoldsIntegers() && absl::SimpleAtoi(text, &large)) {
      result.integers()[i] = WrapTo(dtype, large);
    } else if (!absl::SimpleAtod(text, &real)) {
      return NoNumber(text);
    } else if (result.HoldsIntegers()) {
      result.integers()[i] = TruncateTo(dtype, real);
    } else {
      result.reals()[i] = ToFloat(dtype, real, how);
    }
  }
  return result;
}

}  // namespace

Tensor ConvertNumbers(const Tensor& tensor, Dtype dtype, const Conversion& how) {
  Tensor result(dtype, tensor.dims());
  for (int64_t i = 0; i < tensor.count(); ++i) {
    if (tensor.HoldsReals()) {
      const double x = tensor.reals()[i];
      if (result.HoldsReals()) {
        result.reals()[i] = ToFloat(dtype, x, how);
      } else {
        result.integers()[i] = TruncateTo(dtype, x);
      }
    } else {
      const Integer x = tensor.integers()[i];
      if (!result.HoldsReals()) {
        result.integers()[i] = WrapTo(dtype, x);
      } else if (dtype == Dtype::kFloat64) {
        result.reals()[i] = static_cast<double>(x);
      } else {
        result.reals()[i] = ToFloat(dtype, ToOdd(x), how);
      }
    }
  }
  return result;
}

absl::StatusOr<Tensor> ConvertTo(const Tensor& tensor, Dtype dtype, const Conversion& how) {
  if (tensor.dtype() == dtype) return tensor;
  if (IsComplex(dtype) && IsComplex(tensor.dtype())) {
    return Tensor(dtype, tensor.dims(), tensor.elements());
  }
  if (IsComplex(dtype) || IsComplex(tensor.dtype())) {
    return absl::UnimplementedError(absl::StrCat("conversion from ", Name(tensor.dtype()), " to ",
                                                 Name(dtype), " is not defined"));
  }
  if (tensor.dtype() == Dtype::kString) return FromStrings(tensor, dtype, how);
  if (dtype == Dtype::kString) return ToStrings(tensor);
  return ConvertNumbers(tensor, dtype, how);
}

}  // namespace sinter::reference
