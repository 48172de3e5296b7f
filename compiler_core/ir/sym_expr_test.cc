#include "compiler_core/ir/sym_expr.h"

#include "base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::ir {
namespace {

SymExpr E(absl::string_view text) {
  absl::StatusOr<SymExpr> expr = SymExpr::Parse(text);
  EXPECT_TRUE(expr.ok()) << expr.status();
  return expr.ok() ? *expr : SymExpr(-999);
}

std::string Normal(absl::string_view text) { return E(text).ToString(); }

TEST(SymExpr, CollectsLikeTerms) {
  EXPECT_EQ(Normal("a + b + a - 2*b"), "2*a-b");
  EXPECT_EQ(Normal("(a+1)*(a-1)"), "a*a-1");
  EXPECT_EQ(Normal("b*a - a*b"), "0");
  EXPECT_EQ(Normal("3*4+2"), "14");
  EXPECT_EQ(Normal("-a"), "-a");
}

TEST(SymExpr, TextRoundTrips) {
  for (const char* text : {"768*batch*seq+2*batch-1", "floordiv(h-1,2)+1", "mod(h,w)", "max(a,b)-7",
                           "a.b/c:d*x1", "-3*floordiv(h,3)"}) {
    const SymExpr expr = E(text);
    EXPECT_EQ(E(expr.ToString()), expr) << text;
  }
}

TEST(SymExpr, DividesExactly) {
  EXPECT_EQ(SymExpr::ExactDiv(E("768*b*s"), E("b*s")), SymExpr(768));
  EXPECT_EQ(SymExpr::ExactDiv(E("64*b*(floordiv(h-1,2)+1)*(w+1)"), E("(w+1)*(floordiv(h-1,2)+1)")),
            E("64*b"));
  EXPECT_EQ(SymExpr::ExactDiv(E("a+1"), E("b")), std::nullopt);
  EXPECT_EQ(SymExpr::ExactDiv(E("3*a"), SymExpr(2)), std::nullopt);
  EXPECT_EQ(SymExpr::ExactDiv(E("a"), SymExpr(0)), std::nullopt);
}

TEST(SymExpr, FloorDivKeepsOneForm) {
  EXPECT_EQ(FloorDiv(E("4*h+6"), 2), E("2*h+3"));
  EXPECT_EQ(FloorDiv(E("h+3"), 2).ToString(), "floordiv(h+1,2)+1");
  EXPECT_EQ(FloorDiv(SymExpr(-1), 2), SymExpr(-1));
  // Four halvings by stride-2 convolutions are one division by 16.
  SymExpr h = SymExpr::Symbol("h");
  for (int i = 0; i < 4; ++i) h = FloorDiv(h - SymExpr(1), 2) + SymExpr(1);
  EXPECT_EQ(h.ToString(), "floordiv(h+15,16)");
  EXPECT_EQ(FloorDiv(E("2*a*c"), E("4*b*c")).ToString(), "floordiv(a,2*b)");
  EXPECT_EQ(CeilDiv(SymExpr::Symbol("n"), 8).ToString(), "floordiv(n+7,8)");
}

TEST(SymExpr, ModReduces) {
  EXPECT_EQ(Mod(E("6*h+8"), 3), SymExpr(2));
  EXPECT_EQ(Mod(E("a*b"), E("b")), SymExpr(0));
  EXPECT_EQ(Mod(E("h"), 4).ToString(), "mod(h,4)");
}

TEST(SymExpr, MinAndMaxFoldWhenOneSideWins) {
  EXPECT_EQ(Min(E("h"), E("h+2")), E("h"));
  EXPECT_EQ(Max(E("floordiv(h,2)"), E("h")), E("h"));
  EXPECT_EQ(Max(E("h"), SymExpr(1)), E("h"));
  EXPECT_EQ(Min(E("b"), E("a")).ToString(), "min(a,b)");
}

TEST(SymExpr, BoundsFollowFromSymbolsBeingAtLeastOne) {
  EXPECT_EQ(E("2*h+3").LowerBound(), 5);
  EXPECT_EQ(E("mod(h,8)").UpperBound(), 7);
  EXPECT_EQ(E("h-floordiv(h,2)").LowerBound(), 1);
  EXPECT_EQ(E("a*b*c*d").UpperBound(), std::nullopt);
  EXPECT_TRUE(SymExpr::ProvablyLessEqual(E("floordiv(h+1,2)"), E("h")));
  EXPECT_FALSE(SymExpr::ProvablyLessEqual(E("a"), E("b")));
}

TEST(SymExpr, EvaluatesAndSubstitutes) {
  const SymExpr expr = E("3*floordiv(h-1,2)*w+mod(h,4)-min(h,w)");
  EXPECT_EQ(expr.Evaluate({{"h", 9}, {"w", 5}}), 3 * 4 * 5 + 1 - 5);
  const SymExpr fixed = expr.Substitute([](const std::string& name) -> std::optional<SymExpr> {
    if (name == "h") return SymExpr(9);
    return std::nullopt;
  });
  EXPECT_EQ(fixed, E("12*w+1-min(9,w)"));
  std::set<std::string> names;
  expr.CollectSymbols(names);
  EXPECT_EQ(names, (std::set<std::string>{"h", "w"}));
}

TEST(SymExpr, SaturatesInsteadOfOverflowing) {
  const SymExpr big(int64_t{1} << 40);
  EXPECT_EQ(big * big, SymExpr(std::numeric_limits<int64_t>::max()));
}

TEST(SymExpr, ParseSaysWhereTheErrorIs) {
  using ::testing::HasSubstr;
  for (const char* text :
       {"", "a+", "floordiv(a,0)", "foo(a,b)", "(a", "a b", "99999999999999999999"}) {
    EXPECT_THAT(SymExpr::Parse(text),
                base::StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at character")))
        << text;
  }
  EXPECT_FALSE(SymExpr::Parse(std::string(100000, '(')).ok());
}

TEST(SymShape, StridesAndElements) {
  const SymShape shape = {E("b"), SymExpr(3), E("h")};
  EXPECT_EQ(NumElements(shape), E("3*b*h"));
  EXPECT_EQ(ToString(RowMajorStrides(shape)), "[3*h, h, 1]");
  EXPECT_EQ(ToString(shape), "[b, 3, h]");
}

}  // namespace
}  // namespace sinter::ir
