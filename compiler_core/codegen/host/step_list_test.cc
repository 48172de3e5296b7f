#include "compiler_core/codegen/host/step_list.h"

#include <algorithm>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace sinter::codegen {
namespace {

using ir::SymExpr;

const SymExpr kA = SymExpr::Symbol("a"), kB = SymExpr::Symbol("b");

// What host_runtime.c computes, in the test's own words.
int64_t Value(const StepList& list, const sinter_amount& amount, int64_t a, int64_t b) {
  std::vector<int64_t> values = {0, a, b};
  for (const sinter_step& step : list.steps()) {
    const int64_t x = values[step.lhs], y = values[step.rhs];
    switch (step.kind) {
      case SINTER_STEP_ADD:
        values.push_back(x + y);
        break;
      case SINTER_STEP_MUL:
        values.push_back(x * y);
        break;
      case SINTER_STEP_AFFINE:
        values.push_back(x * step.immediate + y);
        break;
      case SINTER_STEP_FLOOR_DIV:
        values.push_back(x / y);
        break;
      case SINTER_STEP_MOD:
        values.push_back(x % y);
        break;
      case SINTER_STEP_MIN:
        values.push_back(std::min(x, y));
        break;
      case SINTER_STEP_MAX:
        values.push_back(std::max(x, y));
        break;
      default:
        values.push_back(step.immediate);
    }
  }
  return amount.immediate + values[amount.value];
}

TEST(StepList, EvaluatesAsTheExpressionDoes) {
  const SymExpr exprs[] = {
      SymExpr(7),
      kA,
      kA * kA * 3 - kB * 2 + 5,
      FloorDiv(kA + 3, 4) * kB,
      Mod(kA * kB, SymExpr(5)) + Min(kA, kB) - Max(kA, kB * 2),
      CeilDiv(kA, kB) - 1,
  };
  for (const SymExpr& expr : exprs) {
    StepList list({"a", "b"});
    auto amount = list.AmountOf(expr);
    ASSERT_TRUE(amount.ok()) << amount.status();
    for (int64_t a : {1, 6, 13}) {
      for (int64_t b : {1, 4, 9}) {
        EXPECT_EQ(Value(list, *amount, a, b), expr.Evaluate({{"a", a}, {"b", b}}))
            << expr.ToString() << " at " << a << ", " << b;
      }
    }
  }
}

TEST(StepList, SharesSubexpressionsAndLeavesConstantsOut) {
  StepList list({"a", "b"});
  ASSERT_TRUE(list.AmountOf(64).ok());
  EXPECT_TRUE(list.steps().empty());
  const sinter_amount first = *list.AmountOf(kA * kB * 16);
  const size_t steps = list.steps().size();
  const sinter_amount second = *list.AmountOf(kA * kB * 16 + 4096);
  EXPECT_EQ(list.steps().size(), steps);
  EXPECT_EQ(second.value, first.value);
  EXPECT_EQ(second.immediate, 4096);
}

TEST(StepList, NamesADimensionThatNoInputHas) {
  StepList list({"a"});
  const absl::Status status = list.AmountOf(kA + kB).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_NE(status.message().find("`b`"), absl::string_view::npos);
}

}  // namespace
}  // namespace sinter::codegen
