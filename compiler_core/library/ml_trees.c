/* ai.onnx.ml: TreeEnsemble, TreeEnsembleRegressor and TreeEnsembleClassifier.
 *
 * Votes are added up tree by tree in the order of the trees, in float unless the input is double:
 * as ONNX Runtime does on one thread.
 */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/library.h"
#include "compiler_core/library/ml_forest.h"
#include "compiler_core/library/ml_scores.h"

enum { AVERAGE = 0, SUM = 1, MIN = 2, MAX = 3 };

/* How votes become scores, and the scratch memory for one row. */
typedef struct scorer {
  sinter_forest forest;
  int64_t rows;
  int32_t aggregate;
  int32_t transform;
  const float* base_floats; /* a value for each target, in one of the two, or none */
  const sinter_value* base_tensor;
  double* row;     /* [columns] */
  double* scores;  /* [targets] */
  uint8_t* voted;  /* [targets]: whether any leaf had a vote */
  int64_t* chosen; /* [rows], for classifiers */
} scorer;

static double base_at(const scorer* s, int64_t target) {
  if (s->base_tensor) return sinter_number_at(s->base_tensor, target);
  return s->base_floats ? s->base_floats[target] : 0;
}

static int has_base(const scorer* s) { return s->base_floats || s->base_tensor; }

static void vote(const scorer* s, const sinter_tree_vote* vote) {
  double* score = &s->scores[vote->target];
  const int first = !s->voted[vote->target];
  s->voted[vote->target] = 1;
  if (s->aggregate == MIN) {
    if (first || vote->weight < *score) *score = vote->weight;
  } else if (s->aggregate == MAX) {
    if (first || vote->weight > *score) *score = vote->weight;
  } else {
    *score = sinter_ml_round(*score + vote->weight, s->forest.single);
  }
}

/* Collects the votes on row i. */
static int32_t score_row(const sinter_op_call* call, const scorer* s, int64_t i) {
  const sinter_forest* forest = &s->forest;
  for (int64_t c = 0; c < forest->columns; ++c) {
    const double number = sinter_number_at(call->inputs[0], i * forest->columns + c);
    s->row[c] = sinter_ml_round(number, forest->single);
  }
  for (int64_t t = 0; t < forest->targets; ++t) {
    s->scores[t] = 0;
    s->voted[t] = 0;
  }
  for (int64_t t = 0; t < forest->num_trees; ++t) {
    const int64_t at = sinter_forest_walk(forest, forest->roots[t], s->row);
    if (at < 0) SINTER_FAIL(SINTER_BAD_VALUE, "a tree has a cycle");
    const sinter_tree_node* leaf = &forest->nodes[at];
    for (int64_t v = 0; v < leaf->count; ++v) vote(s, &forest->votes[leaf->first + v]);
  }
  return SINTER_OK;
}

static int32_t make_scratch(const sinter_op_call* call, scorer* s, int64_t num_chosen) {
  const uint64_t targets = (uint64_t)s->forest.targets;
  const uint64_t wide = (uint64_t)s->forest.columns + targets + (uint64_t)num_chosen;
  if (targets > UINT32_MAX) SINTER_FAIL(SINTER_NO_MEMORY, "too many targets");
  s->row = sinter_allocate(call->context, wide * sizeof(double) + targets);
  if (!s->row) SINTER_FAIL(SINTER_NO_MEMORY, "no memory for scores");
  s->scores = s->row + s->forest.columns;
  s->chosen = (int64_t*)(s->scores + targets);
  s->voted = (uint8_t*)(s->chosen + num_chosen);
  return SINTER_OK;
}

/* In float where the result is, even of scores in double. */
static void transform(double* scores, int64_t count, int32_t kind, int single) {
  for (int64_t i = 0; i < count && kind != SINTER_ML_NONE; ++i) {
    scores[i] = sinter_ml_round(scores[i], single);
  }
  sinter_ml_transform(scores, count, kind, single);
}

/* --- Regression --- */

static int32_t regress(const sinter_op_call* call, const scorer* s, sinter_dtype dtype) {
  const sinter_forest* forest = &s->forest;
  const int single = forest->single;
  const int64_t dims[2] = {s->rows, forest->targets};
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, dtype, 2, dims));
  const double trees = sinter_ml_round((double)forest->num_trees, single);
  for (int64_t i = 0; i < s->rows; ++i) {
    SINTER_TRY(score_row(call, s, i));
    for (int64_t t = 0; t < forest->targets; ++t) {
      if (s->aggregate == AVERAGE) s->scores[t] = sinter_ml_round(s->scores[t] / trees, single);
      if (has_base(s)) s->scores[t] = sinter_ml_round(s->scores[t] + base_at(s, t), single);
    }
    transform(s->scores, forest->targets, s->transform, dtype == SINTER_F32);
    for (int64_t t = 0; t < forest->targets; ++t) {
      sinter_set_number(out, i * forest->targets + t, s->scores[t]);
    }
  }
  return SINTER_OK;
}

