// Products and sums of numbers of both kinds. Those of integers wrap at 2^128, of which the element
// type keeps the low bits, so they come out modulo its own size.
#ifndef SINTER_REFERENCE_OPS_PRODUCT_H_
#define SINTER_REFERENCE_OPS_PRODUCT_H_

#include "reference/small_types.h"

namespace sinter::reference {

inline double Product(double a, double b) { return a * b; }
inline double Sum(double a, double b) { return a + b; }

inline Integer Product(Integer a, Integer b) {
  using Unsigned = unsigned __int128;
  return static_cast<Integer>(static_cast<Unsigned>(a) * static_cast<Unsigned>(b));
}
inline Integer Sum(Integer a, Integer b) {
  using Unsigned = unsigned __int128;
  return static_cast<Integer>(static_cast<Unsigned>(a) + static_cast<Unsigned>(b));
}

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_OPS_PRODUCT_H_
