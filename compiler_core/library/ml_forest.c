#include "compiler_core/library/ml_forest.h"

#include "compiler_core/library/dtype.h"
#include "compiler_core/library/text.h"

static int is_member(const sinter_forest* forest, const sinter_tree_node* node, double number) {
  for (int64_t i = 0; i < node->count; ++i) {
    if (forest->members[node->first + i] == number) return 1;
  }
  return 0;
}

static int holds(const sinter_forest* forest, const sinter_tree_node* node, double number) {
  if (number != number && node->nan_is_true) return 1;
  switch (node->mode) {
    case SINTER_TREE_LEQ:
      return number <= node->value;
    case SINTER_TREE_LT:
      return number < node->value;
    case SINTER_TREE_GTE:
      return number >= node->value;
    case SINTER_TREE_GT:
      return number > node->value;
    case SINTER_TREE_EQ:
      return number == node->value;
    case SINTER_TREE_NEQ:
      return number != node->value;
    default:
      return is_member(forest, node, number);
  }
}

int64_t sinter_forest_walk(const sinter_forest* forest, int64_t root, const double* row) {
  int64_t at = root;
  for (int64_t steps = 0; steps <= forest->num_nodes; ++steps) {
    const sinter_tree_node* node = &forest->nodes[at];
    if (node->mode == SINTER_TREE_LEAF) return at;
    at = holds(forest, node, row[node->feature]) ? node->if_true : node->if_false;
  }
  return -1;
}

void sinter_forest_free(const sinter_context* context, sinter_forest* forest) {
  sinter_free(context, forest->nodes);
  sinter_free(context, forest->roots);
  sinter_free(context, forest->votes);
  sinter_free(context, forest->members);
}

static int32_t make_arrays(const sinter_op_call* call, sinter_forest* forest, int64_t members) {
  const sinter_context* context = call->context;
  const uint64_t nodes = (uint64_t)forest->num_nodes;
  forest->nodes = sinter_allocate(context, nodes * sizeof(sinter_tree_node));
  forest->roots = sinter_allocate(context, nodes * sizeof(int64_t));
  forest->votes = sinter_allocate(context, (uint64_t)forest->num_votes * sizeof(sinter_tree_vote));
  forest->members = sinter_allocate(context, (uint64_t)members * sizeof(double));
  if (!forest->nodes || !forest->roots || !forest->votes || !forest->members) {
    SINTER_FAIL(SINTER_NO_MEMORY, "no memory for a tree ensemble");
  }
  memset(forest->nodes, 0, (size_t)(nodes * sizeof(sinter_tree_node)));
  return SINTER_OK;
}

/* --- Attributes --- */

/* Numbers given as floats or as a tensor of the same name and "_as_tensor". */
typedef struct numbers {
  int64_t count;
  const float* floats;
  const sinter_value* tensor;
} numbers;

static double number_at(const numbers* from, int64_t i) {
  return from->tensor ? sinter_number_at(from->tensor, i) : from->floats[i];
}

/* RETURNS: "<prefix>_<name>". The names are short ones of this file. */
static const char* join(const char* prefix, const char* name, char* text) {
  char* end = text;
  while (*prefix != 0) *end++ = *prefix++;
  *end++ = '_';
  while (*name != 0) *end++ = *name++;
  *end = 0;
  return text;
}

static int32_t check_numbers(const sinter_op_call* call, const sinter_forest* forest,
                             const sinter_value* tensor) {
  const int narrow = tensor->dtype == SINTER_F32;
  if (!narrow && tensor->dtype != SINTER_F64) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "a tree ensemble of other numbers than float and double");
  }
  if (forest->single && !narrow) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "a tree ensemble in double for an input in float");
  }
  return SINTER_OK;
}

static int32_t find_numbers(const sinter_op_call* call, const sinter_forest* forest,
                            const char* prefix, const char* name, numbers* found) {
  char text[64];
  char long_name[64];
  const sinter_attr* floats = sinter_find_attr(call, join(prefix, name, text));
  const sinter_attr* tensor = sinter_find_attr(call, join(text, "as_tensor", long_name));
  *found = (numbers){0, 0, 0};
  if (tensor) {
    found->tensor = &tensor->tensors[0];
    found->count = sinter_num_elements(found->tensor);
    return check_numbers(call, forest, found->tensor);
  }
  if (!floats) return SINTER_OK;
  found->floats = floats->floats;
  found->count = floats->count;
  return SINTER_OK;
}

