/* What the code generator writes about a model that can't be planned as a whole (ir/program.h), and
 * what host_program.c reads: programs of steps over slots. A step runs a fragment, which is kernels
 * over one arena, or calls a function of the library.
 *
 * The layouts here are written a second time in program_writer.cc and fragment_writer.cc; change
 * both.
 */
#ifndef SINTER_COMPILER_CORE_CODEGEN_HOST_PROGRAM_TABLES_H_
#define SINTER_COMPILER_CORE_CODEGEN_HOST_PROGRAM_TABLES_H_

#include <stdint.h>

#include "compiler_core/codegen/host/host_tables.h"
#include "compiler_core/library/library.h"
#include "runtime/sinter_abi.h"

/* In sinter_type.kind, beside the kinds of values: SINTER_NONE or a value of type `element`. */
#define SINTER_OPTIONAL 4

/* The type of a value, as far as it is no shape. */
typedef struct sinter_type {
  int32_t kind;                      /* SINTER_TENSOR, SEQUENCE, MAP or OPTIONAL */
  sinter_dtype dtype;                /* of a tensor's elements or a map's keys; 0: any */
  const struct sinter_type* element; /* of a sequence's items, a map's values, an optional */
} sinter_type;

/* A dimension of a slot. With symbol >= 0, that symbol gets the dimension as its value; else it has
 * to be immediate + values[value]. */
typedef struct sinter_dim {
  int64_t immediate;
  int32_t value;
  int32_t symbol;
} sinter_dim;

typedef struct sinter_slot_type {
  const sinter_type* type; /* null: not checked */
  const sinter_dim* dims;
  int32_t rank; /* SINTER_DYNAMIC: any */
  int32_t reserved;
} sinter_slot_type;

/* What can be evaluated and checked once some more slots have been written: the amounts and the
 * checks from the end of the stage before to these. */
typedef struct sinter_stage {
  int32_t end_amount;
  int32_t end_check;
} sinter_stage;

/* As sinter_tables; but the symbols' values come from the program (sinter_program_step.symbols). */
typedef struct sinter_fragment {
  int32_t num_inputs;
  int32_t num_outputs;
  int32_t num_symbols;
  int32_t num_steps;
  int32_t num_checks;
  int32_t num_calls;
  int32_t first_call; /* the index of its first call in sinter_model.kernel_calls */
  int32_t reserved;
  sinter_amount arena_bytes;
  const sinter_step* steps;
  const sinter_check* checks;
  const int32_t* output_dtypes;
  const int32_t* output_ranks;
  const sinter_amount* output_dims;
  const sinter_call* calls;
  const sinter_slot* slots;
  const sinter_kernel* kernels;
  const void* weights;
  sinter_work_tables work;
} sinter_fragment;

/* Operands are numbers: -1 is none; below sinter_program.num_slots it is a slot, from there on a
 * constant. */
typedef struct sinter_program_step {
  const sinter_fragment* fragment; /* or null: */
  sinter_op op;
  const sinter_attr* attrs;
  const sinter_program* const* programs;
  const int32_t* symbols; /* of the fragment's symbols: which of the program's values it is */
  const int32_t* inputs;
  const int32_t* outputs;  /* slots, or -1 */
  const int32_t* released; /* slots that nobody reads after this step */
  const char* node;
  int32_t version;
  int32_t num_attrs;
  int32_t num_programs;
  int32_t num_inputs;
  int32_t num_outputs;
  int32_t num_released;
  int32_t call;       /* of a function: its index in sinter_model.kernel_calls */
  sinter_stage stage; /* after the outputs */
} sinter_program_step;

/* Values as in host_tables.h: 0, the symbols, the amounts. The first slots are the inputs. */
struct sinter_program {
  int32_t num_slots;
  int32_t num_inputs;
  int32_t num_outputs;
  int32_t num_symbols;
  int32_t num_amounts;
  int32_t num_steps;
  int32_t scratch_words; /* pointers and numbers that its most demanding step needs */
  sinter_stage entry;    /* after the inputs */
  const sinter_slot_type* slot_types;
  const sinter_value* constants;
  const sinter_symbol_range* ranges;
  const sinter_step* amounts;
  const sinter_check* checks; /* `input` is -1 where none is to blame */
  const int32_t* outputs;
  const sinter_program_step* steps;
};

/* The model's own. */
extern const sinter_program sinter_model_program __attribute__((visibility("hidden")));

#endif /* SINTER_COMPILER_CORE_CODEGEN_HOST_PROGRAM_TABLES_H_ */
