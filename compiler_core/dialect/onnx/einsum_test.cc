#include "compiler_core/dialect/onnx/einsum.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status_matchers.h"

namespace sinter::onnx {
namespace {

using ::testing::ElementsAre;

TEST(EinsumTest, NamesEveryDimension) {
  SINTER_ASSERT_OK_AND_ASSIGN(const EinsumLabels labels, ParseEinsum("bij, bjk -> bik", {3, 3}));
  EXPECT_THAT(labels.inputs, ElementsAre("bij", "bjk"));
  EXPECT_EQ(labels.output, "bik");
}

TEST(EinsumTest, AnEllipsisAlignsAtItsLastDimension) {
  SINTER_ASSERT_OK_AND_ASSIGN(const EinsumLabels labels, ParseEinsum("...ij,...j->...i", {4, 2}));
  EXPECT_THAT(labels.inputs, ElementsAre("10ij", "0j"));
  EXPECT_EQ(labels.output, "10i");
}

TEST(EinsumTest, WithoutAnOutputLettersThatOccurOnceStay) {
  SINTER_ASSERT_OK_AND_ASSIGN(const EinsumLabels labels, ParseEinsum("ba,ac", {2, 2}));
  EXPECT_EQ(labels.output, "bc");
}

TEST(EinsumTest, RefusesWhatDoesNotFit) {
  const auto is_malformed = base::StatusIs(absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(ParseEinsum("ij->ij", {3}).status(), is_malformed);
  EXPECT_THAT(ParseEinsum("ij->ik", {2}).status(), is_malformed);
  EXPECT_THAT(ParseEinsum("ij,jk->ik", {2}).status(), is_malformed);
  EXPECT_THAT(ParseEinsum("i.j->ij", {3}).status(), is_malformed);
}

}  // namespace
}  // namespace sinter::onnx
