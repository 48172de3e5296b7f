/* The C ABI of a compiled model: what `model.so` exports, and all that it exports.
 *
 * A host program dlopens the library, calls sinter_model_v1(), asks plan() what the given input
 * shapes need, brings memory for the outputs and the arena, and calls run(). The library allocates
 * nothing, keeps no mutable state, starts no thread and calls nothing outside itself but the
 * context's `parallel_for`; so it is re-entrant and may be used from several threads at a time,
 * each with its own arena.
 *
 * A model whose shapes depend on the data, or that takes or gives strings, sequences, optionals or
 * maps, can't be planned: it has `run_values` instead of `plan` and `run`. That asks the context's
 * `allocate` for the memory it needs and hands its outputs over as sinter_values.
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
  /* run_values(): what the data asks for makes no sense (a Reshape to another size, say). */
  SINTER_BAD_VALUE = 3,
  /* run_values(): `allocate` gave no memory, or more was asked for than can be addressed. */
  SINTER_NO_MEMORY = 4,
  /* run_values(): the data asks for a variant that the library lacks. */
  SINTER_NOT_SUPPORTED = 5,
};

/* What a sinter_value is. */
enum {
  SINTER_NONE = 0, /* an absent value: an empty optional */
  SINTER_TENSOR = 1,
  SINTER_SEQUENCE = 2, /* `count` values in `items` */
  SINTER_MAP = 3,      /* items[0] the keys, items[1] the values: tensors of rank 1 */
};

/* An element of a string tensor: UTF-8, not terminated. */
typedef struct sinter_string {
  const char* data;
  int64_t size;
} sinter_string;

/* The element type of string tensors, whose elements are sinter_strings; as in onnx.TensorProto. */
#define SINTER_STRING 8
#define SINTER_MAX_RANK 32

/* A value of a model that has `run_values`. An optional that is not empty is the value in it.
 * `owner` is the library's own and null in values that the caller makes: of such it keeps nothing
 * after run_values() returns. */
typedef struct sinter_value {
  int32_t kind;
  sinter_dtype dtype; /* of a tensor */
  int32_t rank;
  int32_t reserved;
  int64_t dims[SINTER_MAX_RANK];
  void* data;    /* of a tensor: row-major, contiguous; null if it has no elements */
  int64_t count; /* of `items` */
  struct sinter_value* items;
  void* owner;
} sinter_value;

typedef struct sinter_value_info {
  const char* name;
  /* SINTER_DYNAMIC in `rank`: not known, or no tensor (see sinter_model.input_types). */
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

/* What one call has done, for the shapes that it was given. */
typedef struct sinter_work {
  /* Arithmetic operations on elements, a multiply-add being two; -1 if not known. */
  int64_t flops;
  /* What it has to move at least: each element of the operands that it needs, read once, and the
   * results, written once. -1 if not known. */
  int64_t bytes;
  /* `flops` of each of the call's nodes, in the order of sinter_kernel_call_info.nodes; null if not
   * known. Valid until on_call() returns. */
  const int64_t* node_flops;
  /* The type of the numbers that are calculated with: integers as they are before they are widened,
   * floats as wide as they are added up. 0 if not known. */
  sinter_dtype dtype;
  int32_t num_nodes;
} sinter_work;

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
  /* For run_values() alone, else they may be null: memory at a multiple of SINTER_ALIGNMENT, or
   * null if there is none; and its return. Called from the thread that calls run_values(). */
  void* (*allocate)(void* memory, uint64_t bytes);
  void (*release)(void* memory, void* block);
  void* memory;
  /* Null, or filled in when run_values() fails. */
  struct sinter_failure* failure;
  /* Null, or called before (`work` is null) and after each kernel call and each call of the
   * library's own functions, with its index in sinter_model.kernel_calls: for profiles. Calls lie
   * within one another where a function runs a sub-graph; one that fails has no end. */
  void (*on_call)(void* user, int32_t kernel_call, const sinter_work* work);
  void* on_call_user;
} sinter_context;

typedef struct sinter_failure {
  int32_t bad_input;   /* with SINTER_BAD_SHAPE, where an input is at fault; else -1 */
  int32_t bad_dim;     /* likewise; -1 if it is the input's kind, type or rank */
  const char* node;    /* the ONNX node; null if none is at fault */
  const char* message; /* constant text, what was wrong; null if there is no more to say */
} sinter_failure;

typedef struct sinter_kernel_call_info {
  const char* kernel; /* the kernel's symbol name; of a function of the library, "sinter_op_..." */
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

  /* --- Where the model needs it, `plan` and `run` are null and this is set: --- */

  /* Computes the outputs into `outputs`, which need not be initialised. They are the caller's, who
   * hands them back to free_values(). After an error there are none.
   * REQUIRES: context->allocate and release.
   * RETURNS: SINTER_OK or the reason, told in full in context->failure. */
  int32_t (*run_values)(const sinter_value* inputs, sinter_value* outputs,
                        const sinter_context* context);
  void (*free_values)(sinter_value* values, int32_t count, const sinter_context* context);
  /* The ONNX types as text, one for each input and output: "tensor(float)", "seq(tensor(int64))",
   * "optional(tensor(float))", "map(string,tensor(float))". Null where all are tensors. */
  const char* const* input_types;
  const char* const* output_types;

  /* --- Every model has this: --- */

  /* The operators of each kernel call's nodes in their order, comma-separated: "Conv,Relu". */
  const char* const* kernel_call_ops;
} sinter_model;

/* The library's one exported symbol. */
const sinter_model* sinter_model_v1(void);
typedef const sinter_model* (*sinter_model_v1_fn)(void);
#define SINTER_MODEL_SYMBOL "sinter_model_v1"

#ifdef __cplusplus
}
#endif

#endif /* SINTER_RUNTIME_SINTER_ABI_H_ */
