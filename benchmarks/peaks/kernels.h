// Loops that do one thing as fast as this processor can: multiply and add, or read memory.
//
// Chosen when the program runs, by what the processor has, so that one binary tells the truth on
// every machine. All are thread-safe.
#ifndef SINTER_BENCHMARKS_PEAKS_KERNELS_H_
#define SINTER_BENCHMARKS_PEAKS_KERNELS_H_

#include <cstddef>
#include <cstdint>

namespace sinter::benchmarks {

// Multiplies and adds in registers only, `steps` times. RETURNS: a number that depends on all of
// it, so that no compiler leaves a part out.
struct ArithmeticKernel {
  float (*run)(int64_t steps) = nullptr;  // null: the processor has no such instruction
  double operations_per_step = 0;         // a multiplication and an addition are two
  const char* instruction = "";
};

struct Kernels {
  ArithmeticKernel f32;
  ArithmeticKernel s8;    // dot products of 8-bit integers, summed in 32 bits
  ArithmeticKernel bf16;  // dot products of bfloat16, summed in float32

  // Reads all of `bytes`, in order. REQUIRES: a multiple of 4096 bytes, aligned to 64.
  // RETURNS: as ArithmeticKernel.
  uint64_t (*read)(const void* data, size_t bytes) = nullptr;
};

// RETURNS: the best ones for the processor that this runs on.
Kernels KernelsOfThisCpu();

// Those of one architecture. They change only what they know better than `kernels` has; elsewhere
// they change nothing.
void AddX86Kernels(Kernels& kernels);
void AddArmKernels(Kernels& kernels);

}  // namespace sinter::benchmarks

#endif  // SINTER_BENCHMARKS_PEAKS_KERNELS_H_