/* Reads what base_values or base_values_as_tensor has: `count` values, or none. */
static int32_t read_base(const sinter_op_call* call, int64_t count, scorer* s) {
  const sinter_attr* floats = sinter_find_attr(call, "base_values");
  const sinter_attr* tensor = sinter_find_attr(call, "base_values_as_tensor");
  s->base_floats = 0;
  s->base_tensor = 0;
  int64_t found = 0;
  if (tensor) {
    found = sinter_num_elements(&tensor->tensors[0]);
    if (s->forest.single && tensor->tensors[0].dtype != SINTER_F32) {
      SINTER_FAIL(SINTER_NOT_SUPPORTED, "a tree ensemble in double for an input in float");
    }
  } else if (floats) {
    found = floats->count;
  }
  if (found == 0) return SINTER_OK;
  if (count == 1 && found == 2) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "two base_values of two classes with one score");
  }
  if (found != count) SINTER_FAIL(SINTER_BAD_VALUE, "there must be a base value for each target");
  s->base_tensor = tensor ? &tensor->tensors[0] : 0;
  s->base_floats = tensor ? 0 : floats->floats;
  return SINTER_OK;
}

static int32_t check_regression(const sinter_op_call* call, const scorer* s) {
  if (s->forest.targets < 1) SINTER_FAIL(SINTER_BAD_VALUE, "n_targets must be positive");
  if (s->forest.targets == 1 && s->transform != SINTER_ML_NONE &&
      s->transform != SINTER_ML_PROBIT) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED,
                "this post_transform of one target, which ONNX Runtime leaves out");
  }
  return SINTER_OK;
}

/* What all three operators start with. */
static int32_t start(const sinter_op_call* call, scorer* s) {
  memset(s, 0, sizeof(*s));
  s->aggregate = SUM;
  s->forest.single = call->inputs[0]->dtype != SINTER_F64;
  return sinter_ml_rows(call, &s->rows, &s->forest.columns);
}

static int32_t finish(const sinter_op_call* call, scorer* s, int32_t status) {
  sinter_free(call->context, s->row);
  sinter_forest_free(call->context, &s->forest);
  return status;
}

static int32_t find_aggregate(const sinter_op_call* call, int32_t* aggregate) {
  static const char* const names[] = {"AVERAGE", "SUM", "MIN", "MAX"};
  for (*aggregate = 0; *aggregate < 4; ++*aggregate) {
    if (sinter_attr_is(call, "aggregate_function", names[*aggregate], "SUM")) return SINTER_OK;
  }
  SINTER_FAIL(SINTER_BAD_VALUE, "unknown aggregate_function");
}

SINTER_OP(ml_TreeEnsembleRegressor) {
  scorer s;
  SINTER_TRY(start(call, &s));
  s.forest.targets = sinter_attr_int(call, "n_targets", 0);
  SINTER_TRY(find_aggregate(call, &s.aggregate));
  SINTER_TRY(sinter_ml_find_transform(call, &s.transform));
  SINTER_TRY(check_regression(call, &s));
  SINTER_TRY(read_base(call, s.forest.targets, &s));
  int32_t status = sinter_forest_from_nodes(call, "target", &s.forest);
  if (status == SINTER_OK) status = make_scratch(call, &s, 0);
  if (status == SINTER_OK) status = regress(call, &s, SINTER_F32);
  return finish(call, &s, status);
}

SINTER_OP(ml_TreeEnsemble) {
  const sinter_dtype dtype = call->inputs[0]->dtype;
  if (dtype != SINTER_F32 && dtype != SINTER_F64) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "TreeEnsemble of other numbers than float and double");
  }
  scorer s;
  SINTER_TRY(start(call, &s));
  s.forest.targets = sinter_attr_int(call, "n_targets", 0);
  s.aggregate = (int32_t)sinter_attr_int(call, "aggregate_function", SUM);
  s.transform = (int32_t)sinter_attr_int(call, "post_transform", SINTER_ML_NONE);
  if (s.aggregate < AVERAGE || s.aggregate > MAX || s.transform < SINTER_ML_NONE ||
      s.transform > SINTER_ML_PROBIT) {
    SINTER_FAIL(SINTER_BAD_VALUE, "unknown aggregate_function or post_transform");
  }
  SINTER_TRY(check_regression(call, &s));
  int32_t status = sinter_forest_from_leaves(call, &s.forest);
  if (status == SINTER_OK) status = make_scratch(call, &s, 0);
  if (status == SINTER_OK) status = regress(call, &s, dtype);
  return finish(call, &s, status);
}

