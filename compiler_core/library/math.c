#include "compiler_core/library/math.h"

/* Each of these constants is the head of ln(2) or pi/2, short enough for a small integer times it
 * to be exact, or what the heads before it leave. */
static const double kLn2Head = 0x1.62e42feep-1;
static const double kLn2Tail = 0x1.a39ef35793c76p-33;
static const double kHalfPi1 = 0x1.921fb544p+0;
static const double kHalfPi2 = 0x1.0b4611a6p-34;
static const double kHalfPi3 = 0x1.3198a2ep-69;
static const double kHalfPi4 = 0x1.b839a252049c1p-104;
static const double kTwoPi = 0x1.921fb54442d18p+2;

static uint64_t bits_of(double x) {
  uint64_t bits;
  __builtin_memcpy(&bits, &x, sizeof(bits));
  return bits;
}

static double from_bits(uint64_t bits) {
  double x;
  __builtin_memcpy(&x, &bits, sizeof(x));
  return x;
}

double sinter_abs(double x) { return from_bits(bits_of(x) & ~((uint64_t)1 << 63)); }
int sinter_is_nan(double x) { return x != x; }
double sinter_infinity(void) { return from_bits(0x7ff0000000000000u); }
double sinter_nan(void) { return from_bits(0x7ff8000000000000u); }
int sinter_is_inf(double x) { return sinter_abs(x) == sinter_infinity(); }
double sinter_sqrt(double x) { return __builtin_sqrt(x); }

static double with_sign(double magnitude, double sign) {
  const uint64_t top = (uint64_t)1 << 63;
  return from_bits((bits_of(magnitude) & ~top) | (bits_of(sign) & top));
}

double sinter_trunc(double x) {
  if (!(sinter_abs(x) < 0x1p52)) return x;
  return with_sign((double)(int64_t)x, x);
}

double sinter_floor(double x) {
  const double whole = sinter_trunc(x);
  return whole > x ? whole - 1 : whole;
}

double sinter_ceil(double x) {
  const double whole = sinter_trunc(x);
  return whole < x ? with_sign(whole + 1, x) : whole;
}

double sinter_round_even(double x) {
  if (!(sinter_abs(x) < 0x1p52)) return x;
  const double magnitude = sinter_abs(x);
  return with_sign(magnitude + 0x1p52 - 0x1p52, x);
}

/* 2^exponent of a normal double. */
static double power_of_two(int exponent) { return from_bits((uint64_t)(exponent + 1023) << 52); }

double sinter_scale(double x, int exponent) {
  if (exponent > 3000) exponent = 3000;
  if (exponent < -3000) exponent = -3000;
  for (; exponent > 1000; exponent -= 1000) x *= 0x1p1000;
  /* Down in steps that leave room for 53 bits, so that only the last one rounds. */
  for (; exponent < -1000; exponent += 900) x *= 0x1p-900;
  return x * power_of_two(exponent);
}

/* exp(head + tail) for tail far smaller than head. */
static double exp_sum(double head, double tail) {
  const double k = sinter_round_even(head * 0x1.71547652b82fep+0);
  const double high = head - k * kLn2Head;
  const double low = k * kLn2Tail - tail;
  const double r = high - low;
  const double rest = (high - r) - low;
  double p = 1.0 / 87178291200.0;
  static const double kFactorials[] = {6227020800.0, 479001600.0, 39916800.0, 3628800.0,
                                       362880.0,     40320.0,     5040.0,     720.0,
                                       120.0,        24.0,        6.0,        2.0};
  for (int i = 0; i < 12; ++i) p = p * r + 1.0 / kFactorials[i];
  const double result = 1 + (r + (r * r * p + rest));
  const int exponent = (int)k;
  if (exponent >= -1021 && exponent <= 1023) return result * power_of_two(exponent);
  return sinter_scale(sinter_scale(result, exponent / 2), exponent - exponent / 2);
}

double sinter_exp(double x) {
  if (x != x) return x;
  if (x > 709.79) return sinter_infinity();
  if (x < -745.14) return 0;
  return exp_sum(x, 0);
}

