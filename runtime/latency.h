// What `sinter run --repeat` and the benchmarks say about a series of timed calls.
#ifndef SINTER_RUNTIME_LATENCY_H_
#define SINTER_RUNTIME_LATENCY_H_

#include <cstdint>
#include <vector>

namespace sinter::runtime {

// In microseconds. Percentiles are nearest-rank: pQ is the smallest sample that at least Q % of the
// samples do not exceed, so each is a time that was really taken.
struct LatencySummary {
  int64_t count = 0;
  double min = 0;
  double p50 = 0;
  double p90 = 0;
  double p99 = 0;
  double mean = 0;
};

// RETURNS: the summary of `nanoseconds`, in any order; all zero if there are none.
LatencySummary SummarizeLatency(std::vector<int64_t> nanoseconds);

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_LATENCY_H_
