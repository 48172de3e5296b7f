#include "benchmarks/peaks/kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "benchmarks/peaks/kernel_loops.h"

#define SINTER_VECTOR_REGISTER "v"

namespace sinter::benchmarks {
namespace {

constexpr size_t kSums256 = kSumsOf16Registers, kSums512 = kSumsOf32Registers;

__attribute__((target("avx2,fma"))) float Fma256(int64_t steps) {
  return MultiplyAndAdd<8, kSums256>(steps);
}
__attribute__((target("avx512f"))) float Fma512(int64_t steps) {
  return MultiplyAndAdd<16, kSums512>(steps);
}
__attribute__((target("avx2"))) uint64_t Read256(const void* data, size_t bytes) {
  return ReadAll<4>(data, bytes);
}
__attribute__((target("avx512f"))) uint64_t Read512(const void* data, size_t bytes) {
  return ReadAll<8>(data, bytes);
}

SINTER_DOT_KERNEL(Vnni256, "avx2,avxvnni", kSums256, __m256i, __m256i, _mm256_dpbusd_avx_epi32)
SINTER_DOT_KERNEL(Vnni512, "avx512f,avx512vnni", kSums512, __m512i, __m512i, _mm512_dpbusd_epi32)
SINTER_DOT_KERNEL(Bf16Dot512, "avx512f,avx512bf16", kSums512, __m512, __m512bh, _mm512_dpbf16_ps)

}  // namespace

void AddX86Kernels(Kernels& kernels) {
  // Multiplications and additions of a step, by the bytes of a vector and of an element.
  const auto operations = [](size_t sums, size_t vector, size_t element) {
    return 2.0 * static_cast<double>(sums * (vector / element));
  };
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    kernels.f32 = {Fma256, operations(kSums256, 32, 4), "vfmadd, 256 bits"};
    kernels.read = Read256;
  }
  if (__builtin_cpu_supports("avxvnni")) {
    kernels.s8 = {Vnni256, operations(kSums256, 32, 1), "vpdpbusd, 256 bits"};
  }
  if (!__builtin_cpu_supports("avx512f")) return;
  kernels.f32 = {Fma512, operations(kSums512, 64, 4), "vfmadd, 512 bits"};
  kernels.read = Read512;
  if (__builtin_cpu_supports("avx512vnni")) {
    kernels.s8 = {Vnni512, operations(kSums512, 64, 1), "vpdpbusd, 512 bits"};
  }
  if (__builtin_cpu_supports("avx512bf16")) {
    kernels.bf16 = {Bf16Dot512, operations(kSums512, 64, 2), "vdpbf16ps, 512 bits"};
  }
}

}  // namespace sinter::benchmarks

#else

namespace sinter::benchmarks {

void AddX86Kernels(Kernels&) {}

}  // namespace sinter::benchmarks

#endif
