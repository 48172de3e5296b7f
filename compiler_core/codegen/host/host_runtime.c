/* The part of every compiled model that is the same in all of them: plan() and run() over the
 * model's tables. Compiled to LLVM bitcode with the compiler and to machine code with each model.
 *
 * Freestanding: no library, no mutable data, all memory on the stack or from the caller.
 */
#include <stddef.h>
#include <stdint.h>

#include "compiler_core/codegen/host/host_kernels.h"
#include "compiler_core/codegen/host/host_tables.h"
#include "runtime/sinter_abi.h"

/* Checks one dimension and gives its symbol a value, if it has none yet. */
static int dim_fits(const sinter_tables* t, const sinter_input_dim* dim, int64_t size,
                    int64_t* values) {
  if (dim->symbol < 0) return size == dim->fixed;
  int64_t* symbol = &values[1 + dim->symbol];
  if (*symbol != 0) return size == *symbol;
  *symbol = size;
  return size >= t->ranges[dim->symbol].min && size <= t->ranges[dim->symbol].max;
}

/* Fills `values` from the input shapes. RETURNS: SINTER_OK, or SINTER_BAD_SHAPE and where. */
static int32_t eval_shapes(const sinter_tables* t, const int64_t* const* input_dims,
                           int64_t* values, int32_t* bad_input, int32_t* bad_dim) {
  for (int32_t i = 0; i <= t->num_symbols; ++i) values[i] = 0;
  const sinter_input_dim* dim = t->input_dims;
  for (int32_t input = 0; input < t->num_inputs; ++input) {
    for (int32_t i = 0; i < t->input_ranks[input]; ++i, ++dim) {
      if (dim_fits(t, dim, input_dims[input][i], values)) continue;
      *bad_input = input;
      *bad_dim = i;
      return SINTER_BAD_SHAPE;
    }
  }
  int64_t* results = values + 1 + t->num_symbols;
  for (int32_t i = 0; i < t->num_steps; ++i) results[i] = eval_step(&t->steps[i], values);
  for (int32_t i = 0; i < t->num_checks; ++i) {
    if (amount_of(&t->checks[i].amount, values) >= 0) continue;
    *bad_input = t->checks[i].input;
    *bad_dim = t->checks[i].dim;
    return SINTER_BAD_SHAPE;
  }
  return SINTER_OK;
}

static size_t num_values(const sinter_tables* t) { return 1 + t->num_symbols + t->num_steps; }

HIDDEN int32_t sinter_plan_model(const int64_t* const* input_dims, sinter_plan* plan) {
  const sinter_tables* t = &sinter_model_tables;
  int64_t* values = __builtin_alloca(num_values(t) * sizeof(int64_t));
  const int32_t status = eval_shapes(t, input_dims, values, &plan->bad_input, &plan->bad_dim);
  if (status != SINTER_OK) return status;
  const sinter_amount* dim = t->output_dims;
  for (int32_t output = 0; output < t->num_outputs; ++output) {
    for (int32_t i = 0; i < t->output_ranks[output]; ++i, ++dim) {
      plan->output_dims[output][i] = amount_of(dim, values);
    }
  }
  plan->arena_bytes = (uint64_t)amount_of(&t->arena_bytes, values);
  return SINTER_OK;
}

HIDDEN int32_t sinter_run_model(const sinter_tensor* inputs, const sinter_tensor* outputs,
                                void* arena, const sinter_context* context) {
  const sinter_tables* t = &sinter_model_tables;
  const int profiled = is_profiled(context);
  const size_t run_values = num_values(t);
  const size_t work_values = profiled ? (size_t)t->work.num_steps + t->work.num_node_flops : 0;
  int64_t* values = __builtin_alloca((run_values + work_values) * sizeof(int64_t));
  int64_t* node_flops = values + run_values + t->work.num_steps;
  const int64_t** dims = __builtin_alloca((1 + t->num_inputs) * sizeof(int64_t*));
  char** bases = __builtin_alloca((3 + t->num_inputs + t->num_outputs) * sizeof(char*));
  void** slots = __builtin_alloca((1 + t->max_slots) * sizeof(void*));
  for (int32_t i = 0; i < t->num_inputs; ++i) dims[i] = inputs[i].dims;
  int32_t bad_input, bad_dim;
  const int32_t status = eval_shapes(t, dims, values, &bad_input, &bad_dim);
  if (status != SINTER_OK) return status;
  if (profiled) {
    eval_work(&t->work, t->steps + t->num_steps, values, values + run_values, node_flops);
  }

  bases[0] = 0;
  bases[1] = arena;
  bases[2] = (char*)t->weights;
  for (int32_t i = 0; i < t->num_inputs; ++i) bases[3 + i] = inputs[i].data;
  for (int32_t i = 0; i < t->num_outputs; ++i) bases[3 + t->num_inputs + i] = outputs[i].data;
  const call_list list = {
      t->calls, t->slots, t->kernels, t->num_calls, 0, profiled ? t->work.calls : 0, node_flops};
  run_calls(&list, bases, values, slots, context);
  return SINTER_OK;
}
