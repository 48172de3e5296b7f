#include "client/profile/roofline.h"

#include <limits>
#include <string>

#include "base/file_util.h"
#include "base/status_matchers.h"
#include "gtest/gtest.h"

namespace sinter::client {
namespace {

using ::absl::StatusCode;
using runtime::Dtype;
using ::sinter::base::IsOk;
using ::sinter::base::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

absl::StatusOr<Peaks> Read(const std::string& text, int threads) {
  const std::string path = testing::TempDir() + "/peaks.json";
  EXPECT_THAT(base::WriteFileAtomically(path, text), IsOk());
  return ReadPeaks(path, threads);
}

// 100 operations a second; a cache of 10 bytes that gives 50 bytes a second, and memory 20.
Peaks Small() {
  Peaks peaks;
  peaks.f32_flops = 100;
  peaks.s8_ops = 400;
  peaks.levels = {{10, 50}, {std::numeric_limits<int64_t>::max(), 20}};
  return peaks;
}

TEST(RooflineTest, TheSlowerOfArithmeticAndMemoryBounds) {
  const auto arithmetic = BoundOf(Small(), 1000, 40, Dtype::kFloat32);
  ASSERT_TRUE(arithmetic.has_value());
  EXPECT_EQ(arithmetic->seconds, 10);
  EXPECT_FALSE(arithmetic->by_memory);
  const auto memory = BoundOf(Small(), 100, 40, Dtype::kFloat32);
  EXPECT_EQ(memory->seconds, 2);
  EXPECT_TRUE(memory->by_memory);
}

TEST(RooflineTest, WhatFitsACacheComesFromIt) {
  EXPECT_EQ(BoundOf(Small(), 0, 10, Dtype::kFloat32)->seconds, 0.2);
  EXPECT_EQ(BoundOf(Small(), 0, 11, Dtype::kFloat32)->seconds, 0.55);
}

TEST(RooflineTest, EachTypeHasItsPeak) {
  EXPECT_EQ(BoundOf(Small(), 1000, 0, Dtype::kInt8)->seconds, 2.5);
  EXPECT_EQ(BoundOf(Small(), 1000, 0, Dtype::kFloat64)->seconds, 10);
  EXPECT_FALSE(BoundOf(Small(), 1000, 0, Dtype::kBfloat16).has_value()) << "not measured";
  EXPECT_TRUE(BoundOf(Small(), 0, 20, Dtype::kBfloat16).has_value()) << "nothing is calculated";
  EXPECT_FALSE(BoundOf(Peaks(), 1000, 20, Dtype::kFloat32).has_value());
}

TEST(RooflineTest, ReadsThePeaksOfAsManyThreads) {
  constexpr char kText[] = R"({"1": {"f32_flops": 1e9, "dram_read_bytes_per_s": 5e9},
      "2": {"f32_flops": 2e9, "s8_ops": null, "bf16_flops": 3e9, "dram_read_bytes_per_s": 8e9}})";
  SINTER_ASSERT_OK_AND_ASSIGN(const Peaks peaks, Read(kText, 2));
  EXPECT_EQ(peaks.f32_flops, 2e9);
  EXPECT_EQ(peaks.bf16_flops, 3e9);
  EXPECT_EQ(peaks.s8_ops, 0);
  ASSERT_EQ(peaks.levels.size(), 1u);
  EXPECT_EQ(peaks.levels[0].bytes_per_second, 8e9);
  EXPECT_THAT(Read(kText, 3), StatusIs(StatusCode::kInvalidArgument,
                                       AllOf(HasSubstr("1, 2"), HasSubstr("--threads=3"))));
}

TEST(RooflineTest, OtherFilesAreRefused) {
  for (const char* text : {"", "[]", "{\"1\": 7}", "{"}) {
    EXPECT_THAT(Read(text, 1), StatusIs(StatusCode::kInvalidArgument)) << text;
  }
  EXPECT_FALSE(ReadPeaks(testing::TempDir() + "/none.json", 1).ok());
}

}  // namespace
}  // namespace sinter::client
