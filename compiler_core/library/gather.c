/* Gather, GatherElements, GatherND, ReverseSequence and Where: elements of any type, chosen by
 * indices or a condition. */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/indexing.h"
#include "compiler_core/library/tensors.h"

SINTER_OP(Gather) {
  const sinter_value* data = call->inputs[0];
  const sinter_value* indices = call->inputs[1];
  int64_t axis = sinter_attr_int(call, "axis", 0);
  SINTER_TRY(sinter_normalize_axis(call, &axis, data->rank));
  const int32_t rank = data->rank - 1 + indices->rank;
  if (rank > SINTER_MAX_RANK) SINTER_FAIL(SINTER_NOT_SUPPORTED, "more than 32 dimensions");
  int64_t dims[2 * SINTER_MAX_RANK];
  int32_t to = 0;
  for (int32_t i = 0; i < axis; ++i) dims[to++] = data->dims[i];
  for (int32_t i = 0; i < indices->rank; ++i) dims[to++] = indices->dims[i];
  for (int32_t i = (int32_t)axis + 1; i < data->rank; ++i) dims[to++] = data->dims[i];
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, data->dtype, rank, dims));
  if (out->data == 0) return SINTER_OK;
  const int64_t inner = sinter_product(data->dims, (int32_t)axis + 1, data->rank);
  const int64_t outer = sinter_product(data->dims, 0, (int32_t)axis);
  const int64_t count = sinter_num_elements(indices);
  const int64_t bytes = inner * sinter_element_size(data->dtype);
  char* place = out->data;
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t i = 0; i < count; ++i, place += bytes) {
      int64_t index;
      SINTER_TRY(sinter_read_index(call, indices, i, data->dims[axis], &index));
      memcpy(place, sinter_element(data, (o * data->dims[axis] + index) * inner), (size_t)bytes);
    }
  }
  return sinter_own_strings(call, out);
}

SINTER_OP(GatherElements) {
  const sinter_value* data = call->inputs[0];
  const sinter_value* indices = call->inputs[1];
  int64_t axis = sinter_attr_int(call, "axis", 0);
  SINTER_TRY(sinter_normalize_axis(call, &axis, data->rank));
  SINTER_TRY(sinter_check_elements(call, data, indices, axis));
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, data->dtype, data->rank, indices->dims));
  const int64_t count = sinter_num_elements(out), size = sinter_element_size(data->dtype);
  for (int64_t i = 0; i < count; ++i) {
    int64_t from;
    SINTER_TRY(sinter_element_place(call, data, indices, axis, i, &from));
    memcpy(sinter_element(out, i), sinter_element(data, from), (size_t)size);
  }
  return sinter_own_strings(call, out);
}

SINTER_OP(GatherND) {
  const sinter_value* data = call->inputs[0];
  const sinter_value* indices = call->inputs[1];
  const int64_t batch_dims = sinter_attr_int(call, "batch_dims", 0);
  sinter_tuples t;
  SINTER_TRY(sinter_read_tuples(call, data, indices, batch_dims, &t));
  const int32_t rank = indices->rank - 1 + data->rank - (int32_t)(batch_dims + t.length);
  if (rank > SINTER_MAX_RANK) SINTER_FAIL(SINTER_NOT_SUPPORTED, "more than 32 dimensions");
  int64_t dims[2 * SINTER_MAX_RANK];
  int32_t to = 0;
  for (int32_t i = 0; i < indices->rank - 1; ++i) dims[to++] = indices->dims[i];
  for (int32_t i = (int32_t)(batch_dims + t.length); i < data->rank; ++i) {
    dims[to++] = data->dims[i];
  }
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, data->dtype, rank, dims));
  if (out->data == 0) return SINTER_OK;
  const int64_t bytes = t.slice * sinter_element_size(data->dtype);
  for (int64_t i = 0; i < t.count; ++i) {
    int64_t from;
    SINTER_TRY(sinter_tuple_place(call, data, indices, &t, i, &from));
    memcpy((char*)out->data + i * bytes, sinter_element(data, from), (size_t)bytes);
  }
  return sinter_own_strings(call, out);
}

