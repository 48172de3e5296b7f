/* Rows of numbers of any type, as doubles or as integers, for operators that compute with them a
 * buffer at a time. */
#ifndef SINTER_COMPILER_CORE_LIBRARY_ROWS_H_
#define SINTER_COMPILER_CORE_LIBRARY_ROWS_H_

#include "compiler_core/library/library.h"

#ifdef __cplusplus
extern "C" {
#endif

/* to[i] = element offset + i * stride. REQUIRES: a type of numbers, but complex. */
void sinter_load_doubles(const sinter_value* tensor, int64_t offset, int64_t stride, int64_t count,
                         double* to);
/* The same of integers and bool; those of 64 unsigned bits by their bits. */
void sinter_load_ints(const sinter_value* tensor, int64_t offset, int64_t stride, int64_t count,
                      int64_t* to);
/* Stores the integer's low bits; bool: whether it is not 0. */
void sinter_set_int(const sinter_value* tensor, int64_t i, int64_t number);

/* A number that orders elements of a type: NaN comes after all, and the zeros are one.
 * REQUIRES: a type of numbers, but complex. */
uint64_t sinter_order_key(const sinter_value* tensor, int64_t i);

/* Whether item a comes before item b. */
typedef int (*sinter_before)(const void* items, int64_t a, int64_t b);
/* Sorts `count` item numbers, stably, in n log n steps; `scratch` has room for as many. */
void sinter_sort(int64_t* numbers, int64_t* scratch, int64_t count, sinter_before before,
                 const void* items);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_COMPILER_CORE_LIBRARY_ROWS_H_ */