static const int64_t* find_ints(const sinter_op_call* call, const char* name, int64_t count) {
  const sinter_attr* attr = sinter_find_attr(call, name);
  return attr && attr->count == count ? attr->ints : 0;
}

static int32_t check_feature(const sinter_op_call* call, const sinter_forest* forest,
                             int64_t feature) {
  if (feature >= 0 && feature < forest->columns) return SINTER_OK;
  SINTER_FAIL(SINTER_BAD_VALUE, "a tree needs a feature that the input doesn't have");
}

static int32_t check_target(const sinter_op_call* call, const sinter_forest* forest,
                            int64_t target) {
  if (target >= 0 && target < forest->targets) return SINTER_OK;
  SINTER_FAIL(SINTER_BAD_VALUE, "a leaf votes for a target that there isn't");
}

/* --- TreeEnsembleRegressor and TreeEnsembleClassifier: nodes have names --- */

/* Nodes by tree and number: a hash table of indices, -1 where free. */
typedef struct names {
  const int64_t* trees;
  const int64_t* nodes;
  int64_t* slots;
  uint64_t mask;
} names;

static int64_t* find_name(const names* table, int64_t tree, int64_t node) {
  uint64_t hash = (uint64_t)tree * 0x9e3779b97f4a7c15ull + (uint64_t)node;
  hash = (hash ^ hash >> 32) * 0xd6e8feb86659fd93ull;
  for (uint64_t at = hash >> 20 & table->mask;; at = (at + 1) & table->mask) {
    const int64_t i = table->slots[at];
    if (i < 0 || (table->trees[i] == tree && table->nodes[i] == node)) return &table->slots[at];
  }
}

static int32_t make_names(const sinter_op_call* call, names* table, int64_t count) {
  uint64_t slots = 4;
  while (slots < (uint64_t)count * 2) slots *= 2;
  table->mask = slots - 1;
  table->slots = sinter_allocate(call->context, slots * sizeof(int64_t));
  if (!table->slots) SINTER_FAIL(SINTER_NO_MEMORY, "no memory for a tree ensemble");
  for (uint64_t i = 0; i < slots; ++i) table->slots[i] = -1;
  for (int64_t i = 0; i < count; ++i) {
    int64_t* slot = find_name(table, table->trees[i], table->nodes[i]);
    if (*slot >= 0) SINTER_FAIL(SINTER_BAD_VALUE, "a node is twice in a tree");
    *slot = i;
  }
  return SINTER_OK;
}

static int32_t mode_of(const sinter_op_call* call, const sinter_string* text, int32_t* mode) {
  static const char* const modes[] = {"BRANCH_LEQ", "BRANCH_LT",  "BRANCH_GTE", "BRANCH_GT",
                                      "BRANCH_EQ",  "BRANCH_NEQ", "",           "LEAF"};
  for (*mode = 0; *mode < 8; ++*mode) {
    const sinter_string known = sinter_string_of(modes[*mode]);
    if (known.size > 0 && sinter_string_equal(text, &known)) return SINTER_OK;
  }
  SINTER_FAIL(SINTER_BAD_VALUE, "unknown mode of a tree's node");
}

/* The arrays of attributes, each `count` long; null where absent. */
typedef struct node_attrs {
  int64_t count;
  const int64_t* features;
  const int64_t* if_true;
  const int64_t* if_false;
  const int64_t* nan_is_true;
  const sinter_string* modes;
  numbers values;
} node_attrs;

