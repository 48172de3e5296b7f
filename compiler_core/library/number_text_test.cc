// Numbers to text and back, against the C library.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <string>

#include "compiler_core/library/dtype.h"
#include "compiler_core/library/text.h"
#include "gtest/gtest.h"

namespace sinter::library {
namespace {

double Parse(const std::string& text, sinter_dtype dtype) {
  double number = -1;
  const sinter_string string = {text.data(), static_cast<int64_t>(text.size())};
  EXPECT_EQ(sinter_parse_float(string, sinter_format_of(dtype), &number), SINTER_OK) << text;
  return number;
}

std::string Print(double number, sinter_dtype dtype) {
  char text[SINTER_MAX_NUMBER_TEXT];
  return std::string(text, sinter_print_float(number, sinter_format_of(dtype), text));
}

int CountDigits(const std::string& text) {
  int count = 0;
  for (char c : text.substr(0, text.find('e'))) count += c >= '0' && c <= '9';
  return count;
}

TEST(NumberTextTest, RandomDoublesReadBackFromTheShortestText) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 3000; ++i) {
    const uint64_t bits = random();
    double number;
    std::memcpy(&number, &bits, sizeof(number));
    if (!std::isfinite(number)) continue;
    const std::string text = Print(number, SINTER_F64);
    EXPECT_EQ(std::strtod(text.c_str(), nullptr), number);
    EXPECT_EQ(Parse(text, SINTER_F64), number);
    char shorter[64];
    std::snprintf(shorter, sizeof(shorter), "%.*e", CountDigits(text) - 2, number);
    if (text.find('e') != std::string::npos && CountDigits(text) > 1) {
      EXPECT_NE(std::strtod(shorter, nullptr), number) << text;
    }
  }
}

TEST(NumberTextTest, DecimalsRoundOnceToFloat) {
  std::mt19937_64 random(8);
  for (int i = 0; i < 3000; ++i) {
    const uint32_t bits = static_cast<uint32_t>(random());
    float number;
    std::memcpy(&number, &bits, sizeof(number));
    if (!std::isfinite(number)) continue;
    EXPECT_EQ(std::strtof(Print(number, SINTER_F32).c_str(), nullptr), number);
    char text[64];
    std::snprintf(text, sizeof(text), "%.*e", static_cast<int>(random() % 25),
                  number * (1 + 3e-8 * static_cast<double>(random() % 3)));
    EXPECT_EQ(Parse(text, SINTER_F32), std::strtof(text, nullptr)) << text;
  }
}

TEST(NumberTextTest, HalfWayCasesOfAnyLength) {
  for (const double number : {5e-324, 2.2250738585072009e-308, 1.7976931348623157e308}) {
    char text[2000];
    std::snprintf(text, sizeof(text), "%.1080f", number);
    EXPECT_EQ(Parse(text, SINTER_F64), number);
  }
  EXPECT_EQ(Parse("9007199254740993", SINTER_F64), 9007199254740992.0);
  const std::string zeros(2000, '0');
  EXPECT_EQ(Parse("9007199254740993." + zeros + "1", SINTER_F64), 9007199254740994.0);
  EXPECT_EQ(Parse("0." + zeros + "1e2001", SINTER_F64), 1.0);
  EXPECT_EQ(Parse("1" + zeros + "e-2000", SINTER_F64), 1.0);
}

TEST(NumberTextTest, OverflowAndUnderflowOfEachFormat) {
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(Parse("65519.99", SINTER_F16), 65504);
  EXPECT_EQ(Parse("65520", SINTER_F16), inf);
  EXPECT_EQ(Parse("2.98e-8", SINTER_F16), 0);
  EXPECT_EQ(Parse("2.99e-8", SINTER_F16), std::ldexp(1, -24));
  EXPECT_EQ(Parse("1.00390625", SINTER_BF16), 1);
  EXPECT_EQ(Parse("1.00390626", SINTER_BF16), 1.0078125);
  EXPECT_EQ(Parse("1e400", SINTER_F64), inf);
  EXPECT_TRUE(std::signbit(Parse("-1e-999999999999", SINTER_F64)));
}

TEST(NumberTextTest, IntegersToTheLastUnit) {
  const auto parse = [](const std::string& text, int is_unsigned, int64_t* number) {
    const sinter_string string = {text.data(), static_cast<int64_t>(text.size())};
    return sinter_parse_int(string, is_unsigned, number);
  };
  int64_t number;
  EXPECT_EQ(parse("-9223372036854775808", 0, &number), SINTER_OK);
  EXPECT_EQ(number, std::numeric_limits<int64_t>::min());
  EXPECT_EQ(parse("9223372036854775808", 0, &number), SINTER_BAD_VALUE);
  EXPECT_EQ(parse("18446744073709551616", 1, &number), SINTER_BAD_VALUE);
  EXPECT_EQ(parse("-1", 1, &number), SINTER_BAD_VALUE);
  EXPECT_EQ(parse("-0", 1, &number), SINTER_OK);
  EXPECT_EQ(parse("+", 0, &number), SINTER_BAD_VALUE);
}

TEST(NumberTextTest, Utf8AndCases) {
  uint32_t code;
  EXPECT_EQ(sinter_utf8_decode("\xe2\x84\xaa", 3, &code), 3);
  EXPECT_EQ(code, 0x212au);
  EXPECT_EQ(sinter_lower_case(code), uint32_t{'k'});
  EXPECT_EQ(sinter_upper_case('k'), uint32_t{'K'});
  for (const char* bad : {"\xc0\x80", "\xe2\x84", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80"}) {
    EXPECT_EQ(sinter_utf8_decode(bad, static_cast<int64_t>(std::strlen(bad)), &code), 0);
  }
}

}  // namespace
}  // namespace sinter::library
