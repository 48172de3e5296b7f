/* ai.onnx.ml: SVMRegressor and SVMClassifier, in float as in ONNX Runtime. Dot products are summed
 * in double, and rounded once. */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/library.h"
#include "compiler_core/library/math.h"
#include "compiler_core/library/ml_scores.h"

enum { KERNEL_LINEAR, KERNEL_POLY, KERNEL_RBF, KERNEL_SIGMOID };

/* What both operators have. */
typedef struct machine {
  int64_t rows;
  int64_t columns;
  int64_t vectors;     /* 0: a linear machine */
  const float* vector; /* [vectors, columns] */
  const sinter_attr* coefficients;
  const sinter_attr* rho;
  int32_t kernel;
  float gamma;
  float coef0;
  float degree;
  int32_t transform;
} machine;

static int32_t read_kernel(const sinter_op_call* call, machine* m) {
  static const char* const names[] = {"LINEAR", "POLY", "RBF", "SIGMOID"};
  for (m->kernel = 0; m->kernel < 4; ++m->kernel) {
    if (sinter_attr_is(call, "kernel_type", names[m->kernel], "LINEAR")) break;
  }
  if (m->kernel == 4) SINTER_FAIL(SINTER_BAD_VALUE, "unknown kernel_type");
  const sinter_attr* params = sinter_find_attr(call, "kernel_params");
  m->gamma = m->coef0 = m->degree = 0;
  if (params && params->count > 0) {
    if (params->count < 3) SINTER_FAIL(SINTER_BAD_VALUE, "kernel_params must be three numbers");
    m->gamma = params->floats[0];
    m->coef0 = params->floats[1];
    m->degree = params->floats[2];
  }
  return SINTER_OK;
}

static int32_t read_machine(const sinter_op_call* call, machine* m) {
  SINTER_TRY(sinter_ml_rows(call, &m->rows, &m->columns));
  SINTER_TRY(sinter_ml_find_transform(call, &m->transform));
  SINTER_TRY(read_kernel(call, m));
  m->coefficients = sinter_find_attr(call, "coefficients");
  m->rho = sinter_find_attr(call, "rho");
  if (!m->coefficients || !m->rho || m->rho->count < 1) {
    SINTER_FAIL(SINTER_BAD_VALUE, "coefficients or rho are missing");
  }
  const sinter_attr* vectors = sinter_find_attr(call, "support_vectors");
  m->vector = vectors ? vectors->floats : 0;
  if (m->vectors == 0) {
    m->kernel = KERNEL_LINEAR;
    return SINTER_OK;
  }
  int64_t needed;
  if (m->vectors < 0 || __builtin_mul_overflow(m->vectors, m->columns, &needed) ||
      needed != (vectors ? vectors->count : 0)) {
    SINTER_FAIL(SINTER_BAD_VALUE, "support vectors must be as long as the input's rows");
  }
  return SINTER_OK;
}

static float distance(const float* a, const float* b, int64_t count) {
  float sum = 0;
  for (int64_t i = 0; i < count; ++i) {
    const float difference = a[i] - b[i];
    sum += difference * difference;
  }
  return sum;
}

static double dot(const float* a, const float* b, int64_t count) {
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += (double)a[i] * b[i];
  return sum;
}

static float power(float x, float degree) {
  if (degree == 2) return x * x;
  if (degree == 3) return x * x * x;
  return (float)sinter_pow(x, degree);
}

/* The kernel of a row and a support vector. */
static float apply_kernel(const machine* m, const float* row, const float* vector) {
  if (m->kernel == KERNEL_RBF) {
    return (float)sinter_exp(-m->gamma * distance(row, vector, m->columns));
  }
  const double product = dot(row, vector, m->columns);
  if (m->kernel == KERNEL_LINEAR) return (float)product;
  const float x = (float)(m->gamma * product + m->coef0);
  return m->kernel == KERNEL_POLY ? power(x, m->degree) : (float)sinter_tanh(x);
}

/* A row of the input, as floats. */
static void read_row(const sinter_op_call* call, const machine* m, int64_t row, float* to) {
  for (int64_t i = 0; i < m->columns; ++i) {
    to[i] = (float)sinter_number_at(call->inputs[0], row * m->columns + i);
  }
}

/* --- SVMRegressor --- */

static float regress_row(const machine* m, const float* row) {
  const float* weights = m->coefficients->floats;
  if (m->vectors == 0) return (float)(dot(row, weights, m->columns) + m->rho->floats[0]);
  double sum = m->rho->floats[0];
  for (int64_t i = 0; i < m->vectors; ++i) {
    sum += (double)apply_kernel(m, row, m->vector + i * m->columns) * weights[i];
  }
  return (float)sum;
}

