#include "runtime/compare_values.h"

#include <string>
#include <utility>
#include <vector>

#include "base/status_matchers.h"
#include "gtest/gtest.h"
#include "runtime/dtype.h"
#include "runtime/tensor.h"
#include "runtime/value.h"

namespace sinter::runtime {
namespace {

using ::absl::StatusCode;
using ::sinter::base::IsOk;
using ::sinter::base::StatusIs;

Value Floats(const std::vector<float>& values) {
  Tensor tensor = *Tensor::Make(Dtype::kFloat32, {static_cast<int64_t>(values.size())});
  std::copy(values.begin(), values.end(), tensor.mutable_values<float>().begin());
  return Value(std::move(tensor));
}

Value Strings(std::vector<std::string> values) {
  return Value(StringTensor{{static_cast<int64_t>(values.size())}, values});
}

template <typename... Items>
Value List(Items... items) {
  std::vector<Value> list;
  (list.push_back(std::move(items)), ...);
  return Value::Sequence(std::move(list));
}

TEST(CompareValuesTest, CountsThroughAllItems) {
  SINTER_ASSERT_OK_AND_ASSIGN(const Difference difference,
                              CompareValues(List(Floats({1, 2}), Floats({3, 4.5f})),
                                            List(Floats({1, 2.25f}), Floats({3, 4}))));
  EXPECT_EQ(difference.count, 4);
  EXPECT_EQ(difference.worst_index, 3);
  EXPECT_EQ(difference.max_abs_difference, 0.5);
  EXPECT_EQ(difference.max_abs_want, 4);
  EXPECT_TRUE(difference.Within(0.125));
  EXPECT_FALSE(difference.Within(0.1));
}

TEST(CompareValuesTest, StringsThatDifferAreMismatches) {
  SINTER_ASSERT_OK_AND_ASSIGN(const Difference difference,
                              CompareValues(Value::Map(Strings({"a", "b"}), Floats({1, 2})),
                                            Value::Map(Strings({"a", "c"}), Floats({1, 2}))));
  EXPECT_EQ(difference.mismatches, 1);
  EXPECT_EQ(difference.worst_index, 1);
  EXPECT_EQ(difference.count, 4);
}

TEST(CompareValuesTest, KindsAndLengthsMustAgree) {
  EXPECT_THAT(CompareValues(Value(), Value()), IsOk());
  EXPECT_THAT(CompareValues(Value(), Floats({})), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(CompareValues(List(), List(Value())), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(CompareValues(Strings({"a"}), Strings({})), StatusIs(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace sinter::runtime
