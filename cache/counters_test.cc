#include "cache/counters.h"

#include <string>

#include "base/file_util.h"
#include "base/metrics.h"
#include "base/status_matchers.h"
#include "base/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::cache {
namespace {

using ::testing::HasSubstr;

class CountersTest : public ::testing::Test {
 protected:
  base::TempDir dir_ = *base::TempDir::Create(::testing::TempDir(), "counters");
  const std::string path_ = dir_.path() + "/counters";
};

TEST_F(CountersTest, ProcessesCountTogetherAndEachForItself) {
  Counters daemon(path_);
  EXPECT_TRUE(daemon.is_new());
  daemon.Add(Counters::kHits);
  {
    Counters command(path_);
    EXPECT_FALSE(command.is_new());
    command.Add(Counters::kHits, 2);
    command.Add(Counters::kBytes, 10);
    EXPECT_EQ(command.SinceStart().hits, 2);
    EXPECT_EQ(command.AllTime().hits, 3);
  }
  EXPECT_EQ(daemon.SinceStart().hits, 1);
  EXPECT_EQ(daemon.AllTime().hits, 3);
  // What is stored is the same for all.
  EXPECT_EQ(daemon.SinceStart().bytes, 10);
}

TEST_F(CountersTest, TheFileIsAsDocumented) {
  {
    Counters counters(path_);
    counters.Add(Counters::kMisses, 0x0201);
    counters.Add(Counters::kEvicted, 7);
    counters.Add(Counters::kKernelMisses, 9);
  }
  std::string expected("SINTERC1", 8);
  expected.resize(88, '\0');
  expected.replace(16, 2, "\x01\x02");
  expected[64] = 7;
  expected[80] = 9;
  EXPECT_THAT(base::ReadFile(path_), base::IsOkAndHolds(expected));
}

TEST_F(CountersTest, AFileThatIsNotOursIsMadeAnew) {
  ASSERT_THAT(base::WriteFileAtomically(path_, "something else"), base::IsOk());
  Counters counters(path_);
  EXPECT_TRUE(counters.is_new());
  counters.Add(Counters::kCompiles);
  EXPECT_EQ(Counters(path_).AllTime().compiles, 1);
}

TEST_F(CountersTest, CountsWithoutAFileToo) {
  Counters counters(dir_.path() + "/none/counters");
  counters.Add(Counters::kCorrupt);
  EXPECT_EQ(counters.AllTime().corrupt, 1);
  base::MetricRegistry metrics;
  counters.ExportTo(metrics);
  EXPECT_THAT(metrics.ToPrometheusText(), HasSubstr("\nsinter_cache_corrupt_total 1\n"));
}

}  // namespace
}  // namespace sinter::cache
