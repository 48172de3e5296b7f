#include "compiler_core/library/tensors.h"

#include "compiler_core/library/dtype.h"

const sinter_value* sinter_input(const sinter_op_call* call, int32_t i) {
  if (i < 0 || i >= call->num_inputs || call->inputs[i] == 0) return 0;
  return call->inputs[i]->kind == SINTER_NONE ? 0 : call->inputs[i];
}

int32_t sinter_int_list(const sinter_op_call* call, int32_t i, const char* name,
                        sinter_ints* list) {
  const sinter_value* input = sinter_input(call, i);
  const sinter_attr* attr = name == 0 ? 0 : sinter_find_attr(call, name);
  list->present = input != 0 || attr != 0;
  list->count = input != 0 ? sinter_num_elements(input) : attr != 0 ? attr->count : 0;
  if (list->count > SINTER_MAX_INTS) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "a list of more than 64 axes, sizes or steps");
  }
  for (int64_t k = 0; k < list->count; ++k) {
    list->values[k] = input != 0 ? sinter_int_at(input, k) : attr->ints[k];
  }
  return SINTER_OK;
}

int64_t sinter_int_or(const sinter_op_call* call, int32_t i, const char* name, int64_t otherwise) {
  const sinter_value* input = sinter_input(call, i);
  if (input != 0 && sinter_num_elements(input) > 0) return sinter_int_at(input, 0);
  return name == 0 ? otherwise : sinter_attr_int(call, name, otherwise);
}

int32_t sinter_need_numbers(const sinter_op_call* call, const sinter_value* tensor) {
  const sinter_dtype dtype = tensor->dtype;
  if (dtype == SINTER_STRING || dtype == SINTER_C64 || dtype == SINTER_C128) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "this operator on strings or complex numbers");
  }
  return SINTER_OK;
}

int32_t sinter_axis_mask(const sinter_op_call* call, const sinter_ints* axes, int64_t rank,
                         uint64_t* mask) {
  *mask = 0;
  for (int64_t i = 0; i < axes->count; ++i) {
    int64_t axis = axes->values[i];
    SINTER_TRY(sinter_normalize_axis(call, &axis, rank));
    if ((*mask >> axis) & 1) SINTER_FAIL(SINTER_BAD_VALUE, "an axis is named twice");
    *mask |= (uint64_t)1 << axis;
  }
  return SINTER_OK;
}

int64_t sinter_product(const int64_t* dims, int32_t begin, int32_t end) {
  int64_t product = 1;
  for (int32_t i = begin; i < end; ++i) product *= dims[i];
  return product;
}

int64_t sinter_sum(const int64_t* dims, int32_t count) {
  int64_t sum = 0;
  for (int32_t i = 0; i < count; ++i) sum += dims[i];
  return sum;
}

char* sinter_element(const sinter_value* tensor, int64_t i) {
  return (char*)tensor->data + i * sinter_element_size(tensor->dtype);
}

int32_t sinter_make_strided(const sinter_op_call* call, sinter_value* out, const sinter_value* from,
                            int64_t offset, int32_t rank, const int64_t* dims,
                            const int64_t* strides) {
  SINTER_TRY(sinter_make_tensor(call, out, from->dtype, rank, dims));
  if (out->data == 0) return SINTER_OK;
  const int64_t size = sinter_element_size(from->dtype);
  sinter_gather_strided(out->data, sinter_element(from, offset), size, rank, dims, strides);
  return sinter_own_strings(call, out);
}

static int64_t offset_of(const sinter_value* tensor, const int64_t* at) {
  int64_t offset = 0;
  for (int32_t i = 0; i < tensor->rank; ++i) offset = offset * tensor->dims[i] + at[i];
  return offset;
}

void sinter_copy_box(const sinter_value* to, const int64_t* to_at, const sinter_value* from,
                     const int64_t* from_at, const int64_t* extents) {
  for (int32_t i = 0; i < to->rank; ++i) {
    if (extents[i] <= 0) return;
  }
  /* Inner dimensions that the box covers whole are copied at once, and one more. */
  int32_t outer = to->rank;
  while (outer > 0 && extents[outer - 1] == to->dims[outer - 1] &&
         extents[outer - 1] == from->dims[outer - 1]) {
    --outer;
  }
  if (outer > 0) --outer;
  const int64_t run = sinter_product(extents, outer, to->rank);
  const int64_t rows = sinter_product(extents, 0, outer);
  const int64_t bytes = run * sinter_element_size(to->dtype);
  int64_t to_place[SINTER_MAX_RANK], from_place[SINTER_MAX_RANK];
  for (int32_t i = 0; i < to->rank; ++i) {
    to_place[i] = to_at[i];
    from_place[i] = from_at[i];
  }
  for (int64_t row = 0; row < rows; ++row) {
    int64_t rest = row;
    for (int32_t i = outer - 1; i >= 0; --i) {
      to_place[i] = to_at[i] + rest % extents[i];
      from_place[i] = from_at[i] + rest % extents[i];
      rest /= extents[i];
    }
    memcpy(sinter_element(to, offset_of(to, to_place)),
           sinter_element(from, offset_of(from, from_place)), (size_t)bytes);
  }
}

int32_t sinter_own_strings(const sinter_op_call* call, sinter_value* out) {
  if (out->dtype != SINTER_STRING || out->data == 0) return SINTER_OK;
  const sinter_string* from = out->data;
  const int64_t count = sinter_num_elements(out);
  int64_t bytes = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (__builtin_add_overflow(bytes, from[i].size, &bytes)) {
      SINTER_FAIL(SINTER_NO_MEMORY, "strings would be larger than memory can be");
    }
  }
  sinter_value owned;
  char* text;
  SINTER_TRY(sinter_make_strings(call, &owned, out->rank, out->dims, bytes, &text));
  sinter_string* to = owned.data;
  for (int64_t i = 0; i < count; ++i) {
    to[i].data = text;
    to[i].size = from[i].size;
    if (from[i].size > 0) memcpy(text, from[i].data, (size_t)from[i].size);
    text += from[i].size;
  }
  sinter_release(call->context, out);
  *out = owned;
  return SINTER_OK;
}

void sinter_fill(const sinter_value* tensor, int64_t begin, int64_t end, const void* element) {
  if (begin >= end) return;
  const int64_t size = sinter_element_size(tensor->dtype);
  char* to = sinter_element(tensor, begin);
  if (element == 0) {
    memset(to, 0, (size_t)((end - begin) * size));
    return;
  }
  const int64_t dims[1] = {end - begin}, strides[1] = {0};
  sinter_gather_strided(to, element, size, 1, dims, strides);
}
