/* ai.onnx.ml: LinearRegressor and LinearClassifier. Dot products are summed in double. */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/library.h"
#include "compiler_core/library/ml_scores.h"

/* Scores of `targets` linear functions of the rows. */
typedef struct linear {
  int64_t rows;
  int64_t columns;
  int64_t targets;
  const float* coefficients; /* [targets, columns] */
  const float* intercepts;   /* or null */
  int32_t transform;
} linear;

static int32_t read_linear(const sinter_op_call* call, linear* job) {
  const sinter_attr* coefficients = sinter_find_attr(call, "coefficients");
  const sinter_attr* intercepts = sinter_find_attr(call, "intercepts");
  SINTER_TRY(sinter_ml_rows(call, &job->rows, &job->columns));
  SINTER_TRY(sinter_ml_find_transform(call, &job->transform));
  int64_t needed;
  if (!coefficients || job->targets < 1 ||
      __builtin_mul_overflow(job->targets, job->columns, &needed) ||
      needed != coefficients->count) {
    SINTER_FAIL(SINTER_BAD_VALUE, "there must be a coefficient for each target and feature");
  }
  if (intercepts && intercepts->count != job->targets) {
    SINTER_FAIL(SINTER_BAD_VALUE, "there must be an intercept for each target");
  }
  job->coefficients = coefficients->floats;
  job->intercepts = intercepts ? intercepts->floats : 0;
  return SINTER_OK;
}

static void score_row(const sinter_value* from, const linear* job, int64_t row, double* scores) {
  for (int64_t t = 0; t < job->targets; ++t) {
    const float* weights = job->coefficients + t * job->columns;
    double sum = job->intercepts ? job->intercepts[t] : 0;
    for (int64_t i = 0; i < job->columns; ++i) {
      sum += (double)(float)sinter_number_at(from, row * job->columns + i) * weights[i];
    }
    scores[t] = (float)sum;
  }
}

static int32_t regress(const sinter_op_call* call, const linear* job, double* scores) {
  const int64_t dims[2] = {job->rows, job->targets};
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, SINTER_F32, 2, dims));
  for (int64_t row = 0; row < job->rows; ++row) {
    score_row(call->inputs[0], job, row, scores);
    sinter_ml_transform(scores, job->targets, job->transform, 0);
    float* to = (float*)out->data + row * job->targets;
    for (int64_t t = 0; t < job->targets; ++t) to[t] = (float)scores[t];
  }
  return SINTER_OK;
}

SINTER_OP(ml_LinearRegressor) {
  linear job;
  job.targets = sinter_attr_int(call, "targets", 1);
  SINTER_TRY(read_linear(call, &job));
  if (job.targets == 1 && job.transform != SINTER_ML_NONE && job.transform != SINTER_ML_PROBIT) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED,
                "this post_transform of one target, which ONNX Runtime leaves out");
  }
  double* scores = sinter_allocate(call->context, (uint64_t)job.targets * sizeof(double));
  if (!scores) SINTER_FAIL(SINTER_NO_MEMORY, "no memory for scores");
  const int32_t status = regress(call, &job, scores);
  sinter_free(call->context, scores);
  return status;
}

/* One function for two classes gives the second one's score, from which the first one's is made. */
static int32_t classify(const sinter_op_call* call, const linear* job, double* scores,
                        int64_t* chosen) {
  const int64_t classes = job->targets == 1 ? 2 : job->targets;
  const int64_t dims[2] = {job->rows, classes};
  sinter_value* out = call->outputs[1];
  if (out) SINTER_TRY(sinter_make_tensor(call, out, SINTER_F32, 2, dims));
  for (int64_t row = 0; row < job->rows; ++row) {
    score_row(call->inputs[0], job, row, scores);
    if (job->targets == 1) {
      chosen[row] = scores[0] > 0;
      scores[1] = scores[0];
      if (job->transform == SINTER_ML_LOGISTIC) {
        scores[0] = sinter_ml_logistic(-scores[1], 1);
        scores[1] = sinter_ml_logistic(scores[1], 1);
      } else {
        scores[0] = (float)(1 - scores[1]);
      }
    } else {
      chosen[row] = sinter_ml_greatest(scores, classes);
      sinter_ml_transform(scores, classes, job->transform, 0);
    }
    for (int64_t i = 0; out && i < classes; ++i) {
      ((float*)out->data)[row * classes + i] = (float)scores[i];
    }
  }
  return SINTER_OK;
}

/* How many functions there are: one for each class, or one for two classes. */
static int64_t count_functions(const sinter_op_call* call, const sinter_ml_labels* labels) {
  const sinter_attr* intercepts = sinter_find_attr(call, "intercepts");
  const sinter_attr* coefficients = sinter_find_attr(call, "coefficients");
  const int64_t columns =
      call->inputs[0]->rank > 0 ? call->inputs[0]->dims[call->inputs[0]->rank - 1] : 0;
  if (intercepts) return intercepts->count;
  return coefficients && coefficients->count == columns ? 1 : labels->count;
}

SINTER_OP(ml_LinearClassifier) {
  sinter_ml_labels labels;
  linear job;
  SINTER_TRY(sinter_ml_find_labels(call, "classlabels_ints", "classlabels_strings", &labels));
  job.targets = count_functions(call, &labels);
  SINTER_TRY(read_linear(call, &job));
  if (labels.count != (job.targets == 1 ? 2 : job.targets)) {
    SINTER_FAIL(SINTER_BAD_VALUE, "there must be as many labels as classes");
  }
  if (job.targets == 1 && job.transform != SINTER_ML_NONE && job.transform != SINTER_ML_LOGISTIC) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED,
                "this post_transform of one score for two classes, which ONNX leaves open");
  }
  const uint64_t bytes = (uint64_t)(labels.count + job.rows) * sizeof(double);
  double* scores = sinter_allocate(call->context, bytes);
  if (!scores) SINTER_FAIL(SINTER_NO_MEMORY, "no memory for scores");
  int64_t* chosen = (int64_t*)(scores + labels.count);
  int32_t status = classify(call, &job, scores, chosen);
  if (status == SINTER_OK) status = sinter_ml_write_labels(call, &labels, job.rows, chosen);
  sinter_free(call->context, scores);
  return status;
}
