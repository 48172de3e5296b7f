#include "benchmarks/peaks/kernels.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>

#include "benchmarks/peaks/kernel_loops.h"

#define SINTER_VECTOR_REGISTER "w"

namespace sinter::benchmarks {
namespace {

constexpr size_t kSums = kSumsOf32Registers;

// The vectors of NEON are those that every processor has; it is the registers that are more.
float Fma128(int64_t steps) { return MultiplyAndAdd<4, kSums>(steps); }

SINTER_DOT_KERNEL(Dot128, "dotprod", kSums, int32x4_t, int8x16_t, vdotq_s32)
SINTER_DOT_KERNEL(Bf16Dot128, "bf16", kSums, float32x4_t, bfloat16x8_t, vbfdotq_f32)

}  // namespace

void AddArmKernels(Kernels& kernels) {
  kernels.f32 = {Fma128, kSums * 4 * 2.0, "fmla, 128 bits"};
  if ((getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0) {
    kernels.s8 = {Dot128, kSums * 16 * 2.0, "sdot, 128 bits"};
  }
  if ((getauxval(AT_HWCAP2) & HWCAP2_BF16) != 0) {
    kernels.bf16 = {Bf16Dot128, kSums * 8 * 2.0, "bfdot, 128 bits"};
  }
}

}  // namespace sinter::benchmarks

#else

namespace sinter::benchmarks {

void AddArmKernels(Kernels&) {}

}  // namespace sinter::benchmarks

#endif
