/* What Loop and Scan share: a body that is run again and again, with values carried from one
 * iteration to the next and tensors collected from each. */
#ifndef SINTER_COMPILER_CORE_LIBRARY_ITERATION_H_
#define SINTER_COMPILER_CORE_LIBRARY_ITERATION_H_

#include "compiler_core/library/collector.h"
#include "compiler_core/library/library.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How the operands of a node with sub-graphs are divided: its own, then what each sub-graph takes
 * of the graph around it, as many as the attribute `captures` says. */
int32_t sinter_num_own(const sinter_op_call* call);
/* The first operand that sub-graph `program` takes, and how many. */
int32_t sinter_first_capture(const sinter_op_call* call, int32_t program, int32_t* count);

/* The body's inputs are `lead` others, the carried values, `extra` others, and what it takes of the
 * graph around it. Its outputs: `lead_out` others, the carried values, the collected ones. */
typedef struct sinter_iteration {
  const sinter_op_call* call;
  void* memory;
  const sinter_value** inputs; /* of the body */
  sinter_value* results;       /* of the body; the first `lead_out` stay until the next step */
  sinter_value* carried;       /* after the first step */
  sinter_collector* collectors;
  int32_t num_inputs, lead, num_carried, lead_out, num_collected;
} sinter_iteration;

/* Takes the sizes from its arguments; inputs are null, but the captures. */
int32_t sinter_open_iteration(const sinter_op_call* call, sinter_iteration* run, int32_t lead,
                              int32_t num_carried, int32_t extra, int32_t lead_out,
                              int32_t num_collected);
/* Runs the body once. `expected`: the number of iterations, if it is known, else 0. */
int32_t sinter_iterate(sinter_iteration* run, int64_t expected);
/* The carried value as it is now, for output or collector. */
const sinter_value* sinter_carried(const sinter_iteration* run, int32_t i);
void sinter_close_iteration(sinter_iteration* run);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_COMPILER_CORE_LIBRARY_ITERATION_H_ */
