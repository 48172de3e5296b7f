/* Operators that give a tensor another shape, or tell the one it has. */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/tensors.h"

SINTER_OP(Identity) { return sinter_share(call, call->outputs[0], call->inputs[0]); }

/* The dimension that is -1 gets what the others leave. */
static int32_t infer_dim(const sinter_op_call* call, sinter_ints* shape, int64_t unknown,
                         int64_t elements) {
  int64_t others = 1;
  for (int64_t i = 0; i < shape->count; ++i) {
    if (i != unknown && __builtin_mul_overflow(others, shape->values[i], &others)) {
      SINTER_FAIL(SINTER_BAD_VALUE, "the new shape has another number of elements");
    }
  }
  if (others == 0) SINTER_FAIL(SINTER_BAD_VALUE, "-1 beside a dimension of 0 may mean any size");
  if (elements % others != 0) {
    SINTER_FAIL(SINTER_BAD_VALUE, "the new shape has another number of elements");
  }
  shape->values[unknown] = elements / others;
  return SINTER_OK;
}

SINTER_OP(Reshape) {
  const sinter_value* data = call->inputs[0];
  const int zero_is_zero = sinter_attr_int(call, "allowzero", 0) != 0;
  sinter_ints shape;
  SINTER_TRY(sinter_int_list(call, 1, "shape", &shape));
  int64_t unknown = -1;
  for (int64_t i = 0; i < shape.count; ++i) {
    int64_t* dim = &shape.values[i];
    if (*dim == 0 && !zero_is_zero) {
      if (i >= data->rank) SINTER_FAIL(SINTER_BAD_VALUE, "0 for a dimension that the data lacks");
      *dim = data->dims[i];
    } else if (*dim == -1) {
      if (unknown >= 0) SINTER_FAIL(SINTER_BAD_VALUE, "more than one dimension is -1");
      unknown = i;
    } else if (*dim < 0) {
      SINTER_FAIL(SINTER_BAD_VALUE, "a dimension is less than -1");
    }
  }
  if (unknown >= 0) SINTER_TRY(infer_dim(call, &shape, unknown, sinter_num_elements(data)));
  return sinter_share_reshaped(call, call->outputs[0], data, (int32_t)shape.count, shape.values);
}

SINTER_OP(Squeeze) {
  const sinter_value* data = call->inputs[0];
  sinter_ints axes;
  SINTER_TRY(sinter_int_list(call, 1, "axes", &axes));
  uint64_t mask;
  SINTER_TRY(sinter_axis_mask(call, &axes, data->rank, &mask));
  int64_t dims[SINTER_MAX_RANK];
  int32_t rank = 0;
  for (int32_t i = 0; i < data->rank; ++i) {
    const int named = (mask >> i) & 1;
    if (named && data->dims[i] != 1) {
      SINTER_FAIL(SINTER_BAD_VALUE, "a dimension to be squeezed is not 1");
    }
    if (axes.present ? !named : data->dims[i] != 1) dims[rank++] = data->dims[i];
  }
  return sinter_share_reshaped(call, call->outputs[0], data, rank, dims);
}

SINTER_OP(Unsqueeze) {
  const sinter_value* data = call->inputs[0];
  sinter_ints axes;
  SINTER_TRY(sinter_int_list(call, 1, "axes", &axes));
  const int64_t rank = data->rank + axes.count;
  if (rank > SINTER_MAX_RANK) SINTER_FAIL(SINTER_NOT_SUPPORTED, "more than 32 dimensions");
  uint64_t mask;
  SINTER_TRY(sinter_axis_mask(call, &axes, rank, &mask));
  int64_t dims[SINTER_MAX_RANK];
  const int64_t* from = data->dims;
  for (int64_t i = 0; i < rank; ++i) dims[i] = (mask >> i) & 1 ? 1 : *from++;
  return sinter_share_reshaped(call, call->outputs[0], data, (int32_t)rank, dims);
}

SINTER_OP(Flatten) {
  const sinter_value* data = call->inputs[0];
  int64_t axis = sinter_attr_int(call, "axis", 1);
  if (axis < -data->rank || axis > data->rank) {
    SINTER_FAIL(SINTER_BAD_VALUE, "an axis is out of range");
  }
  if (axis < 0) axis += data->rank;
  const int64_t dims[2] = {sinter_product(data->dims, 0, (int32_t)axis),
                           sinter_product(data->dims, (int32_t)axis, data->rank)};
  return sinter_share_reshaped(call, call->outputs[0], data, 2, dims);
}

static int64_t clamp_axis(int64_t axis, int64_t rank) {
  if (axis < 0) axis += rank;
  return axis < 0 ? 0 : axis > rank ? rank : axis;
}

SINTER_OP(Shape) {
  const sinter_value* data = call->inputs[0];
  const int64_t start = clamp_axis(sinter_attr_int(call, "start", 0), data->rank);
  const int64_t end = clamp_axis(sinter_attr_int(call, "end", data->rank), data->rank);
  const int64_t count = end > start ? end - start : 0;
  SINTER_TRY(sinter_make_tensor(call, call->outputs[0], SINTER_I64, 1, &count));
  int64_t* dims = call->outputs[0]->data;
  for (int64_t i = 0; i < count; ++i) dims[i] = data->dims[start + i];
  return SINTER_OK;
}

SINTER_OP(Size) {
  SINTER_TRY(sinter_make_tensor(call, call->outputs[0], SINTER_I64, 0, 0));
  *(int64_t*)call->outputs[0]->data = sinter_num_elements(call->inputs[0]);
  return SINTER_OK;
}
