#include "benchmarks/load/latencies.h"

#include <algorithm>
#include <cmath>

namespace sinter::load {
namespace {

int64_t ThreeDigits(int64_t value) {
  int64_t unit = 1;
  while (value / unit >= 1000) unit *= 10;
  return value / unit * unit;
}

}  // namespace

int64_t Percentile(const std::vector<int64_t>& sorted, double fraction) {
  if (sorted.empty()) return 0;
  const double rank = std::ceil(fraction * static_cast<double>(sorted.size()));
  const size_t index = rank < 1 ? 0 : static_cast<size_t>(rank) - 1;
  return sorted[std::min(index, sorted.size() - 1)];
}

std::vector<std::pair<int64_t, int64_t>> Histogram(const std::vector<int64_t>& sorted) {
  std::vector<std::pair<int64_t, int64_t>> counts;
  for (const int64_t sample : sorted) {
    const int64_t rounded = ThreeDigits(sample);
    if (counts.empty() || counts.back().first != rounded) counts.emplace_back(rounded, 0);
    ++counts.back().second;
  }
  return counts;
}

}  // namespace sinter::load
