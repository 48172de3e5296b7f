#include "compiler_core/optimize/weights.h"

#include <vector>

#include "gtest/gtest.h"

namespace sinter::optimize {
namespace {

std::vector<float> Packed(WeightPacker& packer, size_t blob) {
  std::vector<ir::WeightBlob> blobs = packer.TakeBlobs();
  std::vector<float> out(blobs.at(blob).bytes / sizeof(float), -1.0f);
  blobs[blob].write(reinterpret_cast<char*>(out.data()));
  return out;
}

ir::HostTensor Numbers(std::vector<int64_t> dims) {
  void* data = nullptr;
  ir::HostTensor tensor = ir::HostTensor::Allocate(ir::DType::kFloat32, std::move(dims), &data);
  for (int64_t i = 0; i < tensor.num_elements(); ++i) static_cast<float*>(data)[i] = i;
  return tensor;
}

TEST(WeightPacker, CutsADimensionIntoPanelsAndFillsTheLastOne) {
  WeightPacker packer;
  // A right operand of K = 2 rows and N = 3 columns, in panels of two columns.
  PlacedWeight placed = packer.Place(0, Numbers({2, 3}), {{1, 0}, 1, 2});
  EXPECT_EQ(placed.strides, (std::vector<int64_t>{2, 4}));
  EXPECT_EQ(Packed(packer, 0), (std::vector<float>{0, 1, 3, 4, 2, 0, 5, 0}));
}

TEST(WeightPacker, ReordersDimensions) {
  WeightPacker packer;
  PlacedWeight placed = packer.Place(0, Numbers({2, 3}), {{1, 0}});
  EXPECT_EQ(placed.strides, (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(Packed(packer, 0), (std::vector<float>{0, 3, 1, 4, 2, 5}));
}

TEST(WeightPacker, PanelsInsideOfOuterDimensions) {
  WeightPacker packer;
  // Two groups, K = 2, N = 3.
  packer.Place(0, Numbers({2, 2, 3}), {{0, 2, 1}, 2, 2});
  EXPECT_EQ(Packed(packer, 0),
            (std::vector<float>{0, 1, 3, 4, 2, 0, 5, 0, 6, 7, 9, 10, 8, 0, 11, 0}));
}

TEST(WeightPacker, TheSameConstantInTheSameLayoutIsStoredOnce) {
  WeightPacker packer;
  ir::HostTensor tensor = Numbers({2, 3});
  EXPECT_EQ(packer.Place(4, tensor, {{0, 1}}).offset, packer.Place(4, tensor, {{0, 1}}).offset);
  EXPECT_EQ(packer.TakeBlobs().size(), 1u);
}

TEST(WeightPacker, ReadsViews) {
  WeightPacker packer;
  packer.Place(0, Numbers({2, 3}).Transposed({1, 0}), {{0, 1}});
  EXPECT_EQ(Packed(packer, 0), (std::vector<float>{0, 3, 1, 4, 2, 5}));
}

}  // namespace
}  // namespace sinter::optimize
