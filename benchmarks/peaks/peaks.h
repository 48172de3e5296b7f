// What this machine reaches at best: arithmetic, caches, memory. The roofs that kernels are held
// against.
#ifndef SINTER_BENCHMARKS_PEAKS_PEAKS_H_
#define SINTER_BENCHMARKS_PEAKS_PEAKS_H_

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "benchmarks/peaks/kernels.h"
#include "benchmarks/peaks/machine_memory.h"

namespace sinter::benchmarks {

// Each a second, of all threads together; medians of several repetitions.
struct Peaks {
  // A multiplication and an addition are two operations.
  double f32_flops = 0;
  absl::optional<double> s8_ops;      // nothing: no such instruction
  absl::optional<double> bf16_flops;  // as s8_ops
  double l1_read_bytes = 0;
  double l2_read_bytes = 0;
  double dram_read_bytes = 0;
  // What is read and what is written, added up.
  double dram_copy_bytes = 0;
};

// Takes about a second, and four times the largest cache of memory twice.
// REQUIRES: threads >= 1. ERRORS: RESOURCE_EXHAUSTED if memory lacks.
absl::StatusOr<Peaks> MeasurePeaks(int threads, const Kernels& kernels,
                                   const MachineMemory& memory);

}  // namespace sinter::benchmarks

#endif  // SINTER_BENCHMARKS_PEAKS_PEAKS_H_
