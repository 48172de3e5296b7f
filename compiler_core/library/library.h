/* The library of run-time functions: operators that a compiled model calls instead of having code
 * generated for them, since what they do depends on data (shapes, axes or counts given as inputs;
 * strings, sequences, maps; control flow). One C function an operator, in a file a category:
 *
 *   SINTER_OP(NonZero) { ... fills call->outputs ... return SINTER_OK; }
 *
 * They are compiled to LLVM bitcode with the compiler; a model gets the functions that it calls,
 * as machine code of its target. So they are freestanding C11: no libc, no mutable globals, no
 * recursion without bound, memory only through the heap below; math only from math.h of this
 * folder. They run in one thread. A function trusts the importer for what it could know (number of
 * operands, element types, static ranks) and checks what only data tells.
 *
 * Ownership: inputs are borrowed. An output starts as SINTER_NONE and is set by one of the
 * functions below; it then owns a reference to its memory. Elements are never written after the
 * function that made them returned, so values may share memory: sinter_share() is the way to
 * return an input, or a part of it. On an error the caller releases what outputs hold.
 */
#ifndef SINTER_COMPILER_CORE_LIBRARY_LIBRARY_H_
#define SINTER_COMPILER_CORE_LIBRARY_LIBRARY_H_

#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
#include <string.h>
#endif

#include "runtime/sinter_abi.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SINTER_HIDDEN __attribute__((visibility("hidden")))

/* A node's attribute. One of the arrays is set, `count` long (1 for a single int, float, string or
 * tensor). Attributes that the node leaves out are absent: functions know the defaults. */
typedef struct sinter_attr {
  const char* name;
  int64_t count;
  const int64_t* ints;
  const float* floats;
  const sinter_string* strings;
  const sinter_value* tensors;
} sinter_attr;

/* A compiled sub-graph: a branch, or the body of a loop. */
typedef struct sinter_program sinter_program;

typedef struct sinter_op_call {
  int32_t version; /* of the operator set that defined the operator: 13 for NonZero-13 */
  int32_t num_inputs;
  int32_t num_outputs;
  int32_t num_attrs;
  const sinter_attr* attrs;
  const sinter_value* const* inputs;     /* null where absent */
  sinter_value* const* outputs;          /* null where nobody wants it */
  const sinter_program* const* programs; /* the node's sub-graphs, in the order of its attributes */
  int32_t num_programs;
  const sinter_context* context;
  const char** message; /* to be set to a constant text when an error is returned */
} sinter_op_call;

typedef int32_t (*sinter_op)(const sinter_op_call* call);
/* Operators of other domains: SINTER_OP(ml_LabelEncoder) for ai.onnx.ml, msft_Foo for
 * com.microsoft. */
#define SINTER_OP(name) SINTER_HIDDEN int32_t sinter_op_##name(const sinter_op_call* call)

/* Returns `code` from an operator, with a reason. */
#define SINTER_FAIL(code, text) return (*call->message = (text), (code))
/* Goes on only if the expression is SINTER_OK. */
#define SINTER_TRY(expression)                                    \
  do {                                                            \
    const int32_t sinter_try_status = (expression);               \
    if (sinter_try_status != SINTER_OK) return sinter_try_status; \
  } while (0)

/* --- Attributes (attributes.c) --- */
const sinter_attr* sinter_find_attr(const sinter_op_call* call, const char* name); /* or null */
int64_t sinter_attr_int(const sinter_op_call* call, const char* name, int64_t otherwise);
float sinter_attr_float(const sinter_op_call* call, const char* name, float otherwise);
/* Whether the string attribute (or `otherwise`, where absent) is `text`. */
int sinter_attr_is(const sinter_op_call* call, const char* name, const char* text,
                   const char* otherwise);

/* --- Values (values.c) --- */
/* Makes `value` a tensor with room for its elements, not initialised; of strings, all empty.
 * ERRORS: SINTER_BAD_VALUE for a negative dimension, SINTER_NO_MEMORY. `dims` may be null if
 * rank is 0. */