static int32_t read_node_attrs(const sinter_op_call* call, const sinter_forest* forest,
                               node_attrs* attrs, names* table) {
  const sinter_attr* modes = sinter_find_attr(call, "nodes_modes");
  attrs->count = modes ? modes->count : 0;
  attrs->modes = modes ? modes->strings : 0;
  attrs->features = find_ints(call, "nodes_featureids", attrs->count);
  attrs->if_true = find_ints(call, "nodes_truenodeids", attrs->count);
  attrs->if_false = find_ints(call, "nodes_falsenodeids", attrs->count);
  attrs->nan_is_true = find_ints(call, "nodes_missing_value_tracks_true", attrs->count);
  table->trees = find_ints(call, "nodes_treeids", attrs->count);
  table->nodes = find_ints(call, "nodes_nodeids", attrs->count);
  SINTER_TRY(find_numbers(call, forest, "nodes", "values", &attrs->values));
  if (attrs->count == 0 || !attrs->features || !attrs->if_true || !attrs->if_false ||
      !table->trees || !table->nodes || attrs->values.count != attrs->count) {
    SINTER_FAIL(SINTER_BAD_VALUE, "a tree ensemble's nodes_* must all be of the same length");
  }
  return SINTER_OK;
}

static int32_t fill_nodes(const sinter_op_call* call, const node_attrs* attrs, const names* table,
                          sinter_forest* forest) {
  for (int64_t i = 0; i < attrs->count; ++i) {
    sinter_tree_node* node = &forest->nodes[i];
    SINTER_TRY(mode_of(call, &attrs->modes[i], &node->mode));
    /* A tree's root is its first node. */
    if (i == 0 || table->trees[i] != table->trees[i - 1]) forest->roots[forest->num_trees++] = i;
    if (node->mode == SINTER_TREE_LEAF) continue;
    node->value = number_at(&attrs->values, i);
    node->feature = attrs->features[i];
    node->nan_is_true = attrs->nan_is_true && attrs->nan_is_true[i] != 0;
    node->if_true = *find_name(table, table->trees[i], attrs->if_true[i]);
    node->if_false = *find_name(table, table->trees[i], attrs->if_false[i]);
    SINTER_TRY(check_feature(call, forest, node->feature));
    if (node->if_true < 0 || node->if_false < 0) {
      SINTER_FAIL(SINTER_BAD_VALUE, "a tree's node leads to one that there isn't");
    }
  }
  return SINTER_OK;
}

/* The arrays of a leaf's votes. */
typedef struct vote_attrs {
  const int64_t* trees;
  const int64_t* nodes;
  const int64_t* targets;
  numbers weights;
} vote_attrs;

static int32_t read_vote_attrs(const sinter_op_call* call, const char* prefix,
                               sinter_forest* forest, vote_attrs* attrs) {
  char text[64];
  SINTER_TRY(find_numbers(call, forest, prefix, "weights", &attrs->weights));
  forest->num_votes = attrs->weights.count;
  attrs->trees = find_ints(call, join(prefix, "treeids", text), forest->num_votes);
  attrs->nodes = find_ints(call, join(prefix, "nodeids", text), forest->num_votes);
  attrs->targets = find_ints(call, join(prefix, "ids", text), forest->num_votes);
  if (forest->num_votes > 0 && (!attrs->trees || !attrs->nodes || !attrs->targets)) {
    SINTER_FAIL(SINTER_BAD_VALUE, "a tree ensemble's votes must all be of the same length");
  }
  return SINTER_OK;
}

/* Groups the votes by node, in each in the order given. */
static int32_t fill_votes(const sinter_op_call* call, const vote_attrs* attrs, const names* table,
                          sinter_forest* forest) {
  for (int64_t i = 0; i < forest->num_votes; ++i) {
    const int64_t at = *find_name(table, attrs->trees[i], attrs->nodes[i]);
    if (at < 0) SINTER_FAIL(SINTER_BAD_VALUE, "a vote is of a node that there isn't");
    SINTER_TRY(check_target(call, forest, attrs->targets[i]));
    ++forest->nodes[at].count;
  }
  int64_t first = 0;
  for (int64_t i = 0; i < forest->num_nodes; ++i) {
    forest->nodes[i].first = first;
    first += forest->nodes[i].count;
    forest->nodes[i].count = 0;
  }
  for (int64_t i = 0; i < forest->num_votes; ++i) {
    sinter_tree_node* node = &forest->nodes[*find_name(table, attrs->trees[i], attrs->nodes[i])];
    const double weight = number_at(&attrs->weights, i);
    forest->votes[node->first + node->count++] = (sinter_tree_vote){attrs->targets[i], weight};
  }
  return SINTER_OK;
}

