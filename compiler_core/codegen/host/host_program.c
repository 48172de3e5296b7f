/* The driver of models that can't be planned as a whole: run_values() and free_values() over the
 * model's tables, and the sub-graphs of control flow. Compiled as host_runtime.c is.
 *
 * Memory: a frame for each program that runs (its slots, the values of its symbols, scratch) and
 * what the values in its slots own. Inputs are borrowed; every other slot is released after its
 * last reader, and at the end, whatever it was. The only recursion is sinter_invoke(), as deep as
 * sub-graphs are nested.
 */
#include <stddef.h>
#include <stdint.h>

#include "compiler_core/codegen/host/host_frame.h"
#include "compiler_core/codegen/host/host_kernels.h"
#include "compiler_core/codegen/host/program_tables.h"
#include "compiler_core/library/library.h"
#include "runtime/sinter_abi.h"

static void set_none(sinter_value* value) {
  value->kind = SINTER_NONE;
  value->dtype = 0;
  value->rank = 0;
  value->reserved = 0;
  value->data = 0;
  value->count = 0;
  value->items = 0;
  value->owner = 0;
}

/* The first reason is the one: an outer node fails because the inner one did. */
static void note_failure(const sinter_frame* frame, const char* node) {
  sinter_failure* failure = frame->context->failure;
  if (failure == 0 || failure->node != 0 || failure->bad_input >= 0) return;
  failure->node = node;
  failure->message = *frame->message;
}

static const sinter_value* operand(const sinter_frame* frame, int32_t number) {
  if (number < 0) return 0;
  const int32_t num_slots = frame->program->num_slots;
  return number < num_slots ? &frame->slots[number]
                            : &frame->program->constants[number - num_slots];
}

/* What functions of values.c want to know. */
static sinter_op_call memory_of(const sinter_frame* frame) {
  const sinter_op_call call = {.context = frame->context, .message = frame->message};
  return call;
}

static int32_t run_library(const sinter_frame* frame, const sinter_program_step* step) {
  const sinter_value** inputs = (const sinter_value**)frame->scratch;
  sinter_value** outputs = (sinter_value**)frame->scratch + step->num_inputs;
  for (int32_t i = 0; i < step->num_inputs; ++i) inputs[i] = operand(frame, step->inputs[i]);
  for (int32_t i = 0; i < step->num_outputs; ++i) {
    const int32_t slot = step->outputs[i];
    outputs[i] = slot < 0 ? 0 : &frame->slots[slot];
    if (slot >= 0 && step->num_programs > 0) sinter_hint(frame, slot);
  }
  sinter_op_call call = memory_of(frame);
  call.version = step->version;
  call.num_inputs = step->num_inputs;
  call.num_outputs = step->num_outputs;
  call.num_attrs = step->num_attrs;
  call.attrs = step->attrs;
  call.inputs = inputs;
  call.outputs = outputs;
  call.programs = step->programs;
  call.num_programs = step->num_programs;
  const sinter_context* context = frame->context;
  const int profiled = is_profiled(context);
  if (profiled) context->on_call(context->on_call_user, step->call, 0);
  const int32_t status = step->op(&call);
  if (profiled && status == SINTER_OK) {
    const sinter_work unknown = {.flops = -1, .bytes = -1, .num_nodes = 1};
    context->on_call(context->on_call_user, step->call, &unknown);
  }
  return status;
}

/* Evaluates a fragment's amounts. RETURNS: SINTER_OK or SINTER_BAD_SHAPE. */
static int32_t eval_fragment(const sinter_frame* frame, const sinter_program_step* step,
                             int64_t* values) {
  const sinter_fragment* fragment = step->fragment;
  values[0] = 0;
  for (int32_t i = 0; i < fragment->num_symbols; ++i) {
    values[1 + i] = frame->values[step->symbols[i]];
  }
  int64_t* results = values + 1 + fragment->num_symbols;
  for (int32_t i = 0; i < fragment->num_steps; ++i) {
    results[i] = eval_step(&fragment->steps[i], values);
  }
  for (int32_t i = 0; i < fragment->num_checks; ++i) {
    if (amount_of(&fragment->checks[i].amount, values) >= 0) continue;
    *frame->message = "shapes contradict each other";
    return SINTER_BAD_SHAPE;
  }
  return SINTER_OK;
}

