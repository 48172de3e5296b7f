/* What operators on tensors share: parameters that were attributes once, and copies of any type. */
#ifndef SINTER_COMPILER_CORE_LIBRARY_TENSORS_H_
#define SINTER_COMPILER_CORE_LIBRARY_TENSORS_H_

#include "compiler_core/library/library.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Lists given for each dimension, or for both ends of each. */
#define SINTER_MAX_INTS (2 * SINTER_MAX_RANK)
typedef struct sinter_ints {
  int present;
  int64_t count;
  int64_t values[SINTER_MAX_INTS];
} sinter_ints;

/* Input i; null if it is absent. */
const sinter_value* sinter_input(const sinter_op_call* call, int32_t i);
/* The integers of input i, or else of the attribute `name` (as older versions have it; null: of
 * none). ERRORS: SINTER_NOT_SUPPORTED for more than SINTER_MAX_INTS. */
int32_t sinter_int_list(const sinter_op_call* call, int32_t i, const char* name, sinter_ints* list);
/* The first of them, or `otherwise`. */
int64_t sinter_int_or(const sinter_op_call* call, int32_t i, const char* name, int64_t otherwise);

/* ERRORS: SINTER_NOT_SUPPORTED for strings and complex numbers. */
int32_t sinter_need_numbers(const sinter_op_call* call, const sinter_value* tensor);
/* Axes as a bit mask. ERRORS: SINTER_BAD_VALUE for one out of range, or named twice. */
int32_t sinter_axis_mask(const sinter_op_call* call, const sinter_ints* axes, int64_t rank,
                         uint64_t* mask);

/* The product of some dimensions. */
int64_t sinter_product(const int64_t* dims, int32_t begin, int32_t end);
/* The sum of the first `count` of them. */
int64_t sinter_sum(const int64_t* dims, int32_t count);
/* Element i's address. */
char* sinter_element(const sinter_value* tensor, int64_t i);

/* Makes `out` a tensor of from's elements: element i... is from[offset + sum(i * strides)]. */
int32_t sinter_make_strided(const sinter_op_call* call, sinter_value* out, const sinter_value* from,
                            int64_t offset, int32_t rank, const int64_t* dims,
                            const int64_t* strides);
/* Copies the box of `extents` that starts at `from_at` to where `to_at` says, in a tensor of as
 * many dimensions. Strings keep pointing at the characters that they had. */
void sinter_copy_box(const sinter_value* to, const int64_t* to_at, const sinter_value* from,
                     const int64_t* from_at, const int64_t* extents);
/* To be called last where elements of any type were copied into `out`: strings among them still
 * point into the tensors that they came from, and get memory of their own. */
int32_t sinter_own_strings(const sinter_op_call* call, sinter_value* out);
/* Sets elements [begin, end) to the one at `element`; null: to zero, or the empty string. */
void sinter_fill(const sinter_value* tensor, int64_t begin, int64_t end, const void* element);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_COMPILER_CORE_LIBRARY_TENSORS_H_ */