SINTER_OP(ml_SVMRegressor) {
  machine m;
  m.vectors = sinter_attr_int(call, "n_supports", 0);
  SINTER_TRY(read_machine(call, &m));
  if (m.transform != SINTER_ML_NONE) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED,
                "post_transform of SVMRegressor, which ONNX Runtime leaves out");
  }
  if (m.coefficients->count != (m.vectors > 0 ? m.vectors : m.columns)) {
    SINTER_FAIL(SINTER_BAD_VALUE, "there must be a coefficient for each support vector");
  }
  const int one_class = sinter_attr_int(call, "one_class", 0) != 0;
  const int64_t dims[2] = {m.rows, 1};
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, SINTER_F32, 2, dims));
  float* row = sinter_allocate(call->context, (uint64_t)m.columns * sizeof(float));
  if (!row) SINTER_FAIL(SINTER_NO_MEMORY, "no memory for a row");
  for (int64_t i = 0; i < m.rows; ++i) {
    read_row(call, &m, i, row);
    const float score = regress_row(&m, row);
    ((float*)out->data)[i] = one_class ? (score > 0 ? 1.0f : -1.0f) : score;
  }
  sinter_free(call->context, row);
  return SINTER_OK;
}

/* --- SVMClassifier --- */

typedef struct classifier {
  machine m;
  sinter_ml_labels labels;
  int64_t classes;
  int64_t pairs; /* of classes; each has a function that tells them apart */
  int64_t width; /* of the scores */
  const sinter_attr* vectors_per_class;
  const sinter_attr* prob_a; /* null: raw scores */
  const sinter_attr* prob_b;
  int all_positive; /* the coefficients */
  int one_score;    /* one function for two classes */
  /* Scratch memory. */
  double* scores; /* [classes + pairs] */
  float* row;
  float* kernels;  /* [vectors] */
  float* decision; /* [pairs] */
  float* pairwise; /* [classes, classes], twice */
  float* estimate; /* [classes], twice */
  int64_t* votes;
  int64_t* chosen;
} classifier;

static int32_t check_sizes(const sinter_op_call* call, const classifier* c) {
  const machine* m = &c->m;
  int64_t needed;
  if (m->vectors == 0) {
    const int bad = __builtin_mul_overflow(c->classes, m->columns, &needed);
    if (bad || m->coefficients->count != needed) {
      SINTER_FAIL(SINTER_BAD_VALUE, "there must be a coefficient for each class and feature");
    }
    return SINTER_OK;
  }
  const int bad = __builtin_mul_overflow(c->classes - 1, m->vectors, &needed);
  if (bad || m->coefficients->count < needed || m->rho->count < c->pairs ||
      c->vectors_per_class->count != c->classes) {
    SINTER_FAIL(SINTER_BAD_VALUE, "attributes of SVMClassifier don't fit together");
  }
  if (c->prob_a && (c->prob_a->count < c->pairs || c->prob_b->count < c->pairs)) {
    SINTER_FAIL(SINTER_BAD_VALUE, "prob_a and prob_b must be given for each pair of classes");
  }
  return SINTER_OK;
}

static const sinter_attr* find_filled(const sinter_op_call* call, const char* name) {
  const sinter_attr* attr = sinter_find_attr(call, name);
  return attr && attr->count > 0 ? attr : 0;
}

static int32_t read_classifier(const sinter_op_call* call, classifier* c) {
  SINTER_TRY(sinter_ml_find_labels(call, "classlabels_ints", "classlabels_strings", &c->labels));
  c->classes = c->labels.count;
  if (c->classes < 2 || c->classes > 65535) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "SVMClassifier of fewer than 2 classes, or of over 65535");
  }
  c->pairs = c->classes * (c->classes - 1) / 2;
  c->vectors_per_class = find_filled(call, "vectors_per_class");
  c->prob_a = find_filled(call, "prob_a");
  c->prob_b = find_filled(call, "prob_b");
  if (!c->prob_a != !c->prob_b) SINTER_FAIL(SINTER_BAD_VALUE, "prob_a or prob_b is missing");
  c->m.vectors = 0;
  for (int64_t i = 0; c->vectors_per_class && i < c->vectors_per_class->count; ++i) {
    const int64_t count = c->vectors_per_class->ints[i];
    if (count < 0 || __builtin_add_overflow(c->m.vectors, count, &c->m.vectors)) {
      SINTER_FAIL(SINTER_BAD_VALUE, "vectors_per_class must not be negative");
    }
  }
  SINTER_TRY(read_machine(call, &c->m));
  SINTER_TRY(check_sizes(call, c));
  c->width = c->m.vectors > 0 && !c->prob_a && c->classes > 2 ? c->pairs : c->classes;
  c->all_positive = 1;
  for (int64_t i = 0; i < c->m.coefficients->count; ++i) {
    c->all_positive &= c->m.coefficients->floats[i] >= 0;
  }
  c->one_score = c->m.vectors > 0 && !c->prob_a && c->classes == 2;
  if (c->one_score && c->m.transform != SINTER_ML_NONE && c->m.transform != SINTER_ML_LOGISTIC) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED,
                "this post_transform of one score for two classes, which ONNX leaves open");
  }
  return SINTER_OK;
}

