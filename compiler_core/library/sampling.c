/* MaxUnpool, whose result may be larger than what the indices count in, and AffineGrid. */
#include "compiler_core/library/tensors.h"

/* The shape that the pooled tensor had: what the indices count in. */
static int32_t unpooled_dims(const sinter_op_call* call, int64_t* dims) {
  const sinter_value* data = call->inputs[0];
  const sinter_attr* kernel = sinter_find_attr(call, "kernel_shape");
  const sinter_attr* pads = sinter_find_attr(call, "pads");
  const sinter_attr* strides = sinter_find_attr(call, "strides");
  const int64_t spatial = data->rank - 2;
  if (spatial < 1 || kernel == 0 || kernel->count != spatial ||
      (strides != 0 && strides->count != spatial) || (pads != 0 && pads->count != 2 * spatial)) {
    SINTER_FAIL(SINTER_BAD_VALUE, "kernel, strides or pads are not as many as the dimensions");
  }
  dims[0] = data->dims[0];
  dims[1] = data->dims[1];
  for (int64_t i = 0; i < spatial; ++i) {
    const int64_t stride = strides != 0 ? strides->ints[i] : 1;
    const int64_t both_pads = pads != 0 ? pads->ints[i] + pads->ints[spatial + i] : 0;
    if (__builtin_mul_overflow(data->dims[2 + i] - 1, stride, &dims[2 + i]) ||
        __builtin_add_overflow(dims[2 + i], kernel->ints[i] - both_pads, &dims[2 + i])) {
      SINTER_FAIL(SINTER_NO_MEMORY, "a tensor would be larger than memory can be");
    }
    if (dims[2 + i] < 0) SINTER_FAIL(SINTER_BAD_VALUE, "a dimension is negative");
  }
  return SINTER_OK;
}

/* Moves a flat index from one shape to another. RETURNS: -1 if it lies outside. */
static int64_t moved_index(int64_t index, int32_t rank, const int64_t* from, const int64_t* to) {
  int64_t place = 0, stride = 1;
  for (int32_t i = rank - 1; i >= 0; --i) {
    if (from[i] == 0) return -1;
    const int64_t at = index % from[i];
    if (at >= to[i]) return -1;
    place += at * stride;
    stride *= to[i];
    index /= from[i];
  }
  return index == 0 ? place : -1;
}

SINTER_OP(MaxUnpool) {
  const sinter_value* data = call->inputs[0];
  const sinter_value* indices = call->inputs[1];
  int64_t dims[SINTER_MAX_RANK];
  SINTER_TRY(unpooled_dims(call, dims));
  sinter_ints shape;
  SINTER_TRY(sinter_int_list(call, 2, 0, &shape));
  if (shape.present && shape.count != data->rank) {
    SINTER_FAIL(SINTER_BAD_VALUE, "`output_shape` has another rank than the data");
  }
  const int64_t count = sinter_num_elements(data);
  if (sinter_num_elements(indices) != count) {
    SINTER_FAIL(SINTER_BAD_VALUE, "there is not one index for each element");
  }
  sinter_value* out = call->outputs[0];
  SINTER_TRY(
      sinter_make_tensor(call, out, data->dtype, data->rank, shape.present ? shape.values : dims));
  if (out->data != 0) sinter_fill(out, 0, sinter_num_elements(out), 0);
  const int64_t size = sinter_element_size(data->dtype);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t index = sinter_int_at(indices, i);
    const int64_t place = index < 0 ? -1 : moved_index(index, data->rank, dims, out->dims);
    if (place < 0) SINTER_FAIL(SINTER_BAD_INDEX, "an index lies outside of the result");
    memcpy(sinter_element(out, place), sinter_element(data, i), (size_t)size);
  }
  return SINTER_OK;
}

/* Place i of `size` that go from -1 to 1: at their centers, or at the ends. */
static double grid_place(int64_t i, int64_t size, int align_corners) {
  if (!align_corners) return (double)(2 * i + 1) / (double)size - 1;
  return size == 1 ? -1 : (double)(2 * i) / (double)(size - 1) - 1;
}

/* One point of the grid: x comes first, though the last dimension is the one it walks. */
static void set_point(const sinter_value* out, const sinter_value* theta, int64_t batch,
                      int64_t point, int32_t spatial, const double* places) {
  for (int32_t row = 0; row < spatial; ++row) {
    const int64_t first = (batch * spatial + row) * (spatial + 1);
    double sum = sinter_number_at(theta, first + spatial);
    for (int32_t i = 0; i < spatial; ++i) {
      sum += sinter_number_at(theta, first + i) * places[spatial - 1 - i];
    }
    sinter_set_number(out, point * spatial + row, sum);
  }
}

SINTER_OP(AffineGrid) {
  const sinter_value* theta = call->inputs[0];
  const int align_corners = sinter_attr_int(call, "align_corners", 0) != 0;
  sinter_ints size;
  SINTER_TRY(sinter_int_list(call, 1, 0, &size));
  const int32_t spatial = (int32_t)size.count - 2;
  if ((spatial != 2 && spatial != 3) || theta->rank != 3 || theta->dims[1] != spatial ||
      theta->dims[2] != spatial + 1 || theta->dims[0] != size.values[0]) {
    SINTER_FAIL(SINTER_BAD_VALUE, "the size does not fit the matrices");
  }
  int64_t dims[5] = {size.values[0]};
  for (int32_t i = 0; i < spatial; ++i) dims[1 + i] = size.values[2 + i];
  dims[1 + spatial] = spatial;
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, theta->dtype, spatial + 2, dims));
  const int64_t points = sinter_num_elements(out) / spatial;
  for (int64_t point = 0; point < points; ++point) {
    int64_t rest = point;
    double places[3];
    for (int32_t i = spatial - 1; i >= 0; --i) {
      places[i] = grid_place(rest % dims[1 + i], dims[1 + i], align_corners);
      rest /= dims[1 + i];
    }
    set_point(out, theta, rest, point, spatial, places);
  }
  return SINTER_OK;
}
