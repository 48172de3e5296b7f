/* The state of a body that is run again and again. */
#include "compiler_core/library/iteration.h"

#include "compiler_core/library/library.h"

int32_t sinter_first_capture(const sinter_op_call* call, int32_t program, int32_t* count) {
  const sinter_attr* captures = sinter_find_attr(call, "captures");
  int32_t first = sinter_num_own(call);
  *count = 0;
  if (captures == 0) return first;
  for (int32_t i = 0; i < program; ++i) first += (int32_t)captures->ints[i];
  *count = (int32_t)captures->ints[program];
  return first;
}

int32_t sinter_num_own(const sinter_op_call* call) {
  const sinter_attr* captures = sinter_find_attr(call, "captures");
  int64_t own = call->num_inputs;
  for (int64_t i = 0; captures != 0 && i < captures->count; ++i) own -= captures->ints[i];
  return (int32_t)own;
}

int32_t sinter_open_iteration(const sinter_op_call* call, sinter_iteration* run, int32_t lead,
                              int32_t num_carried, int32_t extra, int32_t lead_out,
                              int32_t num_collected) {
  int32_t num_captures;
  const int32_t first_capture = sinter_first_capture(call, 0, &num_captures);
  const int32_t own = lead + num_carried + extra;
  const uint64_t num_results = (uint64_t)lead_out + (uint64_t)num_carried + (uint64_t)num_collected;
  const uint64_t values = (num_results + (uint64_t)num_carried) * sizeof(sinter_value);
  const uint64_t collectors = (uint64_t)num_collected * sizeof(sinter_collector);
  const uint64_t inputs = (uint64_t)(own + num_captures) * sizeof(sinter_value*);
  const uint64_t bytes = values + collectors + inputs;
  char* memory = sinter_allocate(call->context, bytes);
  if (memory == 0) SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory for the state of a loop");
  memset(memory, 0, (size_t)bytes);
  run->call = call;
  run->memory = memory;
  run->results = (sinter_value*)memory;
  run->carried = run->results + num_results;
  run->collectors = (sinter_collector*)(memory + values);
  run->inputs = (const sinter_value**)(memory + values + collectors);
  run->num_inputs = own + num_captures;
  run->lead = lead;
  run->num_carried = num_carried;
  run->lead_out = lead_out;
  run->num_collected = num_collected;
  for (int32_t i = 0; i < num_captures; ++i) {
    run->inputs[own + i] = call->inputs[first_capture + i];
  }
  return SINTER_OK;
}

static int32_t num_results(const sinter_iteration* run) {
  return run->lead_out + run->num_carried + run->num_collected;
}

static void release_results(sinter_iteration* run) {
  for (int32_t i = 0; i < num_results(run); ++i) {
    sinter_release(run->call->context, &run->results[i]);
  }
}

int32_t sinter_iterate(sinter_iteration* run, int64_t expected) {
  const sinter_op_call* call = run->call;
  release_results(run);
  SINTER_TRY(sinter_invoke(call, call->programs[0], run->num_inputs, run->inputs, num_results(run),
                           run->results));
  for (int32_t i = 0; i < run->num_carried; ++i) {
    sinter_value* result = &run->results[run->lead_out + i];
    sinter_release(call->context, &run->carried[i]);
    run->carried[i] = *result;
    result->kind = SINTER_NONE;
    run->inputs[run->lead + i] = &run->carried[i];
  }
  for (int32_t i = 0; i < run->num_collected; ++i) {
    sinter_value* result = &run->results[run->lead_out + run->num_carried + i];
    SINTER_TRY(sinter_collect(call, &run->collectors[i], result, expected));
    sinter_release(call->context, result);
  }
  return SINTER_OK;
}

const sinter_value* sinter_carried(const sinter_iteration* run, int32_t i) {
  return run->inputs[run->lead + i];
}

void sinter_close_iteration(sinter_iteration* run) {
  const sinter_context* context = run->call->context;
  release_results(run);
  for (int32_t i = 0; i < run->num_carried; ++i) sinter_release(context, &run->carried[i]);
  for (int32_t i = 0; i < run->num_collected; ++i) {
    sinter_drop_collected(context, &run->collectors[i]);
  }
  sinter_free(context, run->memory);
}
