#include "reference/ops/tree_math.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace sinter::reference {
namespace {

bool Passes(const TreeNode& node, double x) {
  if (node.missing_is_true && std::isnan(x)) return true;
  switch (node.test) {
    case TreeTest::kLessOrEqual:
      return x <= node.threshold;
    case TreeTest::kLess:
      return x < node.threshold;
    case TreeTest::kGreaterOrEqual:
      return x >= node.threshold;
    case TreeTest::kGreater:
      return x > node.threshold;
    case TreeTest::kEqual:
      return x == node.threshold;
    case TreeTest::kNotEqual:
      return x != node.threshold;
    case TreeTest::kMember:
      return !std::isnan(x) && node.members.count(x) != 0;
    case TreeTest::kLeaf:
      break;
  }
  return false;
}

// Adds what a leaf says about a target to what others said.
void Aggregate(TreeAggregate how, bool is_first, double weight, double& score) {
  if (is_first) {
    score = weight;
  } else if (how == TreeAggregate::kMin) {
    score = std::min(score, weight);
  } else if (how == TreeAggregate::kMax) {
    score = std::max(score, weight);
  } else {
    score += weight;
  }
}

// Whether a walk from a root can meet a node twice. REQUIRES: indices in range.
bool HasCycle(const TreeEnsemble& trees) {
  enum class State { kNew, kOpen, kDone };
  std::vector<State> states(trees.nodes.size(), State::kNew);
  std::vector<int64_t> path = trees.roots;
  while (!path.empty()) {
    const int64_t at = path.back();
    const TreeNode& node = trees.nodes[at];
    if (states[at] != State::kNew || node.test == TreeTest::kLeaf) {
      states[at] = State::kDone;
      path.pop_back();
      continue;
    }
    states[at] = State::kOpen;
    for (const int64_t next : {node.if_true, node.if_false}) {
      if (states[next] == State::kOpen) return true;
      if (states[next] == State::kNew) path.push_back(next);
    }
  }
  return false;
}

}  // namespace

absl::Status CheckTrees(const TreeEnsemble& trees, int64_t features) {
  const auto count = static_cast<int64_t>(trees.nodes.size());
  const auto is_node = [count](int64_t i) { return i >= 0 && i < count; };
  if (!trees.base.empty() && static_cast<int64_t>(trees.base.size()) != trees.targets) {
    return absl::InvalidArgumentError(
        absl::StrCat(trees.base.size(), " base values for ", trees.targets, " targets"));
  }
  for (const int64_t root : trees.roots) {
    if (!is_node(root))
      return absl::InvalidArgumentError(absl::StrCat("a root ", root, " of ", count, " nodes"));
  }
  for (const TreeNode& node : trees.nodes) {
    for (const TreeWeight& weight : node.weights) {
      if (weight.target < 0 || weight.target >= trees.targets)
        return absl::InvalidArgumentError(
            absl::StrCat("a target ", weight.target, " of ", trees.targets));
    }
    if (node.test == TreeTest::kLeaf) continue;
    if (!is_node(node.if_true) || !is_node(node.if_false))
      return absl::InvalidArgumentError("a branch leads to no node");
    if (node.feature < 0 || node.feature >= features)
      return absl::InvalidArgumentError(absl::StrCat("a feature ", node.feature, " of ", features));
  }
  if (HasCycle(trees)) return absl::InvalidArgumentError("a tree comes back to one of its nodes");
  return absl::OkStatus();
}

std::vector<double> TreeScores(const TreeEnsemble& trees, const Rows& rows, int64_t row) {
  std::vector<double> scores(trees.targets, 0.0);
  std::vector<bool> is_set(trees.targets, false);
  for (const int64_t root : trees.roots) {
    const TreeNode* node = &trees.nodes[root];
    while (node->test != TreeTest::kLeaf) {
      node =
          &trees.nodes[Passes(*node, rows.At(row, node->feature)) ? node->if_true : node->if_false];
    }
    for (const TreeWeight& weight : node->weights) {
      Aggregate(trees.aggregate, !is_set[weight.target], weight.weight, scores[weight.target]);
      is_set[weight.target] = true;
    }
  }
  for (int64_t t = 0; t < trees.targets; ++t) {
    if (trees.aggregate == TreeAggregate::kAverage)
      scores[t] /= static_cast<double>(trees.roots.size());
    if (!trees.base.empty()) scores[t] += trees.base[t];
  }
  return scores;
}

}  // namespace sinter::reference
