/* The C ABI of a compiled model: what `model.so` exports, and all that it exports.
 *
 * A host program dlopens the library, calls sinter_model_v1(), asks plan() what the given input
 * shapes need, brings memory for the outputs and the arena, and calls run(). The library allocates
 * nothing, keeps no mutable state, starts no thread and calls nothing outside itself but the
 * context's `parallel_for`; so it is re-entrant and may be used from several threads at a time,
 * each with its own arena.
 *
 * Stable: fields are only ever added at the end, under a larger `struct_size`.
 */
#ifndef SINTER_RUNTIME_SINTER_ABI_H_
#define SINTER_RUNTIME_SINTER_ABI_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SINTER_ABI_VERSION 1
/* Every buffer given to run() (inputs, outputs, arena) starts at a multiple of this. */
#define SINTER_ALIGNMENT 64
/* A dimension that only the caller's input shapes fix. */
#define SINTER_DYNAMIC (-1)

/* Element types: the numbers are those of onnx.TensorProto.DataType. Every element takes whole
 * bytes; those of 2, 4 and 6 bits take one byte each, their bits in its low end and zeros above. */
typedef int32_t sinter_dtype;

/* What run() and plan() return. */
enum {
  SINTER_OK = 0,
  /* An input's shape contradicts the model; sinter_plan.bad_input and bad_dim say where. */
  SINTER_BAD_SHAPE = 1,
  /* run(): an index that the data gave lies outside of its tensor. */
  SINTER_BAD_INDEX = 2,
};

typedef struct sinter_value_info {
  const char* name;
  sinter_dtype dtype;
  int32_t rank;
  /* `rank` numbers; SINTER_DYNAMIC where free. */
  const int64_t* dims;
  /* `rank` strings, e.g. "batch" or "floordiv(height,2)"; "" where fixed. */
  const char* const* dim_names;
} sinter_value_info;

typedef struct sinter_tensor {
  /* Row-major, contiguous, SINTER_ALIGNMENT-aligned; may be null if it has no elements. */
  void* data;
  const int64_t* dims;
} sinter_tensor;

/* Filled in by plan(). `output_dims` points at caller memory: one array for each output, with room
 * for that output's rank. */
typedef struct sinter_plan {
  uint64_t arena_bytes;
  int64_t* const* output_dims;
  int32_t bad_input; /* set when SINTER_BAD_SHAPE is returned */
  int32_t bad_dim;
} sinter_plan;

/* A task covers the iterations [begin, end) of a loop of `count`. */
typedef void (*sinter_task)(void* closure, int64_t begin, int64_t end);

typedef struct sinter_context {
  uint32_t struct_size;
  int32_t num_threads; /* how many tasks can run at once; 1 = call everything inline */
  void* pool;          /* handed back to parallel_for */
  /* Runs `task` over [0, count) split into ranges, each at least `grain` long but the last, and
   * returns when all are done. May be null when num_threads is 1. */
  void (*parallel_for)(void* pool, int64_t count, int64_t grain, sinter_task task, void* closure);
  /* Null, or called after each kernel with its index in sinter_model.kernel_calls, for profiles. */
  void (*on_kernel)(void* user, int32_t kernel_call);
  void* on_kernel_user;
} sinter_context;

typedef struct sinter_kernel_call_info {
  const char* kernel; /* the kernel's symbol name */
  const char* nodes;  /* the ONNX nodes it computes, comma-separated */
} sinter_kernel_call_info;

typedef struct sinter_model {
  uint32_t abi_version; /* SINTER_ABI_VERSION */
  uint32_t struct_size;
  const char* name;
  int32_t num_inputs;
  int32_t num_outputs;
  const sinter_value_info* inputs;
  const sinter_value_info* outputs;
  int32_t num_kernel_calls;
  const sinter_kernel_call_info* kernel_calls;

  /* Computes the output shapes and the arena size for `input_dims` (one array for each input).
   * RETURNS: SINTER_OK or SINTER_BAD_SHAPE. */
  int32_t (*plan)(const int64_t* const* input_dims, sinter_plan* plan);

  /* Computes the outputs. `outputs[i].dims` is ignored: plan() gave the shapes.
   * REQUIRES: plan() returned SINTER_OK for these shapes; `arena` has `arena_bytes` bytes.
   * RETURNS: SINTER_OK, SINTER_BAD_SHAPE or SINTER_BAD_INDEX. */
  int32_t (*run)(const sinter_tensor* inputs, const sinter_tensor* outputs, void* arena,
                 const sinter_context* context);
} sinter_model;

/* The library's one exported symbol. */
const sinter_model* sinter_model_v1(void);
typedef const sinter_model* (*sinter_model_v1_fn)(void);
#define SINTER_MODEL_SYMBOL "sinter_model_v1"

#ifdef __cplusplus
}
#endif

#endif /* SINTER_RUNTIME_SINTER_ABI_H_ */
