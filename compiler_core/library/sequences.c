/* Sequences: made, taken apart, and cut from or joined to tensors. */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/library.h"
#include "compiler_core/library/text.h"

/* Reads a position that counts from the end if negative; `bound` is the greatest plus one. */
static int32_t read_position(const sinter_op_call* call, const sinter_value* position,
                             int64_t count, int64_t bound, int64_t* at) {
  *at = sinter_int_at(position, 0);
  if (*at < 0) *at += count;
  if (*at < 0 || *at >= bound) SINTER_FAIL(SINTER_BAD_VALUE, "position outside of the sequence");
  return SINTER_OK;
}

/* Shares items [begin, end) of a sequence into another, from `at` on. */
static int32_t share_items(const sinter_op_call* call, sinter_value* to, int64_t at,
                           const sinter_value* from, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; ++i) {
    SINTER_TRY(sinter_share(call, &to->items[at + i - begin], &from->items[i]));
  }
  return SINTER_OK;
}

SINTER_OP(SequenceEmpty) { return sinter_make_sequence(call, call->outputs[0], 0); }

SINTER_OP(SequenceConstruct) {
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_sequence(call, out, call->num_inputs));
  for (int32_t i = 0; i < call->num_inputs; ++i) {
    SINTER_TRY(sinter_share(call, &out->items[i], call->inputs[i]));
  }
  return SINTER_OK;
}

SINTER_OP(SequenceInsert) {
  const sinter_value* from = call->inputs[0];
  const sinter_value* position = call->num_inputs > 2 ? call->inputs[2] : 0;
  int64_t at = from->count;
  if (position) SINTER_TRY(read_position(call, position, from->count, from->count + 1, &at));
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_sequence(call, out, from->count + 1));
  SINTER_TRY(share_items(call, out, 0, from, 0, at));
  SINTER_TRY(sinter_share(call, &out->items[at], call->inputs[1]));
  return share_items(call, out, at + 1, from, at, from->count);
}

SINTER_OP(SequenceErase) {
  const sinter_value* from = call->inputs[0];
  const sinter_value* position = call->num_inputs > 1 ? call->inputs[1] : 0;
  int64_t at = from->count - 1;
  if (position) SINTER_TRY(read_position(call, position, from->count, from->count, &at));
  if (at < 0) SINTER_FAIL(SINTER_BAD_VALUE, "nothing to erase from an empty sequence");
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_sequence(call, out, from->count - 1));
  SINTER_TRY(share_items(call, out, 0, from, 0, at));
  return share_items(call, out, at, from, at + 1, from->count);
}

SINTER_OP(SequenceAt) {
  const sinter_value* from = call->inputs[0];
  int64_t at = 0;
  SINTER_TRY(read_position(call, call->inputs[1], from->count, from->count, &at));
  return sinter_share(call, call->outputs[0], &from->items[at]);
}

SINTER_OP(SequenceLength) {
  SINTER_TRY(sinter_make_tensor(call, call->outputs[0], SINTER_I64, 0, 0));
  *(int64_t*)call->outputs[0]->data = call->inputs[0]->count;
  return SINTER_OK;
}

/* Makes `to` the part [begin, begin + length) of `from` along `axis`, which is dropped from the
 * shape unless `keep_axis`. */
static int32_t cut(const sinter_op_call* call, sinter_value* to, const sinter_value* from,
                   int64_t axis, int64_t begin, int64_t length, int keep_axis) {
  int64_t dims[SINTER_MAX_RANK];
  int64_t strides[SINTER_MAX_RANK];
  int64_t out_dims[SINTER_MAX_RANK];
  int32_t out_rank = 0;
  sinter_row_major(from->rank, from->dims, strides);
  for (int32_t d = 0; d < from->rank; ++d) {
    dims[d] = d == axis ? length : from->dims[d];
    if (d != axis || keep_axis) out_dims[out_rank++] = dims[d];
  }
  const int64_t size = sinter_element_size(from->dtype);
  const char* start = from->data;
  if (start) start += begin * strides[axis] * size;
  if (from->dtype != SINTER_STRING) {
    SINTER_TRY(sinter_make_tensor(call, to, from->dtype, out_rank, out_dims));
    if (to->data) sinter_gather_strided(to->data, start, size, from->rank, dims, strides);
    return SINTER_OK;
  }
  int64_t count = 1;
  for (int32_t d = 0; d < from->rank; ++d) count *= dims[d];
  sinter_string* strings = sinter_allocate(call->context, (uint64_t)count * sizeof(sinter_string));
  if (!strings) SINTER_FAIL(SINTER_NO_MEMORY, "no memory for the parts of a tensor");
  if (count > 0) sinter_gather_strided(strings, start, size, from->rank, dims, strides);
  const int32_t status = sinter_copy_strings(call, to, out_rank, out_dims, strings);
  sinter_free(call->context, strings);
  return status;
}

/* How many parts there are, and how long each is (the last, where `rest` is left over). */
typedef struct parts {
  int64_t count;
  int64_t chunk;               /* 0: lengths say */
  const sinter_value* lengths; /* null: chunks */
} parts;

