/* Indices as the gathering and scattering operators read them. */
#ifndef SINTER_COMPILER_CORE_LIBRARY_INDEXING_H_
#define SINTER_COMPILER_CORE_LIBRARY_INDEXING_H_

#include "compiler_core/library/library.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Index i among `size`; negative ones count from the end. ERRORS: SINTER_BAD_INDEX. */
int32_t sinter_read_index(const sinter_op_call* call, const sinter_value* indices, int64_t i,
                          int64_t size, int64_t* index);

/* --- One index an element: GatherElements, ScatterElements --- */
/* ERRORS: SINTER_BAD_VALUE if the indices reach beyond the data in another dimension than `axis`.
 */
int32_t sinter_check_elements(const sinter_op_call* call, const sinter_value* data,
                              const sinter_value* indices, int64_t axis);
/* The data's element that element i of the indices means. */
int32_t sinter_element_place(const sinter_op_call* call, const sinter_value* data,
                             const sinter_value* indices, int64_t axis, int64_t i, int64_t* place);

/* --- The last dimension is an index: GatherND, ScatterND --- */
typedef struct sinter_tuples {
  int64_t batch_dims;
  int64_t length; /* of a tuple */
  int64_t count;
  int64_t batch; /* how many tuples there are in each batch */
  int64_t slice; /* elements that one tuple names */
} sinter_tuples;

int32_t sinter_read_tuples(const sinter_op_call* call, const sinter_value* data,
                           const sinter_value* indices, int64_t batch_dims, sinter_tuples* tuples);
/* The first element of the slice that tuple i names. */
int32_t sinter_tuple_place(const sinter_op_call* call, const sinter_value* data,
                           const sinter_value* indices, const sinter_tuples* tuples, int64_t i,
                           int64_t* place);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_COMPILER_CORE_LIBRARY_INDEXING_H_ */
