/* Making, sharing and releasing values. */
#include "compiler_core/library/block.h"
#include "compiler_core/library/library.h"

const sinter_block sinter_constant_block = {-1, 0};

/* Sums and products of sizes below this can't overflow. */
#define MAX_BYTES ((uint64_t)1 << 62)

void* sinter_allocate(const sinter_context* context, uint64_t bytes) {
  if (bytes >= MAX_BYTES) return 0;
  return context->allocate(context->memory, bytes == 0 ? 1 : bytes);
}

void sinter_free(const sinter_context* context, void* block) {
  if (block != 0) context->release(context->memory, block);
}

sinter_block* sinter_new_block(const sinter_context* context, uint64_t bytes) {
  if (bytes >= MAX_BYTES) return 0;
  sinter_block* block = sinter_allocate(context, SINTER_ALIGNMENT + bytes);
  if (block == 0) return 0;
  block->refs = 1;
  block->bytes = bytes;
  return block;
}

void* sinter_block_contents(sinter_block* block) { return (char*)block + SINTER_ALIGNMENT; }

static sinter_block* owner_of(const sinter_value* value) { return value->owner; }

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

/* The product of the dimensions, if it can be one of a tensor of such elements. */
static int32_t count_elements(const sinter_op_call* call, int32_t rank, const int64_t* dims,
                              int64_t element_size, int64_t* count) {
  if (rank < 0 || rank > SINTER_MAX_RANK) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "a tensor has more than 32 dimensions");
  }
  int empty = 0;
  for (int32_t i = 0; i < rank; ++i) {
    if (dims[i] < 0) SINTER_FAIL(SINTER_BAD_VALUE, "a dimension is negative");
    empty |= dims[i] == 0;
  }
  *count = empty ? 0 : 1;
  for (int32_t i = 0; i < rank && !empty; ++i) {
    if (__builtin_mul_overflow(*count, dims[i], count) ||
        (uint64_t)*count > MAX_BYTES / (uint64_t)element_size) {
      SINTER_FAIL(SINTER_NO_MEMORY, "a tensor would be larger than memory can be");
    }
  }
  return SINTER_OK;
}

static void set_tensor(sinter_value* value, sinter_dtype dtype, int32_t rank, const int64_t* dims) {
  set_none(value);
  value->kind = SINTER_TENSOR;
  value->dtype = dtype;
  value->rank = rank;
  for (int32_t i = 0; i < rank; ++i) value->dims[i] = dims[i];
  value->owner = (void*)&sinter_constant_block;
}

/* A tensor with `extra` bytes behind its elements. */
static int32_t make_tensor(const sinter_op_call* call, sinter_value* value, sinter_dtype dtype,
                           int32_t rank, const int64_t* dims, uint64_t extra) {
  const int64_t size = sinter_element_size(dtype);
  int64_t count;
  SINTER_TRY(count_elements(call, rank, dims, size, &count));
  sinter_block* block = 0;
  if (count > 0) {
    const uint64_t bytes = (uint64_t)count * (uint64_t)size;
    block = extra >= MAX_BYTES ? 0 : sinter_new_block(call->context, bytes + extra);
    if (block == 0) SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory for a tensor");
  }
  set_tensor(value, dtype, rank, dims);
  if (block == 0) return SINTER_OK;
  value->data = sinter_block_contents(block);
  value->owner = block;
  if (dtype == SINTER_STRING) memset(value->data, 0, (size_t)(count * size));
  return SINTER_OK;
}

int32_t sinter_make_tensor(const sinter_op_call* call, sinter_value* value, sinter_dtype dtype,
                           int32_t rank, const int64_t* dims) {
  return make_tensor(call, value, dtype, rank, dims, 0);
}

int32_t sinter_make_strings(const sinter_op_call* call, sinter_value* value, int32_t rank,
                            const int64_t* dims, int64_t bytes, char** text) {
  *text = 0;
  SINTER_TRY(make_tensor(call, value, SINTER_STRING, rank, dims, bytes < 0 ? 0 : (uint64_t)bytes));
  if (value->data != 0) {
    *text = (char*)value->data + sinter_num_elements(value) * (int64_t)sizeof(sinter_string);
  }
  return SINTER_OK;
}