/* --- Classification --- */

/* How two classes that all votes are for one of are told apart, as in ONNX Runtime. */
typedef struct binary {
  int one_sided; /* all votes are for class `side` */
  int64_t side;
  int all_positive;
} binary;

static binary look_at_votes(const sinter_forest* forest) {
  binary b = {forest->targets == 2 && forest->num_votes > 0, 0, 1};
  if (forest->num_votes > 0) b.side = forest->votes[0].target;
  for (int64_t i = 0; i < forest->num_votes; ++i) {
    b.one_sided &= forest->votes[i].target == b.side;
    b.all_positive &= forest->votes[i].weight >= 0;
  }
  return b;
}

/* Votes for the first class alone are the second one's score, of which the first one's is made.
 * RETURNS: the class. */
static int64_t decide_one_sided(const scorer* s, const binary* b) {
  const int single = s->forest.single;
  double* scores = s->scores;
  double score = scores[b->side];
  if (s->base_floats || s->base_tensor) score = sinter_ml_round(score + base_at(s, 0), single);
  const int64_t chosen = b->all_positive ? score > 0.5 : score > 0;
  if (b->side == 1) {
    transform(scores, 2, s->transform, 1);
  } else if (s->transform == SINTER_ML_LOGISTIC) {
    scores[0] = sinter_ml_logistic((float)-score, 1);
    scores[1] = sinter_ml_logistic((float)score, 1);
  } else {
    scores[0] = b->all_positive ? sinter_ml_round(1 - score, single) : -score;
    scores[1] = score;
  }
  return chosen;
}

/* The class with the greatest score, among those that got votes or have base values. */
static int64_t decide(const scorer* s) {
  int64_t chosen = -1;
  for (int64_t t = 0; t < s->forest.targets; ++t) {
    if (has_base(s)) {
      s->scores[t] = sinter_ml_round(s->scores[t] + base_at(s, t), s->forest.single);
    } else if (!s->voted[t]) {
      continue;
    }
    if (chosen < 0 || s->scores[t] > s->scores[chosen]) chosen = t;
  }
  transform(s->scores, s->forest.targets, s->transform, 1);
  return chosen < 0 ? 0 : chosen;
}

/* ONNX Runtime and ONNX disagree, or ONNX Runtime gives no useful number, where this refuses. */
static int32_t check_binary(const sinter_op_call* call, const scorer* s, const binary* b) {
  if (s->forest.targets != 2) return SINTER_OK;
  if (!b->one_sided) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED,
                "a tree classifier of two classes with votes for both, which ONNX Runtime labels "
                "against ONNX");
  }
  if (has_base(s) && b->side == 1) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "base_values of two classes with votes for the second");
  }
  if (b->side == 0 && s->transform != SINTER_ML_NONE && s->transform != SINTER_ML_LOGISTIC) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED,
                "this post_transform of one score for two classes, which ONNX leaves open");
  }
  return SINTER_OK;
}

static int32_t classify(const sinter_op_call* call, const scorer* s) {
  const int64_t classes = s->forest.targets;
  const binary b = look_at_votes(&s->forest);
  SINTER_TRY(check_binary(call, s, &b));
  const int64_t dims[2] = {s->rows, classes};
  sinter_value* out = call->outputs[1];
  if (out) SINTER_TRY(sinter_make_tensor(call, out, SINTER_F32, 2, dims));
  for (int64_t i = 0; i < s->rows; ++i) {
    SINTER_TRY(score_row(call, s, i));
    s->chosen[i] = classes == 2 ? decide_one_sided(s, &b) : decide(s);
    for (int64_t t = 0; out && t < classes; ++t) {
      ((float*)out->data)[i * classes + t] = (float)s->scores[t];
    }
  }
  return SINTER_OK;
}

SINTER_OP(ml_TreeEnsembleClassifier) {
  scorer s;
  sinter_ml_labels labels;
  SINTER_TRY(start(call, &s));
  SINTER_TRY(sinter_ml_find_labels(call, "classlabels_int64s", "classlabels_strings", &labels));
  s.forest.targets = labels.count;
  if (labels.count < 2) SINTER_FAIL(SINTER_NOT_SUPPORTED, "a tree classifier of a single class");
  SINTER_TRY(sinter_ml_find_transform(call, &s.transform));
  SINTER_TRY(read_base(call, labels.count == 2 ? 1 : labels.count, &s));
  int32_t status = sinter_forest_from_nodes(call, "class", &s.forest);
  if (status == SINTER_OK) status = make_scratch(call, &s, s.rows);
  if (status == SINTER_OK) status = classify(call, &s);
  if (status == SINTER_OK) status = sinter_ml_write_labels(call, &labels, s.rows, s.chosen);
  return finish(call, &s, status);
}
