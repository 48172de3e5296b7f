/* Operators that make a tensor out of a shape or a few numbers. */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/math.h"
#include "compiler_core/library/rows.h"
#include "compiler_core/library/small_floats.h"
#include "compiler_core/library/tensors.h"

SINTER_OP(ConstantOfShape) {
  const sinter_attr* value = sinter_find_attr(call, "value");
  const sinter_value* element = value != 0 && value->tensors != 0 ? &value->tensors[0] : 0;
  const sinter_dtype dtype = element != 0 ? element->dtype : SINTER_F32;
  sinter_ints shape;
  SINTER_TRY(sinter_int_list(call, 0, 0, &shape));
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, dtype, (int32_t)shape.count, shape.values));
  if (out->data == 0) return SINTER_OK;
  sinter_fill(out, 0, sinter_num_elements(out), element != 0 ? element->data : 0);
  return sinter_own_strings(call, out);
}

static int32_t range_of_ints(const sinter_op_call* call) {
  const int64_t start = sinter_int_at(call->inputs[0], 0);
  const int64_t limit = sinter_int_at(call->inputs[1], 0);
  const int64_t step = sinter_int_at(call->inputs[2], 0);
  if (step == 0) SINTER_FAIL(SINTER_BAD_VALUE, "the step is 0");
  const uint64_t span =
      step > 0 ? (uint64_t)limit - (uint64_t)start : (uint64_t)start - (uint64_t)limit;
  const uint64_t stride = step > 0 ? (uint64_t)step : 0 - (uint64_t)step;
  const int any = step > 0 ? start < limit : start > limit;
  const uint64_t count = any ? (span - 1) / stride + 1 : 0;
  const int64_t dims[1] = {count > INT64_MAX ? INT64_MAX : (int64_t)count};
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, call->inputs[0]->dtype, 1, dims));
  for (int64_t i = 0; i < dims[0]; ++i) {
    sinter_set_int(out, i, (int64_t)((uint64_t)start + (uint64_t)i * (uint64_t)step));
  }
  return SINTER_OK;
}

SINTER_OP(Range) {
  if (!sinter_is_float(call->inputs[0]->dtype)) return range_of_ints(call);
  const double start = sinter_number_at(call->inputs[0], 0);
  const double limit = sinter_number_at(call->inputs[1], 0);
  const double step = sinter_number_at(call->inputs[2], 0);
  const double count = sinter_ceil((limit - start) / step);
  if (step == 0 || count != count) SINTER_FAIL(SINTER_BAD_VALUE, "the step is 0, or no number");
  if (count > 0x1p60) SINTER_FAIL(SINTER_NO_MEMORY, "a tensor would be larger than memory can be");
  const int64_t dims[1] = {count > 0 ? (int64_t)count : 0};
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, call->inputs[0]->dtype, 1, dims));
  for (int64_t i = 0; i < dims[0]; ++i) sinter_set_number(out, i, start + (double)i * step);
  return SINTER_OK;
}

/* The place of the one that index i names among `depth`; -1: of none. */
static int64_t hot_place(const sinter_op_call* call, int64_t i, int64_t depth) {
  const sinter_value* indices = call->inputs[0];
  int64_t place;
  if (sinter_is_float(indices->dtype)) {
    const double number = sinter_number_at(indices, i);
    if (!(sinter_abs(number) < 0x1p62)) return -1;
    place = (int64_t)number;
  } else {
    place = sinter_int_at(indices, i);
    if (indices->dtype == SINTER_U64 && place < 0) return -1;
  }
  /* Before version 11 negative ones were out of range. */
  if (place < 0 && call->version >= 11) place += depth;
  return place >= 0 && place < depth ? place : -1;
}

SINTER_OP(OneHot) {
  const sinter_value* indices = call->inputs[0];
  const sinter_value* values = call->inputs[2];
  const double asked = sinter_number_at(call->inputs[1], 0);
  if (!(asked >= 0 && asked < 0x1p60)) SINTER_FAIL(SINTER_BAD_VALUE, "the depth is negative");
  const int64_t depth = (int64_t)asked;
  if (sinter_num_elements(values) != 2) {
    SINTER_FAIL(SINTER_BAD_VALUE, "there are not two values, for off and on");
  }
  int64_t axis = sinter_attr_int(call, "axis", -1);
  SINTER_TRY(sinter_normalize_axis(call, &axis, (int64_t)indices->rank + 1));
  if (indices->rank >= SINTER_MAX_RANK)
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "more than 32 dimensions");
  int64_t dims[SINTER_MAX_RANK];
  for (int32_t i = 0; i <= indices->rank; ++i) {
    dims[i] = i < axis ? indices->dims[i] : i == axis ? depth : indices->dims[i - 1];
  }
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, values->dtype, indices->rank + 1, dims));
  if (out->data == 0) return SINTER_OK;
  sinter_fill(out, 0, sinter_num_elements(out), sinter_element(values, 0));
  const int64_t inner = sinter_product(indices->dims, (int32_t)axis, indices->rank);
  const int64_t count = sinter_num_elements(indices);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t place = hot_place(call, i, depth);
    if (place < 0) continue;
    const int64_t to = (i / inner * depth + place) * inner + i % inner;
    sinter_fill(out, to, to + 1, sinter_element(values, 1));
  }
  return sinter_own_strings(call, out);
}

SINTER_OP(EyeLike) {
  const sinter_value* like = call->inputs[0];
  if (like->rank != 2) SINTER_FAIL(SINTER_BAD_VALUE, "the data is no matrix");
  const int64_t k = sinter_attr_int(call, "k", 0);
  const sinter_dtype dtype = (sinter_dtype)sinter_attr_int(call, "dtype", like->dtype);
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, dtype, 2, like->dims));
  if (out->data == 0) return SINTER_OK;
  sinter_fill(out, 0, sinter_num_elements(out), 0);
  for (int64_t row = 0; row < like->dims[0]; ++row) {
    int64_t column;
    if (__builtin_add_overflow(row, k, &column)) continue;
    if (column < 0 || column >= like->dims[1]) continue;
    sinter_set_number(out, row * like->dims[1] + column, 1);
  }
  return SINTER_OK;
}
