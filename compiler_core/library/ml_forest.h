/* Ensembles of decision trees, in the one form that the operators TreeEnsemble,
 * TreeEnsembleRegressor and TreeEnsembleClassifier of ai.onnx.ml are evaluated in.
 *
 * A forest is built from the operator's attributes at each call, in time about linear in their
 * size. Built, it is well-formed: children, targets and features are in range; only cycles are
 * found while walking. Memory is the call's scratch memory, let go by sinter_forest_free().
 */
#ifndef SINTER_COMPILER_CORE_LIBRARY_ML_FOREST_H_
#define SINTER_COMPILER_CORE_LIBRARY_ML_FOREST_H_

#include "compiler_core/library/library.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The numbers are those of TreeEnsemble's attribute nodes_modes. */
enum {
  SINTER_TREE_LEQ = 0,
  SINTER_TREE_LT = 1,
  SINTER_TREE_GTE = 2,
  SINTER_TREE_GT = 3,
  SINTER_TREE_EQ = 4,
  SINTER_TREE_NEQ = 5,
  SINTER_TREE_MEMBER = 6,
  SINTER_TREE_LEAF = 7,
};

typedef struct sinter_tree_node {
  double value; /* compared with */
  int64_t feature;
  int64_t if_true; /* nodes */
  int64_t if_false;
  int64_t first; /* of a leaf's votes, or of the members that the feature may be */
  int64_t count; /* of those */
  int32_t mode;
  int32_t nan_is_true;
} sinter_tree_node;

/* What a leaf adds to a target, or class. */
typedef struct sinter_tree_vote {
  int64_t target;
  double weight;
} sinter_tree_vote;

typedef struct sinter_forest {
  int64_t columns; /* of the input */
  int64_t targets;
  int single; /* thresholds and weights are floats, and scores are summed up in float */
  int64_t num_nodes;
  sinter_tree_node* nodes;
  int64_t num_trees;
  int64_t* roots;
  int64_t num_votes;
  sinter_tree_vote* votes;
  double* members;
} sinter_forest;

/* Builds a forest from the attributes of TreeEnsembleRegressor and TreeEnsembleClassifier; `votes`
 * is what the names of the leaves' attributes start with: "target" or "class". `columns`,
 * `targets` and `single` must be set. sinter_forest_free() must follow, after errors too.
 * ERRORS: SINTER_BAD_VALUE, SINTER_NOT_SUPPORTED, SINTER_NO_MEMORY. */
SINTER_HIDDEN int32_t sinter_forest_from_nodes(const sinter_op_call* call, const char* votes,
                                               sinter_forest* forest);
/* The same, from the attributes of TreeEnsemble. */
SINTER_HIDDEN int32_t sinter_forest_from_leaves(const sinter_op_call* call, sinter_forest* forest);
SINTER_HIDDEN void sinter_forest_free(const sinter_context* context, sinter_forest* forest);

/* The leaf that a row falls into; -1 if the tree has a cycle. */
SINTER_HIDDEN int64_t sinter_forest_walk(const sinter_forest* forest, int64_t root,
                                         const double* row);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_COMPILER_CORE_LIBRARY_ML_FOREST_H_ */
