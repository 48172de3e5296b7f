#include "compiler_core/optimize/memory.h"

#include "gtest/gtest.h"

namespace sinter::optimize {
namespace {

using ir::SymExpr;
using ir::SymShape;

View Dense(const SymShape& shape, llvm::ArrayRef<int> order) {
  return {0, shape, StridesInOrder(shape, order), SymExpr(0)};
}

TEST(StridesInOrder, TheLastOfTheOrderIsDense) {
  SymShape strides = StridesInOrder({2, 64, 7, 5}, {0, 2, 3, 1});
  EXPECT_EQ(ir::ToString(strides), ir::ToString({2240, 1, 320, 64}));
}

TEST(ReshapeView, MergesSpatialDimensionsOfAChannelsLastImage) {
  auto view = ReshapeView(Dense({1, 64, 7, 5}, {0, 2, 3, 1}), {1, 64, 35});
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->strides[1], SymExpr(1));
  EXPECT_EQ(view->strides[2], SymExpr(64));
}

TEST(ReshapeView, RefusesToMergeChannelsWithSpaceWhenChannelsAreLast) {
  EXPECT_FALSE(ReshapeView(Dense({64, 7, 5}, {1, 2, 0}), {64 * 7 * 5}).has_value());
}

TEST(ReshapeView, SplitsWhatItMerges) {
  SymExpr batch = SymExpr::Symbol("batch");
  auto view = ReshapeView(Dense({batch, 128, 768}, {0, 1, 2}), {batch, 128, 12, 64});
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(ir::ToString(view->strides), ir::ToString({98304, 768, 64, 1}));
}

TEST(ReshapeView, LooksThroughDimensionsOfOneElement) {
  auto view = ReshapeView(Dense({1, 64, 1, 1}, {0, 1, 2, 3}), {64});
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->strides[0], SymExpr(1));
}

TEST(OrderOf, IsTheOrderThatTheStridesCameFrom) {
  SymExpr height = SymExpr::Symbol("h"), width = SymExpr::Symbol("w");
  View view = Dense({2, 64, height, width}, {0, 2, 3, 1});
  EXPECT_EQ(OrderOf(view), (llvm::SmallVector<int>{0, 2, 3, 1}));
}

}  // namespace
}  // namespace sinter::optimize
