/* What the code generator writes about one model, and what host_runtime.c reads: tables instead of
 * generated code, so that a model with thousands of kernel calls costs no compile time for them.
 *
 * The layouts here are written a second time in table_writer.cc; change both.
 */
#ifndef SINTER_COMPILER_CORE_CODEGEN_HOST_HOST_TABLES_H_
#define SINTER_COMPILER_CORE_CODEGEN_HOST_HOST_TABLES_H_

#include <stdint.h>

/* Sizes and offsets are computed into an array `values`: values[0] is 0, then come the symbols
 * (num_symbols), then the results of the steps in order. */
enum sinter_step_kind {
  SINTER_STEP_ADD = 0,       /* values[lhs] + values[rhs] */
  SINTER_STEP_MUL = 1,       /* values[lhs] * values[rhs] */
  SINTER_STEP_AFFINE = 2,    /* values[lhs] * immediate + values[rhs] */
  SINTER_STEP_FLOOR_DIV = 3, /* rounded to minus infinity; 0 if the divisor is not positive */
  SINTER_STEP_MOD = 4,       /* its remainder, never negative; 0 likewise */
  SINTER_STEP_MIN = 5,
  SINTER_STEP_MAX = 6,
  SINTER_STEP_CONSTANT = 7, /* immediate */
};

typedef struct sinter_step {
  int64_t immediate;
  int32_t kind;
  int32_t lhs;
  int32_t rhs;
  int32_t reserved;
} sinter_step;

/* immediate + values[value] */
typedef struct sinter_amount {
  int64_t immediate;
  int32_t value;
  int32_t reserved;
} sinter_amount;

/* bases[base] + immediate + values[value]: an address, or with base 0 (null) a number. */
typedef struct sinter_slot {
  int64_t immediate;
  int32_t value;
  int32_t base; /* 0 null, 1 arena, 2 weights, 3... inputs, then outputs */
} sinter_slot;

typedef void (*sinter_kernel)(void* slots, int64_t begin, int64_t end);

typedef struct sinter_call {
  sinter_amount count; /* iterations */
  sinter_amount cost;  /* cycles, roughly */
  int32_t kernel;
  int32_t first_slot;
  int32_t num_slots;
  int32_t serial; /* not to be split */
} sinter_call;

/* What profiles are told of a call: see sinter_work. */
typedef struct sinter_call_work {
  sinter_amount flops;
  sinter_amount bytes;
  int32_t dtype;
  int32_t first_node; /* in sinter_work_tables.node_flops */
  int32_t num_nodes;
  int32_t reserved;
} sinter_call_work;

/* Only profiles evaluate these: `num_steps` steps that follow on those that running needs, with
 * their results behind those. */
typedef struct sinter_work_tables {
  const sinter_call_work* calls;
  const sinter_amount* node_flops; /* of all calls, one after the other */
  int32_t num_steps;
  int32_t num_node_flops;
} sinter_work_tables;

/* One dimension of an input: a symbol's index, or -1 and the number it must be. */
typedef struct sinter_input_dim {
  int64_t fixed;
  int32_t symbol;
  int32_t reserved;
} sinter_input_dim;

/* What a symbol may be; max is INT64_MAX where free. */
typedef struct sinter_symbol_range {
  int64_t min;
  int64_t max;
} sinter_symbol_range;

/* What the model's shapes were derived on: the amount is >= 0 (an equality is two of these). If it
 * is not, this dimension of this input is named as the reason. */
typedef struct sinter_check {
  sinter_amount amount;
  int32_t input;
  int32_t dim;
} sinter_check;

typedef struct sinter_tables {
  int32_t num_inputs;
  int32_t num_outputs;
  int32_t num_symbols;
  int32_t num_steps;
  int32_t num_calls;
  int32_t max_slots; /* of a call */
  int32_t num_checks;
  sinter_amount arena_bytes;
  const int32_t* input_ranks;
  const sinter_input_dim* input_dims; /* of all inputs, one after the other */
  const sinter_symbol_range* ranges;
  const sinter_step* steps;
  const sinter_check* checks;
  const int32_t* output_ranks;
  const sinter_amount* output_dims;
  const sinter_call* calls;
  const sinter_slot* slots;
  const sinter_kernel* kernels;
  const void* weights;
  sinter_work_tables work;
} sinter_tables;

/* The model's own. */
extern const sinter_tables sinter_model_tables __attribute__((visibility("hidden")));

#endif /* SINTER_COMPILER_CORE_CODEGEN_HOST_HOST_TABLES_H_ */