static int32_t build_named(const sinter_op_call* call, const char* prefix, names* table,
                           sinter_forest* forest) {
  node_attrs nodes;
  vote_attrs votes;
  SINTER_TRY(read_node_attrs(call, forest, &nodes, table));
  SINTER_TRY(read_vote_attrs(call, prefix, forest, &votes));
  forest->num_nodes = nodes.count;
  SINTER_TRY(make_arrays(call, forest, 0));
  SINTER_TRY(make_names(call, table, nodes.count));
  SINTER_TRY(fill_nodes(call, &nodes, table, forest));
  return fill_votes(call, &votes, table, forest);
}

static void clear(sinter_forest* forest) {
  forest->num_nodes = 0;
  forest->num_trees = 0;
  forest->num_votes = 0;
  forest->nodes = 0;
  forest->roots = 0;
  forest->votes = 0;
  forest->members = 0;
}

int32_t sinter_forest_from_nodes(const sinter_op_call* call, const char* votes,
                                 sinter_forest* forest) {
  names table = {0, 0, 0, 0};
  clear(forest);
  const int32_t status = build_named(call, votes, &table, forest);
  sinter_free(call->context, table.slots);
  return status;
}

/* --- TreeEnsemble: nodes and leaves have indices --- */

typedef struct leaf_attrs {
  int64_t count;
  int64_t num_leaves;
  const int64_t* features;
  const int64_t* if_true;
  const int64_t* if_false;
  const int64_t* true_is_leaf;
  const int64_t* false_is_leaf;
  const int64_t* nan_is_true;
  const int64_t* targets;
  const sinter_value* modes;
  const sinter_value* values;
  const sinter_value* weights;
  const sinter_value* members;
  const sinter_attr* roots;
} leaf_attrs;

static const sinter_value* find_tensor(const sinter_op_call* call, const char* name) {
  const sinter_attr* attr = sinter_find_attr(call, name);
  return attr ? &attr->tensors[0] : 0;
}

static int32_t read_leaf_attrs(const sinter_op_call* call, const sinter_forest* forest,
                               leaf_attrs* attrs) {
  attrs->modes = find_tensor(call, "nodes_modes");
  attrs->values = find_tensor(call, "nodes_splits");
  attrs->weights = find_tensor(call, "leaf_weights");
  attrs->members = find_tensor(call, "membership_values");
  attrs->roots = sinter_find_attr(call, "tree_roots");
  if (!attrs->modes || !attrs->values || !attrs->weights || !attrs->roots) {
    SINTER_FAIL(SINTER_BAD_VALUE, "attributes of TreeEnsemble are missing");
  }
  SINTER_TRY(check_numbers(call, forest, attrs->values));
  SINTER_TRY(check_numbers(call, forest, attrs->weights));
  if (attrs->members) SINTER_TRY(check_numbers(call, forest, attrs->members));
  attrs->count = sinter_num_elements(attrs->modes);
  attrs->num_leaves = sinter_num_elements(attrs->weights);
  attrs->features = find_ints(call, "nodes_featureids", attrs->count);
  attrs->if_true = find_ints(call, "nodes_truenodeids", attrs->count);
  attrs->if_false = find_ints(call, "nodes_falsenodeids", attrs->count);
  attrs->true_is_leaf = find_ints(call, "nodes_trueleafs", attrs->count);
  attrs->false_is_leaf = find_ints(call, "nodes_falseleafs", attrs->count);
  attrs->nan_is_true = find_ints(call, "nodes_missing_value_tracks_true", attrs->count);
  attrs->targets = find_ints(call, "leaf_targetids", attrs->num_leaves);
  if (sinter_num_elements(attrs->values) != attrs->count || !attrs->features || !attrs->if_true ||
      !attrs->if_false || !attrs->true_is_leaf || !attrs->false_is_leaf || !attrs->targets ||
      attrs->roots->count > attrs->count) {
    SINTER_FAIL(SINTER_BAD_VALUE, "attributes of TreeEnsemble must be of the same length");
  }
  return SINTER_OK;
}

