// Operators on strings, beyond ONNX's own cases, which testing/onnx_cases_test.cc runs.
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "compiler_core/library/dtype.h"
#include "compiler_core/library/library.h"
#include "compiler_core/library/testing/call.h"
#include "gtest/gtest.h"

extern "C" {
SINTER_OP(Cast);
SINTER_OP(CastLike);
SINTER_OP(Equal);
SINTER_OP(StringConcat);
SINTER_OP(StringNormalizer);
SINTER_OP(StringSplit);
}

namespace sinter::library {
namespace {

using Dims = std::vector<int64_t>;
using Strings = std::vector<std::string>;

TEST(StringConcatTest, Broadcasts) {
  Call call(sinter_op_StringConcat);
  ASSERT_EQ(call.Strings({2, 1}, {"a", ""}).Strings({2}, {"x", "yz"}).Run(), SINTER_OK);
  EXPECT_EQ(call.Dims(0), (Dims{2, 2}));
  EXPECT_EQ(call.StringValues(0), (Strings{"ax", "ayz", "x", "yz"}));
}

TEST(StringConcatTest, RefusesShapesThatDoNot) {
  Call call(sinter_op_StringConcat);
  EXPECT_EQ(call.Strings({2}, {"a", "b"}).Strings({3}, {"", "", ""}).Run(), SINTER_BAD_VALUE);
}

TEST(StringConcatTest, OfNoElements) {
  Call call(sinter_op_StringConcat);
  ASSERT_EQ(call.Strings({1}, {"a"}).Strings({0}, {}).Run(), SINTER_OK);
  EXPECT_EQ(call.Dims(0), (Dims{0}));
}

TEST(StringEqualTest, ComparesWholeStrings) {
  Call call(sinter_op_Equal);
  call.Strings({3}, {"ab", "a", ""}).Strings({1}, {"a"});
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.Values<uint8_t>(0), (std::vector<uint8_t>{0, 1, 0}));
}

TEST(StringEqualTest, IsNotForNumbers) {
  Call call(sinter_op_Equal);
  EXPECT_EQ(call.Input<float>({1}, {1}).Input<float>({1}, {1}).Run(), SINTER_NOT_SUPPORTED);
}

// Expected values from Python: str.split().
TEST(StringSplitTest, AtWhiteSpaceOfAnyKind) {
  Call call(sinter_op_StringSplit);
  call.Strings({3}, {" a\t b\u2003c ", "", "\u3000"}).Outputs(2);
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.Dims(0), (Dims{3, 3}));
  EXPECT_EQ(call.StringValues(0), (Strings{"a", "b", "c", "", "", "", "", "", ""}));
  EXPECT_EQ(call.Values<int64_t>(1), (std::vector<int64_t>{3, 0, 0}));
}

TEST(StringSplitTest, KeepsTheRestAsItIs) {
  Call call(sinter_op_StringSplit);
  call.Strings({1}, {"  1  2   3  "}).Int("maxsplit", 1).Outputs(2);
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.StringValues(0), (Strings{"1", "2   3  "}));
}

TEST(StringSplitTest, DelimitersMayBeLongAndDoNotOverlap) {
  Call call(sinter_op_StringSplit);
  call.Strings({2}, {"aaab", ""}).String("delimiter", "aa").Outputs(2);
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.StringValues(0), (Strings{"", "ab", "", ""}));
  EXPECT_EQ(call.Values<int64_t>(1), (std::vector<int64_t>{2, 1}));
}

TEST(StringSplitTest, EitherOutputAlone) {
  Call parts(sinter_op_StringSplit);
  ASSERT_EQ(parts.Strings({}, {"a b"}).Run(), SINTER_OK);
  EXPECT_EQ(parts.Dims(0), (Dims{2}));
  Call counts(sinter_op_StringSplit);
  ASSERT_EQ(counts.Strings({}, {"a b"}).Outputs(2).NoOutput(0).Run(), SINTER_OK);
  EXPECT_EQ(counts.Values<int64_t>(1), (std::vector<int64_t>{2}));
}

// Expected values from Python: str.upper() and str.lower(), where they map letters one to one.
TEST(StringNormalizerTest, ChangesTheCaseOfManyAlphabets) {
  Call upper(sinter_op_StringNormalizer);
  upper.Strings({2}, {"stra\u00dfe \u00e9\u0142\u00ff", "\u03b1\u03c9\u03c2 \u0436\u0451 \u10d0"})
      .String("case_change_action", "UPPER")
      .String("locale", "de_DE");
  ASSERT_EQ(upper.Run(), SINTER_OK);
  EXPECT_EQ(upper.StringValues(0),
            (Strings{"STRA\u00dfE \u00c9\u0141\u0178", "\u0391\u03a9\u03a3 \u0416\u0401 \u1c90"}));
  Call lower(sinter_op_StringNormalizer);
  lower.Strings({1, 1}, {"\u00c4\u0160\u0394\u0429\u212a"}).String("case_change_action", "LOWER");
  ASSERT_EQ(lower.Run(), SINTER_OK);
  EXPECT_EQ(lower.Dims(0), (Dims{1, 1}));
  EXPECT_EQ(lower.StringValues(0), (Strings{"\u00e4\u0161\u03b4\u0449k"}));
}

