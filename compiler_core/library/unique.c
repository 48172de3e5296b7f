/* Unique: elements, or slices along an axis, each once. NaNs are equal to each other. */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/rows.h"
#include "compiler_core/library/tensors.h"

/* The data as slices: slice i has the elements (o, i, k) of [outer, count, inner]. */
typedef struct slices {
  const sinter_value* data;
  const uint64_t* keys; /* that order the elements; null for strings */
  int64_t outer;
  int64_t count;
  int64_t inner;
} slices;

static int compare_elements(const slices* s, int64_t a, int64_t b) {
  if (s->keys != 0) return s->keys[a] < s->keys[b] ? -1 : s->keys[a] > s->keys[b];
  const sinter_string* strings = s->data->data;
  return sinter_string_compare(&strings[a], &strings[b]);
}

static int compare_slices(const slices* s, int64_t a, int64_t b) {
  for (int64_t o = 0; o < s->outer; ++o) {
    const int64_t row = o * s->count;
    for (int64_t k = 0; k < s->inner; ++k) {
      const int order = compare_elements(s, (row + a) * s->inner + k, (row + b) * s->inner + k);
      if (order != 0) return order;
    }
  }
  return 0;
}

static int slice_before(const void* items, int64_t a, int64_t b) {
  return compare_slices(items, a, b) < 0;
}

static int first_before(const void* items, int64_t a, int64_t b) {
  const int64_t* firsts = items;
  return firsts[a] < firsts[b];
}

/* Scratch arrays, each with room for `count` numbers. */
typedef struct groups {
  int64_t total;   /* how many slices differ */
  int64_t* order;  /* the groups in the order of the result */
  int64_t* first;  /* of each group: its first slice */
  int64_t* size;   /* of each group */
  int64_t* member; /* of each slice: its group */
  int64_t* place;  /* of each group: where it is in the result */
} groups;

/* Groups are numbered in ascending order. */
static void find_groups(const slices* s, int sorted, groups* g, int64_t* scratch) {
  int64_t* slice = g->order;
  for (int64_t i = 0; i < s->count; ++i) slice[i] = i;
  sinter_sort(slice, scratch, s->count, slice_before, s);
  g->total = 0;
  for (int64_t i = 0; i < s->count; ++i) {
    if (i == 0 || compare_slices(s, slice[i - 1], slice[i]) != 0) {
      g->first[g->total] = slice[i];
      g->size[g->total++] = 0;
    }
    ++g->size[g->total - 1];
    g->member[slice[i]] = g->total - 1;
  }
  for (int64_t i = 0; i < g->total; ++i) g->order[i] = i;
  if (!sorted) sinter_sort(g->order, scratch, g->total, first_before, g->first);
  for (int64_t i = 0; i < g->total; ++i) g->place[g->order[i]] = i;
}

static int32_t put_slices(const sinter_op_call* call, const slices* s, const groups* g, int flat,
                          int64_t axis) {
  sinter_value* out = call->outputs[0];
  int64_t dims[SINTER_MAX_RANK];
  for (int32_t i = 0; i < s->data->rank && !flat; ++i) dims[i] = s->data->dims[i];
  dims[axis] = g->total;
  SINTER_TRY(sinter_make_tensor(call, out, s->data->dtype, flat ? 1 : s->data->rank, dims));
  if (out->data == 0) return SINTER_OK;
  const int64_t bytes = s->inner * sinter_element_size(out->dtype);
  char* to = out->data;
  for (int64_t o = 0; o < s->outer; ++o) {
    for (int64_t i = 0; i < g->total; ++i, to += bytes) {
      const int64_t from = (o * s->count + g->first[g->order[i]]) * s->inner;
      memcpy(to, sinter_element(s->data, from), (size_t)bytes);
    }
  }
  return sinter_own_strings(call, out);
}

static int32_t put_numbers(const sinter_op_call* call, const slices* s, const groups* g) {
  for (int32_t i = 1; i < call->num_outputs; ++i) {
    sinter_value* out = call->outputs[i];
    if (out == 0) continue;
    const int64_t count = i == 2 ? s->count : g->total;
    SINTER_TRY(sinter_make_tensor(call, out, SINTER_I64, 1, &count));
    int64_t* to = out->data;
    for (int64_t k = 0; k < count; ++k) {
      to[k] = i == 1   ? g->first[g->order[k]]
              : i == 2 ? g->place[g->member[k]]
                       : g->size[g->order[k]];
    }
  }
  return SINTER_OK;
}

SINTER_OP(Unique) {
  const sinter_value* data = call->inputs[0];
  if (data->dtype == SINTER_C64 || data->dtype == SINTER_C128) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "complex numbers have no order");
  }
  const int flat = sinter_find_attr(call, "axis") == 0;
  int64_t axis = sinter_attr_int(call, "axis", 0);
  if (!flat) SINTER_TRY(sinter_normalize_axis(call, &axis, data->rank));
  const int64_t elements = sinter_num_elements(data);
  slices s = {data, 0, 1, elements, 1};
  if (!flat) {
    s.outer = sinter_product(data->dims, 0, (int32_t)axis);
    s.count = data->dims[axis];
    s.inner = sinter_product(data->dims, (int32_t)axis + 1, data->rank);
  }
  const int has_keys = data->dtype != SINTER_STRING;
  const uint64_t words = (uint64_t)s.count * 6 + (has_keys ? (uint64_t)elements : 0);
  int64_t* work = (uint64_t)s.count > ((uint64_t)1 << 58)
                      ? 0
                      : sinter_allocate(call->context, words * sizeof(int64_t));
  if (work == 0) SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory to work in");
  groups g = {0, work, work + s.count, work + 2 * s.count, work + 3 * s.count, work + 4 * s.count};
  if (has_keys) {
    uint64_t* keys = (uint64_t*)work + 6 * s.count;
    for (int64_t i = 0; i < elements; ++i) keys[i] = sinter_order_key(data, i);
    s.keys = keys;
  }
  find_groups(&s, sinter_attr_int(call, "sorted", 1) != 0, &g, work + 5 * s.count);
  int32_t status = SINTER_OK;
  if (call->outputs[0] != 0) status = put_slices(call, &s, &g, flat, axis);
  if (status == SINTER_OK) status = put_numbers(call, &s, &g);
  sinter_free(call->context, work);
  return status;
}
