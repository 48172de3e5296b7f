// Elements by type, rounding, strings and strided copies.
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "compiler_core/library/dtype.h"
#include "compiler_core/library/library.h"
#include "compiler_core/library/small_floats.h"
#include "compiler_core/library/testing/call.h"
#include "gtest/gtest.h"

namespace sinter::library {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

uint32_t Encode(sinter_dtype dtype, double number) { return sinter_encode_float(dtype, number); }

TEST(ElementsTest, HalvesRoundToNearestEvenOnce) {
  EXPECT_EQ(Encode(SINTER_F16, 1), 0x3c00u);
  EXPECT_EQ(Encode(SINTER_F16, -2), 0xc000u);
  EXPECT_EQ(Encode(SINTER_F16, 0.1), 0x2e66u);
  EXPECT_EQ(Encode(SINTER_F16, 65504), 0x7bffu);
  EXPECT_EQ(Encode(SINTER_F16, 65519.99), 0x7bffu);
  EXPECT_EQ(Encode(SINTER_F16, 65520), 0x7c00u);
  EXPECT_EQ(Encode(SINTER_F16, 0x1p-24), 0x0001u);
  EXPECT_EQ(Encode(SINTER_F16, 0x1p-25), 0x0000u);
  EXPECT_EQ(Encode(SINTER_F16, 0x1.8p-24), 0x0002u);
  // By way of float it would round twice, to 0x3c01... and up.
  EXPECT_EQ(Encode(SINTER_F16, 1 + 0x1p-11 + 0x1p-40), 0x3c01u);
  EXPECT_EQ(Encode(SINTER_F16, 1 + 0x1p-11), 0x3c00u);
  EXPECT_EQ(Encode(SINTER_F16, -kInfinity), 0xfc00u);
}

TEST(ElementsTest, TypesOfEightBitsSaturate) {
  EXPECT_EQ(Encode(SINTER_F8E4M3FN, 448), 0x7eu);
  EXPECT_EQ(Encode(SINTER_F8E4M3FN, 1e9), 0x7eu);
  EXPECT_EQ(Encode(SINTER_F8E4M3FN, -kInfinity), 0xfeu);
  EXPECT_EQ(Encode(SINTER_F8E4M3FNUZ, 1), 0x40u);
  EXPECT_EQ(Encode(SINTER_F8E4M3FNUZ, -0.0), 0u);
  EXPECT_EQ(Encode(SINTER_F8E5M2, 57344), 0x7bu);
  EXPECT_EQ(Encode(SINTER_F4E2M1, -2.5), 0xcu);
  EXPECT_EQ(Encode(SINTER_F8E8M0, 8), 130u);
}

TEST(ElementsTest, SmallFloatsComeBack) {
  for (const sinter_dtype dtype :
       {SINTER_F16, SINTER_BF16, SINTER_F8E4M3FN, SINTER_F8E4M3FNUZ, SINTER_F8E5M2,
        SINTER_F8E5M2FNUZ, SINTER_F4E2M1, SINTER_F8E8M0, SINTER_F6E2M3, SINTER_F6E3M2}) {
    const uint32_t codes = dtype == SINTER_F4E2M1                             ? 16
                           : dtype == SINTER_F6E2M3 || dtype == SINTER_F6E3M2 ? 64
                           : sinter_element_size(dtype) == 2                  ? 65536
                                                                              : 256;
    for (uint32_t code = 0; code < codes; ++code) {
      const double number = sinter_decode_float(dtype, code);
      if (std::isnan(number) || (dtype == SINTER_F8E5M2 && std::isinf(number))) continue;
      ASSERT_EQ(Encode(dtype, number), code) << "type " << dtype;
    }
  }
}

TEST(ElementsTest, NumbersGoInAndOutOfEveryType) {
  Call call(nullptr);
  for (const sinter_dtype dtype :
       {SINTER_F32, SINTER_I8, SINTER_I16, SINTER_I32, SINTER_I64, SINTER_F16, SINTER_F64,
        SINTER_BF16, SINTER_F8E4M3FN, SINTER_F8E5M2, SINTER_I4}) {
    const sinter_value tensor =
        call.Bytes({2}, dtype, std::string(2 * sinter_element_size(dtype), 1));
    sinter_set_number(&tensor, 1, -3);
    EXPECT_EQ(sinter_number_at(&tensor, 1), -3) << "type " << dtype;
  }
  for (const sinter_dtype dtype :
       {SINTER_U8, SINTER_U16, SINTER_U32, SINTER_U64, SINTER_U4, SINTER_U2}) {
    const sinter_value tensor =
        call.Bytes({2}, dtype, std::string(2 * sinter_element_size(dtype), 1));
    sinter_set_number(&tensor, 1, 3.9);
    EXPECT_EQ(sinter_int_at(&tensor, 1), 3) << "type " << dtype;
  }
  const sinter_value narrow = call.Tensor<uint8_t>({1}, {0x0f}, SINTER_I4);
  EXPECT_EQ(sinter_int_at(&narrow, 0), -1);
}

TEST(ElementsTest, StringsAreOrderedByTheirBytes) {
  const sinter_string a = {"ab", 2}, b = {"abc", 3}, z = {"\xc3\xa9", 2};
  EXPECT_LT(sinter_string_compare(&a, &b), 0);
  EXPECT_GT(sinter_string_compare(&z, &b), 0);
  EXPECT_TRUE(sinter_string_equal(&a, &a));
  EXPECT_FALSE(sinter_string_equal(&a, &b));
}

TEST(ElementsTest, StridedCopies) {
  const std::vector<int16_t> from = {0, 1, 2, 3, 4, 5};
  std::vector<int16_t> to(6);
  const int64_t transposed[] = {3, 2}, strides[] = {1, 3};
  sinter_gather_strided(to.data(), from.data(), 2, 2, transposed, strides);
  EXPECT_EQ(to, (std::vector<int16_t>{0, 3, 1, 4, 2, 5}));

  const int64_t dims[] = {2, 3}, backwards[] = {-3, -1};
  sinter_gather_strided(to.data(), from.data() + 5, 2, 2, dims, backwards);
  EXPECT_EQ(to, (std::vector<int16_t>{5, 4, 3, 2, 1, 0}));

  const int64_t repeated[] = {0, 1};
  sinter_gather_strided(to.data(), from.data(), 2, 2, dims, repeated);
  EXPECT_EQ(to, (std::vector<int16_t>{0, 1, 2, 0, 1, 2}));

  sinter_gather_strided(to.data(), from.data() + 4, 2, 0, nullptr, nullptr);
  EXPECT_EQ(to[0], 4);
}

}  // namespace
}  // namespace sinter::library
