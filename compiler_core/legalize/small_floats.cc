#include "compiler_core/legalize/small_floats.h"

#include "base/check.h"

namespace sinter::legalize {

namespace {

namespace arith = mlir::arith;
using ir::DType;
using mlir::Value;

// What the patterns with the largest exponent, and minus zero, mean.
enum class Specials {
  kIeee,       // infinity and NaNs
  kOneNan,     // all ones is NaN, the others are numbers
  kMinusZero,  // all are numbers; minus zero is the only NaN
  kNone,       // all are numbers
};

struct Format {
  DType dtype;
  int exponent_bits, fraction_bits, bias;
  Specials specials;

  int64_t Sign() const { return int64_t{1} << (exponent_bits + fraction_bits); }
  int64_t Infinity() const { return Sign() - (int64_t{1} << fraction_bits); }  // of kIeee
  int64_t Largest() const {
    if (specials == Specials::kIeee) return Infinity() - 1;
    return specials == Specials::kOneNan ? Sign() - 2 : Sign() - 1;
  }
  // What NaN becomes; minus zero where there is no NaN.
  int64_t Nan() const {
    switch (specials) {
      case Specials::kIeee:
        return Infinity() + (int64_t{1} << (fraction_bits - 1));
      case Specials::kOneNan:
        return Sign() - 1;
      case Specials::kMinusZero:
      case Specials::kNone:
        break;
    }
    return Sign();
  }
  int64_t Overflow(bool saturate) const {
    if (saturate || specials == Specials::kNone) return Largest();
    return specials == Specials::kIeee ? Infinity() : Nan();
  }
};

constexpr Format kFormats[] = {
    {DType::kFloat8E4M3FN, 4, 3, 7, Specials::kOneNan},
    {DType::kFloat8E4M3FNUZ, 4, 3, 8, Specials::kMinusZero},
    {DType::kFloat8E5M2, 5, 2, 15, Specials::kIeee},
    {DType::kFloat8E5M2FNUZ, 5, 2, 16, Specials::kMinusZero},
    {DType::kFloat4E2M1, 2, 1, 1, Specials::kNone},
    {DType::kFloat6E2M3, 2, 3, 1, Specials::kNone},
    {DType::kFloat6E3M2, 3, 2, 3, Specials::kNone},
};

const Format* FindFormat(DType dtype) {
  for (const Format& format : kFormats) {
    if (format.dtype == dtype) return &format;
  }
  return nullptr;
}

constexpr int64_t kE8m0Nan = 255;

// Arithmetic on the bits of a float of the computing kind (f32 or f64).
class Bits {
 public:
  Bits(Scalars& s, mlir::Type real)
      : s_(s.Exact()),
        real_(real),
        integer_(s.builder().getIntegerType(real.getIntOrFloatBitWidth())) {}

  int fraction_bits() const { return real_.isF64() ? 52 : 23; }
  int bias() const { return real_.isF64() ? 1023 : 127; }
  int width() const { return static_cast<int>(integer_.getIntOrFloatBitWidth()); }
  // The bits of 2^exponent, or of what lies a fraction of a power above it.
  int64_t Power(int exponent) const { return int64_t{exponent + bias()} << fraction_bits(); }
  int64_t Infinity() const { return Power(bias() + 1); }

  Value Number(int64_t value) {
    return s_.Emit<arith::ConstantOp>(s_.builder().getIntegerAttr(integer_, value));
  }
  Value And(Value a, int64_t mask) { return s_.Emit<arith::AndIOp>(a, Number(mask)); }
  Value Or(Value a, Value b) { return s_.Emit<arith::OrIOp>(a, b); }
  Value Add(Value a, Value b) { return s_.Emit<arith::AddIOp>(a, b); }
  Value Add(Value a, int64_t b) { return Add(a, Number(b)); }
  Value Shl(Value a, int bits) { return s_.Emit<arith::ShLIOp>(a, Number(bits)); }
  Value Shr(Value a, int bits) { return s_.Emit<arith::ShRUIOp>(a, Number(bits)); }
  // a >= limit, both not negative.
  Value AtLeast(Value a, int64_t limit) {
    return s_.Emit<arith::CmpIOp>(arith::CmpIPredicate::sge, a, Number(limit));
  }
  Value IsZero(Value a) { return s_.Emit<arith::CmpIOp>(arith::CmpIPredicate::eq, a, Number(0)); }
  Value Select(Value condition, Value a, Value b) { return s_.Select(condition, a, b); }
  Value Select(Value condition, int64_t a, Value b) { return Select(condition, Number(a), b); }
  Value Of(Value real) { return s_.Emit<arith::BitcastOp>(integer_, real); }
  Value Real(Value bits) { return s_.Emit<arith::BitcastOp>(real_, bits); }
  Value Real(int64_t bits) { return Real(Number(bits)); }
  Value AddReal(Value a, Value b) { return s_.Add(a, b); }
  Value MulReal(Value a, Value b) { return s_.Mul(a, b); }
  Value Widen(Value byte) { return s_.Emit<arith::ExtUIOp>(integer_, byte); }
  Value Narrow(Value bits) { return s_.Emit<arith::TruncIOp>(s_.builder().getI8Type(), bits); }

