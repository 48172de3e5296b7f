// What many latencies come to.
#ifndef SINTER_BENCHMARKS_LOAD_LATENCIES_H_
#define SINTER_BENCHMARKS_LOAD_LATENCIES_H_

#include <cstdint>
#include <utility>
#include <vector>

namespace sinter::load {

// The smallest of the samples that at least `fraction` of them do not exceed (the nearest rank), so
// it is one that was seen. RETURNS: 0 if there is none.
// REQUIRES: `sorted` rises, 0 < fraction <= 1.
int64_t Percentile(const std::vector<int64_t>& sorted, double fraction);

// The samples, each rounded down to its first three decimal digits, with how often each came:
// [(latency, count)], rising. An error of less than 1 %, and a thousandth of the size.
// REQUIRES: `sorted` rises and holds nothing negative.
std::vector<std::pair<int64_t, int64_t>> Histogram(const std::vector<int64_t>& sorted);

}  // namespace sinter::load

#endif  // SINTER_BENCHMARKS_LOAD_LATENCIES_H_
