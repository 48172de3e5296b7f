#include "benchmarks/load/load_report.h"

#include "gtest/gtest.h"

namespace sinter::load {
namespace {

LoadPlan TwoSeconds() {
  LoadPlan plan;
  plan.rate = 5;
  plan.duration_ns = 2'000'000'000;
  return plan;
}

TEST(LoadReportTest, HoldsRatesPercentilesAndAllLatencies) {
  LoadResult result;
  result.latencies_ns = {4000, 1000, 3000, 2000};
  result.send_delays_ns = {5, 6, 7, 8, 9};
  result.errors = {{"UNAVAILABLE", 1}};
  result.first_error = "UNAVAILABLE: full";
  result.answered = 4;
  result.answered_ns = 2'000'000'000;
  result.bytes = 100;
  const nlohmann::json report = ReportLoad(TwoSeconds(), result, 10);
  EXPECT_EQ(report["requests"], 5);
  EXPECT_EQ(report["achieved_rate"], 2.0);
  EXPECT_EQ(report["bytes_per_s"], 50.0);
  EXPECT_EQ(report["errors"]["UNAVAILABLE"], 1);
  EXPECT_EQ(report["percentiles"]["p50"], 2000);
  EXPECT_EQ(report["send_delay"]["max"], 9);
  EXPECT_EQ(report["latencies_ns"], nlohmann::json({1000, 2000, 3000, 4000}));
}

TEST(LoadReportTest, ManyLatenciesBecomeAHistogram) {
  LoadResult result;
  result.latencies_ns = {12345, 12346, 99999};
  const nlohmann::json report = ReportLoad(TwoSeconds(), result, 2);
  EXPECT_FALSE(report.contains("latencies_ns"));
  EXPECT_EQ(report["histogram"], nlohmann::json::parse("[[12300, 2], [99900, 1]]"));
  EXPECT_EQ(report["percentiles"]["p50"], 12346);
}

}  // namespace
}  // namespace sinter::load
