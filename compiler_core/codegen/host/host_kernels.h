/* What plan() and run() have in common with the driver of programs: amounts and kernel calls. */
#ifndef SINTER_COMPILER_CORE_CODEGEN_HOST_HOST_KERNELS_H_
#define SINTER_COMPILER_CORE_CODEGEN_HOST_HOST_KERNELS_H_

#include <stddef.h>
#include <stdint.h>

#include "compiler_core/codegen/host/host_tables.h"
#include "runtime/sinter_abi.h"

#define HIDDEN __attribute__((visibility("hidden")))
/* Fewer cycles than this are not worth waking another thread for. */
#define MIN_PARALLEL_CYCLES 40000
/* What one task should at least do. */
#define MIN_TASK_CYCLES 16000

static inline int64_t floor_div(int64_t a, int64_t b) {
  if (b <= 0) return 0;
  const int64_t quotient = a / b;
  return quotient * b > a ? quotient - 1 : quotient;
}

static inline int64_t eval_step(const sinter_step* step, const int64_t* values) {
  const int64_t lhs = values[step->lhs];
  const int64_t rhs = values[step->rhs];
  switch (step->kind) {
    case SINTER_STEP_ADD:
      return lhs + rhs;
    case SINTER_STEP_MUL:
      return lhs * rhs;
    case SINTER_STEP_AFFINE:
      return lhs * step->immediate + rhs;
    case SINTER_STEP_FLOOR_DIV:
      return floor_div(lhs, rhs);
    case SINTER_STEP_MOD:
      return rhs <= 0 ? 0 : lhs - floor_div(lhs, rhs) * rhs;
    case SINTER_STEP_MIN:
      return lhs < rhs ? lhs : rhs;
    case SINTER_STEP_MAX:
      return lhs > rhs ? lhs : rhs;
    default:
      return step->immediate;
  }
}

static inline int64_t amount_of(const sinter_amount* amount, const int64_t* values) {
  return amount->immediate + values[amount->value];
}

/* Whether there is a profile, in a context that is new enough to have one. */
static inline int is_profiled(const sinter_context* context) {
  const size_t end = offsetof(sinter_context, on_call_user) + sizeof(void*);
  return context->struct_size >= end && context->on_call != 0;
}

/* What only profiles need. `steps` and `results` follow on those that running needs. */
static inline void eval_work(const sinter_work_tables* work, const sinter_step* steps,
                             const int64_t* values, int64_t* results, int64_t* node_flops) {
  for (int32_t i = 0; i < work->num_steps; ++i) results[i] = eval_step(&steps[i], values);
  for (int32_t i = 0; i < work->num_node_flops; ++i) {
    node_flops[i] = amount_of(&work->node_flops[i], values);
  }
}

/* Runs one kernel, in parallel if that pays. */
static inline void run_call(sinter_kernel kernel, const sinter_call* call, const int64_t* values,
                            void** slots, const sinter_context* context) {
  const int64_t count = amount_of(&call->count, values);
  const int64_t cost = amount_of(&call->cost, values);
  if (count <= 0) return;
  if (call->serial || count == 1 || context->num_threads <= 1 || cost < MIN_PARALLEL_CYCLES) {
    kernel(slots, 0, count);
    return;
  }
  const int64_t cycles_each = cost / count;
  const int64_t grain =
      cycles_each >= MIN_TASK_CYCLES ? 1 : MIN_TASK_CYCLES / (cycles_each + 1) + 1;
  context->parallel_for(context->pool, count, grain, kernel, slots);
}

/* Kernel calls in order, on the memory at `bases` (see sinter_slot). */
typedef struct call_list {
  const sinter_call* calls;
  const sinter_slot* slots;
  const sinter_kernel* kernels;
  int32_t num_calls;
  int32_t first_call; /* its index in sinter_model.kernel_calls */
  /* Null, or what to tell on_call(). */
  const sinter_call_work* work;
  const int64_t* node_flops;
} call_list;

static inline void tell_end(const call_list* list, int32_t call, const int64_t* values,
                            const sinter_context* context) {
  const sinter_call_work* of = &list->work[call];
  const sinter_work work = {
      .flops = amount_of(&of->flops, values),
      .bytes = amount_of(&of->bytes, values),
      .node_flops = list->node_flops + of->first_node,
      .dtype = of->dtype,
      .num_nodes = of->num_nodes,
  };
  context->on_call(context->on_call_user, list->first_call + call, &work);
}

static inline void run_calls(const call_list* list, char* const* bases, const int64_t* values,
                             void** slots, const sinter_context* context) {
  for (int32_t i = 0; i < list->num_calls; ++i) {
    const sinter_call* call = &list->calls[i];
    const sinter_slot* slot = &list->slots[call->first_slot];
    for (int32_t s = 0; s < call->num_slots; ++s, ++slot) {
      slots[s] =
          (void*)(intptr_t)((intptr_t)bases[slot->base] + slot->immediate + values[slot->value]);
    }
    if (list->work != 0) context->on_call(context->on_call_user, list->first_call + i, 0);
    run_call(list->kernels[call->kernel], call, values, slots, context);
    if (list->work != 0) tell_end(list, i, values, context);
    if (context->on_kernel != 0) context->on_kernel(context->on_kernel_user, list->first_call + i);
  }
}

#endif /* SINTER_COMPILER_CORE_CODEGEN_HOST_HOST_KERNELS_H_ */