/* The first `lengths[batch]` slices of each batch come in reverse. */
SINTER_OP(ReverseSequence) {
  const sinter_value* data = call->inputs[0];
  const sinter_value* lengths = call->inputs[1];
  const int64_t batch_axis = sinter_attr_int(call, "batch_axis", 1);
  const int64_t time_axis = sinter_attr_int(call, "time_axis", 0);
  if (data->rank < 2 || batch_axis + time_axis != 1 || batch_axis < 0 || batch_axis > 1) {
    SINTER_FAIL(SINTER_BAD_VALUE, "time and batch are not the first two axes");
  }
  const int64_t times = data->dims[time_axis], batches = data->dims[batch_axis];
  if (sinter_num_elements(lengths) != batches) {
    SINTER_FAIL(SINTER_BAD_VALUE, "there is not one length for each batch");
  }
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, data->dtype, data->rank, data->dims));
  if (out->data == 0) return SINTER_OK;
  const int64_t inner = sinter_product(data->dims, 2, data->rank);
  const int64_t time_stride = time_axis == 0 ? batches : 1;
  const int64_t batch_stride = time_axis == 0 ? 1 : times;
  const int64_t bytes = inner * sinter_element_size(data->dtype);
  for (int64_t batch = 0; batch < batches; ++batch) {
    const int64_t length = sinter_int_at(lengths, batch);
    if (length < 0 || length > times) {
      SINTER_FAIL(SINTER_BAD_VALUE, "a sequence's length is out of range");
    }
    for (int64_t time = 0; time < times; ++time) {
      const int64_t source = time < length ? length - 1 - time : time;
      const int64_t to = time * time_stride + batch * batch_stride;
      const int64_t from = source * time_stride + batch * batch_stride;
      memcpy(sinter_element(out, to * inner), sinter_element(data, from * inner), (size_t)bytes);
    }
  }
  return sinter_own_strings(call, out);
}

/* The strides with which an operand is read as a tensor of `rank` dimensions. */
static int32_t broadcast(const sinter_op_call* call, const sinter_value* from, int32_t rank,
                         int64_t* dims, int64_t* strides) {
  int64_t own[SINTER_MAX_RANK];
  sinter_row_major(from->rank, from->dims, own);
  for (int32_t i = 0; i < rank; ++i) {
    const int32_t at = i - (rank - from->rank);
    const int64_t dim = at < 0 ? 1 : from->dims[at];
    if (dim != 1 && dims[i] != 1 && dim != dims[i]) {
      SINTER_FAIL(SINTER_BAD_VALUE, "the operands can't be broadcast to one shape");
    }
    if (dim != 1) dims[i] = dim;
    strides[i] = dim == 1 ? 0 : own[at];
  }
  return SINTER_OK;
}

SINTER_OP(Where) {
  int64_t dims[SINTER_MAX_RANK], strides[3][SINTER_MAX_RANK];
  int32_t rank = 0;
  for (int32_t k = 0; k < 3; ++k) {
    if (call->inputs[k]->rank > rank) rank = call->inputs[k]->rank;
  }
  for (int32_t i = 0; i < rank; ++i) dims[i] = 1;
  for (int32_t k = 0; k < 3; ++k) {
    SINTER_TRY(broadcast(call, call->inputs[k], rank, dims, strides[k]));
  }
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, call->inputs[1]->dtype, rank, dims));
  const int64_t count = sinter_num_elements(out), size = sinter_element_size(out->dtype);
  for (int64_t i = 0; i < count; ++i) {
    int64_t rest = i, places[3] = {0, 0, 0};
    for (int32_t axis = rank - 1; axis >= 0; --axis) {
      for (int32_t k = 0; k < 3; ++k) places[k] += rest % dims[axis] * strides[k][axis];
      rest /= dims[axis];
    }
    const int chosen = ((const uint8_t*)call->inputs[0]->data)[places[0]] != 0 ? 1 : 2;
    memcpy(sinter_element(out, i), sinter_element(call->inputs[chosen], places[chosen]),
           (size_t)size);
  }
  return sinter_own_strings(call, out);
}
