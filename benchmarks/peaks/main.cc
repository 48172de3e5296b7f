// sinter-bench-peaks [--threads=1,2]: what this machine reaches at best, as one JSON object with an
// entry a thread count.
#include <algorithm>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/types/optional.h"
#include "benchmarks/peaks/kernels.h"
#include "benchmarks/peaks/machine_memory.h"
#include "benchmarks/peaks/peaks.h"
#include "nlohmann/json.hpp"
#include "runtime/thread_pool.h"

namespace sinter::benchmarks {
namespace {

using Json = nlohmann::ordered_json;

Json OrNull(const absl::optional<double>& rate) { return rate.has_value() ? Json(*rate) : Json(); }

Json ToJson(const Peaks& peaks) {
  return {{"f32_flops", peaks.f32_flops},
          {"s8_ops", OrNull(peaks.s8_ops)},
          {"bf16_flops", OrNull(peaks.bf16_flops)},
          {"l1_read_bytes_per_s", peaks.l1_read_bytes},
          {"l2_read_bytes_per_s", peaks.l2_read_bytes},
          {"dram_read_bytes_per_s", peaks.dram_read_bytes},
          {"dram_copy_bytes_per_s", peaks.dram_copy_bytes}};
}

int Main(const std::vector<int>& threads) {
  const Kernels kernels = KernelsOfThisCpu();
  const MachineMemory memory = ReadMachineMemory();
  Json found = Json::object();
  for (const int count : threads) {
    const absl::StatusOr<Peaks> peaks = MeasurePeaks(count, kernels, memory);
    if (!peaks.ok()) {
      std::cerr << "sinter-bench-peaks: " << peaks.status().message() << "\n";
      return 1;
    }
    found[std::to_string(count)] = ToJson(*peaks);
  }
  std::cout << found.dump(2) << std::endl;
  return 0;
}

}  // namespace
}  // namespace sinter::benchmarks

int main(int argc, char** argv) {
  const std::set<int> usual = {1, sinter::runtime::ThreadPool::PhysicalCores()};
  std::vector<int> threads(usual.begin(), usual.end());
  CLI::App app("what this machine reaches at best, as JSON", "sinter-bench-peaks");
  app.add_option("--threads", threads, "thread counts; else 1 and one a physical core")
      ->delimiter(',')
      ->check(CLI::Range(1, 4096));
  CLI11_PARSE(app, argc, argv);
  return sinter::benchmarks::Main(threads);
}
