#include "benchmarks/load/load_report.h"

#include <algorithm>
#include <utility>

#include "benchmarks/load/latencies.h"

namespace sinter::load {
namespace {

nlohmann::json Percentiles(const std::vector<int64_t>& sorted) {
  return {{"p50", Percentile(sorted, 0.5)},
          {"p90", Percentile(sorted, 0.9)},
          {"p99", Percentile(sorted, 0.99)},
          {"p999", Percentile(sorted, 0.999)},
          {"max", Percentile(sorted, 1)}};
}

}  // namespace

nlohmann::json ReportLoad(const LoadPlan& plan, LoadResult result, size_t max_samples) {
  std::sort(result.latencies_ns.begin(), result.latencies_ns.end());
  std::sort(result.send_delays_ns.begin(), result.send_delays_ns.end());
  // Nothing was answered: any time gives a rate of 0.
  const double seconds = static_cast<double>(std::max<int64_t>(result.answered_ns, 1)) * 1e-9;
  nlohmann::json report;
  int64_t errors = 0;
  for (const auto& [code, count] : result.errors) errors += count;
  report["requests"] = static_cast<int64_t>(result.latencies_ns.size()) + errors;
  report["answered"] = result.answered;
  report["achieved_rate"] = static_cast<double>(result.answered) / seconds;
  report["bytes"] = result.bytes;
  report["bytes_per_s"] = static_cast<double>(result.bytes) / seconds;
  report["errors"] = nlohmann::json(result.errors);
  if (!result.first_error.empty()) report["first_error"] = result.first_error;
  report["unsent"] = result.unsent;
  report["percentiles"] = Percentiles(result.latencies_ns);
  if (plan.rate > 0) report["send_delay"] = Percentiles(result.send_delays_ns);
  if (result.latencies_ns.size() <= max_samples) {
    report["latencies_ns"] = std::move(result.latencies_ns);
  } else {
    report["histogram"] = Histogram(result.latencies_ns);
  }
  return report;
}

}  // namespace sinter::load