static int32_t plan_parts(const sinter_op_call* call, const sinter_value* split, int64_t length,
                          parts* plan) {
  if (!split || split->rank == 0) {
    plan->lengths = 0;
    plan->chunk = split ? sinter_int_at(split, 0) : 1;
    if (plan->chunk <= 0) SINTER_FAIL(SINTER_BAD_VALUE, "parts must have a positive length");
    plan->count = length / plan->chunk + (length % plan->chunk != 0);
    return SINTER_OK;
  }
  plan->lengths = split;
  plan->chunk = 0;
  plan->count = sinter_num_elements(split);
  int64_t rest = length;
  for (int64_t i = 0; i < plan->count; ++i) {
    const int64_t part = sinter_int_at(split, i);
    if (part < 0 || part > rest) SINTER_FAIL(SINTER_BAD_VALUE, "parts don't fill the dimension");
    rest -= part;
  }
  if (rest != 0) SINTER_FAIL(SINTER_BAD_VALUE, "parts don't fill the dimension");
  return SINTER_OK;
}

SINTER_OP(SplitToSequence) {
  const sinter_value* from = call->inputs[0];
  const sinter_value* split = call->num_inputs > 1 ? call->inputs[1] : 0;
  int64_t axis = sinter_attr_int(call, "axis", 0);
  SINTER_TRY(sinter_normalize_axis(call, &axis, from->rank));
  const int64_t length = from->dims[axis];
  const int keep_axis = split || sinter_attr_int(call, "keepdims", 1) != 0;
  parts plan;
  SINTER_TRY(plan_parts(call, split, length, &plan));
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_sequence(call, out, plan.count));
  int64_t begin = 0;
  for (int64_t i = 0; i < plan.count; ++i) {
    int64_t part = plan.lengths ? sinter_int_at(plan.lengths, i) : plan.chunk;
    if (part > length - begin) part = length - begin;
    SINTER_TRY(cut(call, &out->items[i], from, axis, begin, part, keep_axis));
    begin += part;
  }
  return SINTER_OK;
}

/* Checks that all items have the first one's type and, but for `axis`, its shape; adds up the
 * lengths along `axis`. Where a new axis is made, `axis` is -1. */
static int32_t join_length(const sinter_op_call* call, const sinter_value* sequence, int64_t axis,
                           int64_t* length) {
  const sinter_value* first = &sequence->items[0];
  *length = 0;
  for (int64_t i = 0; i < sequence->count; ++i) {
    const sinter_value* item = &sequence->items[i];
    int same =
        item->kind == SINTER_TENSOR && item->dtype == first->dtype && item->rank == first->rank;
    for (int32_t d = 0; same && d < first->rank; ++d) {
      same = d == axis || item->dims[d] == first->dims[d];
    }
    if (!same) SINTER_FAIL(SINTER_BAD_VALUE, "items of the sequence don't fit together");
    *length += axis < 0 ? 1 : item->dims[axis];
  }
  return SINTER_OK;
}

/* Copies the items side by side: `outer` rows, of each item its share. */
static void join(char* to, const sinter_value* sequence, int64_t outer, int64_t size) {
  for (int64_t row = 0; row < outer; ++row) {
    for (int64_t i = 0; i < sequence->count; ++i) {
      const sinter_value* item = &sequence->items[i];
      const int64_t bytes = sinter_num_elements(item) / outer * size;
      if (bytes > 0) memcpy(to, (const char*)item->data + row * bytes, (size_t)bytes);
      to += bytes;
    }
  }
}

SINTER_OP(ConcatFromSequence) {
  const sinter_value* from = call->inputs[0];
  if (from->count == 0) SINTER_FAIL(SINTER_BAD_VALUE, "nothing to concatenate: empty sequence");
  const sinter_value* first = &from->items[0];
  const int new_axis = sinter_attr_int(call, "new_axis", 0) != 0;
  int64_t axis = sinter_attr_int(call, "axis", 0);
  SINTER_TRY(sinter_normalize_axis(call, &axis, first->rank + new_axis));
  if (first->rank + new_axis > SINTER_MAX_RANK) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "tensors of more than 32 dimensions");
  }
  int64_t dims[SINTER_MAX_RANK];
  int64_t outer = 1;
  int64_t length = 0;
  SINTER_TRY(join_length(call, from, new_axis ? -1 : axis, &length));
  const int32_t rank = first->rank + new_axis;
  for (int32_t d = 0; d < rank; ++d) {
    dims[d] = d == axis ? length : first->dims[d - (new_axis && d > axis)];
    if (d < axis) outer *= dims[d];
  }
  sinter_value* out = call->outputs[0];
  if (first->dtype != SINTER_STRING) {
    SINTER_TRY(sinter_make_tensor(call, out, first->dtype, rank, dims));
    if (outer > 0 && out->data) join(out->data, from, outer, sinter_element_size(out->dtype));
    return SINTER_OK;
  }
  int64_t count = 1;
  for (int32_t d = 0; d < rank; ++d) count *= dims[d];
  sinter_string* strings = sinter_allocate(call->context, (uint64_t)count * sizeof(sinter_string));
  if (!strings) SINTER_FAIL(SINTER_NO_MEMORY, "no memory for the joined strings");
  if (outer > 0) join((char*)strings, from, outer, sizeof(sinter_string));
  const int32_t status = sinter_copy_strings(call, out, rank, dims, strings);
  sinter_free(call->context, strings);
  return status;
}