static int32_t make_outputs(const sinter_frame* frame, const sinter_program_step* step,
                            const int64_t* values) {
  const sinter_fragment* fragment = step->fragment;
  const sinter_op_call call = memory_of(frame);
  const sinter_amount* dim = fragment->output_dims;
  for (int32_t i = 0; i < fragment->num_outputs; ++i) {
    int64_t dims[SINTER_MAX_RANK];
    const int32_t rank = fragment->output_ranks[i];
    for (int32_t d = 0; d < rank; ++d, ++dim) dims[d] = amount_of(dim, values);
    SINTER_TRY(sinter_make_tensor(&call, &frame->slots[step->outputs[i]],
                                  fragment->output_dtypes[i], rank, dims));
  }
  return SINTER_OK;
}

static int32_t run_fragment(const sinter_frame* frame, const sinter_program_step* step) {
  const sinter_fragment* fragment = step->fragment;
  int64_t* values = (int64_t*)frame->scratch;
  SINTER_TRY(eval_fragment(frame, step, values));
  SINTER_TRY(make_outputs(frame, step, values));
  const int64_t arena_bytes = amount_of(&fragment->arena_bytes, values);
  void* arena = 0;
  if (arena_bytes > 0) {
    arena = sinter_allocate(frame->context, (uint64_t)arena_bytes);
    if (arena == 0) {
      *frame->message = "there is no memory for intermediate results";
      return SINTER_NO_MEMORY;
    }
  }
  int64_t* work_values = values + 1 + fragment->num_symbols + fragment->num_steps;
  int64_t* node_flops = work_values + fragment->work.num_steps;
  const int profiled = is_profiled(frame->context);
  if (profiled) {
    eval_work(&fragment->work, fragment->steps + fragment->num_steps, values, work_values,
              node_flops);
  }
  char** bases = (char**)(node_flops + fragment->work.num_node_flops);
  bases[0] = 0;
  bases[1] = arena;
  bases[2] = (char*)fragment->weights;
  char** next = bases + 3;
  for (int32_t i = 0; i < fragment->num_inputs; ++i) {
    *next++ = operand(frame, step->inputs[i])->data;
  }
  for (int32_t i = 0; i < fragment->num_outputs; ++i) {
    *next++ = frame->slots[step->outputs[i]].data;
  }
  const call_list list = {
      fragment->calls,     fragment->slots,      fragment->kernels,
      fragment->num_calls, fragment->first_call, profiled ? fragment->work.calls : 0,
      node_flops};
  run_calls(&list, bases, values, (void**)next, frame->context);
  sinter_free(frame->context, arena);
  return SINTER_OK;
}

static int32_t run_steps(sinter_frame* frame) {
  const sinter_program* program = frame->program;
  for (int32_t i = 0; i < program->num_steps; ++i) {
    const sinter_program_step* step = &program->steps[i];
    *frame->message = 0;
    int32_t status = step->fragment != 0 ? run_fragment(frame, step) : run_library(frame, step);
    if (status == SINTER_OK) {
      status = sinter_enter_stage(frame, &step->stage, step->outputs, step->num_outputs, 0);
    }
    if (status != SINTER_OK) {
      frame->bad_input = -1;
      note_failure(frame, step->node);
      return status;
    }
    for (int32_t r = 0; r < step->num_released; ++r) {
      sinter_release(frame->context, &frame->slots[step->released[r]]);
    }
  }
  return SINTER_OK;
}

