/* Operators that move elements of any type: strided views of their input, copied. */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/tensors.h"

SINTER_OP(Expand) {
  const sinter_value* data = call->inputs[0];
  sinter_ints shape;
  SINTER_TRY(sinter_int_list(call, 1, "shape", &shape));
  const int64_t rank = shape.count > data->rank ? shape.count : data->rank;
  if (rank > SINTER_MAX_RANK) SINTER_FAIL(SINTER_NOT_SUPPORTED, "more than 32 dimensions");
  int64_t own[SINTER_MAX_RANK], dims[SINTER_MAX_RANK], strides[SINTER_MAX_RANK];
  sinter_row_major(data->rank, data->dims, own);
  for (int64_t i = 0; i < rank; ++i) {
    const int64_t from = i - (rank - data->rank), to = i - (rank - shape.count);
    const int64_t dim = from < 0 ? 1 : data->dims[from];
    const int64_t asked = to < 0 ? 1 : shape.values[to];
    if (dim != asked && dim != 1 && asked != 1) {
      SINTER_FAIL(SINTER_BAD_VALUE, "a dimension can't be broadcast to the given shape");
    }
    dims[i] = dim == 1 ? asked : dim;
    strides[i] = dim == 1 ? 0 : own[from];
  }
  return sinter_make_strided(call, call->outputs[0], data, 0, (int32_t)rank, dims, strides);
}

/* How often each dimension is repeated. Version 1 repeats one: `tiles` times along `axis`. */
static int32_t read_repeats(const sinter_op_call* call, int64_t rank, sinter_ints* repeats) {
  SINTER_TRY(sinter_int_list(call, 1, "repeats", repeats));
  if (call->version < 6 && sinter_input(call, 2) != 0) {
    const int64_t tiles = sinter_int_or(call, 1, 0, 1);
    int64_t axis = sinter_int_or(call, 2, 0, 0);
    SINTER_TRY(sinter_normalize_axis(call, &axis, rank));
    repeats->count = rank;
    for (int64_t i = 0; i < rank; ++i) repeats->values[i] = i == axis ? tiles : 1;
  }
  if (repeats->count != rank) SINTER_FAIL(SINTER_BAD_VALUE, "not one repeat for each dimension");
  for (int64_t i = 0; i < rank; ++i) {
    if (repeats->values[i] < 0) SINTER_FAIL(SINTER_BAD_VALUE, "a repeat is negative");
  }
  return SINTER_OK;
}

SINTER_OP(Tile) {
  const sinter_value* data = call->inputs[0];
  sinter_ints repeats;
  SINTER_TRY(read_repeats(call, data->rank, &repeats));
  int64_t own[SINTER_MAX_RANK], dims[SINTER_MAX_RANK];
  int64_t walked[2 * SINTER_MAX_RANK], strides[2 * SINTER_MAX_RANK];
  sinter_row_major(data->rank, data->dims, own);
  for (int32_t i = 0; i < data->rank; ++i) {
    if (__builtin_mul_overflow(data->dims[i], repeats.values[i], &dims[i])) {
      SINTER_FAIL(SINTER_NO_MEMORY, "a tensor would be larger than memory can be");
    }
    walked[2 * i] = repeats.values[i];
    strides[2 * i] = 0;
    walked[2 * i + 1] = data->dims[i];
    strides[2 * i + 1] = own[i];
  }
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, data->dtype, data->rank, dims));
  if (out->data == 0) return SINTER_OK;
  sinter_gather_strided(out->data, data->data, sinter_element_size(data->dtype), 2 * data->rank,
                        walked, strides);
  return sinter_own_strings(call, out);
}

static int64_t clamp(int64_t value, int64_t least, int64_t most) {
  return value < least ? least : value > most ? most : value;
}

/* One dimension's part, from `start` on. RETURNS: how many elements it has. */
static int64_t slice_dim(int64_t size, int64_t* start, int64_t end, int64_t step) {
  const int64_t least = step > 0 ? 0 : -1, most = step > 0 ? size : size - 1;
  if (*start < 0) *start = *start < -size ? 0 : *start + size;
  *start = clamp(*start, 0, most);
  if (end < 0) end = end < -size ? least : end + size;
  end = clamp(end, least, most);
  const uint64_t stride = step > 0 ? (uint64_t)step : (uint64_t)0 - (uint64_t)step;
  const int64_t span = step > 0 ? end - *start : *start - end;
  return span <= 0 ? 0 : (int64_t)(((uint64_t)span - 1) / stride) + 1;
}

