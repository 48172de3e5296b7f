#include "server/worker/parallel_for.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace sinter::server {
namespace {

int Processors() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

}  // namespace

void ParallelFor(int count, const std::function<void(int)>& task) {
  std::atomic<int> next = 0;
  const auto work = [&] {
    for (int i = next++; i < count; i = next++) task(i);
  };
  // Threads of their own for each call: a compile makes few calls, and an idle worker keeps none.
  std::vector<std::thread> helpers;
  for (int i = 1; i < std::min(count, Processors()); ++i) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();
}

}  // namespace sinter::server
