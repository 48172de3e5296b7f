/* Hand-written like affine_model.c, with `run_values`: shapes that the data tells, and every kind
 * of value.
 *
 *   rows: seq(tensor(float)), names: tensor(string)[n], count: optional(tensor(int64))
 *
 *   positive: tensor(float)[?]               the elements of all rows that are above 0
 *   kept:     seq(tensor(float))             the first `count` rows; all without a count
 *   sums:     map(string,tensor(float))      the sum of each row by its name
 *   last:     optional(tensor(string))       the name of the last kept row; none if none is kept
 *
 * A count below 0, above the number of rows, or of 1000 and more fails in different ways, when
 * memory is taken already; so do names of another number than rows.
 */
#include <stddef.h>
#include <string.h>

#include "runtime/sinter_abi.h"

enum { kRows, kNames, kCount, kFloat = 1, kInt64 = 7, kNoSupport = 1000, kEndless = 1001 };

static const int64_t kFree[] = {SINTER_DYNAMIC};
static const char* const kFreeNames[] = {"n"};

static const sinter_value_info kInputs[] = {
    {"rows", 0, SINTER_DYNAMIC, 0, 0},
    {"names", SINTER_STRING, 1, kFree, kFreeNames},
    {"count", 0, SINTER_DYNAMIC, 0, 0},
};
static const char* const kInputTypes[] = {"seq(tensor(float))", "tensor(string)",
                                          "optional(tensor(int64))"};
static const sinter_value_info kOutputs[] = {
    {"positive", kFloat, SINTER_DYNAMIC, 0, 0},
    {"kept", 0, SINTER_DYNAMIC, 0, 0},
    {"sums", 0, SINTER_DYNAMIC, 0, 0},
    {"last", 0, SINTER_DYNAMIC, 0, 0},
};
static const char* const kOutputTypes[] = {"tensor(float)", "seq(tensor(float))",
                                           "map(string,tensor(float))", "optional(tensor(string))"};
/* The kernel runs within a function of the library, as in the body of a loop. */
static const sinter_kernel_call_info kKernelCalls[] = {{"sum_rows", "ReduceSum_2"},
                                                       {"sinter_op_Loop", "Loop_3"}};
static const char* const kKernelCallOps[] = {"ReduceSum", "Loop"};
static const sinter_work kUnknown = {-1, -1, 0, 0, 1};

/* Contexts of before on_call end before it. */
static void tell(const sinter_context* context, int32_t call, const sinter_work* work) {
  const size_t end = offsetof(sinter_context, on_call_user) + sizeof(void*);
  if (context->struct_size >= end && context->on_call != 0) {
    context->on_call(context->on_call_user, call, work);
  }
}

static int64_t elements(const sinter_value* value) {
  int64_t count = 1;
  for (int i = 0; i < value->rank; ++i) count *= value->dims[i];
  return count;
}

/* `owner` is the block that holds data or items. */
static int32_t take(sinter_value* value, int32_t kind, uint64_t bytes,
                    const sinter_context* context) {
  memset(value, 0, sizeof(*value));
  value->kind = kind;
  value->owner = context->allocate(context->memory, bytes);
  if (value->owner == 0) return SINTER_NO_MEMORY;
  if (kind == SINTER_TENSOR) value->data = value->owner;
  if (kind != SINTER_TENSOR) value->items = (sinter_value*)value->owner;
  return SINTER_OK;
}

static int32_t take_tensor(sinter_value* value, sinter_dtype dtype, int32_t rank,
                           const int64_t* dims, uint64_t bytes, const sinter_context* context) {
  const int32_t code = take(value, SINTER_TENSOR, bytes, context);
  value->dtype = dtype;
  value->rank = rank;
  for (int i = 0; i < rank; ++i) value->dims[i] = dims[i];
  return code;
}

/* The strings and their bytes are one block. */
static int32_t copy_strings(const sinter_string* from, int64_t count, int32_t rank,
                            sinter_value* to, const sinter_context* context) {
  uint64_t bytes = (uint64_t)count * sizeof(sinter_string);
  for (int64_t i = 0; i < count; ++i) bytes += (uint64_t)from[i].size;
  const int32_t code = take_tensor(to, SINTER_STRING, rank, &count, bytes, context);
  if (code != SINTER_OK) return code;
  sinter_string* strings = (sinter_string*)to->data;
  char* next = (char*)(strings + count);
  for (int64_t i = 0; i < count; ++i) {
    if (from[i].size > 0) memcpy(next, from[i].data, (size_t)from[i].size);
    strings[i].data = next;
    strings[i].size = from[i].size;
    next += from[i].size;
  }
  return SINTER_OK;
}

static int32_t positive(const sinter_value* rows, sinter_value* to, const sinter_context* context) {
  int64_t count = 0;
  for (int pass = 0; pass < 2; ++pass) {
    float* out = pass == 0 ? 0 : (float*)to->data;
    for (int64_t r = 0; r < rows->count; ++r) {
      const float* from = (const float*)rows->items[r].data;
      for (int64_t i = 0; i < elements(&rows->items[r]); ++i) {
        if (!(from[i] > 0)) continue;
        if (pass == 0) ++count;
        if (pass == 1) *out++ = from[i];
      }
    }
    if (pass == 1) break;
    const int32_t code =
        take_tensor(to, kFloat, 1, &count, (uint64_t)count * sizeof(float), context);
    if (code != SINTER_OK) return code;
  }
  return SINTER_OK;
}

