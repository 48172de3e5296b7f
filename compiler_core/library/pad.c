/* Pad, in all its modes, also by negative amounts, which crop. */
#include "compiler_core/library/tensors.h"

typedef struct padding {
  int64_t before[SINTER_MAX_RANK]; /* negative: cropped */
  int64_t after[SINTER_MAX_RANK];
  int64_t dims[SINTER_MAX_RANK]; /* of the result */
} padding;

static int32_t read_padding(const sinter_op_call* call, padding* p) {
  const sinter_value* data = call->inputs[0];
  sinter_ints pads, axes;
  SINTER_TRY(sinter_int_list(call, 1, call->version < 2 ? "paddings" : "pads", &pads));
  SINTER_TRY(sinter_int_list(call, 3, 0, &axes));
  for (int64_t i = 0; i < data->rank && !axes.present; ++i) axes.values[i] = i;
  axes.count = axes.present ? axes.count : data->rank;
  uint64_t mask;
  SINTER_TRY(sinter_axis_mask(call, &axes, data->rank, &mask));
  if (pads.count != 2 * axes.count) SINTER_FAIL(SINTER_BAD_VALUE, "not two pads for each axis");
  for (int32_t i = 0; i < data->rank; ++i) {
    p->before[i] = p->after[i] = 0;
    p->dims[i] = data->dims[i];
  }
  for (int64_t i = 0; i < axes.count; ++i) {
    const int64_t axis = axes.values[i] < 0 ? axes.values[i] + data->rank : axes.values[i];
    p->before[axis] = pads.values[i];
    p->after[axis] = pads.values[axes.count + i];
    if (__builtin_add_overflow(p->dims[axis], p->before[axis], &p->dims[axis]) ||
        __builtin_add_overflow(p->dims[axis], p->after[axis], &p->dims[axis])) {
      SINTER_FAIL(SINTER_NO_MEMORY, "a tensor would be larger than memory can be");
    }
    if (p->dims[axis] < 0) SINTER_FAIL(SINTER_BAD_VALUE, "more is cropped than there is");
  }
  return SINTER_OK;
}

static void pad_constant(const sinter_op_call* call, const padding* p, const void* element) {
  const sinter_value* data = call->inputs[0];
  const sinter_value* out = call->outputs[0];
  int64_t in[SINTER_MAX_RANK], to[SINTER_MAX_RANK], kept[SINTER_MAX_RANK];
  for (int32_t i = 0; i < data->rank; ++i) {
    in[i] = p->before[i] < 0 ? -p->before[i] : 0;
    to[i] = p->before[i] > 0 ? p->before[i] : 0;
    kept[i] = data->dims[i] - in[i] + (p->after[i] < 0 ? p->after[i] : 0);
  }
  sinter_fill(out, 0, sinter_num_elements(out), element);
  sinter_copy_box(out, to, data, in, kept);
}

typedef enum pad_mode { kEdge, kReflect, kWrap } pad_mode;

/* Where position i, which may lie outside, of [0, size) gets its element. */
static int64_t source_of(int64_t i, int64_t size, pad_mode mode) {
  if (mode == kEdge) return i < 0 ? 0 : i >= size ? size - 1 : i;
  const int64_t period = mode == kWrap ? size : size > 1 ? 2 * (size - 1) : 1;
  int64_t place = i % period;
  if (place < 0) place += period;
  return place < size ? place : period - place;
}

/* For each dimension one after the other, the offset in the data of every place in the result.
 * What is cropped away is not seen by the other end's padding. */
static int32_t map_places(const sinter_op_call* call, const padding* p, pad_mode mode,
                          int64_t* places) {
  const sinter_value* data = call->inputs[0];
  int64_t strides[SINTER_MAX_RANK];
  sinter_row_major(data->rank, data->dims, strides);
  for (int32_t i = 0; i < data->rank; ++i) {
    const int64_t cropped = p->before[i] < 0 ? -p->before[i] : 0;
    const int64_t size = data->dims[i] - cropped + (p->after[i] < 0 ? p->after[i] : 0);
    const int64_t before = p->before[i] > 0 ? p->before[i] : 0;
    if (size <= 0 && p->dims[i] > 0) {
      SINTER_FAIL(SINTER_BAD_VALUE, "there is nothing that could be repeated for padding");
    }
    for (int64_t k = 0; k < p->dims[i]; ++k) {
      *places++ = (cropped + source_of(k - before, size, mode)) * strides[i];
    }
  }
  return SINTER_OK;
}

/* Copies the elements, a row of the last dimension at a time. REQUIRES: rank > 0, not empty. */
static void copy_places(const sinter_value* out, const sinter_value* data, const int64_t* places) {
  const int32_t last = out->rank - 1;
  const int64_t width = out->dims[last];
  const int64_t rows = sinter_num_elements(out) / width;
  const int64_t size = sinter_element_size(out->dtype);
  const int64_t* row_places = places + sinter_sum(out->dims, last);
  char* to = out->data;
  for (int64_t row = 0; row < rows; ++row) {
    int64_t rest = row, offset = 0;
    const int64_t* end = row_places;
    for (int32_t i = last - 1; i >= 0; --i) {
      end -= out->dims[i];
      offset += end[rest % out->dims[i]];
      rest /= out->dims[i];
    }
    for (int64_t k = 0; k < width; ++k, to += size) {
      memcpy(to, sinter_element(data, offset + row_places[k]), (size_t)size);
    }
  }
}

static int32_t pad_from_data(const sinter_op_call* call, const padding* p, pad_mode mode) {
  const sinter_value* data = call->inputs[0];
  const sinter_value* out = call->outputs[0];
  const uint64_t count = (uint64_t)sinter_sum(out->dims, out->rank);
  int64_t* places = sinter_allocate(call->context, count * sizeof(int64_t));
  if (places == 0) SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory to work in");
  const int32_t status = map_places(call, p, mode, places);
  if (status == SINTER_OK) copy_places(out, data, places);
  sinter_free(call->context, places);
  return status;
}

SINTER_OP(Pad) {
  const sinter_value* data = call->inputs[0];
  padding p;
  SINTER_TRY(read_padding(call, &p));
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, data->dtype, data->rank, p.dims));
  if (out->data == 0) return SINTER_OK;
  if (sinter_attr_is(call, "mode", "constant", "constant")) {
    const sinter_value* given = sinter_input(call, 2);
    uint64_t element[2] = {0, 0};
    const sinter_value scalar = {.kind = SINTER_TENSOR, .dtype = data->dtype, .data = element};
    if (given != 0 && given->data != 0) {
      memcpy(element, given->data, (size_t)sinter_element_size(data->dtype));
    } else if (data->dtype != SINTER_STRING) {
      sinter_set_number(&scalar, 0, sinter_attr_float(call, "value", 0));
    }
    pad_constant(call, &p, element);
  } else if (data->rank == 0) {
    memcpy(out->data, data->data, (size_t)sinter_element_size(data->dtype));
  } else if (sinter_attr_is(call, "mode", "edge", "")) {
    SINTER_TRY(pad_from_data(call, &p, kEdge));
  } else if (sinter_attr_is(call, "mode", "reflect", "")) {
    SINTER_TRY(pad_from_data(call, &p, kReflect));
  } else if (sinter_attr_is(call, "mode", "wrap", "")) {
    SINTER_TRY(pad_from_data(call, &p, kWrap));
  } else {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "a mode of padding that is not known");
  }
  return sinter_own_strings(call, out);
}
