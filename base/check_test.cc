#include "base/check.h"

#include "gtest/gtest.h"

namespace sinter::base {
namespace {

TEST(CheckTest, DoesNothingAndEvaluatesOnceWhenTrue) {
  int evaluated = 0;
  SINTER_CHECK(++evaluated == 1) << "never printed";
  if (evaluated == 1) SINTER_CHECK(true);
  SINTER_CHECK_OK((++evaluated, absl::OkStatus()));
  EXPECT_EQ(evaluated, 2);
}

TEST(CheckDeathTest, SaysWhatFailedWhereAndWhy) {
  EXPECT_DEATH(SINTER_CHECK(1 + 1 == 3) << "for " << 7,
               "check failed: 1 \\+ 1 == 3 at .*check_test.cc:[0-9]+: for 7");
}

TEST(CheckDeathTest, OkPrintsTheStatus) {
  EXPECT_DEATH(SINTER_CHECK_OK(absl::NotFoundError("no such op")), "NOT_FOUND: no such op");
}

}  // namespace
}  // namespace sinter::base
