#include "runtime/tensor.h"

#include <cstdint>
#include <string>
#include <vector>

#include "base/status_matchers.h"
#include "gtest/gtest.h"
#include "runtime/dtype.h"
#include "runtime/sinter_abi.h"

namespace sinter::runtime {
namespace {

using ::absl::StatusCode;
using ::sinter::base::IsOk;
using ::sinter::base::IsOkAndHolds;
using ::sinter::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

bool Aligned(const Tensor& tensor) {
  return reinterpret_cast<uintptr_t>(tensor.data()) % SINTER_ALIGNMENT == 0;
}

TEST(DtypeTest, EveryRowIsConsistent) {
  for (const DtypeInfo& row : AllDtypes()) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(FindDtype(row.dtype), &row);
    EXPECT_THAT(DtypeFromNumber(static_cast<int32_t>(row.dtype)), IsOkAndHolds(row.dtype));
    EXPECT_EQ(row.bytes, (row.bits + 7) / 8);
    EXPECT_EQ(std::stoi(std::string(row.npy).substr(1)), row.bytes);
    EXPECT_EQ(NpyCarrier(row.dtype) == row.dtype, row.npy_exact);
    if (row.kind == DtypeKind::kFloat) {
      const int sign = row.dtype == Dtype::kFloat8E8m0 ? 0 : 1;
      EXPECT_EQ(sign + row.exponent_bits + row.mantissa_bits, row.bits);
    }
  }
}

TEST(DtypeTest, StringsAreRefusedByName) {
  EXPECT_THAT(DtypeFromNumber(8), StatusIs(StatusCode::kUnimplemented, HasSubstr("string")));
  EXPECT_THAT(DtypeFromNumber(99), StatusIs(StatusCode::kUnimplemented, HasSubstr("dtype 99")));
}

TEST(TensorTest, IsAlignedWhateverItsSize) {
  for (const int64_t size : {0, 1, 3, 1000, 5'000'000}) {
    SINTER_ASSERT_OK_AND_ASSIGN(const Tensor tensor, Tensor::Make(Dtype::kUint8, {size}));
    EXPECT_TRUE(Aligned(tensor)) << size;
    EXPECT_EQ(tensor.byte_size(), size);
  }
}

TEST(TensorTest, RankZeroHasOneElement) {
  SINTER_ASSERT_OK_AND_ASSIGN(const Tensor tensor, Tensor::Make(Dtype::kFloat64, {}));
  EXPECT_EQ(tensor.element_count(), 1);
  EXPECT_EQ(tensor.byte_size(), 8);
}

TEST(TensorTest, CopiesFromUnalignedMemory) {
  const std::vector<int32_t> source = {7, 1, 2, 3};
  const std::vector<int64_t> dims = {3};
  SINTER_ASSERT_OK_AND_ASSIGN(const Tensor copy,
                              Tensor::CopyOf({Dtype::kInt32, dims, source.data() + 1}));
  EXPECT_TRUE(Aligned(copy));
  EXPECT_THAT(copy.values<int32_t>(), ElementsAre(1, 2, 3));
}

TEST(TensorTest, KeepsItsMemoryWhileItFits) {
  SINTER_ASSERT_OK_AND_ASSIGN(Tensor tensor, Tensor::Make(Dtype::kFloat32, {64}));
  const void* const data = tensor.data();
  ASSERT_THAT(tensor.Resize(Dtype::kInt8, {2, 3}), IsOk());
  EXPECT_EQ(tensor.data(), data);
  EXPECT_EQ(tensor.byte_size(), 6);
  ASSERT_THAT(tensor.Resize(Dtype::kFloat32, {8, 8}), IsOk());
  EXPECT_EQ(tensor.data(), data);
}

TEST(TensorTest, RefusesShapesThatNoMemoryHolds) {
  EXPECT_THAT(Tensor::Make(Dtype::kFloat32, {2, -1}),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("[2,-1]")));
  EXPECT_THAT(Tensor::Make(Dtype::kUint8, {INT64_MAX, 2}),
              StatusIs(StatusCode::kResourceExhausted));
  EXPECT_THAT(Tensor::Make(Dtype::kFloat64, {INT64_MAX}), StatusIs(StatusCode::kResourceExhausted));
  EXPECT_THAT(Tensor::Make(Dtype::kUint8, {int64_t{1} << 60}),
              StatusIs(StatusCode::kResourceExhausted));
}

TEST(TensorTest, AZeroDimensionMakesHugeNeighboursHarmless) {
  EXPECT_THAT(ElementCount({INT64_MAX, INT64_MAX, 0}), IsOkAndHolds(0));
}

TEST(TensorTest, AFailedResizeChangesNothing) {
  SINTER_ASSERT_OK_AND_ASSIGN(Tensor tensor, Tensor::Make(Dtype::kInt8, {2}));
  tensor.mutable_values<int8_t>()[1] = 5;
  EXPECT_FALSE(tensor.Resize(Dtype::kInt8, {int64_t{1} << 60}).ok());
  EXPECT_THAT(tensor.dims(), ElementsAre(2));
  EXPECT_EQ(tensor.values<int8_t>()[1], 5);
}

TEST(TensorTest, RelabelsOnlyBetweenTypesOfOneSize) {
  SINTER_ASSERT_OK_AND_ASSIGN(Tensor tensor, Tensor::Make(Dtype::kUint16, {2}));
  EXPECT_THAT(tensor.Relabel(Dtype::kBfloat16), IsOk());
  EXPECT_EQ(tensor.dtype(), Dtype::kBfloat16);
  EXPECT_THAT(tensor.Relabel(Dtype::kFloat32),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("sizes differ")));
}

}  // namespace
}  // namespace sinter::runtime