/* x = m * 2^exponent with m in [sqrt(1/2), sqrt(2)). REQUIRES: x finite and positive. */
static double split_exponent(double x, int* exponent) {
  int shift = 0;
  if (x < 0x1p-1022) {
    x *= 0x1p54;
    shift = -54;
  }
  const uint64_t bits = bits_of(x);
  const double m = from_bits((bits & 0xfffffffffffffu) | 0x3ff0000000000000u);
  const int above = m >= 1.4142135623730951;
  *exponent = (int)(bits >> 52) - 1023 + shift + above;
  return above ? m / 2 : m;
}

/* (2 atanh(s) - 2s) / s - z * 2/3 of z = s^2 with s^2 < 0.03: what is left of its series. */
static double atanh_tail(double z) {
  double p = 2.0 / 25;
  for (int i = 23; i >= 5; i -= 2) p = p * z + 2.0 / i;
  return p * z * z;
}

double sinter_log(double x) {
  if (x != x || x == sinter_infinity()) return x;
  if (x == 0) return -sinter_infinity();
  if (x < 0) return sinter_nan();
  int exponent;
  const double f = split_exponent(x, &exponent) - 1;
  const double s = f / (2 + f);
  const double z = s * s;
  const double half_square = 0.5 * f * f;
  const double correction = s * (half_square + (z * (2.0 / 3) + atanh_tail(z)));
  const double k = exponent;
  return k * kLn2Head - ((half_square - (correction + k * kLn2Tail)) - f);
}

/* An unevaluated sum, the tail being smaller than half a unit in the head's last place. */
typedef struct exact {
  double head;
  double tail;
} exact;

static exact exact_sum(double a, double b) {
  const double head = a + b;
  const double of_b = head - a;
  return (exact){head, (a - (head - of_b)) + (b - of_b)};
}

static exact exact_product(double a, double b) {
  const double a_scaled = a * 134217729.0, b_scaled = b * 134217729.0;
  const double a1 = a_scaled - (a_scaled - a), b1 = b_scaled - (b_scaled - b);
  const double a2 = a - a1, b2 = b - b1;
  const double head = a * b;
  return (exact){head, ((a1 * b1 - head) + a1 * b2 + a2 * b1) + a2 * b2};
}

static exact product(exact a, exact b) {
  exact p = exact_product(a.head, b.head);
  p.tail += a.head * b.tail + a.tail * b.head;
  return exact_sum(p.head, p.tail);
}

static exact sum(exact a, exact b) {
  exact s = exact_sum(a.head, b.head);
  s.tail += a.tail + b.tail;
  return exact_sum(s.head, s.tail);
}

/* log(x) to about 100 bits. REQUIRES: x finite and positive. */
static exact exact_log(double x) {
  int exponent;
  const double f = split_exponent(x, &exponent) - 1;
  const exact below = exact_sum(2, f);
  const double quotient = f / below.head;
  const exact back = exact_product(quotient, below.head);
  const double rest = ((f - back.head) - back.tail) - quotient * below.tail;
  const exact s = exact_sum(quotient, rest / below.head);
  const exact z = product(s, s);
  /* 2s + s z (2/3 + ...), of which z's terms but the first are small enough for one double. */
  const exact two_thirds = {2.0 / 3, 2.0 / 3 * 0x1p-54};
  exact series = product(z, two_thirds);
  series = sum(series, (exact){atanh_tail(z.head), 0});
  series = sum((exact){2, 0}, series);
  const exact of_fraction = product(s, series);
  const double k = exponent;
  exact of_exponent = exact_product(k, kLn2Tail);
  of_exponent = sum((exact){k * kLn2Head, 0}, of_exponent);
  return sum(of_exponent, of_fraction);
}

/* 0: not an integer, 1: odd, 2: even. */
static int parity(double y) {
  if (sinter_abs(y) >= 0x1p53) return 2;
  if (sinter_trunc(y) != y) return 0;
  return ((int64_t)y & 1) != 0 ? 1 : 2;
}