/* Makes room for a program's state; its inputs are to be set then. */
static int32_t open_frame(sinter_frame* frame, const sinter_program* program,
                          const sinter_context* context, const char** message) {
  const uint64_t slots = (uint64_t)program->num_slots * sizeof(sinter_value);
  const uint64_t values = 1 + (uint64_t)program->num_symbols + (uint64_t)program->num_amounts;
  const uint64_t words = values + (uint64_t)program->scratch_words;
  char* memory = sinter_allocate(context, slots + words * sizeof(int64_t));
  if (memory == 0) {
    *message = "there is no memory for the state of a program";
    return SINTER_NO_MEMORY;
  }
  frame->program = program;
  frame->context = context;
  frame->message = message;
  frame->slots = (sinter_value*)memory;
  frame->values = (int64_t*)(memory + slots);
  frame->scratch = (void**)(frame->values + values);
  frame->num_amounts = 0;
  frame->num_checks = 0;
  frame->bad_input = -1;
  frame->bad_dim = -1;
  for (int32_t i = 0; i < program->num_slots; ++i) set_none(&frame->slots[i]);
  frame->values[0] = 0;
  for (int32_t i = 0; i < program->num_symbols; ++i) frame->values[1 + i] = -1;
  return SINTER_OK;
}

static int32_t share_outputs(const sinter_frame* frame, int32_t num_outputs,
                             sinter_value* outputs) {
  const sinter_op_call call = memory_of(frame);
  for (int32_t i = 0; i < num_outputs; ++i) {
    const sinter_value* from = operand(frame, frame->program->outputs[i]);
    const int32_t status = sinter_share(&call, &outputs[i], from);
    if (status == SINTER_OK) continue;
    for (int32_t made = 0; made <= i; ++made) sinter_release(frame->context, &outputs[made]);
    return status;
  }
  return SINTER_OK;
}

/* Runs a program whose inputs are set, and gives up its frame. */
static int32_t run_frame(sinter_frame* frame, int32_t num_outputs, sinter_value* outputs,
                         int deep) {
  const sinter_program* program = frame->program;
  int32_t status = sinter_enter_stage(frame, &program->entry, 0, program->num_inputs, deep);
  if (status == SINTER_OK) status = run_steps(frame);
  if (status == SINTER_OK) status = share_outputs(frame, num_outputs, outputs);
  for (int32_t i = program->num_inputs; i < program->num_slots; ++i) {
    sinter_release(frame->context, &frame->slots[i]);
  }
  sinter_free(frame->context, frame->slots);
  return status;
}

int32_t sinter_invoke(const sinter_op_call* call, const sinter_program* program, int32_t num_inputs,
                      const sinter_value* const* inputs, int32_t num_outputs,
                      sinter_value* outputs) {
  for (int32_t i = 0; i < num_outputs; ++i) set_none(&outputs[i]);
  if (num_inputs != program->num_inputs || num_outputs > program->num_outputs) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "a sub-graph takes or gives another number of values");
  }
  sinter_frame frame;
  SINTER_TRY(open_frame(&frame, program, call->context, call->message));
  for (int32_t i = 0; i < num_inputs; ++i) {
    if (inputs[i] != 0) frame.slots[i] = *inputs[i];
  }
  return run_frame(&frame, num_outputs, outputs, /*deep=*/0);
}

HIDDEN int32_t sinter_run_values_model(const sinter_value* inputs, sinter_value* outputs,
                                       const sinter_context* context) {
  const sinter_program* program = &sinter_model_program;
  const char* message = 0;
  const sinter_failure nothing = {-1, -1, 0, 0};
  if (context->failure != 0) *context->failure = nothing;
  for (int32_t i = 0; i < program->num_outputs; ++i) set_none(&outputs[i]);
  sinter_frame frame;
  int32_t status = open_frame(&frame, program, context, &message);
  if (status == SINTER_OK) {
    for (int32_t i = 0; i < program->num_inputs; ++i) {
      frame.slots[i] = inputs[i];
      /* The caller's, whatever it says: what outlives the call is copied. */
      frame.slots[i].owner = 0;
    }
    status = run_frame(&frame, program->num_outputs, outputs, /*deep=*/1);
  }
  if (status == SINTER_OK || context->failure == 0) return status;
  if (context->failure->node == 0) {
    context->failure->message = message;
    if (status == SINTER_BAD_SHAPE) {
      context->failure->bad_input = frame.bad_input;
      context->failure->bad_dim = frame.bad_dim;
    }
  }
  return status;
}

HIDDEN void sinter_free_values_model(sinter_value* values, int32_t count,
                                     const sinter_context* context) {
  for (int32_t i = 0; i < count; ++i) sinter_release(context, &values[i]);
}
