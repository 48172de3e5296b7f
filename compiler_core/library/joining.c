/* Split and Concat: parts of a tensor along one axis. */
#include "compiler_core/library/tensors.h"

static int32_t equal_sizes(const sinter_op_call* call, int64_t whole, int64_t* sizes) {
  const int64_t parts = sinter_attr_int(call, "num_outputs", call->num_outputs);
  if (parts != call->num_outputs) SINTER_FAIL(SINTER_BAD_VALUE, "another number of outputs");
  const int64_t each = (whole + parts - 1) / parts;
  const int64_t last = whole - each * (parts - 1);
  if (last < 0 || (call->version < 18 && last != each)) {
    SINTER_FAIL(SINTER_BAD_VALUE, "the dimension can't be split into that many parts");
  }
  for (int64_t i = 0; i < parts; ++i) sizes[i] = i + 1 < parts ? each : last;
  return SINTER_OK;
}

static int32_t given_sizes(const sinter_op_call* call, int64_t whole, int64_t* sizes) {
  const sinter_value* input = sinter_input(call, 1);
  const sinter_attr* attr = sinter_find_attr(call, "split");
  const int64_t count = input != 0 ? sinter_num_elements(input) : attr->count;
  if (count != call->num_outputs) SINTER_FAIL(SINTER_BAD_VALUE, "not one size for each output");
  int64_t left = whole;
  for (int64_t i = 0; i < count; ++i) {
    sizes[i] = input != 0 ? sinter_int_at(input, i) : attr->ints[i];
    if (sizes[i] < 0 || sizes[i] > left) {
      SINTER_FAIL(SINTER_BAD_VALUE, "the sizes do not add up to the dimension");
    }
    left -= sizes[i];
  }
  if (left != 0) SINTER_FAIL(SINTER_BAD_VALUE, "the sizes do not add up to the dimension");
  return SINTER_OK;
}

static int32_t split(const sinter_op_call* call, int64_t axis, int64_t* sizes) {
  const sinter_value* data = call->inputs[0];
  const int64_t whole = data->dims[axis];
  if (sinter_input(call, 1) != 0 || sinter_find_attr(call, "split") != 0) {
    SINTER_TRY(given_sizes(call, whole, sizes));
  } else {
    SINTER_TRY(equal_sizes(call, whole, sizes));
  }
  int64_t dims[SINTER_MAX_RANK], strides[SINTER_MAX_RANK], offset = 0;
  sinter_row_major(data->rank, data->dims, strides);
  for (int32_t i = 0; i < data->rank; ++i) dims[i] = data->dims[i];
  for (int32_t i = 0; i < call->num_outputs; ++i) {
    dims[axis] = sizes[i];
    if (call->outputs[i] != 0) {
      SINTER_TRY(
          sinter_make_strided(call, call->outputs[i], data, offset, data->rank, dims, strides));
    }
    offset += sizes[i] * strides[axis];
  }
  return SINTER_OK;
}

SINTER_OP(Split) {
  int64_t axis = sinter_attr_int(call, "axis", 0);
  SINTER_TRY(sinter_normalize_axis(call, &axis, call->inputs[0]->rank));
  const uint64_t bytes = (uint64_t)call->num_outputs * sizeof(int64_t);
  int64_t* sizes = sinter_allocate(call->context, bytes);
  if (sizes == 0) SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory to work in");
  const int32_t status = split(call, axis, sizes);
  sinter_free(call->context, sizes);
  return status;
}

SINTER_OP(Concat) {
  const sinter_value* first = call->inputs[0];
  int64_t axis = sinter_attr_int(call, "axis", 1);
  SINTER_TRY(sinter_normalize_axis(call, &axis, first->rank));
  int64_t dims[SINTER_MAX_RANK];
  for (int32_t i = 0; i < first->rank; ++i) dims[i] = first->dims[i];
  dims[axis] = 0;
  for (int32_t k = 0; k < call->num_inputs; ++k) {
    const sinter_value* part = call->inputs[k];
    int fits = part->rank == first->rank;
    for (int32_t i = 0; i < first->rank && fits; ++i) {
      fits = i == axis || part->dims[i] == first->dims[i];
    }
    if (!fits) SINTER_FAIL(SINTER_BAD_VALUE, "the shapes differ in more than the axis");
    if (__builtin_add_overflow(dims[axis], part->dims[axis], &dims[axis])) {
      SINTER_FAIL(SINTER_NO_MEMORY, "a tensor would be larger than memory can be");
    }
  }
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, first->dtype, first->rank, dims));
  if (out->data == 0) return SINTER_OK;
  int64_t at[SINTER_MAX_RANK] = {0};
  const int64_t zeros[SINTER_MAX_RANK] = {0};
  for (int32_t k = 0; k < call->num_inputs; ++k) {
    sinter_copy_box(out, at, call->inputs[k], zeros, call->inputs[k]->dims);
    at[axis] += call->inputs[k]->dims[axis];
  }
  return sinter_own_strings(call, out);
}
