// ai.onnx.ml: TreeEnsemble, TreeEnsembleClassifier and TreeEnsembleRegressor.
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"
#include "reference/ops/ml_scores.h"
#include "reference/ops/tree_math.h"
#include "reference/tensor_proto.h"

namespace sinter::reference {
namespace {

constexpr char kMl[] = "ai.onnx.ml";
constexpr const char* kTests[] = {"BRANCH_LEQ", "BRANCH_LT",  "BRANCH_GTE",    "BRANCH_GT",
                                  "BRANCH_EQ",  "BRANCH_NEQ", "BRANCH_MEMBER", "LEAF"};
constexpr const char* kAggregates[] = {"AVERAGE", "SUM", "MIN", "MAX"};

// The reals of a tensor attribute; empty if absent.
absl::StatusOr<std::vector<double>> TensorReals(const Call& call, const std::string& name) {
  const onnx::AttributeProto* attribute = call.Attribute(name);
  if (attribute == nullptr) return std::vector<double>();
  SINTER_ASSIGN_OR_RETURN(const Tensor tensor, FromProto(attribute->t()));
  if (!tensor.HoldsReals() && !tensor.HoldsIntegers())
    return absl::InvalidArgumentError(absl::StrCat("`", name, "` has no numbers"));
  std::vector<double> reals;
  for (int64_t i = 0; i < tensor.count(); ++i) reals.push_back(tensor.RealAt(i));
  return reals;
}

// Floats, or the tensor of doubles that may stand for them from version 3 on.
absl::StatusOr<std::vector<double>> Reals(const Call& call, const std::string& name) {
  if (call.HasAttribute(name)) return call.Floats(name);
  return TensorReals(call, name + "_as_tensor");
}

absl::Status CheckSize(const char* name, size_t found, size_t wanted) {
  if (found == wanted) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("`", name, "` has ", found, " entries; it needs ", wanted));
}

absl::StatusOr<TreeAggregate> AggregateByName(const std::string& name) {
  for (size_t i = 0; i < std::size(kAggregates); ++i) {
    if (name == kAggregates[i]) return static_cast<TreeAggregate>(i);
  }
  return absl::InvalidArgumentError(absl::StrCat("`aggregate_function` is `", name, "`"));
}

absl::StatusOr<TreeTest> TestByName(const std::string& name) {
  for (size_t i = 0; i < std::size(kTests); ++i) {
    // Members came later, with an op of their own.
    if (name == kTests[i] && static_cast<TreeTest>(i) != TreeTest::kMember)
      return static_cast<TreeTest>(i);
  }
  return absl::InvalidArgumentError(absl::StrCat("`nodes_modes` has `", name, "`"));
}

// A node by the numbers of its tree and of itself.
using NodeIndex = std::map<std::pair<int64_t, int64_t>, int64_t>;

// The nodes of the older ops, each with its tree's and its own number.
absl::StatusOr<NodeIndex> ReadNodes(const Call& call, TreeEnsemble& trees) {
  const std::vector<int64_t> tree_ids = call.Ints("nodes_treeids"),
                             ids = call.Ints("nodes_nodeids"),
                             features = call.Ints("nodes_featureids");
  const std::vector<int64_t> if_true = call.Ints("nodes_truenodeids"),
                             if_false = call.Ints("nodes_falsenodeids");
  const std::vector<int64_t> missing = call.Ints("nodes_missing_value_tracks_true");
  const std::vector<std::string> modes = call.Strings("nodes_modes");
  SINTER_ASSIGN_OR_RETURN(const std::vector<double> thresholds, Reals(call, "nodes_values"));
  const size_t count = tree_ids.size();
  SINTER_RETURN_IF_ERROR(CheckSize("nodes_nodeids", ids.size(), count));
  SINTER_RETURN_IF_ERROR(CheckSize("nodes_featureids", features.size(), count));
  SINTER_RETURN_IF_ERROR(CheckSize("nodes_truenodeids", if_true.size(), count));
  SINTER_RETURN_IF_ERROR(CheckSize("nodes_falsenodeids", if_false.size(), count));
  SINTER_RETURN_IF_ERROR(CheckSize("nodes_modes", modes.size(), count));
  SINTER_RETURN_IF_ERROR(CheckSize("nodes_values", thresholds.size(), count));
  if (!missing.empty())
    SINTER_RETURN_IF_ERROR(CheckSize("nodes_missing_value_tracks_true", missing.size(), count));
  NodeIndex index;
  for (size_t i = 0; i < count; ++i) {
    if (!index.emplace(std::make_pair(tree_ids[i], ids[i]), static_cast<int64_t>(i)).second)
      return absl::InvalidArgumentError("two nodes of one tree have one number");
  }
  trees.nodes.resize(count);
  std::set<int64_t> children;
  for (size_t i = 0; i < count; ++i) {
    TreeNode& node = trees.nodes[i];
    SINTER_ASSIGN_OR_RETURN(node.test, TestByName(modes[i]));
    node.feature = features[i];
    node.threshold = thresholds[i];
    node.missing_is_true = !missing.empty() && missing[i] != 0;
    if (node.test == TreeTest::kLeaf) continue;
    const auto yes = index.find({tree_ids[i], if_true[i]}),
               no = index.find({tree_ids[i], if_false[i]});
    if (yes == index.end() || no == index.end())
      return absl::InvalidArgumentError("a branch leads to no node");
    node.if_true = yes->second;
    node.if_false = no->second;
    children.insert({node.if_true, node.if_false});
  }
  for (size_t i = 0; i < count; ++i) {
    if (children.count(static_cast<int64_t>(i)) == 0)
      trees.roots.push_back(static_cast<int64_t>(i));
  }
  return index;
}

// The weights of the older ops, whose attributes begin with `prefix`.
absl::Status ReadWeights(const Call& call, const std::string& prefix, const NodeIndex& index,
                         TreeEnsemble& trees) {
  const std::vector<int64_t> tree_ids = call.Ints(prefix + "_treeids"),
                             ids = call.Ints(prefix + "_nodeids"),
                             targets = call.Ints(prefix + "_ids");
  SINTER_ASSIGN_OR_RETURN(const std::vector<double> weights, Reals(call, prefix + "_weights"));
  for (const size_t size : {ids.size(), targets.size(), weights.size()}) {
    if (size != tree_ids.size())
      return absl::InvalidArgumentError(
          absl::StrCat("the attributes `", prefix, "_*` have different lengths"));
  }
  for (size_t i = 0; i < tree_ids.size(); ++i) {
    const auto at = index.find({tree_ids[i], ids[i]});
    if (at == index.end()) return absl::InvalidArgumentError("a weight of no node");
    trees.nodes[at->second].weights.push_back({targets[i], weights[i]});
  }
  SINTER_ASSIGN_OR_RETURN(trees.base, Reals(call, "base_values"));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Value>> TreeEnsembleRegressor(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Rows rows, ReadRows(call));
  SINTER_ASSIGN_OR_RETURN(const PostTransform transform, ReadPostTransform(call));
  TreeEnsemble trees;
  SINTER_ASSIGN_OR_RETURN(const NodeIndex index, ReadNodes(call, trees));
  SINTER_RETURN_IF_ERROR(ReadWeights(call, "target", index, trees));
  SINTER_ASSIGN_OR_RETURN(trees.aggregate,
                          AggregateByName(call.String("aggregate_function", "SUM")));
  trees.targets = call.Int("n_targets", 1);
  SINTER_RETURN_IF_ERROR(CheckElementCount({rows.count, trees.targets}));
  SINTER_RETURN_IF_ERROR(CheckTrees(trees, rows.size));
  std::vector<std::vector<double>> results;
  for (int64_t r = 0; r < rows.count; ++r) {
    results.push_back(TreeScores(trees, rows, r));
    Transform(transform, results.back());
  }
  return Single(RowTensor(results, trees.targets));
}

// If there are two classes and the leaves speak of one only, its score becomes the only target,
// which speaks for the second class. `all_positive` becomes whether all weights are.
bool MakeBinary(TreeEnsemble& trees, bool& all_positive) {
  std::set<int64_t> targets;
  all_positive = true;
  for (TreeNode& node : trees.nodes) {
    for (TreeWeight& weight : node.weights) {
      targets.insert(weight.target);
      all_positive = all_positive && weight.weight >= 0;
    }
  }
  if (trees.targets != 2 || targets.size() != 1) return false;
  for (TreeNode& node : trees.nodes) {
    for (TreeWeight& weight : node.weights) weight.target = 0;
  }
  trees.targets = 1;
  if (trees.base.size() == 2) trees.base.erase(trees.base.begin());
  return true;
}

absl::StatusOr<std::vector<Value>> TreeEnsembleClassifier(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Rows rows, ReadRows(call));
  SINTER_ASSIGN_OR_RETURN(const PostTransform transform, ReadPostTransform(call));
  SINTER_ASSIGN_OR_RETURN(const ClassLabels labels, ReadClassLabels(call, "classlabels_int64s"));
  if (labels.size() < 2) return absl::UnimplementedError("a classifier of one class");
  TreeEnsemble trees;
  SINTER_ASSIGN_OR_RETURN(const NodeIndex index, ReadNodes(call, trees));
  SINTER_RETURN_IF_ERROR(ReadWeights(call, "class", index, trees));
  trees.targets = static_cast<int64_t>(labels.size());
  bool all_positive = true;
  const bool is_binary = MakeBinary(trees, all_positive);
  SINTER_RETURN_IF_ERROR(CheckTrees(trees, rows.size));
  std::vector<size_t> chosen;
  std::vector<std::vector<double>> results;
  for (int64_t r = 0; r < rows.count; ++r) {
    std::vector<double> scores = TreeScores(trees, rows, r);
    if (is_binary) {
      // Weights that are all positive make a probability.
      chosen.push_back(scores[0] > (all_positive ? 0.5 : 0.0) ? 1 : 0);
      SINTER_ASSIGN_OR_RETURN(scores, BothScores(transform, scores[0], all_positive));
    } else {
      chosen.push_back(IndexOfLargest(scores));
      Transform(transform, scores);
    }
    results.push_back(std::move(scores));
  }
  return std::vector<Value>{LabelTensor(labels, chosen),
                            RowTensor(results, static_cast<int64_t>(labels.size()))};
}

