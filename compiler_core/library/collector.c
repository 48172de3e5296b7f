/* Joining what the iterations of a loop give. */
#include "compiler_core/library/collector.h"

#include "compiler_core/library/library.h"
#include "compiler_core/library/tensors.h"

/* A known number of iterations is made room for at once, but no more than this: it may be a bound
 * that the loop never comes near. */
#define MOST_AT_ONCE 1024

static int64_t next_capacity(const sinter_collector* collector, int64_t expected) {
  const int64_t twice = collector->capacity < 8 ? 8 : 2 * collector->capacity;
  if (expected <= collector->count) return twice;
  const int64_t least = collector->capacity == 0 ? MOST_AT_ONCE : twice;
  return expected < least ? expected : least;
}

/* Room for more tensors of the value's shape. */
static int32_t grow(const sinter_op_call* call, sinter_collector* collector,
                    const sinter_value* value, int64_t capacity) {
  int64_t dims[SINTER_MAX_RANK + 1];
  dims[0] = capacity;
  for (int32_t i = 0; i < value->rank; ++i) dims[1 + i] = value->dims[i];
  sinter_value larger;
  SINTER_TRY(sinter_make_tensor(call, &larger, value->dtype, value->rank + 1, dims));
  const int64_t bytes =
      collector->count * sinter_num_elements(value) * sinter_element_size(value->dtype);
  if (bytes > 0) memcpy(larger.data, collector->gathered.data, (size_t)bytes);
  sinter_release(call->context, &collector->gathered);
  collector->gathered = larger;
  return SINTER_OK;
}

static int32_t grow_sources(const sinter_op_call* call, sinter_collector* collector,
                            int64_t capacity) {
  sinter_value larger;
  SINTER_TRY(sinter_make_sequence(call, &larger, capacity));
  for (int64_t i = 0; i < collector->count; ++i) {
    larger.items[i] = collector->sources.items[i];
    collector->sources.items[i].kind = SINTER_NONE;
  }
  sinter_release(call->context, &collector->sources);
  collector->sources = larger;
  return SINTER_OK;
}

static int same_shape(const sinter_value* gathered, const sinter_value* value) {
  if (value->dtype != gathered->dtype || value->rank + 1 != gathered->rank) return 0;
  for (int32_t i = 0; i < value->rank; ++i) {
    if (value->dims[i] != gathered->dims[1 + i]) return 0;
  }
  return 1;
}

int32_t sinter_collect(const sinter_op_call* call, sinter_collector* collector,
                       const sinter_value* value, int64_t expected) {
  if (value->kind != SINTER_TENSOR) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "a scan output is no tensor");
  }
  if (collector->count > 0 && !same_shape(&collector->gathered, value)) {
    SINTER_FAIL(SINTER_BAD_VALUE, "a scan output changes its shape between iterations");
  }
  if (value->rank >= SINTER_MAX_RANK) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "a tensor has more than 32 dimensions");
  }
  if (collector->count == collector->capacity) {
    const int64_t capacity = next_capacity(collector, expected);
    SINTER_TRY(grow(call, collector, value, capacity));
    if (value->dtype == SINTER_STRING) SINTER_TRY(grow_sources(call, collector, capacity));
    collector->capacity = capacity;
  }
  if (value->dtype == SINTER_STRING) {
    SINTER_TRY(sinter_share(call, &collector->sources.items[collector->count], value));
    value = &collector->sources.items[collector->count];
  }
  const int64_t bytes = sinter_num_elements(value) * sinter_element_size(value->dtype);
  if (bytes > 0) {
    memcpy((char*)collector->gathered.data + collector->count * bytes, value->data, (size_t)bytes);
  }
  ++collector->count;
  return SINTER_OK;
}

/* What is known of a tensor that nothing was collected for. */
static int32_t make_empty(const sinter_op_call* call, sinter_value* out, int64_t axis) {
  int64_t dims[SINTER_MAX_RANK];
  const int32_t rank = out->rank < 1 ? 1 : out->rank;
  for (int32_t i = 0; i < rank; ++i) dims[i] = out->rank < 1 ? 0 : out->dims[i];
  if (out->rank < 1) axis = 0;
  SINTER_TRY(sinter_normalize_axis(call, &axis, rank));
  dims[axis] = 0;
  return sinter_make_tensor(call, out, out->dtype, rank, dims);
}

int32_t sinter_join_collected(const sinter_op_call* call, sinter_collector* collector,
                              sinter_value* out, int64_t axis, int reversed) {
  if (collector->count == 0) return make_empty(call, out, axis);
  sinter_value* from = &collector->gathered;
  from->dims[0] = collector->count;
  SINTER_TRY(sinter_normalize_axis(call, &axis, from->rank));
  if (axis == 0 && !reversed && from->dtype != SINTER_STRING) {
    *out = *from;
    from->kind = SINTER_NONE;
    return SINTER_OK;
  }
  int64_t own[SINTER_MAX_RANK], dims[SINTER_MAX_RANK], strides[SINTER_MAX_RANK];
  sinter_row_major(from->rank, from->dims, own);
  for (int32_t i = 0; i < from->rank; ++i) {
    const int32_t source = i == axis ? 0 : i < axis ? i + 1 : i;
    dims[i] = from->dims[source];
    strides[i] = i == axis && reversed ? -own[source] : own[source];
  }
  const int64_t offset = reversed ? (collector->count - 1) * own[0] : 0;
  return sinter_make_strided(call, out, from, offset, from->rank, dims, strides);
}

void sinter_drop_collected(const sinter_context* context, sinter_collector* collector) {
  sinter_release(context, &collector->gathered);
  sinter_release(context, &collector->sources);
  collector->count = 0;
  collector->capacity = 0;
}