/* Leaves are the nodes behind the inner ones. */
static int32_t find_child(const sinter_op_call* call, const leaf_attrs* attrs, int64_t child,
                          int64_t is_leaf, int64_t* at) {
  const int64_t limit = is_leaf ? attrs->num_leaves : attrs->count;
  if (child < 0 || child >= limit) {
    SINTER_FAIL(SINTER_BAD_VALUE, "a tree's node leads to one that there isn't");
  }
  *at = is_leaf ? attrs->count + child : child;
  return SINTER_OK;
}

/* The members of a node's set are those up to the next NaN; *next is where they start. */
static int32_t take_members(const sinter_op_call* call, const leaf_attrs* attrs,
                            sinter_forest* forest, sinter_tree_node* node, int64_t* next) {
  const int64_t total = attrs->members ? sinter_num_elements(attrs->members) : 0;
  node->first = *next;
  for (; *next < total; ++*next) {
    const double member = sinter_number_at(attrs->members, *next);
    if (member != member) return ++*next, SINTER_OK;
    forest->members[*next] = member;
    ++node->count;
  }
  SINTER_FAIL(SINTER_BAD_VALUE, "membership_values end before the last node's set");
}

static int32_t fill_inner(const sinter_op_call* call, const leaf_attrs* attrs,
                          sinter_forest* forest) {
  int64_t next_member = 0;
  for (int64_t i = 0; i < attrs->count; ++i) {
    sinter_tree_node* node = &forest->nodes[i];
    node->mode = (int32_t)sinter_int_at(attrs->modes, i);
    node->value = sinter_number_at(attrs->values, i);
    node->feature = attrs->features[i];
    node->nan_is_true = attrs->nan_is_true && attrs->nan_is_true[i] != 0;
    SINTER_TRY(check_feature(call, forest, node->feature));
    SINTER_TRY(find_child(call, attrs, attrs->if_true[i], attrs->true_is_leaf[i], &node->if_true));
    SINTER_TRY(
        find_child(call, attrs, attrs->if_false[i], attrs->false_is_leaf[i], &node->if_false));
    if (node->mode < 0 || node->mode > SINTER_TREE_MEMBER) {
      SINTER_FAIL(SINTER_BAD_VALUE, "unknown mode of a tree's node");
    }
    if (node->mode == SINTER_TREE_MEMBER) {
      SINTER_TRY(take_members(call, attrs, forest, node, &next_member));
    }
  }
  return SINTER_OK;
}

int32_t sinter_forest_from_leaves(const sinter_op_call* call, sinter_forest* forest) {
  leaf_attrs attrs;
  clear(forest);
  SINTER_TRY(read_leaf_attrs(call, forest, &attrs));
  forest->num_nodes = attrs.count + attrs.num_leaves;
  forest->num_votes = attrs.num_leaves;
  SINTER_TRY(make_arrays(call, forest, attrs.members ? sinter_num_elements(attrs.members) : 0));
  SINTER_TRY(fill_inner(call, &attrs, forest));
  for (int64_t i = 0; i < attrs.num_leaves; ++i) {
    sinter_tree_node* leaf = &forest->nodes[attrs.count + i];
    leaf->mode = SINTER_TREE_LEAF;
    leaf->first = i;
    leaf->count = 1;
    SINTER_TRY(check_target(call, forest, attrs.targets[i]));
    forest->votes[i] = (sinter_tree_vote){attrs.targets[i], sinter_number_at(attrs.weights, i)};
  }
  for (int64_t i = 0; i < attrs.roots->count; ++i) {
    const int64_t root = attrs.roots->ints[i];
    if (root < 0 || root >= attrs.count) SINTER_FAIL(SINTER_BAD_VALUE, "no such root of a tree");
    forest->roots[forest->num_trees++] = root;
  }
  return SINTER_OK;
}
