#include "benchmarks/peaks/peaks.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <vector>

#include "base/status_matchers.h"
#include "benchmarks/peaks/team.h"
#include "gtest/gtest.h"

namespace sinter::benchmarks {
namespace {

namespace fs = std::filesystem;

TEST(Kernels, ReadEveryWord) {
  const Kernels kernels = KernelsOfThisCpu();
  alignas(64) static uint64_t words[1024];
  uint64_t expected = 0;
  for (uint64_t i = 0; i < 1024; ++i) expected ^= words[i] = i * 0x9e3779b97f4a7c15u;
  EXPECT_EQ(kernels.read(words, sizeof(words)), expected);
}

TEST(Kernels, DoTheArithmetic) {
  const Kernels kernels = KernelsOfThisCpu();
  // Halving and adding a quarter tends to a half, in each of the sums.
  const float sum = kernels.f32.run(100);
  EXPECT_EQ(sum, sum > 7 ? 8 : 6);
  for (const ArithmeticKernel& dot : {kernels.s8, kernels.bf16}) {
    if (dot.run != nullptr) EXPECT_EQ(dot.run(100), 0);
  }
}

TEST(Team, RunsAllMembers) {
  std::atomic<int> members{0};
  const absl::Duration time = TimeTogether(3, [&](int index) { members += 1 << index; });
  EXPECT_EQ(members, 7);
  EXPECT_GE(time, absl::ZeroDuration());
}

TEST(MachineMemory, IsAsLinuxDescribesIt) {
  const fs::path folder = fs::path(::testing::TempDir()) / "cache";
  const auto cache = [&](const char* name, int level, const char* type, const char* size) {
    fs::create_directories(folder / name);
    std::ofstream(folder / name / "level") << level << "\n";
    std::ofstream(folder / name / "type") << type << "\n";
    std::ofstream(folder / name / "size") << size << "\n";
  };
  cache("index0", 1, "Data", "48K");
  cache("index1", 1, "Instruction", "32K");
  cache("index2", 2, "Unified", "2048K");
  cache("index3", 3, "Unified", "36M");
  const MachineMemory memory = ReadMachineMemory(folder.string());
  EXPECT_EQ(memory.level1, 48 << 10);
  EXPECT_EQ(memory.level2, 2 << 20);
  EXPECT_EQ(memory.last_level, 36 << 20);
  EXPECT_GT(memory.free, 0);
  EXPECT_EQ(ReadMachineMemory((folder / "none").string()).level1, 32 << 10);
}

// Small caches, to be quick: this is not about the numbers.
TEST(Peaks, AreMeasured) {
  MachineMemory memory;
  memory.last_level = 1 << 20;
  for (const int threads : {1, 2}) {
    SINTER_ASSERT_OK_AND_ASSIGN(const Peaks peaks,
                                MeasurePeaks(threads, KernelsOfThisCpu(), memory));
    // Every processor that Sinter runs on does more than this.
    EXPECT_GT(peaks.f32_flops, 1e8);
    EXPECT_GT(peaks.s8_ops.value_or(1e9), 1e8);
    EXPECT_GT(peaks.bf16_flops.value_or(1e9), 1e8);
    for (const double rate :
         {peaks.l1_read_bytes, peaks.l2_read_bytes, peaks.dram_read_bytes, peaks.dram_copy_bytes}) {
      EXPECT_GT(rate, 1e7);
    }
  }
}

}  // namespace
}  // namespace sinter::benchmarks