SINTER_OP(Slice) {
  const sinter_value* data = call->inputs[0];
  sinter_ints starts, ends, axes, steps;
  SINTER_TRY(sinter_int_list(call, 1, "starts", &starts));
  SINTER_TRY(sinter_int_list(call, 2, "ends", &ends));
  SINTER_TRY(sinter_int_list(call, 3, "axes", &axes));
  SINTER_TRY(sinter_int_list(call, 4, "steps", &steps));
  for (int64_t i = 0; i < starts.count && !axes.present; ++i) axes.values[i] = i;
  axes.count = axes.present ? axes.count : starts.count;
  if (ends.count != starts.count || axes.count != starts.count ||
      (steps.present && steps.count != starts.count)) {
    SINTER_FAIL(SINTER_BAD_VALUE, "starts, ends, axes and steps are not as many");
  }
  uint64_t mask;
  SINTER_TRY(sinter_axis_mask(call, &axes, data->rank, &mask));
  int64_t dims[SINTER_MAX_RANK], strides[SINTER_MAX_RANK], offset = 0;
  sinter_row_major(data->rank, data->dims, strides);
  for (int32_t i = 0; i < data->rank; ++i) dims[i] = data->dims[i];
  for (int64_t i = 0; i < starts.count; ++i) {
    const int64_t axis = axes.values[i] < 0 ? axes.values[i] + data->rank : axes.values[i];
    const int64_t step = steps.present ? steps.values[i] : 1;
    if (step == 0) SINTER_FAIL(SINTER_BAD_VALUE, "a step is 0");
    int64_t start = starts.values[i];
    dims[axis] = slice_dim(data->dims[axis], &start, ends.values[i], step);
    if (dims[axis] > 0) offset += start * strides[axis];
    /* A step beyond the dimension takes one element; its stride is not used then. */
    strides[axis] = dims[axis] > 1 ? strides[axis] * step : 0;
  }
  return sinter_make_strided(call, call->outputs[0], data, offset, data->rank, dims, strides);
}

SINTER_OP(Transpose) {
  const sinter_value* data = call->inputs[0];
  const sinter_attr* perm = sinter_find_attr(call, "perm");
  if (perm != 0 && perm->count != data->rank) {
    SINTER_FAIL(SINTER_BAD_VALUE, "`perm` does not name every dimension");
  }
  int64_t own[SINTER_MAX_RANK], dims[SINTER_MAX_RANK], strides[SINTER_MAX_RANK];
  sinter_row_major(data->rank, data->dims, own);
  uint64_t seen = 0;
  for (int32_t i = 0; i < data->rank; ++i) {
    int64_t from = perm != 0 ? perm->ints[i] : data->rank - 1 - i;
    SINTER_TRY(sinter_normalize_axis(call, &from, data->rank));
    if ((seen >> from) & 1) SINTER_FAIL(SINTER_BAD_VALUE, "an axis is named twice");
    seen |= (uint64_t)1 << from;
    dims[i] = data->dims[from];
    strides[i] = own[from];
  }
  return sinter_make_strided(call, call->outputs[0], data, 0, data->rank, dims, strides);
}

/* Elements at j >= i + k of the last two dimensions (i, j) stay (or at j <= i + k, if not upper).
 */
SINTER_OP(Trilu) {
  const sinter_value* data = call->inputs[0];
  const int upper = sinter_attr_int(call, "upper", 1) != 0;
  const int64_t k = sinter_int_or(call, 1, 0, 0);
  if (data->rank < 2) SINTER_FAIL(SINTER_BAD_VALUE, "the data is no matrix");
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, data->dtype, data->rank, data->dims));
  if (out->data == 0) return SINTER_OK;
  const int64_t height = data->dims[data->rank - 2], width = data->dims[data->rank - 1];
  const int64_t rows = sinter_num_elements(data) / width;
  memcpy(out->data, data->data,
         (size_t)(sinter_num_elements(data) * sinter_element_size(data->dtype)));
  for (int64_t row = 0; row < rows; ++row) {
    int64_t diagonal;
    if (__builtin_add_overflow(row % height, k, &diagonal)) diagonal = k < 0 ? -1 : width;
    if (!upper && diagonal < width) ++diagonal;
    const int64_t cut = diagonal < 0 ? 0 : diagonal > width ? width : diagonal;
    if (upper) {
      sinter_fill(out, row * width, row * width + cut, 0);
    } else {
      sinter_fill(out, row * width + cut, (row + 1) * width, 0);
    }
  }
  return sinter_own_strings(call, out);
}

SINTER_OP(CenterCropPad) {
  const sinter_value* data = call->inputs[0];
  sinter_ints sizes, axes;
  SINTER_TRY(sinter_int_list(call, 1, 0, &sizes));
  SINTER_TRY(sinter_int_list(call, -1, "axes", &axes));
  for (int64_t i = 0; i < data->rank && !axes.present; ++i) axes.values[i] = i;
  axes.count = axes.present ? axes.count : data->rank;
  uint64_t mask;
  SINTER_TRY(sinter_axis_mask(call, &axes, data->rank, &mask));
  if (sizes.count != axes.count) SINTER_FAIL(SINTER_BAD_VALUE, "not one size for each axis");
  int64_t dims[SINTER_MAX_RANK], kept[SINTER_MAX_RANK], in[SINTER_MAX_RANK],
      out_at[SINTER_MAX_RANK];
  for (int32_t i = 0; i < data->rank; ++i) {
    dims[i] = kept[i] = data->dims[i];
    in[i] = out_at[i] = 0;
  }
  for (int64_t i = 0; i < axes.count; ++i) {
    const int64_t axis = axes.values[i] < 0 ? axes.values[i] + data->rank : axes.values[i];
    const int64_t size = sizes.values[i], whole = data->dims[axis];
    if (size < 0) SINTER_FAIL(SINTER_BAD_VALUE, "a size is negative");
    dims[axis] = size;
    kept[axis] = size < whole ? size : whole;
    in[axis] = size < whole ? (whole - size) / 2 : 0;
    out_at[axis] = size > whole ? (size - whole) / 2 : 0;
  }
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, data->dtype, data->rank, dims));
  if (out->data == 0) return SINTER_OK;
  sinter_fill(out, 0, sinter_num_elements(out), 0);
  sinter_copy_box(out, out_at, data, in, kept);
  return sinter_own_strings(call, out);
}
