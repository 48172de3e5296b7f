#include "runtime/latency.h"

#include <algorithm>
#include <numeric>

namespace sinter::runtime {

LatencySummary SummarizeLatency(std::vector<int64_t> nanoseconds) {
  LatencySummary summary;
  if (nanoseconds.empty()) return summary;
  std::sort(nanoseconds.begin(), nanoseconds.end());
  const int64_t count = nanoseconds.size();
  const auto percentile = [&](int64_t q) {
    const int64_t rank = (q * count + 99) / 100;  // rounded up, counted from 1
    return nanoseconds[rank - 1] / 1000.0;
  };
  summary.count = count;
  summary.min = nanoseconds.front() / 1000.0;
  summary.p50 = percentile(50);
  summary.p90 = percentile(90);
  summary.p99 = percentile(99);
  summary.mean = std::accumulate(nanoseconds.begin(), nanoseconds.end(), 0.0) / count / 1000.0;
  return summary;
}

}  // namespace sinter::runtime
