#include "runtime/compare.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "base/status_matchers.h"
#include "gtest/gtest.h"
#include "runtime/dtype.h"

namespace sinter::runtime {
namespace {

using ::absl::StatusCode;
using ::sinter::base::StatusIs;
using ::testing::HasSubstr;

template <typename T>
Difference Between(Dtype dtype, const std::vector<T>& got, const std::vector<T>& want) {
  const std::vector<int64_t> dims = {
      static_cast<int64_t>(want.size() * sizeof(T) / DtypeBytes(dtype))};
  return *Compare({dtype, dims, got.data()}, {dtype, dims, want.data()});
}

TEST(CompareTest, MeasuresAgainstTheLargestWantedElement) {
  const Difference d = Between<float>(Dtype::kFloat32, {1, 2.5, -8}, {1, 2, -8});
  EXPECT_EQ(d.max_abs_difference, 0.5);
  EXPECT_EQ(d.max_abs_want, 8);
  EXPECT_EQ(d.worst_index, 1);
  EXPECT_TRUE(d.Within(0.0625));
  EXPECT_FALSE(d.Within(0.0624));
  EXPECT_EQ(d.Text(), "max|d| 0.5 at element 1 of 3, max|want| 8");
}

TEST(CompareTest, EqualIsWithinZero) {
  EXPECT_TRUE(Between<float>(Dtype::kFloat32, {0, NAN, INFINITY}, {0, NAN, INFINITY}).Within(0));
  EXPECT_TRUE(Between<float>(Dtype::kFloat32, {}, {}).Within(0));
}

TEST(CompareTest, NoToleranceCoversNanAndInfinity) {
  EXPECT_FALSE(Between<float>(Dtype::kFloat32, {NAN, 1}, {1, 1}).Within(1e9));
  EXPECT_FALSE(Between<float>(Dtype::kFloat32, {INFINITY}, {-INFINITY}).Within(1e9));
  EXPECT_FALSE(Between<double>(Dtype::kFloat64, {1}, {NAN}).Within(1e9));
}

TEST(CompareTest, KnowsEveryKindOfElement) {
  EXPECT_EQ(Between<int8_t>(Dtype::kInt8, {-3}, {4}).max_abs_difference, 7);
  EXPECT_EQ(Between<uint8_t>(Dtype::kUint8, {253}, {4}).max_abs_difference, 249);
  EXPECT_EQ(Between<uint8_t>(Dtype::kInt4, {0xf}, {1}).max_abs_difference, 2);  // -1 and 1
  EXPECT_EQ(Between<int64_t>(Dtype::kInt64, {-5}, {5}).max_abs_difference, 10);
  EXPECT_EQ(Between<uint16_t>(Dtype::kFloat16, {0x3c00}, {0x0001}).max_abs_want,
            std::ldexp(1, -24));
  EXPECT_EQ(Between<uint16_t>(Dtype::kBfloat16, {0x3f80}, {0xc000}).max_abs_difference, 3);
  EXPECT_TRUE(Between<uint16_t>(Dtype::kFloat16, {0x7c00}, {0x7c00}).Within(0));
  EXPECT_EQ(Between<float>(Dtype::kComplex64, {1, 2, 3, 4}, {1, 2, 3, 9}).worst_index, 3);
}

TEST(CompareTest, RefusesOtherShapesAndTypes) {
  const std::vector<int64_t> two = {2};
  const std::vector<int64_t> one_two = {1, 2};
  const int64_t data[2] = {};
  EXPECT_THAT(
      Compare({Dtype::kInt64, two, data}, {Dtype::kInt64, one_two, data}),
      StatusIs(StatusCode::kInvalidArgument, HasSubstr("got int64[2], but want int64[1,2]")));
  EXPECT_FALSE(Compare({Dtype::kInt64, two, data}, {Dtype::kUint64, two, data}).ok());
  EXPECT_THAT(Compare({Dtype::kFloat8E5m2, two, data}, {Dtype::kFloat8E5m2, two, data}),
              StatusIs(StatusCode::kUnimplemented, HasSubstr("float8e5m2")));
}

}  // namespace
}  // namespace sinter::runtime
