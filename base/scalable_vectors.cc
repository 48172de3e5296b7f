#include "base/scalable_vectors.h"

#if defined(__aarch64__)
#include <sys/prctl.h>
#elif defined(__riscv)
#include <sys/auxv.h>
#endif

namespace sinter::base {

#if defined(__aarch64__)

int ScalableVectorBits() {
  constexpr int kGetLength = 51;  // PR_SVE_GET_VL, which older headers lack
  constexpr int kLengthMask = 0xffff;
  const int found = prctl(kGetLength);
  return found < 0 ? 0 : (found & kLengthMask) * 8;
}

#elif defined(__riscv)

int ScalableVectorBits() {
  if ((getauxval(AT_HWCAP) >> ('v' - 'a') & 1) == 0) return 0;
  unsigned long bytes = 0;
  // The register `vlenb`, by number: an assembler without the vector extension lacks its name.
  __asm__ volatile("csrr %0, 0xc22" : "=r"(bytes));
  return static_cast<int>(bytes * 8);
}

#else

int ScalableVectorBits() { return 0; }

#endif

}  // namespace sinter::base
