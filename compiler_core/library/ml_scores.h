/* What classifiers and regressors of ai.onnx.ml have in common: their input as rows, labels, and
 * the transforms of scores.
 *
 * Numbers are carried as doubles; where ONNX Runtime computes in float, each operation is rounded
 * to float (which gives the same bits as computing in float).
 */
#ifndef SINTER_COMPILER_CORE_LIBRARY_ML_SCORES_H_
#define SINTER_COMPILER_CORE_LIBRARY_ML_SCORES_H_

#include "compiler_core/library/library.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The numbers are those of TreeEnsemble's attribute. */
enum {
  SINTER_ML_NONE = 0,
  SINTER_ML_SOFTMAX = 1,
  SINTER_ML_LOGISTIC = 2,
  SINTER_ML_SOFTMAX_ZERO = 3,
  SINTER_ML_PROBIT = 4,
};

/* Reads the attribute post_transform, a string. ERRORS: SINTER_BAD_VALUE for an unknown one. */
SINTER_HIDDEN int32_t sinter_ml_find_transform(const sinter_op_call* call, int32_t* transform);

/* Transforms `count` scores of one row in place, rounding to float if `single`. The probit is the
 * approximation that ONNX Runtime and ONNX's reference have (to about 0.0002). */
SINTER_HIDDEN void sinter_ml_transform(double* scores, int64_t count, int32_t transform,
                                       int single);
SINTER_HIDDEN double sinter_ml_logistic(double x, int single);

/* Rounds to float, or not. */
static inline double sinter_ml_round(double x, int single) { return single ? (double)(float)x : x; }

/* Rows and columns of the input, whose shape is [C] or [N, C]. ERRORS: SINTER_BAD_VALUE. */
SINTER_HIDDEN int32_t sinter_ml_rows(const sinter_op_call* call, int64_t* rows, int64_t* columns);

/* The labels of classes, of one of the kinds. */
typedef struct sinter_ml_labels {
  int64_t count;
  const int64_t* ints;
  const sinter_string* strings;
} sinter_ml_labels;

/* ERRORS: SINTER_BAD_VALUE if not exactly one of the attributes is there. */
SINTER_HIDDEN int32_t sinter_ml_find_labels(const sinter_op_call* call, const char* ints,
                                            const char* strings, sinter_ml_labels* labels);
/* Makes output 0, if somebody wants it, the labels of the chosen classes. */
SINTER_HIDDEN int32_t sinter_ml_write_labels(const sinter_op_call* call,
                                             const sinter_ml_labels* labels, int64_t rows,
                                             const int64_t* chosen);

/* The place of the greatest of the scores, the first one of equals. */
SINTER_HIDDEN int64_t sinter_ml_greatest(const double* scores, int64_t count);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_COMPILER_CORE_LIBRARY_ML_SCORES_H_ */
