/* ai.onnx.ml: operators that prepare features, in the precision that ONNX Runtime has. */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/library.h"
#include "compiler_core/library/math.h"
#include "compiler_core/library/text.h"

SINTER_OP(ml_ArrayFeatureExtractor) {
  const sinter_value* from = call->inputs[0];
  const sinter_value* indices = call->inputs[1];
  if (from->rank == 0) SINTER_FAIL(SINTER_BAD_VALUE, "ArrayFeatureExtractor of a scalar");
  const int64_t columns = from->dims[from->rank - 1];
  const int64_t picked = sinter_num_elements(indices);
  for (int64_t i = 0; i < picked; ++i) {
    const int64_t index = sinter_int_at(indices, i);
    if (index < 0 || index >= columns) SINTER_FAIL(SINTER_BAD_VALUE, "index out of range");
  }
  /* A vector gives a matrix of one row. */
  int64_t dims[SINTER_MAX_RANK] = {1, picked};
  const int32_t rank = from->rank == 1 ? 2 : from->rank;
  int64_t rows = 1;
  for (int32_t d = 0; d + 1 < from->rank; ++d) rows *= dims[d] = from->dims[d];
  dims[rank - 1] = picked;
  sinter_value* out = call->outputs[0];
  const int64_t size = sinter_element_size(from->dtype);
  char* scratch = 0;
  if (from->dtype == SINTER_STRING) {
    scratch = sinter_allocate(call->context, (uint64_t)(rows * picked * size));
    if (!scratch) SINTER_FAIL(SINTER_NO_MEMORY, "no memory for extracted strings");
  } else {
    SINTER_TRY(sinter_make_tensor(call, out, from->dtype, rank, dims));
  }
  char* to = scratch ? scratch : out->data;
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t i = 0; i < picked; ++i, to += size) {
      const int64_t at = row * columns + sinter_int_at(indices, i);
      memcpy(to, (const char*)from->data + at * size, (size_t)size);
    }
  }
  if (!scratch) return SINTER_OK;
  const int32_t status = sinter_copy_strings(call, out, rank, dims, (sinter_string*)scratch);
  sinter_free(call->context, scratch);
  return status;
}

SINTER_OP(ml_Binarizer) {
  const sinter_value* from = call->inputs[0];
  sinter_value* out = call->outputs[0];
  const double threshold = sinter_attr_float(call, "threshold", 0);
  SINTER_TRY(sinter_make_tensor(call, out, from->dtype, from->rank, from->dims));
  const int64_t count = sinter_num_elements(from);
  for (int64_t i = 0; i < count; ++i) {
    sinter_set_number(out, i, sinter_number_at(from, i) > threshold);
  }
  return SINTER_OK;
}

/* The columns of a vector (one row) or matrix; of more dimensions, all but the first are one. */
static int64_t count_columns(const sinter_value* from, int64_t* rows) {
  *rows = from->rank < 2 ? 1 : from->dims[0];
  int64_t columns = 1;
  for (int32_t d = from->rank < 2 ? 0 : 1; d < from->rank; ++d) columns *= from->dims[d];
  return columns;
}

/* As in ONNX Runtime, columns beyond the input's dimension are left out, missing ones are 0. */
SINTER_OP(ml_FeatureVectorizer) {
  const sinter_attr* widths = sinter_find_attr(call, "inputdimensions");
  if (!widths || widths->count != call->num_inputs || call->num_inputs == 0) {
    SINTER_FAIL(SINTER_BAD_VALUE, "there must be as many inputdimensions as inputs");
  }
  int64_t rows;
  count_columns(call->inputs[0], &rows);
  int64_t dims[2] = {rows, 0};
  for (int64_t i = 0; i < widths->count; ++i) {
    if (widths->ints[i] < 0) SINTER_FAIL(SINTER_BAD_VALUE, "a negative inputdimension");
    if (__builtin_add_overflow(dims[1], widths->ints[i], &dims[1])) {
      SINTER_FAIL(SINTER_NO_MEMORY, "too many features");
    }
  }
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, SINTER_F32, 2, dims));
  float* to = out->data;
  for (int32_t n = 0; n < call->num_inputs; ++n) {
    const sinter_value* from = call->inputs[n];
    int64_t own_rows;
    const int64_t columns = count_columns(from, &own_rows);
    if (own_rows != rows) SINTER_FAIL(SINTER_BAD_VALUE, "inputs differ in their number of rows");
    for (int64_t row = 0; row < rows; ++row) {
      for (int64_t i = 0; i < widths->ints[n]; ++i) {
        const int there = i < columns;
        to[row * dims[1] + i] = there ? (float)sinter_number_at(from, row * columns + i) : 0;
      }
    }
    if (to) to += widths->ints[n];
  }
  return SINTER_OK;
}

/* How far apart in an attribute's array the values of neighbouring columns are: 0 or 1. */
static int32_t find_step(const sinter_op_call* call, int64_t count, int64_t columns,
                         int64_t* step) {
  if (count != 1 && count != columns) {
    SINTER_FAIL(SINTER_BAD_VALUE, "there must be one value, or one for each feature");
  }
  *step = count == 1 ? 0 : 1;
  return SINTER_OK;
}

