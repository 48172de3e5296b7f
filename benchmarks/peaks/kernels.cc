#include "benchmarks/peaks/kernels.h"

#include "benchmarks/peaks/kernel_loops.h"

namespace sinter::benchmarks {
namespace {

constexpr size_t kLanes = 4;  // 16 bytes, which every vector unit has

float MultiplyAndAddAnywhere(int64_t steps) {
  return MultiplyAndAdd<kLanes, kSumsOf16Registers>(steps);
}

uint64_t ReadAnywhere(const void* data, size_t bytes) { return ReadAll<kLanes / 2>(data, bytes); }

}  // namespace

Kernels KernelsOfThisCpu() {
  Kernels kernels;
  kernels.f32 = {MultiplyAndAddAnywhere, kSumsOf16Registers * kLanes * 2.0, "128-bit vectors"};
  kernels.read = ReadAnywhere;
  AddX86Kernels(kernels);
  AddArmKernels(kernels);
  return kernels;
}

}  // namespace sinter::benchmarks
