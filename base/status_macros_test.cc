#include "base/status_macros.h"

#include <memory>
#include <utility>

#include "base/annotate.h"
#include "base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::base {
namespace {

using ::testing::Not;
using ::testing::Pointee;

absl::StatusOr<int> Half(int number) {
  if (number % 2 != 0) return absl::InvalidArgumentError("odd");
  return number / 2;
}

absl::StatusOr<std::unique_ptr<int>> Quarter(int number) {
  SINTER_ASSIGN_OR_RETURN(const int half, Half(number));
  int quarter = 0;
  SINTER_ASSIGN_OR_RETURN(quarter, Half(half));
  return std::make_unique<int>(quarter);
}

absl::Status CheckDivisibleByFour(int number) {
  SINTER_RETURN_IF_ERROR(Annotate(Quarter(number).status(), "quartering"));
  SINTER_ASSIGN_OR_RETURN(const std::unique_ptr<int> quarter, Quarter(number));
  return absl::OkStatus();
}

TEST(StatusMacrosTest, GoOnWhenOkAndMoveTheValue) {
  EXPECT_THAT(Quarter(12), IsOkAndHolds(Pointee(3)));
  EXPECT_THAT(CheckDivisibleByFour(12), IsOk());
}

TEST(StatusMacrosTest, ReturnTheFirstError) {
  EXPECT_THAT(Quarter(7), StatusIs(absl::StatusCode::kInvalidArgument, "odd"));
  EXPECT_THAT(Quarter(6), Not(IsOk()));
  EXPECT_THAT(CheckDivisibleByFour(6),
              StatusIs(absl::StatusCode::kInvalidArgument, "quartering: odd"));
}

TEST(StatusMacrosTest, AnnotateKeepsCodeAndPayloads) {
  absl::Status status = absl::ResourceExhaustedError("full");
  status.SetPayload("type", absl::Cord("detail"));
  const absl::Status annotated = Annotate(status, "storing");
  EXPECT_THAT(annotated, StatusIs(absl::StatusCode::kResourceExhausted, "storing: full"));
  EXPECT_EQ(annotated.GetPayload("type"), absl::Cord("detail"));
  EXPECT_THAT(Annotate(absl::OkStatus(), "storing"), IsOk());
}

TEST(StatusMatchersTest, IsOkAndHoldsSaysNoToAnErrorAndToAnotherValue) {
  EXPECT_THAT(Half(4), Not(IsOkAndHolds(3)));
  EXPECT_THAT(Half(3), Not(IsOkAndHolds(::testing::_)));
  SINTER_ASSERT_OK_AND_ASSIGN(const int half, Half(4));
  EXPECT_EQ(half, 2);
}

}  // namespace
}  // namespace sinter::base
