#include "client/host_target/host_target.h"

#include <sys/auxv.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "absl/status/status.h"
#include "base/scalable_vectors.h"

namespace sinter::client {

#if defined(__x86_64__)

namespace {

CpuidRegisters ReadCpuid(uint32_t leaf, uint32_t subleaf) {
  CpuidRegisters found;
  if (__get_cpuid_count(leaf, subleaf, &found.eax, &found.ebx, &found.ecx, &found.edx) == 0) {
    return {};
  }
  return found;
}

// REQUIRES: CPUID says that the instruction is there (OSXSAVE).
uint64_t ReadXcr0() {
  uint32_t low = 0, high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return uint64_t{high} << 32 | low;
}

}  // namespace

absl::StatusOr<v1::Target> HostTarget() {
  const bool has_xgetbv = (ReadCpuid(1, 0).ecx >> 27 & 1) != 0;
  return X86Target(ReadCpuid, has_xgetbv ? ReadXcr0() : 0);
}

#elif defined(__aarch64__)

absl::StatusOr<v1::Target> HostTarget() {
  return ArmTarget(getauxval(AT_HWCAP), getauxval(AT_HWCAP2), base::ScalableVectorBits());
}

#elif defined(__riscv) && __riscv_xlen == 64

absl::StatusOr<v1::Target> HostTarget() {
  return RiscvTarget(getauxval(AT_HWCAP), base::ScalableVectorBits());
}

#else

absl::StatusOr<v1::Target> HostTarget() {
  return absl::UnimplementedError(
      "there is no target for this machine's architecture; name one with --target");
}

#endif

}  // namespace sinter::client
