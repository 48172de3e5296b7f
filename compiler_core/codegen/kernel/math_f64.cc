#include "compiler_core/codegen/kernel/math_f64.h"

#include <limits>

namespace sinter::codegen {
namespace {

using mlir::Value;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kLog2E = 1.4426950408889634074;
constexpr double kLn2 = 0.69314718055994530942;
// ln 2 in two parts, the first with 32 bits: a multiple of it by an exponent is exact.
constexpr double kLn2High = 0.69314718036912381649;
constexpr double kLn2Low = 1.9082149292705878161e-10;
// Adding 1.5 * 2^52 rounds to an integer, which then is in the low bits.
constexpr double kRounder = 6755399441055744.0;
constexpr int64_t kRounderBits = 0x4338000000000000;
constexpr double kPi = 3.14159265358979323846;
// pi / 2 in parts of 33 bits.
constexpr double kHalfPi[] = {1.5707963267341256142, 6.0771005063039659766e-11,
                              2.0222662487111664558e-21, 8.478427660368899644e-32};

// 1/2!, 1/3!, ... of exp(r) = 1 + r + r^2 P(r).
constexpr double kExp[] = {1.0 / 2,          1.0 / 6,        1.0 / 24,        1.0 / 120,
                           1.0 / 720,        1.0 / 5040,     1.0 / 40320,     1.0 / 362880,
                           1.0 / 3628800,    1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800,
                           1.0 / 87178291200};
// sin(r) = r + r^3 P(r^2), cos(r) = 1 - r^2/2 + r^4 P(r^2).
constexpr double kSin[] = {
    -1.0 / 6,        1.0 / 120,        -1.0 / 5040,          1.0 / 362880,
    -1.0 / 39916800, 1.0 / 6227020800, -1.0 / 1307674368000, 1.0 / 355687428096000};
constexpr double kCos[] = {1.0 / 24,        -1.0 / 720,         1.0 / 40320,         -1.0 / 3628800,
                           1.0 / 479001600, -1.0 / 87178291200, 1.0 / 20922789888000};
// ln((1 + s) / (1 - s)) = 2 s + s P(s^2).
constexpr double kLog[] = {0,        2.0 / 3,  2.0 / 5,  2.0 / 7,  2.0 / 9, 2.0 / 11,
                           2.0 / 13, 2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21};

// Polynomials fitted by the Remez algorithm; the comment gives the greatest relative error.
// atan(u) = u + u^3 P(u^2) for |u| <= tan(pi / 8): 4.6e-20
constexpr double kAtan[] = {-0.333333333333333275,  0.199999999999976701,   -0.142857142853881296,
                            0.111111110881849449,   -0.0909090814477195024, 0.0769228276384645164,
                            -0.0666622682938861336, 0.0587702245980408614,  -0.0521840837423684784,
                            0.0450356453117989653,  -0.0334747832116753954, 0.0151954591839090541};
// erf(x) = x + x P(x^2) for |x| <= 1: 1.9e-19
constexpr double kErfSmall[] = {
    0.128379167095512574,    -0.376126389031837547,     0.112837916709551437,
    -0.026866170645120246,   0.00522397762519776201,    -0.000854832700081873673,
    0.000120553317879686808, -0.0000149256104923277625, 1.64612309637788437e-6,
    -1.63526315554972579e-7, 1.46746441190362625e-8,    -1.14278411624755247e-9,
    6.04645786103601407e-11};
// exp(x^2) (1 - erf(x)) (1 + 2 x) = P((x - 4) / (x + 4)) for x in [1, 28]: 1.1e-18
constexpr double kErfcScaled[] = {
    1.23299511862555251,     -0.139621116840562517,     0.0153796521026206515,
    0.068097054254693188,    -0.101039066036376244,     0.0937328349983313874,
    -0.0663303658099706955,  0.0371675155375558972,     -0.0161977340940559886,
    0.00503196998403898169,  -0.000757772947754456963,  -0.000199256816749943446,
    0.000150619704648456427, -0.0000243981382428057364, -0.0000112149336421369267,
    5.70452350877256075e-6,  2.78409917713214695e-7,    -8.11039840484187859e-7,
    9.26799684430318209e-8,  8.85678651961641888e-8,    -2.56265694548349916e-8};

// 2^n p for the integer n that `shifted` = n + kRounder holds; |n| < 2100.
Value Scale(MathBuilder& b, Value p, Value shifted) {
  Value n = b.IntSub(b.Bits(shifted), b.IntConst(kRounderBits));
  Value half = b.ShiftRight(n, 1);
  auto power = [&](Value exponent) {
    return b.FromBits(b.ShiftLeft(b.IntAdd(exponent, b.IntConst(1023)), 52));
  };
  return b.Mul(b.Mul(p, power(half)), power(b.IntSub(n, half)));
}

// `x` moved into [low, high]; NaN stays.
Value Clamp(MathBuilder& b, Value x, double low, double high) {
  x = b.Select(b.Less(x, b.Const(low)), b.Const(low), x);
  return b.Select(b.Less(b.Const(high), x), b.Const(high), x);
}

Value ExpOfReduced(MathBuilder& b, Value r) {
  return b.Fma(b.Polynomial(r, kExp), b.Mul(r, r), b.Add(r, b.Const(1)));
}

// sin and cos of x are those of `r` in [-pi/4, pi/4] after turning by `quadrant` (0 to 3) * pi/2.
struct Angle {
  Value r, quadrant;
};

Angle Reduce(MathBuilder& b, Value x) {
  Value n = b.Round(b.Mul(x, b.Const(2 / kPi)));
  Value minus_n = b.Neg(n);
  Value r = x;
  for (double part : kHalfPi) r = b.Fma(minus_n, b.Const(part), r);
  Value turns = b.Floor(b.Mul(n, b.Const(0.25)));
  return {r, b.Fma(turns, b.Const(-4), n)};
}

struct SinCos {
  Value sin, cos;  // of the angle's r
};

SinCos SinCosOf(MathBuilder& b, Value r) {
  Value z = b.Mul(r, r);
  Value sin = b.Fma(b.Mul(r, z), b.Polynomial(z, kSin), r);
  Value cos = b.Fma(b.Mul(z, z), b.Polynomial(z, kCos), b.Fma(z, b.Const(-0.5), b.Const(1)));
  return {sin, cos};
}

Value IsOddQuadrant(MathBuilder& b, Value quadrant) {
  return b.Or(b.Equal(quadrant, b.Const(1)), b.Equal(quadrant, b.Const(3)));
}

}  // namespace

Value ExpF64(MathBuilder& b, Value x) {
  x = Clamp(b, x, -760, 710);
  Value shifted = b.Fma(x, b.Const(kLog2E), b.Const(kRounder));
  Value n = b.Sub(shifted, b.Const(kRounder));
  Value r = b.Fma(n, b.Const(-kLn2High), x);
  r = b.Fma(n, b.Const(-kLn2Low), r);
  return Scale(b, ExpOfReduced(b, r), shifted);
}

Value Exp2F64(MathBuilder& b, Value x) {
  x = Clamp(b, x, -1100, 1025);
  Value shifted = b.Add(x, b.Const(kRounder));
  Value r = b.Mul(b.Sub(x, b.Sub(shifted, b.Const(kRounder))), b.Const(kLn2));
  return Scale(b, ExpOfReduced(b, r), shifted);
}

Value Expm1F64(MathBuilder& b, Value x) {
  Value small = b.Fma(b.Polynomial(x, kExp), b.Mul(x, x), x);
  Value large = b.Sub(ExpF64(b, x), b.Const(1));
  return b.Select(b.Less(b.Abs(x), b.Const(0.35)), small, large);
}

Value LogF64(MathBuilder& b, Value x) {
  Value tiny = b.Less(x, b.Const(2.2250738585072014e-308));
  Value normal = b.Select(tiny, b.Mul(x, b.Const(18014398509481984.0)), x);
  Value bits = b.Bits(normal);
  // The exponent that leaves a mantissa in [sqrt(1/2), sqrt(2)).
  Value exponent = b.ShiftRight(b.IntSub(bits, b.IntConst(0x3fe6a09e667f3bcd)), 52);
  Value f = b.Sub(b.FromBits(b.IntSub(bits, b.ShiftLeft(exponent, 52))), b.Const(1));
  Value k = b.Sub(b.IntToFloat(exponent), b.Select(tiny, b.Const(54), b.Const(0)));
  Value s = b.Div(f, b.Add(f, b.Const(2)));
  Value half_square = b.Mul(b.Mul(f, f), b.Const(0.5));
  // ln(1 + f) = f - (f^2/2 - s (f^2/2 + P)): the first term is exact.
  Value p = b.Polynomial(b.Mul(s, s), kLog);
  Value correction = b.Mul(s, b.Add(half_square, p));
  correction = b.Fma(k, b.Const(kLn2Low), correction);
  Value y = b.Sub(f, b.Sub(half_square, correction));
  y = b.Fma(k, b.Const(kLn2High), y);
  Value zero = b.Const(0);
  y = b.Select(b.Less(x, b.Const(kInfinity)), y, x);
  Value special = b.Select(b.Equal(x, zero), b.Const(-kInfinity), b.Const(kNan));
  return b.Select(b.Less(zero, x), y, special);
}

Value Log2F64(MathBuilder& b, Value x) { return b.Mul(LogF64(b, x), b.Const(kLog2E)); }

Value Log10F64(MathBuilder& b, Value x) {
  return b.Mul(LogF64(b, x), b.Const(0.43429448190325182765));
}

Value Log1pF64(MathBuilder& b, Value x) {
  Value u = b.Add(x, b.Const(1));
  // What rounding 1 + x lost, relative to it.
  Value lost = b.Div(b.Sub(x, b.Sub(u, b.Const(1))), u);
  Value y = b.Add(LogF64(b, u), lost);
  y = b.Select(b.Less(b.Abs(x), b.Const(1e-18)), x, y);
  // 1 + x is 0 or infinite: the correction is not a number.
  Value plain = b.Or(b.Equal(u, b.Const(0)), b.Equal(u, b.Const(kInfinity)));
  return b.Select(plain, LogF64(b, u), y);
}

Value SinF64(MathBuilder& b, Value x) {
  const Angle angle = Reduce(b, x);
  const SinCos both = SinCosOf(b, angle.r);
  Value y = b.Select(IsOddQuadrant(b, angle.quadrant), both.cos, both.sin);
  return b.Select(b.LessEqual(b.Const(2), angle.quadrant), b.Neg(y), y);
}

Value CosF64(MathBuilder& b, Value x) {
  const Angle angle = Reduce(b, x);
  const SinCos both = SinCosOf(b, angle.r);
  Value y = b.Select(IsOddQuadrant(b, angle.quadrant), both.sin, both.cos);
  Value negative = b.Or(b.Equal(angle.quadrant, b.Const(1)), b.Equal(angle.quadrant, b.Const(2)));
  return b.Select(negative, b.Neg(y), y);
}

Value TanF64(MathBuilder& b, Value x) {
  const Angle angle = Reduce(b, x);
  const SinCos both = SinCosOf(b, angle.r);
  return b.Select(IsOddQuadrant(b, angle.quadrant), b.Neg(b.Div(both.cos, both.sin)),
                  b.Div(both.sin, both.cos));
}

Value AtanF64(MathBuilder& b, Value x) {
  Value a = b.Abs(x);
  Value one = b.Const(1);
  Value inverted = b.Less(one, a);
  Value t = b.Select(inverted, b.Div(one, a), a);
  Value turned = b.Less(b.Const(0.41421356237309504880), t);
  Value u = b.Select(turned, b.Div(b.Sub(t, one), b.Add(t, one)), t);
  Value z = b.Mul(u, u);
  Value y = b.Fma(b.Mul(u, z), b.Polynomial(z, kAtan), u);
  y = b.Select(turned, b.Add(y, b.Const(kPi / 4)), y);
  y = b.Select(inverted, b.Sub(b.Const(kPi / 2), y), y);
  return b.CopySign(y, x);
}

Value Atan2F64(MathBuilder& b, Value y, Value x) {
  Value zero = b.Const(0);
  Value ay = b.Abs(y);
  Value ax = b.Abs(x);
  // 0/0 and inf/inf have limits here.
  Value both_zero = b.And(b.Equal(ay, zero), b.Equal(ax, zero));
  Value both_infinite = b.And(b.Equal(ay, b.Const(kInfinity)), b.Equal(ax, b.Const(kInfinity)));
  Value ratio = b.Div(ay, ax);
  ratio = b.Select(both_zero, zero, b.Select(both_infinite, b.Const(1), ratio));
  Value angle = AtanF64(b, ratio);
  // The sign of x, also that of a zero.
  Value left = b.Less(b.CopySign(b.Const(1), x), zero);
  angle = b.Select(left, b.Sub(b.Const(kPi), angle), angle);
  return b.CopySign(angle, y);
}

Value AsinF64(MathBuilder& b, Value x) {
  Value one = b.Const(1);
  return AtanF64(b, b.Div(x, b.Sqrt(b.Mul(b.Sub(one, x), b.Add(one, x)))));
}

Value AcosF64(MathBuilder& b, Value x) {
  Value one = b.Const(1);
  Value half = AtanF64(b, b.Sqrt(b.Div(b.Sub(one, x), b.Add(one, x))));
  return b.Add(half, half);
}

Value SinhF64(MathBuilder& b, Value x) {
  Value a = b.Abs(x);
  Value e = Expm1F64(b, a);
  Value small = b.Mul(b.Const(0.5), b.Add(e, b.Div(e, b.Add(e, b.Const(1)))));
  // exp(a) alone may be too large where its half is not.
  Value root = ExpF64(b, b.Mul(a, b.Const(0.5)));
  Value large = b.Mul(b.Mul(root, b.Const(0.5)), root);
  return b.CopySign(b.Select(b.Less(a, b.Const(22)), small, large), x);
}

Value CoshF64(MathBuilder& b, Value x) {
  Value a = b.Abs(x);
  Value root = ExpF64(b, b.Mul(a, b.Const(0.5)));
  Value half = b.Mul(b.Mul(root, b.Const(0.5)), root);
  return b.Add(half, b.Div(b.Const(0.25), half));
}

Value TanhF64(MathBuilder& b, Value x) {
  Value a = b.Abs(x);
  a = b.Select(b.Less(b.Const(22), a), b.Const(22), a);
  Value e = Expm1F64(b, b.Add(a, a));
  return b.CopySign(b.Div(e, b.Add(e, b.Const(2))), x);
}

Value AsinhF64(MathBuilder& b, Value x) {
  Value a = b.Abs(x);
  Value square = b.Mul(a, a);
  Value root = b.Sqrt(b.Add(square, b.Const(1)));
  Value small = Log1pF64(b, b.Add(a, b.Div(square, b.Add(root, b.Const(1)))));
  Value large = b.Add(LogF64(b, a), b.Const(kLn2));
  return b.CopySign(b.Select(b.Less(a, b.Const(268435456.0)), small, large), x);
}

Value AcoshF64(MathBuilder& b, Value x) {
  Value t = b.Sub(x, b.Const(1));
  Value small = Log1pF64(b, b.Add(t, b.Sqrt(b.Fma(t, t, b.Add(t, t)))));
  Value large = b.Add(LogF64(b, x), b.Const(kLn2));
  return b.Select(b.Less(b.Const(268435456.0), x), large, small);
}

Value AtanhF64(MathBuilder& b, Value x) {
  Value a = b.Abs(x);
  Value y = Log1pF64(b, b.Div(b.Add(a, a), b.Sub(b.Const(1), a)));
  return b.CopySign(b.Mul(y, b.Const(0.5)), x);
}

Value ErfF64(MathBuilder& b, Value x) {
  Value a = b.Abs(x);
  Value square = b.Mul(x, x);
  Value small = b.Fma(x, b.Polynomial(square, kErfSmall), x);
  Value clamped = b.Select(b.Less(b.Const(6), a), b.Const(6), a);
  Value four = b.Const(4);
  Value t = b.Div(b.Sub(clamped, four), b.Add(clamped, four));
  Value decay = ExpF64(b, b.Neg(b.Mul(clamped, clamped)));
  Value complement =
      b.Div(b.Mul(decay, b.Polynomial(t, kErfcScaled)), b.Fma(clamped, b.Const(2), b.Const(1)));
  Value large = b.CopySign(b.Sub(b.Const(1), complement), x);
  return b.Select(b.Less(a, b.Const(1)), small, large);
}

Value CbrtF64(MathBuilder& b, Value x) {
  Value a = b.Abs(x);
  Value y = ExpF64(b, b.Mul(LogF64(b, a), b.Const(1.0 / 3)));
  // One step of Newton's method.
  Value square = b.Mul(y, y);
  y = b.Sub(y, b.Div(b.Sub(b.Mul(square, y), a), b.Mul(square, b.Const(3))));
  Value regular = b.And(b.Less(b.Const(0), a), b.Less(a, b.Const(kInfinity)));
  return b.Select(regular, b.CopySign(y, x), x);
}

Value PowF64(MathBuilder& b, Value x, Value y) {
  Value zero = b.Const(0);
  Value one = b.Const(1);
  Value a = b.Abs(x);
  Value magnitude = ExpF64(b, b.Mul(y, LogF64(b, a)));
  magnitude = b.Select(b.Equal(a, one), one, magnitude);
  Value half = b.Mul(y, b.Const(0.5));
  Value is_integer = b.Equal(b.Trunc(y), y);
  Value is_even = b.Equal(b.Trunc(half), half);
  Value odd_result = b.Select(is_integer, b.Neg(magnitude), b.Const(kNan));
  Value negative = b.Select(is_even, magnitude, odd_result);
  Value result = b.Select(b.Less(x, zero), negative, magnitude);
  return b.Select(b.Equal(y, zero), one, result);
}

Value RemF64(MathBuilder& b, Value x, Value y) {
  Value divisor = b.Abs(y);
  Value r = b.Abs(x);
  // Each step takes off the largest multiple that the quotient's 53 bits can name, perhaps one too
  // many; two steps do for quotients up to 2^104.
  for (int step = 0; step < 2; ++step) {
    Value quotient = b.Trunc(b.Div(r, divisor));
    r = b.Fma(b.Neg(quotient), divisor, r);
    r = b.Select(b.Less(r, b.Const(0)), b.Add(r, divisor), r);
    r = b.Select(b.LessEqual(divisor, r), b.Sub(r, divisor), r);
  }
  // x / infinity leaves x; infinity / infinity and x / 0 are not numbers.
  Value whole = b.And(b.Equal(divisor, b.Const(kInfinity)), b.Less(b.Abs(x), b.Const(kInfinity)));
  return b.CopySign(b.Select(whole, b.Abs(x), r), x);
}

}  // namespace sinter::codegen
