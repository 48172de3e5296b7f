// The exact values of ONNX's number types, bit by bit, and rounding to them.
//
// Everything is defined through doubles and integers that hold every value of the narrower types
// exactly (double has no trouble with any float of 32 bits or less), so rounding happens once.
#ifndef SINTER_REFERENCE_SMALL_TYPES_H_
#define SINTER_REFERENCE_SMALL_TYPES_H_

#include <cstdint>

#include "reference/dtype.h"

namespace sinter::reference {

// Wide enough for every integer type of ONNX and for sums, differences and products of two of
// them (up to wrap-around at 128 bits), so that operators need no case for uint64.
using Integer = __int128;

// What becomes of a magnitude beyond the largest finite one.
enum class Overflow {
  kSpecial,   // infinity; NaN in the formats that have no infinity
  kSaturate,  // the largest finite number, also for infinities
};

enum class Rounding { kNearestEven, kUp, kDown };

// The number that `bits` means in the floating-point format `dtype`. NaNs keep sign and, where the
// format has several, the leading bits of their payload.
double DecodeFloat(Dtype dtype, uint64_t bits);

// The bits of `value` rounded to the format `dtype`. float4e2m1 has neither infinity nor NaN: it
// always saturates, and NaN becomes minus zero, as in ONNX's own conversions. float8e8m0 has only
// powers of two: zero and what is too small become its least number when saturating, else NaN; a
// negative number is NaN. `rounding` other than kNearestEven is there for float8e8m0; kDown is
// toward zero.
uint64_t EncodeFloat(Dtype dtype, double value, Overflow overflow = Overflow::kSpecial,
                     Rounding rounding = Rounding::kNearestEven);

// The number of format `dtype` nearest to `value`, ties to even.
double RoundTo(Dtype dtype, double value, Overflow overflow = Overflow::kSpecial);

// The largest finite number of a floating-point format, and the least.
double LargestFinite(Dtype dtype);
double LowestFinite(Dtype dtype);

// The bounds of an integer type; bool counts as 0 to 1.
Integer LargestInteger(Dtype dtype);
Integer LowestInteger(Dtype dtype);

// `value` modulo 2^bits, as two's complement for signed types; for bool whether it is not zero.
Integer WrapTo(Dtype dtype, Integer value);

// The nearest integer of the type. REQUIRES: an integer type.
Integer SaturateTo(Dtype dtype, Integer value);

// A real number as an integer: toward zero, then modulo 2^bits. NaN, infinities and what 64 bits
// can't hold become the least int64 first, as x86-64 and ONNX Runtime there have it; ONNX leaves
// this undefined.
Integer TruncateTo(Dtype dtype, double value);

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_SMALL_TYPES_H_
