#include "compiler_core/codegen/kernel/math_f32.h"

#include <limits>

namespace sinter::codegen {
namespace {

using mlir::Value;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kLog2E = 1.4426950408889634;
// ln 2 in two parts; a multiple of the first by an exponent is exact.
constexpr double kLn2High = 0.693359375;
constexpr double kLn2Low = -2.1219444005469057e-4;
// Adding 1.5 * 2^23 rounds to an integer, which then is in the low bits.
constexpr double kRounder = 12582912.0;

// Polynomials fitted by the Remez algorithm; the comment gives the greatest relative error.
// exp(r) = 1 + r + r^2 P(r) for |r| <= ln 2 / 2: 3.4e-9
constexpr double kExp[] = {0.50000001016, 0.16666512888, 0.041666185521, 0.0083695985744,
                           0.0013951819204};
// ln(1 + f) = f - f^2 / 2 + f^3 P(f) for 1 + f in [sqrt(1/2), sqrt(2)]: 7.3e-10
constexpr double kLog[] = {0.33333310442,  -0.24999986595, 0.2000222644,
                           -0.16669250805, 0.14218661326,  -0.12384350726,
                           0.11872956668,  -0.11789791178, 0.069153928059};
// tanh(x) = x + x^3 P(x^2) for |x| < 0.648: 6.2e-9
constexpr double kTanh[] = {-0.33333264743, 0.13330950317, -0.053697139375, 0.020496645613,
                            -0.0055431196205};
// erf(x) = x + x P(x^2) for |x| < 0.93: 1.8e-8
constexpr double kErfSmall[] = {0.12837915004,   -0.37612494317, 0.11281802733,
                                -0.026765565172, 0.004990977451, -0.0005976879826};
// erf(x) = 1 - exp(-P(x)) for x in [0.92, 3.93]: 1.6e-9
constexpr double kErfLarge[] = {0.00019568322645, 1.1276755812,    0.63718235041,    0.10393147886,
                                -0.022226848386,  0.0030431951433, -0.00019593450195};

}  // namespace

Value ExpF32(MathBuilder& b, Value x) {
  Value shifted = b.Fma(x, b.Const(kLog2E), b.Const(kRounder));
  Value n = b.Sub(shifted, b.Const(kRounder));
  Value r = b.Fma(n, b.Const(-kLn2High), x);
  r = b.Fma(n, b.Const(-kLn2Low), r);
  Value p = b.Fma(b.Polynomial(r, kExp), b.Mul(r, r), b.Add(r, b.Const(1)));
  // The low bits of `shifted` are n; moved up they add n to the exponent.
  Value scaled = b.FromBits(b.IntAdd(b.Bits(p), b.ShiftLeft(b.Bits(shifted), 23)));
  scaled = b.Select(b.Less(x, b.Const(-87.33654)), b.Const(0), scaled);
  // Beyond the largest argument, and for NaN.
  return b.Select(b.LessEqual(x, b.Const(88.72283)), scaled, b.Add(x, b.Const(kInfinity)));
}

Value LogF32(MathBuilder& b, Value x) {
  Value tiny = b.Less(x, b.Const(1.17549435e-38));
  Value normal = b.Select(tiny, b.Mul(x, b.Const(8388608.0)), x);
  Value bits = b.Bits(normal);
  // The exponent that leaves a mantissa in [sqrt(1/2), sqrt(2)).
  Value exponent = b.ShiftRight(b.IntSub(bits, b.IntConst(0x3f3504f3)), 23);
  Value f = b.Sub(b.FromBits(b.IntSub(bits, b.ShiftLeft(exponent, 23))), b.Const(1));
  Value k = b.Sub(b.IntToFloat(exponent), b.Select(tiny, b.Const(23), b.Const(0)));
  Value square = b.Mul(f, f);
  Value y = b.Mul(b.Mul(square, f), b.Polynomial(f, kLog));
  y = b.Fma(k, b.Const(kLn2Low), y);
  y = b.Fma(square, b.Const(-0.5), y);
  y = b.Fma(k, b.Const(kLn2High), b.Add(f, y));
  Value zero = b.Const(0);
  y = b.Select(b.Less(x, b.Const(kInfinity)), y, x);
  Value special = b.Select(b.Equal(x, zero), b.Const(-kInfinity), b.Const(kNan));
  return b.Select(b.Less(zero, x), y, special);
}

Value TanhF32(MathBuilder& b, Value x) {
  Value a = b.Abs(x);
  Value square = b.Mul(x, x);
  Value small = b.Fma(b.Mul(x, square), b.Polynomial(square, kTanh), x);
  Value e = ExpF32(b, b.Add(a, a));
  Value large = b.Sub(b.Const(1), b.Div(b.Const(2), b.Add(e, b.Const(1))));
  return b.Select(b.Less(a, b.Const(0.625)), small, b.CopySign(large, x));
}

Value ErfF32(MathBuilder& b, Value x) {
  Value a = b.Abs(x);
  Value small = b.Fma(x, b.Polynomial(b.Mul(x, x), kErfSmall), x);
  // From here on 1 is the nearest number; the comparison leaves NaN alone.
  Value clamped = b.Select(b.Less(b.Const(3.93), a), b.Const(3.93), a);
  Value complement = ExpF32(b, b.Neg(b.Polynomial(clamped, kErfLarge)));
  Value large = b.Sub(b.Const(1), complement);
  return b.Select(b.Less(a, b.Const(0.921875)), small, b.CopySign(large, x));
}

}  // namespace sinter::codegen
