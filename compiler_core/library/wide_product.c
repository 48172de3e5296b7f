/* What LLVM calls on WebAssembly to see whether a product of 64-bit integers overflows: the product
 * of 128-bit ones, made of those that the machine has. */
#include <stdint.h>

typedef union wide {
  __int128 whole;
  struct {
    uint64_t low;
    uint64_t high;
  } halves;
} wide;

/* Of two 64-bit integers. */
static wide full_product(uint64_t a, uint64_t b) {
  const uint64_t mask = 0xffffffff;
  const uint64_t a_low = a & mask, a_high = a >> 32, b_low = b & mask, b_high = b >> 32;
  const uint64_t low = a_low * b_low;
  const uint64_t middle = a_high * b_low + (low >> 32);
  const uint64_t carried = a_low * b_high + (middle & mask);
  wide product;
  product.halves.low = carried << 32 | (low & mask);
  product.halves.high = a_high * b_high + (middle >> 32) + (carried >> 32);
  return product;
}

__int128 __multi3(__int128 a, __int128 b);

__int128 __multi3(__int128 a, __int128 b) {
  const wide left = {a}, right = {b};
  wide product = full_product(left.halves.low, right.halves.low);
  product.halves.high += left.halves.high * right.halves.low + left.halves.low * right.halves.high;
  return product.whole;
}