TEST(StringNormalizerTest, StopWordsInAnyCase) {
  Call call(sinter_op_StringNormalizer);
  call.Strings({4}, {"Monday", "MONDAY", "tuesday", "\u0416"})
      .StringList("stopwords", {"monday", "\u0436"});
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.StringValues(0), (Strings{"tuesday"}));
}

TEST(StringNormalizerTest, RefusesWhatItCannotNormalize) {
  Call shape(sinter_op_StringNormalizer);
  EXPECT_EQ(shape.Strings({2, 1}, {"a", "b"}).Run(), SINTER_BAD_VALUE);
  Call bytes(sinter_op_StringNormalizer);
  bytes.Strings({1}, {"\xff"}).String("case_change_action", "UPPER");
  EXPECT_EQ(bytes.Run(), SINTER_BAD_VALUE);
  Call action(sinter_op_StringNormalizer);
  action.Strings({1}, {"a"}).String("case_change_action", "TITLE");
  EXPECT_EQ(action.Run(), SINTER_BAD_VALUE);
}

// Expected values from NumPy's str(), with ONNX's spellings of infinity and NaN.
TEST(StringCastTest, NumbersAreWrittenAsShortAsTheyCanBe) {
  const float inf = std::numeric_limits<float>::infinity();
  Call floats(sinter_op_Cast);
  floats.Input<float>({8}, {3.14f, 1000, 1e-5f, -0.0f, inf, -inf, 0.1f, 1e16f}).Int("to", 8);
  ASSERT_EQ(floats.Run(), SINTER_OK);
  EXPECT_EQ(floats.StringValues(0),
            (Strings{"3.14", "1000.0", "1e-05", "-0.0", "INF", "-INF", "0.1", "1e+16"}));
  Call ints(sinter_op_Cast);
  ints.Input<int64_t>({2}, {std::numeric_limits<int64_t>::min(), 42}).Int("to", 8);
  ASSERT_EQ(ints.Run(), SINTER_OK);
  EXPECT_EQ(ints.StringValues(0), (Strings{"-9223372036854775808", "42"}));
  Call halves(sinter_op_Cast);
  halves.Input<uint16_t>({2}, {0x2e66, 0x7bff}, SINTER_F16).Int("to", 8);
  ASSERT_EQ(halves.Run(), SINTER_OK);
  EXPECT_EQ(halves.StringValues(0), (Strings{"0.1", "65500.0"}));
}

TEST(StringCastTest, StringsAreReadAsFloats) {
  Call call(sinter_op_Cast);
  call.Strings({7}, {"3.14", "1e-5", "1E8", "+INF", "-inf", " 2 ", "16777217"}).Int("to", 1);
  ASSERT_EQ(call.Run(), SINTER_OK);
  const float inf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(call.Values<float>(0),
            (std::vector<float>{3.14f, 1e-5f, 1e8f, inf, -inf, 2, 16777216}));
}

TEST(StringCastTest, StringsAreReadAsIntegersAndBooleans) {
  Call ints(sinter_op_Cast);
  ints.Strings({4}, {"-128", "100.5", "1e2", "+7"}).Int("to", SINTER_I8);
  ASSERT_EQ(ints.Run(), SINTER_OK);
  EXPECT_EQ(ints.Values<int8_t>(0), (std::vector<int8_t>{-128, 100, 100, 7}));
  Call wide(sinter_op_Cast);
  wide.Strings({2}, {"18446744073709551615", "0"}).Int("to", SINTER_U64);
  ASSERT_EQ(wide.Run(), SINTER_OK);
  EXPECT_EQ(wide.Values<uint64_t>(0), (std::vector<uint64_t>{UINT64_MAX, 0}));
  Call bools(sinter_op_Cast);
  bools.Strings({4}, {"True", "false", "0", "2.5"}).Int("to", SINTER_BOOL);
  ASSERT_EQ(bools.Run(), SINTER_OK);
  EXPECT_EQ(bools.Values<uint8_t>(0), (std::vector<uint8_t>{1, 0, 0, 1}));
}

TEST(StringCastTest, WhatIsNoNumberIsRefused) {
  for (const char* text : {"Hello", "", "1.5.2", "128", "-129", "1e30", "NaN", "0x10"}) {
    Call call(sinter_op_Cast);
    EXPECT_EQ(call.Strings({1}, {text}).Int("to", SINTER_I8).Run(), SINTER_BAD_VALUE) << text;
  }
  Call type(sinter_op_Cast);
  EXPECT_EQ(type.Strings({1}, {"1"}).Int("to", SINTER_F8E5M2).Run(), SINTER_NOT_SUPPORTED);
  Call numbers(sinter_op_Cast);
  EXPECT_EQ(numbers.Input<float>({1}, {1}).Int("to", SINTER_I8).Run(), SINTER_NOT_SUPPORTED);
}

TEST(StringCastTest, LikeAnother) {
  Call call(sinter_op_CastLike);
  ASSERT_EQ(call.Input<uint8_t>({1}, {200}).Strings({1}, {""}).Run(), SINTER_OK);
  EXPECT_EQ(call.StringValues(0), (Strings{"200"}));
  Call same(sinter_op_CastLike);
  ASSERT_EQ(same.Strings({1}, {"a"}).Strings({1}, {""}).Run(), SINTER_OK);
  EXPECT_EQ(same.StringValues(0), (Strings{"a"}));
}

}  // namespace
}  // namespace sinter::library