/* The sum of coefficients times kernels over the vectors of a class. As in ONNX Runtime, products
 * are of floats. */
static double class_sum(const classifier* c, int64_t coefficient_row, int64_t begin, int64_t count,
                        double sum) {
  const float* weights = c->m.coefficients->floats + coefficient_row * c->m.vectors + begin;
  for (int64_t i = 0; i < count; ++i) sum += (double)(weights[i] * c->kernels[begin + i]);
  return sum;
}

/* Lets each pair of classes vote. Class i's coefficients against j are in row j - 1 if i < j, else
 * in row j. */
static void decide_pairs(const classifier* c) {
  for (int64_t i = 0; i < c->m.vectors; ++i) {
    c->kernels[i] = apply_kernel(&c->m, c->row, c->m.vector + i * c->m.columns);
  }
  for (int64_t i = 0; i < c->classes; ++i) c->votes[i] = 0;
  const int64_t* counts = c->vectors_per_class->ints;
  int64_t pair = 0;
  int64_t begin_i = 0;
  for (int64_t i = 0; i + 1 < c->classes; begin_i += counts[i++]) {
    int64_t begin_j = begin_i + counts[i];
    for (int64_t j = i + 1; j < c->classes; begin_j += counts[j++], ++pair) {
      double sum = class_sum(c, j - 1, begin_i, counts[i], 0);
      sum = class_sum(c, i, begin_j, counts[j], sum) + c->m.rho->floats[pair];
      c->decision[pair] = (float)sum;
      ++c->votes[sum > 0 ? i : j];
    }
  }
}

/* --- Probabilities of classes from those of pairs: Wu, Lin and Weng, "Probability estimates for
 * multi-class classification by pairwise coupling" (2004), their second method, in float. --- */

/* r[i, j] is the probability of i where it is i or j. */
static void find_pairwise(const classifier* c, float* r) {
  int64_t pair = 0;
  for (int64_t i = 0; i < c->classes; ++i) {
    for (int64_t j = i + 1; j < c->classes; ++j, ++pair) {
      const float x = c->decision[pair] * c->prob_a->floats[pair] + c->prob_b->floats[pair];
      float p = (float)(1 - sinter_ml_logistic(x, 1));
      if (p < 1.0e-7f) p = 1.0e-7f;
      if (p > 1 - 1.0e-7f) p = 1 - 1.0e-7f;
      r[i * c->classes + j] = p;
      r[j * c->classes + i] = 1 - p;
    }
  }
}

static void make_quadratic(int64_t n, const float* r, float* q) {
  for (int64_t i = 0; i < n; ++i) {
    float diagonal = 0;
    for (int64_t j = 0; j < n; ++j) {
      if (j == i) continue;
      diagonal += r[j * n + i] * r[j * n + i];
      q[i * n + j] = j < i ? q[j * n + i] : -r[j * n + i] * r[i * n + j];
    }
    q[i * n + i] = diagonal;
  }
}

/* Sets qp = q p. RETURNS: p q p. */
static float multiply(int64_t n, const float* q, const float* p, float* qp) {
  float product = 0;
  for (int64_t i = 0; i < n; ++i) {
    qp[i] = 0;
    for (int64_t j = 0; j < n; ++j) qp[i] += q[i * n + j] * p[j];
    product += p[i] * qp[i];
  }
  return product;
}

static void improve(int64_t n, const float* q, float* p, float* qp, float product) {
  for (int64_t i = 0; i < n; ++i) {
    const float step = (-qp[i] + product) / q[i * n + i];
    p[i] += step;
    product = (product + step * (step * q[i * n + i] + 2 * qp[i])) / (1 + step) / (1 + step);
    for (int64_t j = 0; j < n; ++j) {
      qp[j] = (qp[j] + step * q[i * n + j]) / (1 + step);
      p[j] /= 1 + step;
    }
  }
}

