/* The scan outputs of loops: tensors of one shape, one an iteration, joined along a new axis. */
#ifndef SINTER_COMPILER_CORE_LIBRARY_COLLECTOR_H_
#define SINTER_COMPILER_CORE_LIBRARY_COLLECTOR_H_

#include "compiler_core/library/library.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All zeros (kinds SINTER_NONE) before the first. */
typedef struct sinter_collector {
  sinter_value gathered; /* as long as `capacity` along axis 0 */
  sinter_value sources;  /* of strings: the tensors that hold their characters */
  int64_t count;
  int64_t capacity;
} sinter_collector;

/* Adds one; `expected`: how many there will be, if that is known, else 0.
 * ERRORS: SINTER_BAD_VALUE if its shape or type differs from those before. */
int32_t sinter_collect(const sinter_op_call* call, sinter_collector* collector,
                       const sinter_value* value, int64_t expected);

/* Sets `out` to all of them; `reversed`: the last one first. If there is none, `out` (which tells
 * what is known of it, see host_program.c) becomes a tensor without elements. */
int32_t sinter_join_collected(const sinter_op_call* call, sinter_collector* collector,
                              sinter_value* out, int64_t axis, int reversed);

void sinter_drop_collected(const sinter_context* context, sinter_collector* collector);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_COMPILER_CORE_LIBRARY_COLLECTOR_H_ */
