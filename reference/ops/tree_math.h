// Decision trees, as all tree operators of ai.onnx.ml walk them.
#ifndef SINTER_REFERENCE_OPS_TREE_MATH_H_
#define SINTER_REFERENCE_OPS_TREE_MATH_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "reference/ops/ml_scores.h"

namespace sinter::reference {

enum class TreeTest {
  kLessOrEqual,
  kLess,
  kGreaterOrEqual,
  kGreater,
  kEqual,
  kNotEqual,
  kMember,
  kLeaf
};

// What one leaf adds to one target.
struct TreeWeight {
  int64_t target;
  double weight;
};

struct TreeNode {
  TreeTest test = TreeTest::kLeaf;
  int64_t feature = 0;
  double threshold = 0;
  std::set<double> members;
  bool missing_is_true = false;
  // Indices of nodes.
  int64_t if_true = 0, if_false = 0;
  std::vector<TreeWeight> weights;  // of a leaf
};

enum class TreeAggregate { kAverage, kSum, kMin, kMax };

struct TreeEnsemble {
  std::vector<TreeNode> nodes;
  std::vector<int64_t> roots;
  int64_t targets = 0;
  TreeAggregate aggregate = TreeAggregate::kSum;
  std::vector<double> base;  // of each target, or empty
};

// ERRORS: INVALID_ARGUMENT for an index out of range, or a tree that comes back to itself.
absl::Status CheckTrees(const TreeEnsemble& trees, int64_t features);

// The scores of one row for each target. REQUIRES: CheckTrees has passed.
std::vector<double> TreeScores(const TreeEnsemble& trees, const Rows& rows, int64_t row);

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_OPS_TREE_MATH_H_
