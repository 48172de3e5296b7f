/* Operators whose result is as large as the data says: Compress and NonZero. */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/small_floats.h"
#include "compiler_core/library/tensors.h"

static int32_t count_chosen(const sinter_op_call* call, const uint8_t* chosen, int64_t count,
                            int64_t limit, int64_t* total) {
  *total = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (chosen[i] == 0) continue;
    if (i >= limit) SINTER_FAIL(SINTER_BAD_INDEX, "the condition chooses what the data lacks");
    ++*total;
  }
  return SINTER_OK;
}

SINTER_OP(Compress) {
  const sinter_value* data = call->inputs[0];
  const sinter_value* condition = call->inputs[1];
  const int flat = sinter_find_attr(call, "axis") == 0;
  int64_t axis = sinter_attr_int(call, "axis", 0);
  if (!flat) SINTER_TRY(sinter_normalize_axis(call, &axis, data->rank));
  const int64_t whole = flat ? sinter_num_elements(data) : data->dims[axis];
  const int64_t inner = flat ? 1 : sinter_product(data->dims, (int32_t)axis + 1, data->rank);
  const int64_t outer = flat ? 1 : sinter_product(data->dims, 0, (int32_t)axis);
  const uint8_t* chosen = condition->data;
  const int64_t count = sinter_num_elements(condition);
  int64_t dims[SINTER_MAX_RANK], total;
  SINTER_TRY(count_chosen(call, chosen, count, whole, &total));
  for (int32_t i = 0; i < data->rank && !flat; ++i) dims[i] = data->dims[i];
  dims[axis] = total;
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, data->dtype, flat ? 1 : data->rank, dims));
  if (out->data == 0) return SINTER_OK;
  const int64_t bytes = inner * sinter_element_size(data->dtype);
  char* to = out->data;
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t i = 0; i < count; ++i) {
      if (chosen[i] == 0) continue;
      memcpy(to, sinter_element(data, (o * whole + i) * inner), (size_t)bytes);
      to += bytes;
    }
  }
  return sinter_own_strings(call, out);
}

static int is_zero(const sinter_value* tensor, int64_t i) {
  switch (tensor->dtype) {
    case SINTER_STRING:
      return ((const sinter_string*)tensor->data)[i].size == 0;
    case SINTER_C64: {
      const float* parts = (const float*)tensor->data + 2 * i;
      return parts[0] == 0 && parts[1] == 0;
    }
    case SINTER_C128: {
      const double* parts = (const double*)tensor->data + 2 * i;
      return parts[0] == 0 && parts[1] == 0;
    }
    default:
      return sinter_is_float(tensor->dtype) ? sinter_number_at(tensor, i) == 0
                                            : sinter_int_at(tensor, i) == 0;
  }
}

/* A scalar has no index: its result has no rows, but as many columns. */
SINTER_OP(NonZero) {
  const sinter_value* data = call->inputs[0];
  const int64_t count = sinter_num_elements(data);
  int64_t found = 0;
  for (int64_t i = 0; i < count; ++i) found += !is_zero(data, i);
  const int64_t dims[2] = {data->rank, found};
  SINTER_TRY(sinter_make_tensor(call, call->outputs[0], SINTER_I64, 2, dims));
  int64_t* places = call->outputs[0]->data;
  if (places == 0) return SINTER_OK;
  for (int64_t i = 0, column = 0; i < count; ++i) {
    if (is_zero(data, i)) continue;
    int64_t rest = i;
    for (int32_t axis = data->rank - 1; axis >= 0; --axis) {
      places[axis * found + column] = rest % data->dims[axis];
      rest /= data->dims[axis];
    }
    ++column;
  }
  return SINTER_OK;
}