static int32_t make_items(const sinter_op_call* call, sinter_value* value, int32_t kind,
                          int64_t count) {
  if (count < 0) SINTER_FAIL(SINTER_BAD_VALUE, "a sequence has a negative length");
  sinter_block* block = 0;
  if (count > 0) {
    const uint64_t limit = MAX_BYTES / sizeof(sinter_value);
    if ((uint64_t)count < limit) {
      block = sinter_new_block(call->context, (uint64_t)count * sizeof(sinter_value));
    }
    if (block == 0) SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory for a sequence");
  }
  set_none(value);
  value->kind = kind;
  value->count = count;
  value->owner = block == 0 ? (void*)&sinter_constant_block : block;
  value->items = block == 0 ? 0 : sinter_block_contents(block);
  for (int64_t i = 0; i < count; ++i) set_none(&value->items[i]);
  return SINTER_OK;
}

int32_t sinter_make_sequence(const sinter_op_call* call, sinter_value* value, int64_t count) {
  return make_items(call, value, SINTER_SEQUENCE, count);
}

int32_t sinter_make_map(const sinter_op_call* call, sinter_value* value) {
  return make_items(call, value, SINTER_MAP, 2);
}

static int32_t copy_strings(const sinter_op_call* call, sinter_value* to,
                            const sinter_value* from) {
  const sinter_string* strings = from->data;
  const int64_t count = sinter_num_elements(from);
  int64_t bytes = 0;
  for (int64_t i = 0; i < count; ++i) bytes += strings[i].size;
  char* text;
  SINTER_TRY(sinter_make_strings(call, to, from->rank, from->dims, bytes, &text));
  sinter_string* copies = to->data;
  for (int64_t i = 0; i < count; ++i) {
    copies[i].data = text;
    copies[i].size = strings[i].size;
    memcpy(text, strings[i].data, (size_t)strings[i].size);
    text += strings[i].size;
  }
  return SINTER_OK;
}

/* A copy of what the caller owns. Recursion ends: it goes as deep as the value's type is nested. */
static int32_t copy_value(const sinter_op_call* call, sinter_value* to, const sinter_value* from) {
  if (from->kind == SINTER_TENSOR && from->dtype == SINTER_STRING) {
    return copy_strings(call, to, from);
  }
  if (from->kind == SINTER_TENSOR) {
    SINTER_TRY(sinter_make_tensor(call, to, from->dtype, from->rank, from->dims));
    const int64_t bytes = sinter_num_elements(from) * sinter_element_size(from->dtype);
    if (bytes > 0) memcpy(to->data, from->data, (size_t)bytes);
    return SINTER_OK;
  }
  const int64_t count = from->kind == SINTER_MAP ? 2 : from->count;
  SINTER_TRY(make_items(call, to, from->kind, count));
  for (int64_t i = 0; i < count; ++i) {
    SINTER_TRY(sinter_share(call, &to->items[i], &from->items[i]));
  }
  return SINTER_OK;
}

int32_t sinter_share(const sinter_op_call* call, sinter_value* to, const sinter_value* from) {
  if (from->kind == SINTER_NONE) {
    set_none(to);
    return SINTER_OK;
  }
  sinter_block* block = owner_of(from);
  if (block == 0) return copy_value(call, to, from);
  if (block->refs >= 0) ++block->refs;
  *to = *from;
  return SINTER_OK;
}

int32_t sinter_share_reshaped(const sinter_op_call* call, sinter_value* to,
                              const sinter_value* from, int32_t rank, const int64_t* dims) {
  int64_t count;
  SINTER_TRY(count_elements(call, rank, dims, sinter_element_size(from->dtype), &count));
  if (count != sinter_num_elements(from)) {
    SINTER_FAIL(SINTER_BAD_VALUE, "the new shape has another number of elements");
  }
  SINTER_TRY(sinter_share(call, to, from));
  to->rank = rank;
  for (int32_t i = 0; i < rank; ++i) to->dims[i] = dims[i];
  return SINTER_OK;
}

void sinter_release(const sinter_context* context, sinter_value* value) {
  sinter_block* block = owner_of(value);
  if (value->kind != SINTER_NONE && block != 0 && block->refs >= 0 && --block->refs == 0) {
    for (int64_t i = 0; i < value->count; ++i) sinter_release(context, &value->items[i]);
    sinter_free(context, block);
  }
  set_none(value);
}
