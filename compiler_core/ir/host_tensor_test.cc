#include "compiler_core/ir/host_tensor.h"

#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::ir {
namespace {

using ::testing::ElementsAre;

HostTensor Iota(std::vector<int64_t> dims) {
  void* data;
  HostTensor tensor = HostTensor::Allocate(DType::kFloat32, std::move(dims), &data);
  for (int64_t i = 0; i < tensor.num_elements(); ++i) static_cast<float*>(data)[i] = i;
  return tensor;
}

std::vector<double> Elements(const HostTensor& tensor) {
  std::vector<double> elements;
  for (int64_t i = 0; i < tensor.num_elements(); ++i) elements.push_back(tensor.AsDouble(i));
  return elements;
}

TEST(HostTensor, TransposeIsAViewUntilCopied) {
  const HostTensor tensor = Iota({2, 3});
  const HostTensor view = tensor.Transposed({1, 0});
  EXPECT_EQ(view.bytes(), tensor.bytes());
  EXPECT_THAT(Elements(view), ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_FALSE(view.IsRowMajor());
  EXPECT_TRUE(view.RowMajor().IsRowMajor());
  EXPECT_EQ(Elements(view.RowMajor()), Elements(view));
}

TEST(HostTensor, SlicesForwardAndBackward) {
  const HostTensor tensor = Iota({4, 3});
  EXPECT_THAT(Elements(tensor.Sliced({1, 0}, {2, 2}, {1, 2})), ElementsAre(3, 5, 6, 8));
  EXPECT_THAT(Elements(tensor.Sliced({3, 1}, {2, 1}, {-2, 1})), ElementsAre(10, 4));
  EXPECT_EQ(tensor.Sliced({4, 0}, {0, 3}, {1, 1}).num_elements(), 0);
}

TEST(HostTensor, BroadcastsWithoutBytes) {
  const HostTensor view = Iota({2, 1}).BroadcastTo({3, 2, 2});
  EXPECT_THAT(view.strides(), ElementsAre(0, 1, 0));
  EXPECT_THAT(Elements(view), ElementsAre(0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1));
  EXPECT_THAT(Elements(view.Reshaped({12})), ElementsAre(0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1));
}

TEST(HostTensor, KnowsSplats) {
  EXPECT_TRUE(Iota({1}).BroadcastTo({1000000, 1000000}).IsSplat());
  EXPECT_FALSE(Iota({2}).IsSplat());
  EXPECT_FALSE(Iota({0}).IsSplat());
}

TEST(HostTensor, ViewsKeepTheOwnerAlive) {
  auto owner = std::make_shared<std::vector<int32_t>>(std::vector<int32_t>{7, 8});
  std::weak_ptr<std::vector<int32_t>> watch = owner;
  HostTensor view = HostTensor(DType::kInt32, {2}, owner->data(), owner).Sliced({1}, {1}, {1});
  owner.reset();
  EXPECT_FALSE(watch.expired());
  EXPECT_EQ(view.AsInt(0), 8);
  view = HostTensor();
  EXPECT_TRUE(watch.expired());
}

TEST(HostTensor, DecodesEveryFloat) {
  const auto decode = [](DType dtype, uint16_t bits) {
    return HostTensor(dtype, {}, &bits, nullptr).AsDouble(0);
  };
  EXPECT_EQ(decode(DType::kFloat16, 0x3c00), 1.0);
  EXPECT_EQ(decode(DType::kFloat16, 0xc500), -5.0);
  EXPECT_EQ(decode(DType::kFloat16, 0x0001), std::ldexp(1.0, -24));
  EXPECT_TRUE(std::isinf(decode(DType::kFloat16, 0x7c00)));
  EXPECT_EQ(decode(DType::kBFloat16, 0x4040), 3.0);
  EXPECT_EQ(decode(DType::kFloat8E4M3FN, 0x7e), 448.0);
  EXPECT_TRUE(std::isnan(decode(DType::kFloat8E4M3FN, 0x7f)));
  EXPECT_EQ(decode(DType::kFloat8E4M3FNUZ, 0x40), 1.0);
  EXPECT_EQ(decode(DType::kFloat8E5M2, 0x3c), 1.0);
  EXPECT_TRUE(std::isnan(decode(DType::kFloat8E5M2FNUZ, 0x80)));
}

TEST(HostTensor, IntegersAreExact) {
  const int64_t big = (int64_t{1} << 53) + 1;
  EXPECT_EQ(HostTensor(DType::kInt64, {}, &big, nullptr).AsInt(0), big);
  const uint64_t huge = ~uint64_t{0};
  EXPECT_EQ(HostTensor(DType::kUInt64, {}, &huge, nullptr).AsDouble(0), 18446744073709551616.0);
  const float nan = std::nanf("");
  EXPECT_EQ(HostTensor(DType::kFloat32, {}, &nan, nullptr).AsInt(0),
            std::numeric_limits<int64_t>::min());
}

}  // namespace
}  // namespace sinter::ir
