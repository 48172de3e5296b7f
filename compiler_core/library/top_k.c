/* TopK: equal elements stay in the order of their index; NaN counts as greatest. */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/rows.h"
#include "compiler_core/library/tensors.h"

static int key_before(const void* items, int64_t a, int64_t b) {
  const uint64_t* keys = items;
  return keys[a] < keys[b];
}

/* Whether element a is to be had rather than b. */
static int better(const uint64_t* keys, int64_t a, int64_t b) {
  return keys[a] < keys[b] || (keys[a] == keys[b] && a < b);
}

/* Makes heap[at] the worst of its sub-tree. */
static void sift_down(const uint64_t* keys, int64_t* heap, int64_t count, int64_t at) {
  for (;;) {
    int64_t worst = at;
    for (int64_t child = 2 * at + 1; child <= 2 * at + 2 && child < count; ++child) {
      if (better(keys, heap[worst], heap[child])) worst = child;
    }
    if (worst == at) return;
    const int64_t swapped = heap[at];
    heap[at] = heap[worst];
    heap[worst] = swapped;
    at = worst;
  }
}

/* The k elements of least key, in order, at the start of `chosen`. */
static void choose(const uint64_t* keys, int64_t* chosen, int64_t* scratch, int64_t count,
                   int64_t k) {
  if (k > count / 8) {
    for (int64_t i = 0; i < count; ++i) chosen[i] = i;
    sinter_sort(chosen, scratch, count, key_before, keys);
    return;
  }
  /* A heap of the k best, the worst of them on top. */
  for (int64_t i = 0; i < k; ++i) chosen[i] = i;
  for (int64_t i = k / 2 - 1; i >= 0; --i) sift_down(keys, chosen, k, i);
  for (int64_t i = k; i < count && k > 0; ++i) {
    if (!better(keys, i, chosen[0])) continue;
    chosen[0] = i;
    sift_down(keys, chosen, k, 0);
  }
  /* Taken out worst first, each goes to the end of what is left. */
  for (int64_t left = k - 1; left > 0; --left) {
    const int64_t worst = chosen[0];
    chosen[0] = chosen[left];
    chosen[left] = worst;
    sift_down(keys, chosen, left, 0);
  }
}

static void run_lanes(const sinter_op_call* call, int64_t axis, int64_t k, uint64_t* keys,
                      int64_t* chosen, int64_t* scratch) {
  const sinter_value* data = call->inputs[0];
  const int largest = call->version < 11 || sinter_attr_int(call, "largest", 1) != 0;
  const int64_t count = data->dims[axis], size = sinter_element_size(data->dtype);
  const int64_t inner = sinter_product(data->dims, (int32_t)axis + 1, data->rank);
  const int64_t lanes = sinter_num_elements(data) / count;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    const int64_t from = lane / inner * count * inner + lane % inner;
    const int64_t to = lane / inner * k * inner + lane % inner;
    for (int64_t i = 0; i < count; ++i) {
      const uint64_t key = sinter_order_key(data, from + i * inner);
      keys[i] = largest ? ~key : key;
    }
    choose(keys, chosen, scratch, count, k);
    for (int64_t i = 0; i < k; ++i) {
      const int64_t place = to + i * inner;
      if (call->outputs[0] != 0) {
        memcpy(sinter_element(call->outputs[0], place),
               sinter_element(data, from + chosen[i] * inner), (size_t)size);
      }
      if (call->num_outputs > 1 && call->outputs[1] != 0) {
        ((int64_t*)call->outputs[1]->data)[place] = chosen[i];
      }
    }
  }
}

SINTER_OP(TopK) {
  const sinter_value* data = call->inputs[0];
  SINTER_TRY(sinter_need_numbers(call, data));
  int64_t axis = sinter_attr_int(call, "axis", -1);
  SINTER_TRY(sinter_normalize_axis(call, &axis, data->rank));
  const int64_t k = sinter_int_or(call, 1, "k", 0);
  if (k < 0 || k > data->dims[axis]) {
    SINTER_FAIL(SINTER_BAD_VALUE, "`k` is negative, or more than the elements along the axis");
  }
  int64_t dims[SINTER_MAX_RANK];
  for (int32_t i = 0; i < data->rank; ++i) dims[i] = i == axis ? k : data->dims[i];
  for (int32_t i = 0; i < call->num_outputs; ++i) {
    if (call->outputs[i] == 0) continue;
    const sinter_dtype dtype = i == 0 ? data->dtype : SINTER_I64;
    SINTER_TRY(sinter_make_tensor(call, call->outputs[i], dtype, data->rank, dims));
  }
  if (k == 0 || sinter_num_elements(data) == 0) return SINTER_OK;
  const int64_t count = data->dims[axis];
  uint64_t* scratch = sinter_allocate(call->context, (uint64_t)count * 3 * sizeof(uint64_t));
  if (scratch == 0) SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory to work in");
  run_lanes(call, axis, k, scratch, (int64_t*)scratch + count, (int64_t*)scratch + 2 * count);
  sinter_free(call->context, scratch);
  return SINTER_OK;
}
