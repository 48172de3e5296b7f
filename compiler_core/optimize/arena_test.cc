#include "compiler_core/optimize/arena.h"

#include "gtest/gtest.h"

namespace sinter::optimize {
namespace {

using ir::SymExpr;

TEST(PlanArena, BuffersThatLiveTogetherDoNotOverlap) {
  ArenaPlan plan = PlanArena({{0, 2, 100}, {1, 3, 100}, {2, 4, 100}});
  EXPECT_NE(plan.offsets[0], plan.offsets[1]);
  EXPECT_NE(plan.offsets[1], plan.offsets[2]);
  EXPECT_NE(plan.offsets[0], plan.offsets[2]);
}

TEST(PlanArena, BytesAreUsedAgainOnceABufferIsDead) {
  ArenaPlan plan = PlanArena({{0, 1, 128}, {1, 2, 128}, {2, 3, 64}});
  EXPECT_EQ(plan.offsets[0], plan.offsets[2]);
  EXPECT_EQ(plan.bytes, SymExpr(256));
}

TEST(PlanArena, ASlotGrowsForALargerBuffer) {
  ArenaPlan plan = PlanArena({{0, 0, 64}, {1, 1, 640}});
  EXPECT_EQ(plan.offsets[0], plan.offsets[1]);
  EXPECT_EQ(plan.bytes, SymExpr(640));
}

TEST(PlanArena, FreeSizesShareOnlyWhenOneProvablyBoundsTheOther) {
  SymExpr batch = SymExpr::Symbol("batch"), other = SymExpr::Symbol("other");
  ArenaPlan shared = PlanArena({{0, 0, batch * 256}, {1, 1, batch * 64}});
  EXPECT_EQ(shared.bytes, batch * 256);
  ArenaPlan apart = PlanArena({{0, 0, batch * 64}, {1, 1, other * 64}});
  EXPECT_EQ(apart.bytes, batch * 64 + other * 64);
}

TEST(PlanArena, OffsetsAreAligned) {
  ArenaPlan plan = PlanArena({{0, 1, 3}, {0, 1, 5}});
  EXPECT_EQ(plan.bytes, SymExpr(128));
}

}  // namespace
}  // namespace sinter::optimize
