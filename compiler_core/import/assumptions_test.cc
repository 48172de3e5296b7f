#include "compiler_core/import/assumptions.h"

#include "base/status_matchers.h"
#include "gtest/gtest.h"

namespace sinter::import {
namespace {

using ::sinter::base::IsOkAndHolds;
using ::sinter::base::StatusIs;

ir::SymExpr E(absl::string_view text) { return *ir::SymExpr::Parse(text); }

TEST(Assumptions, SymbolsAreReplacedEverywhere) {
  Assumptions assumptions;
  EXPECT_THAT(assumptions.Add(E("batch"), E("n")), IsOkAndHolds(true));
  EXPECT_THAT(assumptions.Add(E("n"), E("batch")), IsOkAndHolds(false));
  EXPECT_EQ(assumptions.Canonical(E("2*batch+1")), E("2*n+1"));
  EXPECT_THAT(assumptions.Add(E("n"), E("4")), IsOkAndHolds(true));
  EXPECT_EQ(assumptions.Canonical(E("batch")), E("4"));
  EXPECT_TRUE(assumptions.equalities().empty());
}

TEST(Assumptions, LinearEquationsAreSolved) {
  Assumptions assumptions;
  EXPECT_THAT(assumptions.Add(E("3*n+2"), E("14")), IsOkAndHolds(true));
  EXPECT_EQ(assumptions.Canonical(E("n")), E("4"));
}

TEST(Assumptions, LongExpressionsBecomeShortOnes) {
  Assumptions assumptions;
  EXPECT_THAT(assumptions.Add(E("h"), E("2*floordiv(h,2)")), IsOkAndHolds(true));
  EXPECT_EQ(assumptions.Canonical(E("2*floordiv(h,2)")), E("h"));
  EXPECT_EQ(assumptions.equalities().size(), 1);
  // Fixing the symbol settles the relation.
  EXPECT_THAT(assumptions.Add(E("h"), E("6")), IsOkAndHolds(true));
  EXPECT_TRUE(assumptions.equalities().empty());
}

TEST(Assumptions, ContradictionsAreErrors) {
  Assumptions assumptions;
  EXPECT_THAT(assumptions.Add(E("n"), E("4")), IsOkAndHolds(true));
  EXPECT_THAT(assumptions.Add(E("n"), E("5")), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(assumptions.Add(E("m"), E("m+1")), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(assumptions.Add(E("h"), E("2*floordiv(h,2)")), IsOkAndHolds(true));
  EXPECT_THAT(assumptions.Add(E("h"), E("7")), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace sinter::import
