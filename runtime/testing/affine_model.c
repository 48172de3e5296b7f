/* A model written by hand against sinter_abi.h, as the code generator would make it:
 *
 *   x: float32[batch,4]   a: float32[]   b: float32[batch,4]   ->   y = a * x + b: float32[batch,4]
 *
 * in two kernels, the first of which leaves a * x in the arena. It shows every part of the
 * interface, and tests of loader, session and examples run it.
 */
#include <stddef.h>

#include "runtime/sinter_abi.h"

enum { kWidth = 4, kX = 0, kA = 1, kB = 2, kGrainRows = 8 };

static const int64_t kMatrix[] = {SINTER_DYNAMIC, kWidth};
static const char* const kMatrixNames[] = {"batch", ""};

static const sinter_value_info kInputs[] = {
    {"x", 1, 2, kMatrix, kMatrixNames},
    {"a", 1, 0, 0, 0},
    {"b", 1, 2, kMatrix, kMatrixNames},
};
static const sinter_value_info kOutputs[] = {{"y", 1, 2, kMatrix, kMatrixNames}};
static const sinter_kernel_call_info kKernelCalls[] = {{"scale", "Mul_0"}, {"shift", "Add_1"}};
static const char* const kKernelCallOps[] = {"Mul", "Add"};

typedef struct {
  const float* left;
  const float* right;
  float* to;
} operands;

static void scale(void* closure, int64_t begin, int64_t end) {
  const operands* o = (const operands*)closure;
  for (int64_t i = begin * kWidth; i < end * kWidth; ++i) o->to[i] = o->left[i] * *o->right;
}

static void shift(void* closure, int64_t begin, int64_t end) {
  const operands* o = (const operands*)closure;
  for (int64_t i = begin * kWidth; i < end * kWidth; ++i) o->to[i] = o->left[i] + o->right[i];
}

/* Contexts of before on_call end before it. */
static int is_profiled(const sinter_context* context) {
  const size_t end = offsetof(sinter_context, on_call_user) + sizeof(void*);
  return context->struct_size >= end && context->on_call != 0;
}

static void begin_call(const sinter_context* context, int32_t call) {
  if (is_profiled(context)) context->on_call(context->on_call_user, call, 0);
}

/* One operation an element; `inputs` elements read, and one written for each operation. */
static void end_call(const sinter_context* context, int32_t call, int64_t flops, int64_t inputs) {
  const int64_t bytes = (flops + inputs) * (int64_t)sizeof(float);
  const sinter_work work = {flops, bytes, &flops, 1, 1};
  if (is_profiled(context)) context->on_call(context->on_call_user, call, &work);
  if (context->on_kernel) context->on_kernel(context->on_kernel_user, call);
}

static void over_rows(const sinter_context* context, int64_t rows, sinter_task task,
                      void* closure) {
  if (context->num_threads > 1) {
    context->parallel_for(context->pool, rows, kGrainRows, task, closure);
  } else {
    task(closure, 0, rows);
  }
}

static int32_t plan(const int64_t* const* input_dims, sinter_plan* plan) {
  const int64_t batch = input_dims[kX][0];
  if (input_dims[kB][0] != batch) {
    plan->bad_input = kB;
    plan->bad_dim = 0;
    return SINTER_BAD_SHAPE;
  }
  plan->output_dims[0][0] = batch;
  plan->output_dims[0][1] = kWidth;
  plan->arena_bytes = (uint64_t)batch * kWidth * sizeof(float);
  return SINTER_OK;
}

static int32_t run(const sinter_tensor* inputs, const sinter_tensor* outputs, void* arena,
                   const sinter_context* context) {
  const int64_t rows = inputs[kX].dims[0];
  float* scaled = (float*)arena;
  const int64_t elements = rows * kWidth;
  begin_call(context, 0);
  operands first = {(const float*)inputs[kX].data, (const float*)inputs[kA].data, scaled};
  over_rows(context, rows, scale, &first);
  end_call(context, 0, elements, elements + 1);
  begin_call(context, 1);
  operands second = {scaled, (const float*)inputs[kB].data, (float*)outputs[0].data};
  over_rows(context, rows, shift, &second);
  end_call(context, 1, elements, 2 * elements);
  return SINTER_OK;
}

static const sinter_model kModel = {
    SINTER_ABI_VERSION,
    sizeof(sinter_model),
    "affine",
    3,
    1,
    kInputs,
    kOutputs,
    2,
    kKernelCalls,
    plan,
    run,
    0,
    0,
    0,
    0,
    kKernelCallOps,
};

const sinter_model* sinter_model_v1(void) { return &kModel; }