static void couple(const classifier* c) {
  const int64_t n = c->classes;
  float* r = c->pairwise;
  float* q = c->pairwise + n * n;
  float* p = c->estimate;
  float* qp = c->estimate + n;
  find_pairwise(c, r);
  make_quadratic(n, r, q);
  for (int64_t i = 0; i < n; ++i) p[i] = 1.0f / (float)n;
  for (int32_t round = 0; round < 100; ++round) {
    const float product = multiply(n, q, p, qp);
    float error = 0;
    for (int64_t i = 0; i < n; ++i) {
      const float own = (float)sinter_abs(qp[i] - product);
      if (own > error) error = own;
    }
    if (error < 0.005f / (float)n) break;
    improve(n, q, p, qp, product);
  }
  for (int64_t i = 0; i < n; ++i) c->scores[i] = p[i];
}

/* --- A row's scores and label --- */

static int64_t most_votes(const classifier* c) {
  int64_t best = 0;
  for (int64_t i = 1; i < c->classes; ++i) {
    if (c->votes[i] > c->votes[best]) best = i;
  }
  return best;
}

/* Of a linear machine. As in ONNX Runtime, of two classes the second is chosen as soon as the
 * greater score is large enough. */
static int64_t classify_linear(const classifier* c) {
  const machine* m = &c->m;
  for (int64_t i = 0; i < c->classes; ++i) {
    const float* weights = m->coefficients->floats + i * m->columns;
    c->scores[i] = (float)(dot(c->row, weights, m->columns) + m->rho->floats[0]);
  }
  const int64_t best = sinter_ml_greatest(c->scores, c->classes);
  if (c->classes > 2 || c->prob_a) return best;
  const double score = c->scores[best];
  return (c->all_positive ? score >= 0.5 : score > 0) ? 1 : best;
}

static int64_t classify_row(const classifier* c) {
  int64_t best;
  if (c->m.vectors == 0) {
    best = classify_linear(c);
  } else {
    decide_pairs(c);
    best = most_votes(c);
    for (int64_t i = 0; i < c->pairs; ++i) c->scores[i] = c->decision[i];
    if (c->prob_a) couple(c);
  }
  if (c->one_score) {
    const double score = c->scores[0];
    const int plain = c->m.transform == SINTER_ML_NONE;
    c->scores[0] = plain ? -score : sinter_ml_logistic(-score, 1);
    c->scores[1] = plain ? score : sinter_ml_logistic(score, 1);
  } else {
    sinter_ml_transform(c->scores, c->width, c->m.transform, 0);
  }
  return best;
}

static int32_t classify_rows(const sinter_op_call* call, classifier* c) {
  const int64_t dims[2] = {c->m.rows, c->width};
  sinter_value* out = call->outputs[1];
  if (out) SINTER_TRY(sinter_make_tensor(call, out, SINTER_F32, 2, dims));
  for (int64_t i = 0; i < c->m.rows; ++i) {
    read_row(call, &c->m, i, c->row);
    c->chosen[i] = classify_row(c);
    for (int64_t j = 0; out && j < c->width; ++j) {
      ((float*)out->data)[i * c->width + j] = (float)c->scores[j];
    }
  }
  return sinter_ml_write_labels(call, &c->labels, c->m.rows, c->chosen);
}

SINTER_OP(ml_SVMClassifier) {
  classifier c;
  SINTER_TRY(read_classifier(call, &c));
  const uint64_t classes = (uint64_t)c.classes;
  const uint64_t pairs = (uint64_t)c.pairs;
  const uint64_t wide = classes + pairs + classes + (uint64_t)c.m.rows;
  const uint64_t square = c.prob_a ? 2 * classes * classes : 0;
  const uint64_t narrow =
      (uint64_t)c.m.columns + (uint64_t)c.m.vectors + pairs + square + 2 * classes;
  c.scores = sinter_allocate(call->context, wide * sizeof(double) + narrow * sizeof(float));
  if (!c.scores) SINTER_FAIL(SINTER_NO_MEMORY, "no memory for scores");
  c.votes = (int64_t*)(c.scores + classes + pairs);
  c.chosen = c.votes + classes;
  c.row = (float*)(c.chosen + c.m.rows);
  c.kernels = c.row + c.m.columns;
  c.decision = c.kernels + c.m.vectors;
  c.estimate = c.decision + pairs;
  c.pairwise = c.estimate + 2 * classes;
  const int32_t status = classify_rows(call, &c);
  sinter_free(call->context, c.scores);
  return status;
}
