/* The state of a program that runs: for host_program.c and host_binding.c. */
#ifndef SINTER_COMPILER_CORE_CODEGEN_HOST_HOST_FRAME_H_
#define SINTER_COMPILER_CORE_CODEGEN_HOST_HOST_FRAME_H_

#include <stdint.h>

#include "compiler_core/codegen/host/program_tables.h"
#include "runtime/sinter_abi.h"

typedef struct sinter_frame {
  const sinter_program* program;
  const sinter_context* context;
  const char** message; /* why the step that runs has failed */
  sinter_value* slots;
  int64_t* values;
  void** scratch;
  int32_t num_amounts; /* evaluated */
  int32_t num_checks;  /* made */
  int32_t bad_input;   /* which input does not fit, and where; -1 */
  int32_t bad_dim;
} sinter_frame;

/* Checks the slots that were written (null: the first `num_slots`) against their types, gives
 * symbols their values, evaluates what these allow. `deep`: looks at what sequences and maps hold,
 * too. RETURNS: SINTER_OK, or SINTER_BAD_SHAPE with a message; bad_input is then an index of
 * `slots`, or -1 if what relates several shapes does not hold. */
int32_t sinter_enter_stage(sinter_frame* frame, const sinter_stage* stage, const int32_t* slots,
                           int32_t num_slots, int deep);

/* What is known of an output before the step runs: dtype, rank (or -1) and dimensions (0 where only
 * the value will tell), in a value of kind SINTER_NONE. Control flow makes empty results of it. */
void sinter_hint(const sinter_frame* frame, int32_t slot);

#endif /* SINTER_COMPILER_CORE_CODEGEN_HOST_HOST_FRAME_H_ */
