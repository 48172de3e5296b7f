// Compared with libm, which is within a unit in the last place itself.
#include "compiler_core/library/math.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>

#include "gtest/gtest.h"

namespace sinter::library {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// How many doubles lie between; 0 for two NaNs.
double Distance(double a, double b) {
  if (std::isnan(a) && std::isnan(b)) return 0;
  if (std::isnan(a) || std::isnan(b) || std::signbit(a) != std::signbit(b)) return 1e300;
  int64_t a_bits, b_bits;
  std::memcpy(&a_bits, &a, sizeof(a));
  std::memcpy(&b_bits, &b, sizeof(b));
  return std::abs(static_cast<double>(a_bits - b_bits));
}

template <typename F>
void Sweep(double low, double high, F&& distance, double most = 2) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> any(low, high);
  double worst = 0, at = 0;
  for (int i = 0; i < 20000; ++i) {
    const double x = any(random);
    const double d = distance(x);
    if (d > worst) worst = d, at = x;
  }
  EXPECT_LE(worst, most) << "at " << at;
}

TEST(MathTest, Exp) {
  const auto distance = [](double x) { return Distance(sinter_exp(x), std::exp(x)); };
  Sweep(-1, 1, distance);
  Sweep(-745, 709.7, distance);
  Sweep(-745.2, -708, distance);
  EXPECT_EQ(sinter_exp(710), kInfinity);
  EXPECT_EQ(sinter_exp(-kInfinity), 0);
  EXPECT_EQ(sinter_exp(0), 1);
  EXPECT_TRUE(std::isnan(sinter_exp(NAN)));
}

TEST(MathTest, Log) {
  const auto distance = [](double x) { return Distance(sinter_log(x), std::log(x)); };
  Sweep(0.5, 2, distance);
  Sweep(0.999, 1.001, distance);
  Sweep(0, 1e300, distance);
  Sweep(0, 1e-310, distance);
  Sweep(1e-9, 1e9, [](double x) { return Distance(sinter_log10(x), std::log10(x)); });
  EXPECT_EQ(sinter_log10(1000), 3);
  EXPECT_EQ(sinter_log(0), -kInfinity);
  EXPECT_TRUE(std::isnan(sinter_log(-1)));
  EXPECT_EQ(sinter_log(1), 0);
  EXPECT_EQ(sinter_log(kInfinity), kInfinity);
}

TEST(MathTest, Pow) {
  for (const double y : {0.5, 2.0, -3.0, 1.0 / 3, 10.1, 100.0, -77.7, 300.0}) {
    Sweep(0, 10, [y](double x) { return Distance(sinter_pow(x, y), std::pow(x, y)); });
  }
  Sweep(0.9999, 1.0001, [](double x) { return Distance(sinter_pow(x, 1e6), std::pow(x, 1e6)); });
  for (const double x :
       {-kInfinity, -2.0, -1.0, -0.0, 0.0, 0.5, 1.0, 2.0, kInfinity, double(NAN)}) {
    for (const double y : {-kInfinity, -3.0, -2.5, -2.0, -0.0, 0.5, 1.0, 2.0, 1e20, -1e300,
                           kInfinity, double(NAN)}) {
      EXPECT_LE(Distance(sinter_pow(x, y), std::pow(x, y)), 1) << x << "^" << y;
    }
  }
}

TEST(MathTest, SineAndCosine) {
  for (const double range : {0.8, 10.0, 1e6}) {
    Sweep(-range, range, [](double x) { return Distance(sinter_sin(x), std::sin(x)); });
    Sweep(-range, range, [](double x) { return Distance(sinter_cos(x), std::cos(x)); });
  }
  for (int k = 1; k < 100; ++k) {
    const double x = k * (M_PI / 2);
    EXPECT_LE(Distance(sinter_sin(x), std::sin(x)), 1) << k;
    EXPECT_LE(Distance(sinter_cos(x), std::cos(x)), 1) << k;
  }
  EXPECT_TRUE(std::isnan(sinter_sin(kInfinity)));
}

TEST(MathTest, Turns) {
  double sine, cosine;
  for (int64_t n : {1, 2, 3, 4, 7, 12, 1000}) {
    for (int64_t k = -2 * n; k <= 2 * n; ++k) {
      sinter_sin_cos_turns(k, n, &sine, &cosine);
      const long double angle = 2 * 3.14159265358979323846264338327950288L * k / n;
      ASSERT_NEAR(sine, std::sin(angle), 2e-16) << k << "/" << n;
      ASSERT_NEAR(cosine, std::cos(angle), 2e-16) << k << "/" << n;
    }
  }
  sinter_sin_cos_turns(1, 2, &sine, &cosine);
  EXPECT_EQ(sine, 0);
  EXPECT_EQ(cosine, -1);
}

TEST(MathTest, Tanh) {
  const auto distance = [](double x) { return Distance(sinter_tanh(x), std::tanh(x)); };
  Sweep(-0.4, 0.4, distance, 4);
  Sweep(-25, 25, distance, 4);
  EXPECT_EQ(sinter_tanh(kInfinity), 1);
  EXPECT_EQ(sinter_tanh(-1e-300), -1e-300);
}

TEST(MathTest, Rounding) {
  for (const double x : {0.0, -0.0, 0.5, -0.5, 1.5, 2.5, -2.5, 0.49999999999999994,
                         4503599627370495.5, 1e300, -1e300, kInfinity, double(NAN), -0.2, 7.0}) {
    EXPECT_EQ(Distance(sinter_floor(x), std::floor(x)), 0) << x;
    EXPECT_EQ(Distance(sinter_ceil(x), std::ceil(x)), 0) << x;
    EXPECT_EQ(Distance(sinter_trunc(x), std::trunc(x)), 0) << x;
    EXPECT_EQ(Distance(sinter_round_even(x), std::nearbyint(x)), 0) << x;
  }
  EXPECT_EQ(sinter_scale(1, -1074), 0x1p-1074);
  EXPECT_EQ(sinter_scale(0x1.fp0, 1023), 0x1.fp1023);
}

}  // namespace
}  // namespace sinter::library