// The interior nodes of version 5, followed by the leaves: leaf `i` is node `interior + i`.
absl::Status ReadSplitNodes(const Call& call, TreeEnsemble& trees) {
  SINTER_ASSIGN_OR_RETURN(const std::vector<double> modes, TensorReals(call, "nodes_modes"));
  SINTER_ASSIGN_OR_RETURN(const std::vector<double> splits, TensorReals(call, "nodes_splits"));
  SINTER_ASSIGN_OR_RETURN(const std::vector<double> members,
                          TensorReals(call, "membership_values"));
  SINTER_ASSIGN_OR_RETURN(const std::vector<double> weights, TensorReals(call, "leaf_weights"));
  const std::vector<int64_t> features = call.Ints("nodes_featureids"),
                             targets = call.Ints("leaf_targetids");
  const std::vector<int64_t> if_true = call.Ints("nodes_truenodeids"),
                             if_false = call.Ints("nodes_falsenodeids");
  const std::vector<int64_t> true_leaf = call.Ints("nodes_trueleafs"),
                             false_leaf = call.Ints("nodes_falseleafs");
  const std::vector<int64_t> missing = call.Ints("nodes_missing_value_tracks_true");
  const size_t count = modes.size();
  SINTER_RETURN_IF_ERROR(CheckSize("nodes_splits", splits.size(), count));
  SINTER_RETURN_IF_ERROR(CheckSize("nodes_featureids", features.size(), count));
  SINTER_RETURN_IF_ERROR(CheckSize("nodes_truenodeids", if_true.size(), count));
  SINTER_RETURN_IF_ERROR(CheckSize("nodes_falsenodeids", if_false.size(), count));
  SINTER_RETURN_IF_ERROR(CheckSize("nodes_trueleafs", true_leaf.size(), count));
  SINTER_RETURN_IF_ERROR(CheckSize("nodes_falseleafs", false_leaf.size(), count));
  SINTER_RETURN_IF_ERROR(CheckSize("leaf_targetids", targets.size(), weights.size()));
  if (!missing.empty())
    SINTER_RETURN_IF_ERROR(CheckSize("nodes_missing_value_tracks_true", missing.size(), count));
  const auto interior = static_cast<int64_t>(count), leaves = static_cast<int64_t>(weights.size());
  // -1 for what is out of range, which CheckTrees finds.
  const auto place = [&](int64_t at, bool is_leaf) {
    if (at < 0 || at >= (is_leaf ? leaves : interior)) return int64_t{-1};
    return is_leaf ? interior + at : at;
  };
  size_t member = 0;
  for (size_t i = 0; i < count; ++i) {
    if (!(modes[i] >= 0 && modes[i] <= 6))
      return absl::InvalidArgumentError("`nodes_modes` has an entry out of range");
    TreeNode node;
    node.test = static_cast<TreeTest>(static_cast<int>(modes[i]));
    node.feature = features[i];
    node.threshold = splits[i];
    node.missing_is_true = !missing.empty() && missing[i] != 0;
    node.if_true = place(if_true[i], true_leaf[i] != 0);
    node.if_false = place(if_false[i], false_leaf[i] != 0);
    if (node.test == TreeTest::kMember) {
      while (member < members.size() && !std::isnan(members[member]))
        node.members.insert(members[member++]);
      ++member;
    }
    trees.nodes.push_back(std::move(node));
  }
  for (size_t i = 0; i < weights.size(); ++i) {
    TreeNode leaf;
    leaf.weights.push_back({targets[i], weights[i]});
    trees.nodes.push_back(std::move(leaf));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Value>> TreeEnsemble5(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Rows rows, ReadRows(call));
  TreeEnsemble trees;
  SINTER_RETURN_IF_ERROR(ReadSplitNodes(call, trees));
  trees.roots = call.Ints("tree_roots");
  trees.targets = call.Int("n_targets", 1);
  const int64_t aggregate = call.Int("aggregate_function", 1),
                transform = call.Int("post_transform", 0);
  if (aggregate < 0 || aggregate > 3 || transform < 0 || transform > 4)
    return absl::InvalidArgumentError("`aggregate_function` or `post_transform` is out of range");
  trees.aggregate = static_cast<TreeAggregate>(aggregate);
  SINTER_RETURN_IF_ERROR(CheckElementCount({rows.count, trees.targets}));
  SINTER_RETURN_IF_ERROR(CheckTrees(trees, rows.size));
  std::vector<std::vector<double>> results;
  for (int64_t r = 0; r < rows.count; ++r) {
    results.push_back(TreeScores(trees, rows, r));
    Transform(static_cast<PostTransform>(transform), results.back());
  }
  const Tensor y = RowTensor(results, trees.targets);
  return Single(Tensor(call.tensor(0).dtype(), y.dims(), y.reals()));
}

}  // namespace

absl::Span<const Operator> MlTreeOperators() {
  static constexpr Operator kOperators[] = {
      {kMl, "TreeEnsemble", 5, TreeEnsemble5},
      {kMl, "TreeEnsembleClassifier", 1, TreeEnsembleClassifier},
      {kMl, "TreeEnsembleRegressor", 1, TreeEnsembleRegressor},
  };
  return kOperators;
}

}  // namespace sinter::reference
