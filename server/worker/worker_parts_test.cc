#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/worker/node_count.h"
#include "server/worker/parallel_for.h"
#include "server/worker/progress_reporter.h"
#include "server/worker/stage_clock.h"

namespace sinter::server {
namespace {

using testing::Each;
using testing::ElementsAre;

// A length-delimited protobuf field.
std::string Field(int number, const std::string& bytes) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(bytes.size())} + bytes;
}

TEST(NodeCountTest, CountsTheNodesOfTheMainGraphOnly) {
  const std::string node = Field(1, Field(4, "Relu"));
  const std::string graph = Field(7, node + Field(2, "name") + node + Field(5, "weights") + node);
  const std::string ir_version = {8, 10};
  EXPECT_EQ(CountNodes(ir_version + Field(2, "producer") + graph + Field(8, "opset")), 3);
}

TEST(NodeCountTest, MalformedBytesDoNoHarm) {
  EXPECT_EQ(CountNodes(""), 0);
  EXPECT_EQ(CountNodes(std::string("\x3a\x7f\x0a", 3)), 0);
  EXPECT_EQ(CountNodes(std::string(100, '\xff')), 0);
}

TEST(ParallelForTest, EveryTaskRunsOnce) {
  std::vector<int> runs(1000, 0);
  ParallelFor(1000, [&](int i) { ++runs[i]; });
  EXPECT_THAT(runs, Each(1));
  ParallelFor(0, [](int) { ADD_FAILURE(); });
}

TEST(ProgressReporterTest, StagesAreToldOnceAndProgressOnlyGrows) {
  std::vector<v1::Diagnostic::Stage> stages;
  std::vector<double> fractions;
  ProgressReporter progress([&](const v1::WorkerEvent& event) {
    if (event.has_stage()) stages.push_back(event.stage().stage());
    if (event.has_progress()) fractions.push_back(event.progress().fraction());
  });
  for (const char* stage : {"import", "import", "codegen", "unheard of", "link"}) {
    progress.Report(stage, 0.5);
  }
  EXPECT_THAT(stages, ElementsAre(v1::Diagnostic::IMPORT, v1::Diagnostic::CODEGEN));
  ASSERT_EQ(fractions.size(), 3);
  EXPECT_LT(fractions[0], fractions[1]);
}

TEST(StageClockTest, AStageLastsUntilTheNext) {
  StageClock clock;
  clock.Begin(v1::Diagnostic::IMPORT);
  clock.Begin(v1::Diagnostic::CODEGEN);
  clock.Begin(v1::Diagnostic::IMPORT);
  clock.End();
  const auto timings = clock.timings();
  ASSERT_EQ(timings.size(), 2);
  EXPECT_EQ(timings[0].stage(), v1::Diagnostic::IMPORT);
  EXPECT_GE(timings[0].seconds(), 0);
}

}  // namespace
}  // namespace sinter::server
