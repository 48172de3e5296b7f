#include "compiler_core/library/small_floats.h"

#include "compiler_core/library/dtype.h"

typedef struct format {
  int mantissa; /* bits */
  int bias;
  int sign;     /* the sign's bit; -1: none */
  uint32_t max; /* bits of the largest finite number */
  uint32_t inf; /* what larger numbers become */
  uint32_t nan;
  int nan_is_negative_zero;
} format;

static const format kF16 = {10, 15, 15, 0x7bff, 0x7c00, 0x7e00, 0};
static const format kBf16 = {7, 127, 15, 0x7f7f, 0x7f80, 0x7fc0, 0};
static const format kF8E4M3FN = {3, 7, 7, 0x7e, 0x7e, 0x7f, 0};
static const format kF8E4M3FNUZ = {3, 8, 7, 0x7f, 0x7f, 0x80, 1};
static const format kF8E5M2 = {2, 15, 7, 0x7b, 0x7b, 0x7f, 0};
static const format kF8E5M2FNUZ = {2, 16, 7, 0x7f, 0x7f, 0x80, 1};
static const format kF4E2M1 = {1, 1, 3, 0x7, 0x7, 0, 0};
static const format kF6E2M3 = {3, 1, 5, 0x1f, 0x1f, 0, 0};
static const format kF6E3M2 = {2, 3, 5, 0x1f, 0x1f, 0, 0};

static const format* format_of(sinter_dtype dtype) {
  switch (dtype) {
    case SINTER_F16:
      return &kF16;
    case SINTER_BF16:
      return &kBf16;
    case SINTER_F8E4M3FN:
      return &kF8E4M3FN;
    case SINTER_F8E4M3FNUZ:
      return &kF8E4M3FNUZ;
    case SINTER_F8E5M2:
      return &kF8E5M2;
    case SINTER_F8E5M2FNUZ:
      return &kF8E5M2FNUZ;
    case SINTER_F4E2M1:
      return &kF4E2M1;
    case SINTER_F6E2M3:
      return &kF6E2M3;
    case SINTER_F6E3M2:
      return &kF6E3M2;
    default:
      return 0;
  }
}

int sinter_is_float(sinter_dtype dtype) {
  return dtype == SINTER_F32 || dtype == SINTER_F64 || dtype == SINTER_F8E8M0 ||
         format_of(dtype) != 0;
}

static double from_bits(uint64_t bits) {
  double number;
  __builtin_memcpy(&number, &bits, sizeof(number));
  return number;
}

static uint64_t bits_of(double number) {
  uint64_t bits;
  __builtin_memcpy(&bits, &number, sizeof(bits));
  return bits;
}

/* 2^exponent; exponents of normal doubles only. */
static double power_of_two(int exponent) { return from_bits((uint64_t)(exponent + 1023) << 52); }

static double quiet_nan(void) { return from_bits(0x7ff8000000000000u); }

/* 2^(bits - 127); 255 is NaN. */
static double decode_e8m0(uint32_t bits) {
  return bits == 255 ? quiet_nan() : power_of_two((int)bits - 127);
}

/* To the nearest power of two, ties to the even exponent code. */
static uint32_t encode_e8m0(double number) {
  if (!(number > 0) || number > 1.7976931348623157e308) return number == 0 ? 0 : 255;
  const uint64_t bits = bits_of(number);
  const int64_t code = (int64_t)(bits >> 52) - 1023 + 127;
  const uint64_t fraction = bits & 0xfffffffffffffu;
  const uint64_t half = (uint64_t)1 << 51;
  const int64_t rounded = code + (fraction > half || (fraction == half && (code & 1)));
  return rounded < 0 ? 0 : rounded > 254 ? 254 : (uint32_t)rounded;
}

double sinter_decode_float(sinter_dtype dtype, uint32_t bits) {
  if (dtype == SINTER_F8E8M0) return decode_e8m0(bits);
  const format* f = format_of(dtype);
  if (f->nan_is_negative_zero && bits == f->nan) return quiet_nan();
  const uint32_t magnitude = bits & ((1u << f->sign) - 1);
  const int negative = (bits >> f->sign) & 1;
  double number;
  if (magnitude > f->max) {
    const int is_inf = dtype == SINTER_F8E5M2 ? magnitude == 0x7c : magnitude == f->inf;
    number = is_inf ? from_bits(0x7ff0000000000000u) : quiet_nan();
  } else {
    const int exponent = (int)(magnitude >> f->mantissa);
    const double fraction = (double)(magnitude & ((1u << f->mantissa) - 1));
    const double unit = power_of_two((exponent == 0 ? 1 : exponent) - f->bias - f->mantissa);
    number = (fraction + (exponent == 0 ? 0 : (double)(1u << f->mantissa))) * unit;
  }
  return negative ? -number : number;
}

/* The magnitude's code: numbers of a format are as their codes are ordered, so that rounding up
 * over the end of a binade is right by itself. */
static uint32_t encode_magnitude(const format* f, double magnitude) {
  const uint64_t bits = bits_of(magnitude);
  const int exponent = (int)(bits >> 52) - 1023;
  const int lowest = 1 - f->bias;
  const int shown = exponent < lowest ? lowest : exponent;
  /* How many of the 52 fraction bits have no place. */
  const int drop = 52 - f->mantissa + (shown - exponent);
  if (drop > 54) return 0;
  const uint64_t significand = (bits & 0xfffffffffffffu) | ((uint64_t)1 << 52);
  const uint64_t kept = drop >= 64 ? 0 : significand >> drop;
  const uint64_t rest = significand & (((uint64_t)1 << drop) - 1);
  const uint64_t half = (uint64_t)1 << (drop - 1);
  const uint64_t rounded = kept + (rest > half || (rest == half && (kept & 1)));
  /* A normal number's leading bit adds one to the exponent below it. */
  const uint64_t code = ((uint64_t)(shown + f->bias - 1) << f->mantissa) + rounded;
  return code > f->max ? f->inf : (uint32_t)code;
}

uint32_t sinter_encode_float(sinter_dtype dtype, double number) {
  if (dtype == SINTER_F8E8M0) return encode_e8m0(number);
  const format* f = format_of(dtype);
  if (number != number) return f->nan;
  const uint64_t bits = bits_of(number);
  const uint32_t code = encode_magnitude(f, from_bits(bits & ~((uint64_t)1 << 63)));
  if (code == 0 && f->nan_is_negative_zero) return 0;
  return code | (uint32_t)(bits >> 63) << f->sign;
}