static double magnitude_pow(double magnitude, double y) {
  if (magnitude == 1) return 1;
  if (magnitude == 0) return y > 0 ? 0 : sinter_infinity();
  if (magnitude == sinter_infinity()) return y > 0 ? magnitude : 0;
  if (sinter_is_inf(y)) return (magnitude > 1) == (y > 0) ? sinter_infinity() : 0;
  const exact log = exact_log(magnitude);
  const double about = log.head * y;
  if (about > 709.8) return sinter_infinity();
  if (about < -745.2) return 0;

  exact power = exact_product(log.head, y);
  power.tail += log.tail * y;
  return exp_sum(power.head, power.tail);
}

double sinter_pow(double x, double y) {
  if (y == 0 || x == 1) return 1;
  if (x != x || y != y) return sinter_nan();
  const double magnitude = sinter_abs(x);
  const int negative = bits_of(x) >> 63 != 0;
  const int kind = parity(y);
  if (negative && kind == 0 && magnitude != 0 && magnitude != sinter_infinity() &&
      !sinter_is_inf(y)) {
    return sinter_nan();
  }
  const double result = magnitude_pow(magnitude, y);
  return negative && kind == 1 ? -result : result;
}

double sinter_log10(double x) {
  if (!(x > 0) || x == sinter_infinity()) return sinter_log(x);
  /* 1 / ln(10) in two parts. */
  const exact scaled = product(exact_log(x), (exact){0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57});
  return scaled.head;
}

double sinter_tanh(double x) {
  const double magnitude = sinter_abs(x);
  if (x != x || magnitude < 0x1p-28) return x;
  if (magnitude > 22) return with_sign(1, x);
  if (magnitude < 0.35) {
    /* e^2x - 1 by its series, since the difference would lose digits. */
    const double t = 2 * magnitude;
    double p = 0;
    for (int i = 17; i >= 2; --i) p = (p + 1) * t / i;
    const double expm1 = t + t * p;
    return with_sign(expm1 / (expm1 + 2), x);
  }
  return with_sign(1 - 2 / (sinter_exp(2 * magnitude) + 1), x);
}

/* The sine and cosine of r + tail, |r| <= pi/4, by their series. */
static double sine_of(double r, double tail) {
  const double z = r * r;
  double p = 0;
  for (int i = 19; i >= 5; i -= 2) p = (1.0 - p) * z / (double)(i * (i - 1));
  const double cubic = r * z / 6;
  return r - (cubic * (1.0 - p) - tail * (1 - z / 2));
}

static double cosine_of(double r, double tail) {
  const double z = r * r;
  double p = 0;
  for (int i = 20; i >= 4; i -= 2) p = (1.0 - p) * z / (double)(i * (i - 1));
  const double half = z / 2;
  const double head = 1 - half;
  return head + (((1 - head) - half) + (half * p - r * tail));
}

/* The sine of r + tail + quarter * pi/2. */
static double sine_in_quarter(double r, double tail, int64_t quarter) {
  switch (quarter & 3) {
    case 0:
      return sine_of(r, tail);
    case 1:
      return cosine_of(r, tail);
    case 2:
      return -sine_of(r, tail);
    default:
      return -cosine_of(r, tail);
  }
}

static double sine_shifted(double x, int64_t quarters) {
  if (!(sinter_abs(x) < 0x1p20)) return sinter_nan();
  const double k = sinter_round_even(x * 0x1.45f306dc9c883p-1);
  exact r = {x - k * kHalfPi1, 0};
  r = exact_sum(r.head, -(k * kHalfPi2));
  r = sum(r, (exact){-(k * kHalfPi3), -(k * kHalfPi4)});
  return sine_in_quarter(r.head, r.tail, (int64_t)k + quarters);
}

double sinter_sin(double x) { return x == 0 ? x : sine_shifted(x, 0); }
double sinter_cos(double x) { return sine_shifted(x, 1); }

void sinter_sin_cos_turns(int64_t numerator, int64_t denominator, double* sine, double* cosine) {
  int64_t part = numerator % denominator;
  if (part < 0) part += denominator;
  /* The nearest quarter turn, and what is left: at most an eighth of a turn. */
  const int64_t quarter = (part * 8 + denominator) / (denominator * 2);
  const int64_t left = part * 4 - quarter * denominator;
  const double r = (double)left * (kTwoPi / 4) / (double)denominator;
  *sine = sine_in_quarter(r, 0, quarter);
  *cosine = sine_in_quarter(r, 0, quarter + 1);
}
