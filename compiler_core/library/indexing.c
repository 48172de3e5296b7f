#include "compiler_core/library/indexing.h"

#include "compiler_core/library/tensors.h"

int32_t sinter_read_index(const sinter_op_call* call, const sinter_value* indices, int64_t i,
                          int64_t size, int64_t* index) {
  *index = sinter_int_at(indices, i);
  if (*index < 0) *index += size;
  if (*index < 0 || *index >= size) SINTER_FAIL(SINTER_BAD_INDEX, "an index is out of range");
  return SINTER_OK;
}

int32_t sinter_check_elements(const sinter_op_call* call, const sinter_value* data,
                              const sinter_value* indices, int64_t axis) {
  int fits = indices->rank == data->rank;
  for (int32_t i = 0; i < data->rank && fits; ++i) {
    fits = i == axis || indices->dims[i] <= data->dims[i];
  }
  if (!fits) SINTER_FAIL(SINTER_BAD_VALUE, "the indices are larger than the data");
  return SINTER_OK;
}

int32_t sinter_element_place(const sinter_op_call* call, const sinter_value* data,
                             const sinter_value* indices, int64_t axis, int64_t i, int64_t* place) {
  int64_t index, rest = i, stride = 1;
  SINTER_TRY(sinter_read_index(call, indices, i, data->dims[axis], &index));
  *place = 0;
  for (int32_t k = data->rank - 1; k >= 0; --k) {
    *place += (k == axis ? index : rest % indices->dims[k]) * stride;
    stride *= data->dims[k];
    rest /= indices->dims[k];
  }
  return SINTER_OK;
}

int32_t sinter_read_tuples(const sinter_op_call* call, const sinter_value* data,
                           const sinter_value* indices, int64_t batch_dims, sinter_tuples* t) {
  t->length = indices->rank > 0 ? indices->dims[indices->rank - 1] : 0;
  t->batch_dims = batch_dims;
  if (indices->rank == 0 || batch_dims < 0 || batch_dims >= indices->rank ||
      t->length > data->rank - batch_dims) {
    SINTER_FAIL(SINTER_BAD_VALUE, "the indices have more dimensions than the data");
  }
  for (int64_t i = 0; i < batch_dims; ++i) {
    if (indices->dims[i] != data->dims[i]) {
      SINTER_FAIL(SINTER_BAD_VALUE, "data and indices are not as many in each batch");
    }
  }
  t->count = sinter_product(indices->dims, 0, indices->rank - 1);
  t->batch = sinter_product(indices->dims, (int32_t)batch_dims, indices->rank - 1);
  t->slice = sinter_product(data->dims, (int32_t)(batch_dims + t->length), data->rank);
  return SINTER_OK;
}

int32_t sinter_tuple_place(const sinter_op_call* call, const sinter_value* data,
                           const sinter_value* indices, const sinter_tuples* t, int64_t i,
                           int64_t* place) {
  *place = t->batch_dims > 0 ? i / t->batch : 0;
  for (int64_t k = 0; k < t->length; ++k) {
    const int64_t size = data->dims[t->batch_dims + k];
    int64_t index;
    SINTER_TRY(sinter_read_index(call, indices, i * t->length + k, size, &index));
    *place = *place * size + index;
  }
  *place *= t->slice;
  return SINTER_OK;
}
