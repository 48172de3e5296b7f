/* If, Loop and SequenceMap. */
#include "compiler_core/library/iteration.h"
#include "compiler_core/library/library.h"
#include "compiler_core/library/tensors.h"

/* The one element of a condition. */
static int32_t read_condition(const sinter_op_call* call, const sinter_value* value,
                              int64_t* condition) {
  if (value->kind != SINTER_TENSOR || sinter_num_elements(value) != 1) {
    SINTER_FAIL(SINTER_BAD_VALUE, "a condition is not one element");
  }
  *condition = sinter_int_at(value, 0) != 0;
  return SINTER_OK;
}

/* Runs a sub-graph whose results become the node's outputs, each as `place` says where. */
typedef sinter_value* (*place_of)(const sinter_op_call* call, int32_t output, int64_t item);

static int32_t run_into(const sinter_op_call* call, const sinter_program* program,
                        int32_t num_inputs, const sinter_value* const* inputs,
                        sinter_value* results, place_of place, int64_t item) {
  SINTER_TRY(sinter_invoke(call, program, num_inputs, inputs, call->num_outputs, results));
  for (int32_t i = 0; i < call->num_outputs; ++i) {
    if (call->outputs[i] == 0) {
      sinter_release(call->context, &results[i]);
    } else {
      *place(call, i, item) = results[i];
    }
  }
  return SINTER_OK;
}

static sinter_value* whole_output(const sinter_op_call* call, int32_t output, int64_t item) {
  (void)item;
  return call->outputs[output];
}

static sinter_value* item_of_output(const sinter_op_call* call, int32_t output, int64_t item) {
  return &call->outputs[output]->items[item];
}

SINTER_OP(If) {
  int64_t condition;
  SINTER_TRY(read_condition(call, call->inputs[0], &condition));
  /* In the order of the attributes' names: else_branch, then_branch. */
  const int32_t branch = condition ? 1 : 0;
  int32_t num_captures;
  const int32_t first = sinter_first_capture(call, branch, &num_captures);
  sinter_value* results =
      sinter_allocate(call->context, (uint64_t)call->num_outputs * sizeof(sinter_value));
  if (results == 0) SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory for a branch's results");
  const int32_t status = run_into(call, call->programs[branch], num_captures, call->inputs + first,
                                  results, whole_output, 0);
  sinter_free(call->context, results);
  return status;
}

/* A scalar that belongs to nobody: whoever keeps it makes a copy. */
static sinter_value scalar(sinter_dtype dtype, void* data) {
  const sinter_value value = {.kind = SINTER_TENSOR, .dtype = dtype, .data = data};
  return value;
}

#define BOOL 9
#define INT64 7

/* Runs the body until the condition is false or it has run often enough. Without a condition the
 * body's own is of no consequence, but it still sees the last one. */
static int32_t run_loop(sinter_iteration* run, int64_t trips, int has_condition, int64_t go_on) {
  const sinter_op_call* call = run->call;
  _Alignas(SINTER_ALIGNMENT) int64_t number;
  _Alignas(SINTER_ALIGNMENT) uint8_t condition;
  const sinter_value number_value = scalar(INT64, &number);
  const sinter_value condition_value = scalar(BOOL, &condition);
  run->inputs[0] = &number_value;
  run->inputs[1] = &condition_value;
  for (number = 0; number < trips && (go_on || !has_condition); ++number) {
    condition = go_on != 0;
    SINTER_TRY(sinter_iterate(run, trips == INT64_MAX ? 0 : trips));
    SINTER_TRY(read_condition(call, &run->results[0], &go_on));
  }
  return SINTER_OK;
}

static int32_t finish_loop(sinter_iteration* run) {
  const sinter_op_call* call = run->call;
  for (int32_t i = 0; i < call->num_outputs; ++i) {
    if (call->outputs[i] == 0) continue;
    if (i >= run->num_carried) {
      SINTER_TRY(sinter_join_collected(call, &run->collectors[i - run->num_carried],
                                       call->outputs[i], 0, 0));
    } else if (sinter_carried(run, i) != 0) {
      SINTER_TRY(sinter_share(call, call->outputs[i], sinter_carried(run, i)));
    }
  }
  return SINTER_OK;
}

/* The inputs are a trip count and a condition, which may be absent, then the carried values. */
SINTER_OP(Loop) {
  const int32_t own = sinter_num_own(call);
  const sinter_value* trip_count = own > 0 ? call->inputs[0] : 0;
  const sinter_value* condition = own > 1 ? call->inputs[1] : 0;
  const int32_t num_carried = own > 2 ? own - 2 : 0;
  int64_t trips = INT64_MAX, go_on = 1;
  if (trip_count != 0) {
    if (sinter_num_elements(trip_count) != 1) {
      SINTER_FAIL(SINTER_BAD_VALUE, "a trip count is not one element");
    }
    trips = sinter_int_at(trip_count, 0);
  }
  if (condition != 0) SINTER_TRY(read_condition(call, condition, &go_on));
  if (trip_count == 0 && condition == 0) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "a loop without trip count and condition never ends");
  }
  const int32_t collected = call->num_outputs > num_carried ? call->num_outputs - num_carried : 0;
  sinter_iteration run;
  SINTER_TRY(sinter_open_iteration(call, &run, 2, num_carried, 0, 1, collected));
  for (int32_t i = 0; i < num_carried; ++i) run.inputs[2 + i] = call->inputs[2 + i];
  int32_t status = run_loop(&run, trips, condition != 0, go_on);
  if (status == SINTER_OK) status = finish_loop(&run);
  sinter_close_iteration(&run);
  return status;
}

/* Sets the body's inputs to sample i: items of sequences, and tensors as they are. */
static void take_sample(const sinter_op_call* call, int32_t own, int64_t i,
                        const sinter_value** inputs) {
  for (int32_t k = 0; k < own; ++k) {
    const sinter_value* input = call->inputs[k];
    inputs[k] = input->kind == SINTER_SEQUENCE ? &input->items[i] : input;
  }
}

static int32_t map_samples(const sinter_op_call* call, int32_t own, int64_t count,
                           const sinter_value** inputs, sinter_value* results) {
  for (int32_t i = 0; i < call->num_outputs; ++i) {
    if (call->outputs[i] != 0) SINTER_TRY(sinter_make_sequence(call, call->outputs[i], count));
  }
  for (int64_t i = 0; i < count; ++i) {
    take_sample(call, own, i, inputs);
    SINTER_TRY(
        run_into(call, call->programs[0], call->num_inputs, inputs, results, item_of_output, i));
  }
  return SINTER_OK;
}

SINTER_OP(SequenceMap) {
  const int32_t own = sinter_num_own(call);
  const int64_t count = call->inputs[0]->count;
  for (int32_t i = 1; i < own; ++i) {
    if (call->inputs[i]->kind == SINTER_SEQUENCE && call->inputs[i]->count != count) {
      SINTER_FAIL(SINTER_BAD_VALUE, "the sequences are not of one length");
    }
  }
  const uint64_t values = (uint64_t)call->num_outputs * sizeof(sinter_value);
  char* memory = sinter_allocate(call->context,
                                 values + (uint64_t)call->num_inputs * sizeof(const sinter_value*));
  if (memory == 0) SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory to run a sub-graph");
  const sinter_value** inputs = (const sinter_value**)(memory + values);
  for (int32_t i = own; i < call->num_inputs; ++i) inputs[i] = call->inputs[i];
  const int32_t status = map_samples(call, own, count, inputs, (sinter_value*)memory);
  sinter_free(call->context, memory);
  return status;
}