 private:
  Scalars s_;
  const mlir::Type real_, integer_;
};

// Of a number without sign and specials: the format's bits, which may be past its largest.
Value Rounded(Bits& b, const Format& format, Value magnitude) {
  const int shift = b.fraction_bits() - format.fraction_bits;
  // Rebias the exponent, round at the last bit that stays.
  const int64_t rebias = int64_t{format.bias - b.bias()} << b.fraction_bits();
  const Value odd = b.And(b.Shr(magnitude, shift), 1);
  const int64_t below_half = (int64_t{1} << (shift - 1)) - 1;
  const Value normal = b.Shr(b.Add(b.Add(magnitude, rebias + below_half), odd), shift);
  // Below the least normal number the unit is fixed: adding a number of that unit rounds to it.
  const int64_t anchor = b.Power(1 - format.bias + shift);
  const Value sum = b.AddReal(b.Real(magnitude), b.Real(anchor));
  const Value small = b.Add(b.Of(sum), -anchor);
  return b.Select(b.AtLeast(magnitude, b.Power(1 - format.bias)), normal, small);
}

Value Encode(Bits& b, const Format& format, Value real, bool saturate) {
  const Value bits = b.Of(real);
  const int64_t sign_bit = b.width() == 64 ? INT64_MIN : int64_t{INT32_MIN};
  const Value magnitude = b.And(bits, ~sign_bit);
  const int sign_place = format.exponent_bits + format.fraction_bits;
  const Value sign = b.Shl(b.Shr(bits, b.width() - 1), sign_place);
  Value rounded = Rounded(b, format, magnitude);
  rounded = b.Select(b.AtLeast(rounded, format.Largest() + 1), format.Overflow(saturate), rounded);
  // Infinity is past the largest number for sure; the sums above may wrap around for it.
  rounded = b.Select(b.AtLeast(magnitude, b.Infinity()), format.Overflow(saturate), rounded);
  const Value is_nan = b.AtLeast(magnitude, b.Infinity() + 1);
  if (format.specials != Specials::kMinusZero) {
    return b.Narrow(b.Or(b.Select(is_nan, format.Nan(), rounded), sign));
  }
  // Zero has no sign, and NaN is what would be minus zero.
  const Value result = b.Select(b.IsZero(rounded), rounded, b.Or(rounded, sign));
  return b.Narrow(b.Select(is_nan, format.Nan(), result));
}

Value Decode(Bits& b, const Format& format, Value stored) {
  const Value bits = b.Widen(stored);
  const Value magnitude = b.And(bits, format.Sign() - 1);
  // Shifted into place and scaled, which also makes small numbers normal.
  const Value shifted = b.Shl(magnitude, b.fraction_bits() - format.fraction_bits);
  const Value scale = b.Real(b.Power(b.bias() - format.bias));
  Value result = b.Of(b.MulReal(b.Real(shifted), scale));
  const int64_t quiet_nan = b.Infinity() | int64_t{1} << (b.fraction_bits() - 1);
  if (format.specials == Specials::kIeee) {
    result = b.Select(b.AtLeast(magnitude, format.Infinity()), b.Infinity(), result);
    result = b.Select(b.AtLeast(magnitude, format.Infinity() + 1), quiet_nan, result);
  } else if (format.specials == Specials::kOneNan) {
    result = b.Select(b.AtLeast(magnitude, format.Nan()), quiet_nan, result);
  }
  const int sign_place = format.exponent_bits + format.fraction_bits;
  const Value sign = b.Shl(b.And(bits, format.Sign()), b.width() - 1 - sign_place);
  result = b.Or(result, sign);
  if (format.specials == Specials::kMinusZero) {
    const Value is_nan = b.IsZero(b.Add(bits, -format.Nan()));
    result = b.Select(is_nan, quiet_nan, result);
  }
  return b.Real(result);
}

// float8e8m0 is the exponent of a float32, and 255 is NaN.
Value DecodeE8m0(Bits& b, Value stored) {
  const Value bits = b.Widen(stored);
  // The least power is not a normal float32.
  Value result = b.Select(b.IsZero(bits), int64_t{1} << 22, b.Shl(bits, 23));
  const Value is_nan = b.AtLeast(bits, kE8m0Nan);
  return b.Real(b.Select(is_nan, b.Infinity() | int64_t{1} << 22, result));
}

Value EncodeE8m0(Bits& b, Value real, SmallFloatRounding rounding) {
  using Mode = SmallFloatRounding::Mode;
  constexpr int64_t kLeast = int64_t{1} << 22;  // 2^-127, as a float32
  const Value bits = b.Of(real);
  // What is added before the fraction is cut off, for numbers from 2^-126 and for those below.
  const int64_t up = rounding.mode == Mode::kUp        ? (int64_t{1} << 23) - 1
                     : rounding.mode == Mode::kNearest ? int64_t{1} << 22
                                                       : 0;
  const int64_t small_limit = rounding.mode == Mode::kUp        ? kLeast + 1
                              : rounding.mode == Mode::kNearest ? kLeast + kLeast / 2
                                                                : int64_t{1} << 23;
  const Value normal = b.Shr(b.Add(bits, up), 23);
  const Value small = b.Select(b.AtLeast(bits, small_limit), 1, b.Number(0));
  Value result = b.Select(b.AtLeast(bits, int64_t{1} << 23), normal, small);
  const int64_t over = rounding.saturate ? kE8m0Nan - 1 : kE8m0Nan;
  result = b.Select(b.AtLeast(result, kE8m0Nan), over, result);
  result = b.Select(b.AtLeast(bits, b.Infinity()), over, result);
  if (!rounding.saturate) {
    // The least number that rounds to the least power, were the exponent not bounded.
    const int64_t reach = rounding.mode == Mode::kUp        ? kLeast / 2 + 1
                          : rounding.mode == Mode::kNearest ? kLeast / 4 * 3
                                                            : kLeast;
    result = b.Select(b.AtLeast(bits, reach), result, b.Number(kE8m0Nan));
  }
  // NaN, and negative numbers but for minus zero.
  result = b.Select(b.AtLeast(bits, b.Infinity() + 1), kE8m0Nan, result);
  const Value is_zero = b.IsZero(b.And(bits, INT32_MAX));
  const Value zero = b.Number(rounding.saturate ? 0 : kE8m0Nan);
  const Value negative = b.Select(is_zero, zero, b.Number(kE8m0Nan));
  return b.Narrow(b.Select(b.AtLeast(bits, 0), result, negative));
}

}  // namespace

bool IsSmallFloat(DType dtype) {
  return dtype == DType::kFloat8E8M0 || FindFormat(dtype) != nullptr;
}

Value FromSmallFloat(Scalars& s, Value bits, DType dtype) {
  Bits b(s, s.builder().getF32Type());
  if (dtype == DType::kFloat8E8M0) return DecodeE8m0(b, bits);
  return Decode(b, *FindFormat(dtype), bits);
}

Value ToSmallFloat(Scalars& s, Value real, DType dtype, SmallFloatRounding rounding) {
  if (dtype == DType::kFloat8E8M0) {
    const mlir::Type f32 = s.builder().getF32Type();
    Bits b(s, f32);
    return EncodeE8m0(b, s.Convert(real, f32), rounding);
  }
  const Format* format = FindFormat(dtype);
  SINTER_CHECK(format != nullptr);
  Bits b(s, real.getType());
  return Encode(b, *format, real, rounding.saturate);
}

}  // namespace sinter::legalize