static int32_t keep(const sinter_value* rows, int64_t count, sinter_value* to,
                    const sinter_context* context) {
  int32_t code = take(to, SINTER_SEQUENCE, (uint64_t)count * sizeof(sinter_value), context);
  for (int64_t i = 0; code == SINTER_OK && i < count; ++i) {
    const sinter_value* row = &rows->items[i];
    const uint64_t bytes = (uint64_t)elements(row) * sizeof(float);
    code = take_tensor(&to->items[i], kFloat, row->rank, row->dims, bytes, context);
    to->count = i + 1;
    if (code == SINTER_OK && bytes > 0) memcpy(to->items[i].data, row->data, bytes);
  }
  return code;
}

typedef struct {
  const sinter_value* rows;
  float* sums;
} sum_closure;

static void sum_rows(void* closure, int64_t begin, int64_t end) {
  const sum_closure* c = (const sum_closure*)closure;
  for (int64_t r = begin; r < end; ++r) {
    const float* from = (const float*)c->rows->items[r].data;
    float sum = 0;
    for (int64_t i = 0; i < elements(&c->rows->items[r]); ++i) sum += from[i];
    c->sums[r] = sum;
  }
}

static int32_t sums(const sinter_value* rows, const sinter_value* names, sinter_value* to,
                    const sinter_context* context) {
  int32_t code = take(to, SINTER_MAP, 2 * sizeof(sinter_value), context);
  if (code != SINTER_OK) return code;
  code = copy_strings((const sinter_string*)names->data, rows->count, 1, &to->items[0], context);
  to->count = 1;
  if (code != SINTER_OK) return code;
  code = take_tensor(&to->items[1], kFloat, 1, &rows->count, (uint64_t)rows->count * sizeof(float),
                     context);
  to->count = 2;
  if (code != SINTER_OK) return code;
  tell(context, 0, 0);
  sum_closure closure = {rows, (float*)to->items[1].data};
  if (context->num_threads > 1) {
    context->parallel_for(context->pool, rows->count, 1, sum_rows, &closure);
  } else {
    sum_rows(&closure, 0, rows->count);
  }
  sinter_work work = {0, rows->count * (int64_t)sizeof(float), &work.flops, 1, 1};
  for (int64_t r = 0; r < rows->count; ++r) {
    work.flops += elements(&rows->items[r]);
    work.bytes += elements(&rows->items[r]) * (int64_t)sizeof(float);
  }
  tell(context, 0, &work);
  if (context->on_kernel) context->on_kernel(context->on_kernel_user, 0);
  return SINTER_OK;
}

static void free_values(sinter_value* values, int32_t count, const sinter_context* context) {
  for (int64_t i = 0; i < count; ++i) {
    for (int64_t item = 0; item < values[i].count; ++item) {
      free_values(&values[i].items[item], 1, context);
    }
    context->release(context->memory, values[i].owner);
  }
}

static int32_t fail(const sinter_context* context, int32_t code, const char* node,
                    const char* message) {
  if (context->failure) {
    context->failure->node = node;
    context->failure->message = message;
  }
  return code;
}

static int32_t check_count(int64_t count, int64_t rows, const sinter_context* context) {
  void* block;
  if (count < 0) return fail(context, SINTER_BAD_VALUE, "Slice_1", "a negative count");
  if (count == kNoSupport) return fail(context, SINTER_NOT_SUPPORTED, "Slice_1", 0);
  if (count == kEndless) {
    block = context->allocate(context->memory, ~(uint64_t)0);
    context->release(context->memory, block);
    return fail(context, block == 0 ? SINTER_NO_MEMORY : SINTER_OK, 0, 0);
  }
  return count <= rows ? SINTER_OK : fail(context, SINTER_BAD_INDEX, "Slice_1", 0);
}

static int32_t run_values(const sinter_value* inputs, sinter_value* outputs,
                          const sinter_context* context) {
  const sinter_value* rows = &inputs[kRows];
  const sinter_value* names = &inputs[kNames];
  memset(outputs, 0, 4 * sizeof(*outputs));
  if (names->dims[0] != rows->count) {
    if (context->failure) context->failure->bad_input = kNames;
    if (context->failure) context->failure->bad_dim = 0;
    return SINTER_BAD_SHAPE;
  }
  int64_t count = rows->count;
  if (inputs[kCount].kind == SINTER_TENSOR) count = *(const int64_t*)inputs[kCount].data;
  int32_t code = positive(rows, &outputs[0], context);
  if (code == SINTER_OK) code = check_count(count, rows->count, context);
  if (code == SINTER_OK) code = keep(rows, count, &outputs[1], context);
  if (code == SINTER_OK) tell(context, 1, 0);
  if (code == SINTER_OK) code = sums(rows, names, &outputs[2], context);
  if (code == SINTER_OK) tell(context, 1, &kUnknown);
  if (code == SINTER_OK && count > 0) {
    code = copy_strings((const sinter_string*)names->data + count - 1, 1, 0, &outputs[3], context);
  }
  if (code != SINTER_OK) free_values(outputs, 4, context);
  return code;
}

static const sinter_model kModel = {
    SINTER_ABI_VERSION,
    sizeof(sinter_model),
    "values",
    3,
    4,
    kInputs,
    kOutputs,
    2,
    kKernelCalls,
    0,
    0,
    run_values,
    free_values,
    kInputTypes,
    kOutputTypes,
    kKernelCallOps,
};

const sinter_model* sinter_model_v1(void) { return &kModel; }
