// How wide the registers of a vector extension without a fixed width are: Arm's SVE, RISC-V's V.
#ifndef SINTER_BASE_SCALABLE_VECTORS_H_
#define SINTER_BASE_SCALABLE_VECTORS_H_

namespace sinter::base {

// RETURNS: their bits on this machine, for this process; 0 without such an extension. Thread-safe.
int ScalableVectorBits();

}  // namespace sinter::base

#endif  // SINTER_BASE_SCALABLE_VECTORS_H_
