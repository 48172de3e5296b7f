#include "runtime/block_pool.h"

#include <cstdint>
#include <cstring>
#include <vector>

#include "gtest/gtest.h"

namespace sinter::runtime {
namespace {

TEST(BlockPoolTest, BlocksAreAlignedAndApart) {
  BlockPool pool;
  std::vector<char*> blocks;
  const std::vector<uint64_t> sizes = {0, 1, 63, 64, 65, 100, 4096, 70000, 5u << 20};
  for (const uint64_t size : sizes) {
    blocks.push_back(static_cast<char*>(pool.Allocate(size)));
    ASSERT_NE(blocks.back(), nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(blocks.back()) % 64, 0u);
    std::memset(blocks.back(), static_cast<int>(blocks.size()), size);
  }
  for (size_t i = 0; i < sizes.size(); ++i) {
    for (uint64_t at = 0; at < sizes[i]; ++at) ASSERT_EQ(blocks[i][at], static_cast<char>(i + 1));
  }
  EXPECT_EQ(pool.live_blocks(), static_cast<int64_t>(sizes.size()));
  for (char* block : blocks) pool.Release(block);
  EXPECT_EQ(pool.live_blocks(), 0);
  EXPECT_EQ(pool.live_bytes(), 0);
}

TEST(BlockPoolTest, ALoopAsksTheSystemOnce) {
  BlockPool pool;
  for (int round = 0; round < 1000; ++round) {
    void* const first = pool.Allocate(1000 + round % 20);
    void* const second = pool.Allocate(5000);
    pool.Release(first);
    pool.Release(second);
  }
  EXPECT_EQ(pool.system_allocations(), 2);
}

TEST(BlockPoolTest, WastesLittle) {
  BlockPool pool;
  for (uint64_t size = 64; size < (uint64_t{1} << 26); size = size * 9 / 8 + 1) {
    void* const block = pool.Allocate(size);
    EXPECT_GE(pool.live_bytes(), static_cast<int64_t>(size));
    EXPECT_LE(pool.live_bytes(), static_cast<int64_t>(size + size / 4));
    pool.Release(block);
  }
}

TEST(BlockPoolTest, TheReserveIsBounded) {
  BlockPool pool;
  for (uint64_t size = 1 << 10; size <= (1 << 24); size += size / 3) {
    pool.Release(pool.Allocate(size));
    EXPECT_LE(pool.reserve_bytes(), pool.peak_bytes());
  }
  EXPECT_LE(pool.peak_bytes(), (1 << 24) * 5 / 4);
}

TEST(BlockPoolTest, ImpossibleSizesGiveNull) {
  BlockPool pool;
  EXPECT_EQ(pool.Allocate(~uint64_t{0}), nullptr);
  EXPECT_EQ(pool.Allocate(uint64_t{1} << 47), nullptr);
  pool.Release(nullptr);
  EXPECT_EQ(pool.live_blocks(), 0);
}

}  // namespace
}  // namespace sinter::runtime
