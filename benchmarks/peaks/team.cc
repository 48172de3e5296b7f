#include "benchmarks/peaks/team.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace sinter::benchmarks {

absl::Duration TimeTogether(int threads, const std::function<void(int)>& task) {
  using Time = std::chrono::steady_clock::time_point;
  std::vector<Time> begins(static_cast<size_t>(threads)), ends(begins.size());
  std::atomic<int> missing{threads};
  const auto member = [&](int index) {
    missing.fetch_sub(1);
    // Yields, so that more threads than processors can start as well.
    while (missing.load() > 0) std::this_thread::yield();
    begins[static_cast<size_t>(index)] = std::chrono::steady_clock::now();
    task(index);
    ends[static_cast<size_t>(index)] = std::chrono::steady_clock::now();
  };
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back(member, i);
  member(0);
  for (std::thread& other : others) other.join();
  return absl::FromChrono(*std::max_element(ends.begin(), ends.end()) -
                          *std::min_element(begins.begin(), begins.end()));
}

}  // namespace sinter::benchmarks
