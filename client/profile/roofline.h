// The roofline: how long work must take at least on a machine whose peaks were measured. Arithmetic
// can't be faster than the peak for its type of numbers, nor the bytes that it needs than the
// memory that they are in; so the bound is min(peak, flops / byte * bandwidth), said as a time.
#ifndef SINTER_CLIENT_PROFILE_ROOFLINE_H_
#define SINTER_CLIENT_PROFILE_ROOFLINE_H_

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "runtime/dtype.h"

namespace sinter::client {

// What a number of threads reach together.
struct Peaks {
  // A cache, or at the end the memory.
  struct Level {
    int64_t bytes = 0;  // that it holds; INT64_MAX for the memory
    double bytes_per_second = 0;
    bool is_memory() const { return bytes == std::numeric_limits<int64_t>::max(); }
  };
  // Operations a second, a multiply-add being two; 0: not measured.
  double f32_flops = 0;
  double bf16_flops = 0;
  double s8_ops = 0;          // integers of up to 8 bits, summed in 32
  std::vector<Level> levels;  // from small to large
};

// Measures them here and now, which takes about a second; the machine should do nothing else.
// REQUIRES: threads >= 1. ERRORS: RESOURCE_EXHAUSTED if memory lacks.
absl::StatusOr<Peaks> MeasurePeaks(int threads);

// Reads what `sinter-bench-peaks` prints: {"1": {"f32_flops": ..., "dram_read_bytes_per_s": ...,
// "l1_read_bytes_per_s": ..., ...}, "2": ...}, by number of threads. The sizes of caches are this
// machine's. ERRORS: a file that can't be read, or has no peaks for `threads`: INVALID_ARGUMENT.
absl::StatusOr<Peaks> ReadPeaks(const std::string& path, int threads);

// What bounds a kernel.
struct Bound {
  double seconds = 0;  // at least
  bool by_memory = false;
};

// Of one call. The bytes count as coming from the smallest level that holds them all. Numbers
// without a peak of their own (float64, integers of 16 bits and more) are held against float32's.
// RETURNS: nullopt if the peak was not measured.
absl::optional<Bound> BoundOf(const Peaks& peaks, double flops, double bytes, runtime::Dtype dtype);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_PROFILE_ROOFLINE_H_
