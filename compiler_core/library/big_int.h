/* Integers of up to 6,144 bits, for exact conversions between binary and decimal: the greatest
 * that those need is 10^1100 (see number_text.c). For number_text.c alone.
 */
#ifndef SINTER_COMPILER_CORE_LIBRARY_BIG_INT_H_
#define SINTER_COMPILER_CORE_LIBRARY_BIG_INT_H_

#include "compiler_core/library/library.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SINTER_BIG_WORDS 192

/* Little-endian; words[count - 1] is not 0. */
typedef struct sinter_big {
  int32_t count;
  uint32_t words[SINTER_BIG_WORDS];
} sinter_big;

SINTER_HIDDEN void sinter_big_set(sinter_big* big, uint64_t value);
/* big = big * factor + addend. */
SINTER_HIDDEN void sinter_big_multiply_add(sinter_big* big, uint32_t factor, uint32_t addend);
SINTER_HIDDEN void sinter_big_scale_10(sinter_big* big, int32_t exponent); /* exponent >= 0 */
SINTER_HIDDEN void sinter_big_shift(sinter_big* big, int32_t bits);        /* bits >= 0 */
SINTER_HIDDEN int32_t sinter_big_bits(const sinter_big* big);              /* 0 for 0 */
SINTER_HIDDEN int32_t sinter_big_compare(const sinter_big* a, const sinter_big* b); /* -1, 0, 1 */
SINTER_HIDDEN void sinter_big_add(sinter_big* a, const sinter_big* b);
SINTER_HIDDEN void sinter_big_subtract(sinter_big* a, const sinter_big* b); /* a >= b */
/* Whether a + b is more than, as much as or less than c: 1, 0, -1. */
SINTER_HIDDEN int32_t sinter_big_compare_sum(const sinter_big* a, const sinter_big* b,
                                             const sinter_big* c);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_COMPILER_CORE_LIBRARY_BIG_INT_H_ */
