#include "reference/small_types.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/check.h"

namespace sinter::reference {
namespace {

// What the bit patterns with the largest exponent mean.
enum class Specials {
  kIeee,       // fraction 0 is infinity, others are NaN
  kOneNan,     // "fn": only all ones is NaN, the others are numbers
  kMinusZero,  // "fnuz": all are numbers; minus zero is the only NaN
  kNone,       // all are numbers
};

struct Format {
  int exponent_bits;
  int mantissa_bits;
  int bias;
  Specials specials;

  uint64_t FractionMask() const { return (uint64_t{1} << mantissa_bits) - 1; }
  uint64_t SignBit() const { return uint64_t{1} << (exponent_bits + mantissa_bits); }
  uint64_t MagnitudeMask() const { return SignBit() - 1; }
  uint64_t InfinityBits() const { return MagnitudeMask() & ~FractionMask(); }
  uint64_t LargestBits() const {
    if (specials == Specials::kIeee) return InfinityBits() - 1;
    return specials == Specials::kOneNan ? MagnitudeMask() - 1 : MagnitudeMask();
  }
};

constexpr Format kFloat16{5, 10, 15, Specials::kIeee};
constexpr Format kBfloat16{8, 7, 127, Specials::kIeee};
constexpr Format kFloat32{8, 23, 127, Specials::kIeee};
constexpr Format kE4m3fn{4, 3, 7, Specials::kOneNan};
constexpr Format kE4m3fnuz{4, 3, 8, Specials::kMinusZero};
constexpr Format kE5m2{5, 2, 15, Specials::kIeee};
constexpr Format kE5m2fnuz{5, 2, 16, Specials::kMinusZero};
constexpr Format kE2m1{2, 1, 1, Specials::kNone};

constexpr int kE8m0Bias = 127;
constexpr uint64_t kE8m0Nan = 255;

const Format& FormatOf(Dtype dtype) {
  switch (dtype) {
    case Dtype::kFloat16:
      return kFloat16;
    case Dtype::kBfloat16:
      return kBfloat16;
    case Dtype::kFloat32:
      return kFloat32;
    case Dtype::kFloat8E4m3fn:
      return kE4m3fn;
    case Dtype::kFloat8E4m3fnuz:
      return kE4m3fnuz;
    case Dtype::kFloat8E5m2:
      return kE5m2;
    case Dtype::kFloat8E5m2fnuz:
      return kE5m2fnuz;
    default:
      SINTER_CHECK(dtype == Dtype::kFloat4E2m1);
      return kE2m1;
  }
}

constexpr int kDoubleMantissaBits = 52;

uint64_t DoubleBits(double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

double DoubleFromBits(uint64_t bits) {
  double value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

double MagnitudeOf(const Format& format, uint64_t magnitude) {
  const auto fraction = static_cast<double>(magnitude & format.FractionMask());
  const int exponent = static_cast<int>(magnitude >> format.mantissa_bits);
  const double leading = exponent == 0 ? 0 : std::ldexp(1.0, format.mantissa_bits);
  return std::ldexp(leading + fraction, std::max(exponent, 1) - format.bias - format.mantissa_bits);
}

double NanOf(const Format& format, bool negative, uint64_t fraction) {
  const uint64_t payload = fraction << (kDoubleMantissaBits - format.mantissa_bits);
  return DoubleFromBits((uint64_t{negative} << 63) | (uint64_t{0x7ff} << 52) | payload);
}

uint64_t EncodeNan(const Format& format, double value) {
  const uint64_t sign = std::signbit(value) ? format.SignBit() : 0;
  switch (format.specials) {
    case Specials::kIeee: {
      const uint64_t payload = (DoubleBits(value) >> (kDoubleMantissaBits - format.mantissa_bits)) &
                               format.FractionMask();
      const uint64_t quiet = uint64_t{1} << (format.mantissa_bits - 1);
      return sign | format.InfinityBits() | (payload == 0 ? quiet : payload);
    }
    case Specials::kOneNan:
      return sign | format.MagnitudeMask();
    case Specials::kMinusZero:
      return format.SignBit();
    case Specials::kNone:
      return format.SignBit();
  }
  return 0;
}

uint64_t EncodeOverflow(const Format& format, uint64_t sign, Overflow overflow) {
  if (overflow == Overflow::kSaturate || format.specials == Specials::kNone) {
    return sign | format.LargestBits();
  }
  if (format.specials == Specials::kIeee) return sign | format.InfinityBits();
  return format.specials == Specials::kOneNan ? sign | format.MagnitudeMask() : format.SignBit();
}

// An integral double: `value` without what is below one.
double RoundUnits(double value, Rounding rounding) {
  if (rounding == Rounding::kUp) return std::ceil(value);
  if (rounding == Rounding::kDown) return std::floor(value);
  return std::nearbyint(value);
}

uint64_t EncodeE8m0(double value, Overflow overflow, Rounding rounding) {
  const bool saturate = overflow == Overflow::kSaturate;
  if (std::isnan(value) || value < 0) return kE8m0Nan;
  if (value == 0) return saturate ? 0 : kE8m0Nan;
  if (std::isinf(value)) return saturate ? kE8m0Nan - 1 : kE8m0Nan;
  int exponent = std::ilogb(value);
  const double fraction = std::ldexp(value, -exponent);  // from 1 to below 2
  // Halfway between two powers of two, at 1.5, goes up, as ONNX's own conversion has it.
  if (rounding == Rounding::kUp ? fraction > 1
                                : rounding == Rounding::kNearestEven && fraction >= 1.5) {
    ++exponent;
  }
  const int biased = exponent + kE8m0Bias;
  if (biased < 0) return saturate ? 0 : kE8m0Nan;
  if (biased >= static_cast<int>(kE8m0Nan)) return saturate ? kE8m0Nan - 1 : kE8m0Nan;
  return biased;
}

}  // namespace

double DecodeFloat(Dtype dtype, uint64_t bits) {
  if (dtype == Dtype::kFloat64) return DoubleFromBits(bits);
  if (dtype == Dtype::kFloat8E8m0) {
    if (bits == kE8m0Nan) return std::numeric_limits<double>::quiet_NaN();
    return std::ldexp(1.0, static_cast<int>(bits) - kE8m0Bias);
  }
  const Format& format = FormatOf(dtype);
  const uint64_t magnitude = bits & format.MagnitudeMask();
  const bool negative = (bits & format.SignBit()) != 0;
  const double sign = negative ? -1 : 1;
  const uint64_t fraction = bits & format.FractionMask();
  switch (format.specials) {
    case Specials::kIeee:
      if (magnitude == format.InfinityBits()) return sign * HUGE_VAL;
      if (magnitude > format.InfinityBits()) return NanOf(format, negative, fraction);
      break;
    case Specials::kOneNan:
      if (magnitude == format.MagnitudeMask()) return NanOf(format, negative, fraction);
      break;
    case Specials::kMinusZero:
      if (bits == format.SignBit()) return std::numeric_limits<double>::quiet_NaN();
      break;
    case Specials::kNone:
      break;
  }
  return sign * MagnitudeOf(format, magnitude);
}

uint64_t EncodeFloat(Dtype dtype, double value, Overflow overflow, Rounding rounding) {
  if (dtype == Dtype::kFloat64) return DoubleBits(value);
  if (dtype == Dtype::kFloat8E8m0) return EncodeE8m0(value, overflow, rounding);
  const Format& format = FormatOf(dtype);
  if (std::isnan(value)) return EncodeNan(format, value);
  const uint64_t sign = std::signbit(value) ? format.SignBit() : 0;
  const double magnitude = std::fabs(value);
  if (std::isinf(value)) return EncodeOverflow(format, sign, overflow);

  // The distance of neighbours at this magnitude; below the least normal number it stays.
  const int least_exponent = 1 - format.bias;
  const int exponent =
      magnitude == 0 ? least_exponent : std::max(std::ilogb(magnitude), least_exponent);
  const double units = RoundUnits(std::ldexp(magnitude, format.mantissa_bits - exponent), rounding);
  // Adding the units to the bits of the exponent carries into it as it should: that `units` holds
  // the leading bit too is made up for by an exponent that is one less.
  const uint64_t rounded =
      (static_cast<uint64_t>(exponent - least_exponent) << format.mantissa_bits) +
      static_cast<uint64_t>(units);
  if (rounded > format.LargestBits()) return EncodeOverflow(format, sign, overflow);
  if (rounded == 0 && format.specials == Specials::kMinusZero) return 0;
  return sign | rounded;
}

double RoundTo(Dtype dtype, double value, Overflow overflow) {
  if (dtype == Dtype::kFloat64) return value;
  if (dtype == Dtype::kFloat32 && overflow == Overflow::kSpecial) {
    return static_cast<double>(static_cast<float>(value));
  }
  return DecodeFloat(dtype, EncodeFloat(dtype, value, overflow));
}

double LargestFinite(Dtype dtype) {
  if (dtype == Dtype::kFloat64) return std::numeric_limits<double>::max();
  if (dtype == Dtype::kFloat8E8m0) return DecodeFloat(dtype, kE8m0Nan - 1);
  return DecodeFloat(dtype, FormatOf(dtype).LargestBits());
}

double LowestFinite(Dtype dtype) {
  return dtype == Dtype::kFloat8E8m0 ? DecodeFloat(dtype, 0) : -LargestFinite(dtype);
}

Integer LargestInteger(Dtype dtype) {
  const DtypeInfo& info = Info(dtype);
  if (info.kind == DtypeKind::kBool) return 1;
  SINTER_CHECK(info.kind == DtypeKind::kInteger);
  return (Integer{1} << (info.is_signed ? info.bits - 1 : info.bits)) - 1;
}

Integer LowestInteger(Dtype dtype) {
  return Info(dtype).is_signed ? -LargestInteger(dtype) - 1 : 0;
}

Integer WrapTo(Dtype dtype, Integer value) {
  const DtypeInfo& info = Info(dtype);
  if (info.kind == DtypeKind::kBool) return value != 0 ? 1 : 0;
  const Integer low = value & ((Integer{1} << info.bits) - 1);
  const bool negative = info.is_signed && ((low >> (info.bits - 1)) & 1) != 0;
  return negative ? low - (Integer{1} << info.bits) : low;
}

Integer SaturateTo(Dtype dtype, Integer value) {
  return std::min(std::max(value, LowestInteger(dtype)), LargestInteger(dtype));
}

Integer TruncateTo(Dtype dtype, double value) {
  if (Info(dtype).kind == DtypeKind::kBool) return value != 0 ? 1 : 0;
  if (dtype == Dtype::kUint64 && value >= 0x1p63 && value < 0x1p64) {
    return static_cast<Integer>(value);
  }
  const bool held = value >= -0x1p63 && value < 0x1p63;
  const int64_t truncated =
      held ? static_cast<int64_t>(value) : std::numeric_limits<int64_t>::min();
  return WrapTo(dtype, truncated);
}

}  // namespace sinter::reference
