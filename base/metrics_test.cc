#include "base/metrics.h"

#include "gtest/gtest.h"

namespace sinter::base {
namespace {

TEST(MetricsTest, TextIsWhatPrometheusReads) {
  MetricRegistry registry;
  registry.AddCounter("jobs_total", "jobs", {{"state", "a\"b\\c\n"}}).Add(2);
  registry.AddCounter("jobs_total", "jobs", {{"state", "a\"b\\c\n"}}).Add(1);
  registry.AddGauge("depth", "of the queue").Set(1.5);
  registry.AddGaugeReader("bytes", "stored", [] { return 3e15; });
  Histogram& latency = registry.AddHistogram("latency_seconds", "how long", {0.1, 1});
  latency.Observe(0.1);
  latency.Observe(0.5);
  latency.Observe(7);

  EXPECT_EQ(registry.ToPrometheusText(),
            "# HELP bytes stored\n# TYPE bytes gauge\nbytes 3000000000000000\n"
            "# HELP depth of the queue\n# TYPE depth gauge\ndepth 1.5\n"
            "# HELP jobs_total jobs\n# TYPE jobs_total counter\n"
            "jobs_total{state=\"a\\\"b\\\\c\\n\"} 3\n"
            "# HELP latency_seconds how long\n# TYPE latency_seconds histogram\n"
            "latency_seconds_bucket{le=\"0.1\"} 1\n"
            "latency_seconds_bucket{le=\"1\"} 2\n"
            "latency_seconds_bucket{le=\"+Inf\"} 3\n"
            "latency_seconds_sum 7.5999999999999996\n"
            "latency_seconds_count 3\n");
}

TEST(MetricsDeathTest, OneNameHasOneKind) {
  MetricRegistry registry;
  registry.AddCounter("x", "");
  EXPECT_DEATH(registry.AddGauge("x", ""), "two kinds");
}

}  // namespace
}  // namespace sinter::base
