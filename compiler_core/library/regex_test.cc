// Regular expressions. Expected values from RE2's documentation of its syntax and, where both
// agree, from Python's re.fullmatch().
#include <cstdint>
#include <string>
#include <vector>

#include "compiler_core/library/library.h"
#include "compiler_core/library/testing/call.h"
#include "gtest/gtest.h"

extern "C" {
SINTER_OP(RegexFullMatch);
}

namespace sinter::library {
namespace {

struct Match {
  std::string pattern;
  std::vector<std::string> yes;
  std::vector<std::string> no;
};

std::vector<uint8_t> FullMatch(const std::string& pattern, const std::vector<std::string>& texts) {
  Call call(sinter_op_RegexFullMatch);
  call.Strings({static_cast<int64_t>(texts.size())}, texts).String("pattern", pattern);
  EXPECT_EQ(call.Run(), SINTER_OK) << pattern << ": " << call.message();
  return call.Values<uint8_t>(0);
}

int32_t Status(const std::string& pattern) {
  Call call(sinter_op_RegexFullMatch);
  return call.Strings({1}, {"a"}).String("pattern", pattern).Run();
}

TEST(RegexTest, MatchesWholeStrings) {
  const std::vector<Match> matches = {
      {"", {""}, {"a"}},
      {"a|bc|", {"a", "bc", ""}, {"ab", "b"}},
      {"a*b+c?", {"b", "aabbc"}, {"a", "abcc"}},
      {"(ab){2,3}", {"abab", "ababab"}, {"ab", "abababab"}},
      {"a{2}", {"aa"}, {"a", "aaa"}},
      {"a{2,}", {"aa", "aaaaa"}, {"a"}},
      {"a{0,2}?b", {"b", "aab"}, {"aaab"}},
      {"a{,2}", {"a{,2}"}, {"a"}},
      {"x{", {"x{"}, {"x"}},
      {".", {"a", "\u00e9", "\U0001f600"}, {"\n", "", "\xff"}},
      {"(?s).", {"\n"}, {"ab"}},
      {"[a-cx]+", {"abcx"}, {"d", ""}},
      {"[^a-c]", {"d", "\n", "\u20ac"}, {"a"}},
      {"[]a]", {"]", "a"}, {"b"}},
      {"[a-]", {"-", "a"}, {"b"}},
      {"[[:alpha:]_][[:word:]]*", {"_x9", "Ab"}, {"9", "-"}},
      {"[[:^digit:]]", {"a"}, {"1"}},
      {"\\d\\D\\s\\S\\w\\W", {"1a b_-"}, {"aa b_-"}},
      {"[\\d.]+", {"3.14"}, {"3,14"}},
      {"\\x41\\x{3b1}\\t\\.", {"A\u03b1\t."}, {"A\u03b1\tx"}},
      {"(?i)Kn\u4e2d", {"kn\u4e2d", "KN\u4e2d", "\u212an\u4e2d"}, {"k"}},
      {"(?i:a)b", {"Ab", "ab"}, {"AB"}},
      {"(?i)[^k]", {"a"}, {"K", "k", "\u212a"}},
      {"(?P<year>\\d{4})-(?<month>\\d\\d)(?:-\\d\\d)?", {"2024-05", "2024-05-06"}, {"2024-5"}},
      {"^a$", {"a"}, {"a\n"}},
      {"(?m)a$\n^b", {"a\nb"}, {"ab"}},
      {"\\Aa\\z", {"a"}, {"ba"}},
      {"\\bab\\b \\B.", {"ab -"}, {"ab a"}},
      {"(a*)*b", {"b", "aab"}, {"aac"}},
      {"(^)*a", {"a"}, {"b"}},
      {"(a|b(c|d))+", {"abcbd"}, {"ab"}},
  };
  for (const Match& match : matches) {
    for (uint8_t found : FullMatch(match.pattern, match.yes)) EXPECT_EQ(found, 1) << match.pattern;
    for (uint8_t found : FullMatch(match.pattern, match.no)) EXPECT_EQ(found, 0) << match.pattern;
  }
}

TEST(RegexTest, WhatIsNoExpressionIsBad) {
  for (const char* pattern : {"(", ")", "[a", "*", "{2}", "a**", "a|*", "[b-a]", "a{2,1}",
                              "a{1001}", "\\", "[[:x:]]", "\\x{110000}", "\\xg", "(?i"}) {
    EXPECT_EQ(Status(pattern), SINTER_BAD_VALUE) << pattern;
  }
}

TEST(RegexTest, TheRestOfRe2IsRefused) {
  for (const char* pattern : {"\\pL", "\\1", "(?=a)", "(?!a)", "(?<=a)", "(?U)a", "\\Qa\\E", "\\C",
                              "a(?i)*", "(?i)\u00e9", "((a{1000}){1000}){1000}"}) {
    EXPECT_EQ(Status(pattern), SINTER_NOT_SUPPORTED) << pattern;
  }
  EXPECT_EQ(Status(std::string(200, '(') + std::string(200, ')')), SINTER_NOT_SUPPORTED);
  EXPECT_EQ(Status("(((){1000}){1000}){1000}"), SINTER_NOT_SUPPORTED);
}

// A backtracking matcher would need 2^25 steps.
TEST(RegexTest, TakesLinearTime) {
  std::string pattern;
  for (int i = 0; i < 25; ++i) pattern += "a?";
  pattern += std::string(25, 'a');
  EXPECT_EQ(FullMatch(pattern, {std::string(25, 'a'), std::string(24, 'a')}),
            (std::vector<uint8_t>{1, 0}));
  EXPECT_EQ(FullMatch("(a|a)*(a|a)*b", {std::string(20000, 'a')}), (std::vector<uint8_t>{0}));
}

}  // namespace
}  // namespace sinter::library