int32_t sinter_make_tensor(const sinter_op_call* call, sinter_value* value, sinter_dtype dtype,
                           int32_t rank, const int64_t* dims);
/* A tensor of strings with room for `bytes` characters, at *text; the strings are then set to
 * point into it. */
int32_t sinter_make_strings(const sinter_op_call* call, sinter_value* value, int32_t rank,
                            const int64_t* dims, int64_t bytes, char** text);
/* A sequence of `count` items, all SINTER_NONE, to be filled. */
int32_t sinter_make_sequence(const sinter_op_call* call, sinter_value* value, int64_t count);
/* A map of no keys and values yet: items[0] and items[1] to be filled. */
int32_t sinter_make_map(const sinter_op_call* call, sinter_value* value);
/* `to` becomes the value that `from` is: without copying, if `from` is counted; a value of the
 * caller's (owner null) is copied. */
int32_t sinter_share(const sinter_op_call* call, sinter_value* to, const sinter_value* from);
/* As sinter_share(), for a tensor under another shape of as many elements. */
int32_t sinter_share_reshaped(const sinter_op_call* call, sinter_value* to,
                              const sinter_value* from, int32_t rank, const int64_t* dims);
/* Lets go; the value is SINTER_NONE afterwards. */
void sinter_release(const sinter_context* context, sinter_value* value);
/* Scratch memory, aligned; null if there is none. Must be freed. */
void* sinter_allocate(const sinter_context* context, uint64_t bytes);
void sinter_free(const sinter_context* context, void* block);

int64_t sinter_num_elements(const sinter_value* tensor);
/* Bytes an element takes in memory: 1 for those of 2, 4 and 6 bits, 16 for strings. */
int64_t sinter_element_size(sinter_dtype dtype);
/* Element i of a tensor of any integer type or bool. */
int64_t sinter_int_at(const sinter_value* tensor, int64_t i);
/* Element i of a tensor of any number type but complex, exactly. */
double sinter_number_at(const sinter_value* tensor, int64_t i);
/* Stores a number, rounded to nearest even (floats) or as C converts (integers). */
void sinter_set_number(const sinter_value* tensor, int64_t i, double number);
/* Negative axes count from the end. RETURNS: SINTER_BAD_VALUE if out of range. */
int32_t sinter_normalize_axis(const sinter_op_call* call, int64_t* axis, int64_t rank);

/* Copies a strided block: to[i...] = from[offset + sum(i * strides)] for all i below dims, in
 * elements of `size` bytes. Rows that are contiguous are copied at once. */
void sinter_gather_strided(void* to, const void* from, int64_t size, int32_t rank,
                           const int64_t* dims, const int64_t* strides);
void sinter_row_major(int32_t rank, const int64_t* dims, int64_t* strides);

int sinter_string_equal(const sinter_string* a, const sinter_string* b);
int sinter_string_compare(const sinter_string* a, const sinter_string* b); /* <0, 0, >0; bytes */

/* --- Sub-graphs (host_program.c) --- */
/* Runs a sub-graph. `inputs` are its formal inputs followed by the outer values that it uses, as
 * the node's operands have them; `outputs` are made SINTER_NONE and then set, to be released. */
int32_t sinter_invoke(const sinter_op_call* call, const sinter_program* program, int32_t num_inputs,
                      const sinter_value* const* inputs, int32_t num_outputs,
                      sinter_value* outputs);

/* --- C's own (memory.c); C++ has them from <string.h> --- */
#ifndef __cplusplus
void* memcpy(void* restrict_to, const void* restrict_from, size_t bytes);
void* memset(void* to, int value, size_t bytes);
void* memmove(void* to, const void* from, size_t bytes);
#endif

#ifdef __cplusplus
}
#endif

#endif /* SINTER_COMPILER_CORE_LIBRARY_LIBRARY_H_ */
