#include "client/profile/roofline.h"

#include <algorithm>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "benchmarks/peaks/kernels.h"
#include "benchmarks/peaks/machine_memory.h"
#include "benchmarks/peaks/peaks.h"
#include "nlohmann/json.hpp"

namespace sinter::client {
namespace {

using Json = nlohmann::json;

// 0 if it is not there, or null: not measured.
double Number(const Json& peaks, const char* name) {
  const auto found = peaks.find(name);
  return found != peaks.end() && found->is_number() ? found->get<double>() : 0;
}

// Fills in the levels; a bandwidth of 0 was not measured. Each core has its own caches.
void SetLevels(double level1, double level2, double memory, int threads, Peaks& peaks) {
  const benchmarks::MachineMemory sizes = benchmarks::ReadMachineMemory();
  const Peaks::Level levels[] = {{sizes.level1 * threads, level1},
                                 {sizes.level2 * threads, level2},
                                 {std::numeric_limits<int64_t>::max(), memory}};
  for (const Peaks::Level& level : levels) {
    if (level.bytes_per_second > 0) peaks.levels.push_back(level);
  }
}

std::string Counts(const Json& by_threads) {
  std::string counts;
  for (const auto& row : by_threads.items()) {
    absl::StrAppend(&counts, counts.empty() ? "" : ", ", row.key());
  }
  return counts.empty() ? "none" : counts;
}

absl::optional<double> PeakOf(const Peaks& peaks, runtime::Dtype dtype) {
  using runtime::Dtype;
  double peak = peaks.f32_flops;
  if (dtype == Dtype::kInt8 || dtype == Dtype::kUint8) peak = peaks.s8_ops;
  if (dtype == Dtype::kBfloat16) peak = peaks.bf16_flops;
  if (peak <= 0) return absl::nullopt;
  return peak;
}

}  // namespace

absl::StatusOr<Peaks> MeasurePeaks(int threads) {
  SINTER_ASSIGN_OR_RETURN(const benchmarks::Peaks measured,
                          benchmarks::MeasurePeaks(threads, benchmarks::KernelsOfThisCpu(),
                                                   benchmarks::ReadMachineMemory()));
  Peaks peaks;
  peaks.f32_flops = measured.f32_flops;
  peaks.bf16_flops = measured.bf16_flops.value_or(0);
  peaks.s8_ops = measured.s8_ops.value_or(0);
  SetLevels(measured.l1_read_bytes, measured.l2_read_bytes, measured.dram_read_bytes, threads,
            peaks);
  return peaks;
}

absl::StatusOr<Peaks> ReadPeaks(const std::string& path, int threads) {
  SINTER_ASSIGN_OR_RETURN(const std::string text, base::ReadFile(path));
  const Json by_threads = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!by_threads.is_object()) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", path, "` is not what `sinter-bench-peaks` prints"));
  }
  const auto found = by_threads.find(std::to_string(threads));
  if (found == by_threads.end() || !found->is_object()) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", path, "` has peaks of these numbers of threads: ", Counts(by_threads),
                     "; the model runs on ", threads,
                     ": measure with `sinter-bench-peaks --threads=", threads, "`"));
  }
  Peaks peaks;
  peaks.f32_flops = Number(*found, "f32_flops");
  peaks.bf16_flops = Number(*found, "bf16_flops");
  peaks.s8_ops = Number(*found, "s8_ops");
  SetLevels(Number(*found, "l1_read_bytes_per_s"), Number(*found, "l2_read_bytes_per_s"),
            Number(*found, "dram_read_bytes_per_s"), threads, peaks);
  return peaks;
}

absl::optional<Bound> BoundOf(const Peaks& peaks, double flops, double bytes,
                              runtime::Dtype dtype) {
  const auto level = std::find_if(
      peaks.levels.begin(), peaks.levels.end(),
      [&](const Peaks::Level& candidate) { return bytes <= static_cast<double>(candidate.bytes); });
  if (level == peaks.levels.end()) return absl::nullopt;
  const double moving = bytes / level->bytes_per_second;
  if (flops == 0) return Bound{moving, true};
  const absl::optional<double> peak = PeakOf(peaks, dtype);
  if (!peak.has_value()) return absl::nullopt;
  const double calculating = flops / *peak;
  return Bound{std::max(moving, calculating), moving > calculating};
}

}  // namespace sinter::client