SINTER_OP(ml_Imputer) {
  const sinter_value* from = call->inputs[0];
  const int real = from->dtype == SINTER_F32 || from->dtype == SINTER_F64;
  const sinter_attr* imputed =
      sinter_find_attr(call, real ? "imputed_value_floats" : "imputed_value_int64s");
  if (!imputed || from->rank == 0) {
    SINTER_FAIL(SINTER_BAD_VALUE, "there are no imputed values of the input's type");
  }
  const int64_t columns = from->dims[from->rank - 1];
  int64_t step;
  SINTER_TRY(find_step(call, imputed->count, columns, &step));
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, from->dtype, from->rank, from->dims));
  const int64_t count = sinter_num_elements(from);
  const int64_t size = sinter_element_size(from->dtype);
  if (count > 0) memcpy(out->data, from->data, (size_t)(count * size));
  const double real_gap = sinter_attr_float(call, "replaced_value_float", 0);
  const int64_t whole_gap = sinter_attr_int(call, "replaced_value_int64", 0);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t at = i % columns * step;
    const double number = real ? sinter_number_at(from, i) : 0;
    if (real) {
      const int missing = number == real_gap || (number != number && real_gap != real_gap);
      if (missing) sinter_set_number(out, i, imputed->floats[at]);
    } else if (sinter_int_at(from, i) == whole_gap) {
      if (from->dtype == SINTER_I64) ((int64_t*)out->data)[i] = imputed->ints[at];
      if (from->dtype == SINTER_I32) ((int32_t*)out->data)[i] = (int32_t)imputed->ints[at];
    }
  }
  return SINTER_OK;
}

SINTER_OP(ml_Scaler) {
  const sinter_value* from = call->inputs[0];
  const sinter_attr* scale = sinter_find_attr(call, "scale");
  const sinter_attr* offset = sinter_find_attr(call, "offset");
  if (!scale || !offset || scale->count != offset->count || from->rank == 0) {
    SINTER_FAIL(SINTER_BAD_VALUE, "scale and offset must be of the same length");
  }
  const int64_t columns = from->dims[from->rank - 1];
  int64_t step;
  SINTER_TRY(find_step(call, scale->count, columns, &step));
  if (from->rank > 2 && step != 0) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "Scaler by feature of more than two dimensions");
  }
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, SINTER_F32, from->rank, from->dims));
  const int64_t count = sinter_num_elements(from);
  float* to = out->data;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t at = i % columns * step;
    const double number = sinter_number_at(from, i);
    if (from->dtype == SINTER_F64) {
      to[i] = (float)((number - offset->floats[at]) * scale->floats[at]);
    } else {
      to[i] = ((float)number - offset->floats[at]) * scale->floats[at];
    }
  }
  return SINTER_OK;
}

/* --- Normalizer --- */

/* What a row is divided by: its greatest element, or the sum of magnitudes or squares. */
static float find_divisor(const sinter_value* from, int64_t begin, int64_t end, char norm) {
  float divisor = norm == 'M' ? -3.40282347e+38f : 0;
  for (int64_t i = begin; i < end; ++i) {
    const double number = sinter_number_at(from, i);
    if (norm == 'M') {
      if ((float)number > divisor) divisor = (float)number;
    } else {
      divisor += norm == '1' ? (float)sinter_abs(number) : (float)(number * number);
    }
  }
  return divisor;
}

static void normalize_row(const sinter_value* from, int64_t begin, int64_t end, char norm,
                          float* to) {
  const float divisor = find_divisor(from, begin, end, norm);
  for (int64_t i = begin; i < end; ++i) {
    const double number = sinter_number_at(from, i);
    if (divisor == 0) {
      to[i] = (float)number;
    } else if (norm == '2') {
      const float root = (float)sinter_sqrt((double)((float)(number * number) / divisor));
      to[i] = number < 0 ? -root : root;
    } else {
      to[i] = (float)number / divisor;
    }
  }
}

SINTER_OP(ml_Normalizer) {
  const sinter_value* from = call->inputs[0];
  if (from->rank < 1 || from->rank > 2) {
    SINTER_FAIL(SINTER_BAD_VALUE, "the input must have the shape [C] or [N, C]");
  }
  char norm = 'M';
  if (sinter_attr_is(call, "norm", "L1", "MAX")) {
    norm = '1';
  } else if (sinter_attr_is(call, "norm", "L2", "MAX")) {
    norm = '2';
  } else if (!sinter_attr_is(call, "norm", "MAX", "MAX")) {
    SINTER_FAIL(SINTER_BAD_VALUE, "norm must be MAX, L1 or L2");
  }
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, SINTER_F32, from->rank, from->dims));
  int64_t rows;
  const int64_t columns = count_columns(from, &rows);
  for (int64_t row = 0; row < rows; ++row) {
    normalize_row(from, row * columns, (row + 1) * columns, norm, out->data);
  }
  return SINTER_OK;
}
