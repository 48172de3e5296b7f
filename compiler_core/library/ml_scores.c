#include "compiler_core/library/ml_scores.h"

#include "compiler_core/library/dtype.h"
#include "compiler_core/library/math.h"
#include "compiler_core/library/text.h"

int32_t sinter_ml_find_transform(const sinter_op_call* call, int32_t* transform) {
  static const char* const names[] = {"NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"};
  for (*transform = 0; *transform < 5; ++*transform) {
    if (sinter_attr_is(call, "post_transform", names[*transform], "NONE")) return SINTER_OK;
  }
  SINTER_FAIL(SINTER_BAD_VALUE, "unknown post_transform");
}

double sinter_ml_logistic(double x, int single) {
  const double power = sinter_ml_round(sinter_exp(-sinter_abs(x)), single);
  const double y = sinter_ml_round(1 / sinter_ml_round(1 + power, single), single);
  return x < 0 ? sinter_ml_round(1 - y, single) : y;
}

/* sqrt(2) * erf^-1(2 x - 1) by Winitzki's formula, in float. */
static double probit(double score) {
  const float y = 2 * (float)score - 1;
  const float product = (1 - y) * (1 + y);
  const float log = (float)sinter_log(product);
  const float v = 2 / (3.14159265f * 0.147f) + 0.5f * log;
  const float v2 = 1 / 0.147f * log;
  const float v3 = -v + (float)sinter_sqrt(v * v - v2);
  const float root = (float)sinter_sqrt(v3);
  return 1.41421356f * (y < 0 ? -root : root);
}

static double greatest(const double* scores, int64_t count) {
  double most = -3.40282346638528859812e+38;
  for (int64_t i = 0; i < count; ++i) {
    if (scores[i] > most) most = scores[i];
  }
  return most;
}

/* With `skip_zeros`, scores of almost 0 have no part in the distribution. */
static void softmax(double* scores, int64_t count, int skip_zeros, int single) {
  const double most = greatest(scores, count);
  const double scale = sinter_ml_round(sinter_exp(-most), single);
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (skip_zeros && !(scores[i] > 0.0000001f || scores[i] < -0.0000001f)) {
      scores[i] = sinter_ml_round(scores[i] * scale, single);
      continue;
    }
    const double distance = sinter_ml_round(scores[i] - most, single);
    scores[i] = sinter_ml_round(sinter_exp(distance), single);
    sum = sinter_ml_round(sum + scores[i], single);
  }
  for (int64_t i = 0; i < count; ++i) scores[i] = sinter_ml_round(scores[i] / sum, single);
}

void sinter_ml_transform(double* scores, int64_t count, int32_t transform, int single) {
  switch (transform) {
    case SINTER_ML_SOFTMAX:
      softmax(scores, count, 0, single);
      break;
    case SINTER_ML_SOFTMAX_ZERO:
      softmax(scores, count, 1, single);
      break;
    case SINTER_ML_LOGISTIC:
      for (int64_t i = 0; i < count; ++i) scores[i] = sinter_ml_logistic(scores[i], single);
      break;
    case SINTER_ML_PROBIT:
      for (int64_t i = 0; i < count; ++i) scores[i] = probit(scores[i]);
      break;
    default:
      break;
  }
}

int32_t sinter_ml_rows(const sinter_op_call* call, int64_t* rows, int64_t* columns) {
  const sinter_value* from = call->inputs[0];
  if (from->rank < 1 || from->rank > 2) {
    SINTER_FAIL(SINTER_BAD_VALUE, "the input must have the shape [C] or [N, C]");
  }
  *rows = from->rank == 1 ? 1 : from->dims[0];
  *columns = from->dims[from->rank - 1];
  return SINTER_OK;
}

int32_t sinter_ml_find_labels(const sinter_op_call* call, const char* ints, const char* strings,
                              sinter_ml_labels* labels) {
  const sinter_attr* int_attr = sinter_find_attr(call, ints);
  const sinter_attr* string_attr = sinter_find_attr(call, strings);
  const int has_ints = int_attr && int_attr->count > 0;
  const int has_strings = string_attr && string_attr->count > 0;
  if (has_ints == has_strings) {
    SINTER_FAIL(SINTER_BAD_VALUE, "a classifier needs labels of one kind");
  }
  labels->count = has_ints ? int_attr->count : string_attr->count;
  labels->ints = has_ints ? int_attr->ints : 0;
  labels->strings = has_ints ? 0 : string_attr->strings;
  return SINTER_OK;
}

int32_t sinter_ml_write_labels(const sinter_op_call* call, const sinter_ml_labels* labels,
                               int64_t rows, const int64_t* chosen) {
  sinter_value* out = call->outputs[0];
  if (!out) return SINTER_OK;
  if (labels->ints) {
    SINTER_TRY(sinter_make_tensor(call, out, SINTER_I64, 1, &rows));
    for (int64_t i = 0; i < rows; ++i) ((int64_t*)out->data)[i] = labels->ints[chosen[i]];
    return SINTER_OK;
  }
  sinter_string* strings = sinter_allocate(call->context, (uint64_t)rows * sizeof(sinter_string));
  if (!strings) SINTER_FAIL(SINTER_NO_MEMORY, "no memory for labels");
  for (int64_t i = 0; i < rows; ++i) strings[i] = labels->strings[chosen[i]];
  const int32_t status = sinter_copy_strings(call, out, 1, &rows, strings);
  sinter_free(call->context, strings);
  return status;
}

int64_t sinter_ml_greatest(const double* scores, int64_t count) {
  int64_t place = 0;
  for (int64_t i = 1; i < count; ++i) {
    if (scores[i] > scores[place]) place = i;
  }
  return place;
}
