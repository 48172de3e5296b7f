#include <queue>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "compiler_core/import/onnx_file.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "onnx/onnx_pb.h"

namespace sinter::import {
namespace {

using ir::DiagnosticKind;

constexpr int kGiven = -1;  // "defined" by an input or initializer

// Calls visit(name) for what a node reads: its inputs, and what its graphs (the branches of an If)
// take from around them. Those may also hold names of their own: `visit` gets them too.
template <typename Visit>
void ForEachRead(const ::onnx::NodeProto& node, int depth, Visit& visit) {
  constexpr int kMaxDepth = 32;
  for (const std::string& input : node.input()) visit(input, depth);
  if (depth == kMaxDepth) return;
  for (const auto& attribute : node.attribute()) {
    if (!attribute.has_g()) continue;
    for (const auto& inner : attribute.g().node()) ForEachRead(inner, depth + 1, visit);
    for (const auto& output : attribute.g().output()) visit(output.name(), depth + 1);
  }
}

class Sorter {
 public:
  explicit Sorter(const ::onnx::GraphProto& graph) : graph_(graph) {}

  GraphOrder Sort() {
    if (!Define() || !CheckUses()) return std::move(order_);
    std::vector<int> sorted = Kahn();
    if (static_cast<int>(sorted.size()) < graph_.node_size()) {
      FailWithCycle(sorted);
      return std::move(order_);
    }
    const std::vector<bool> needed = Needed(sorted);
    for (int node : sorted) {
      if (needed[node]) order_.nodes.push_back(node);
    }
    return std::move(order_);
  }

 private:
  bool Fail(DiagnosticKind kind, const std::string& what, int culprit) {
    order_.error = ir::Error(kind, what);
    order_.culprit = culprit;
    return false;
  }

  bool Define() {
    for (const auto& input : graph_.input()) {
      if (!definer_.emplace(input.name(), kGiven).second) {
        return Fail(DiagnosticKind::kDuplicateName,
                    absl::StrCat("input `", input.name(), "` is declared twice"), -1);
      }
    }
    // An initializer may be an input's default.
    for (const auto& tensor : graph_.initializer()) definer_.emplace(tensor.name(), kGiven);
    for (int i = 0; i < graph_.node_size(); ++i) {
      for (const std::string& output : graph_.node(i).output()) {
        if (output.empty() || definer_.emplace(output, i).second) continue;
        return Fail(DiagnosticKind::kDuplicateName,
                    absl::StrCat("value `", output, "` is defined twice"), i);
      }
    }
    return true;
  }

  bool CheckUses() {
    for (int i = 0; i < graph_.node_size(); ++i) {
      for (const std::string& input : graph_.node(i).input()) {
        if (input.empty() || definer_.count(input) > 0) continue;
        return Fail(DiagnosticKind::kMissingValue,
                    absl::StrCat("input `", input, "` is computed by no node, and is neither an ",
                                 "initializer nor an input of the model"),
                    i);
      }
    }
    for (const auto& output : graph_.output()) {
      if (definer_.count(output.name()) > 0) continue;
      return Fail(DiagnosticKind::kMissingValue,
                  absl::StrCat("output `", output.name(), "` of the model is computed by no node"),
                  -1);
    }
    return true;
  }

  // Calls visit(definer) for each input of `node` that a node defines.
  template <typename Visit>
  void ForEachDefiner(int node, Visit visit) const {
    auto read = [&](const std::string& name, int) {
      auto found = definer_.find(name);
      // A name that is not defined here is a subgraph's own.
      if (found != definer_.end() && found->second != kGiven) visit(found->second);
    };
    ForEachRead(graph_.node(node), 0, read);
  }

  // Keeps the model's own order as far as it can.
  std::vector<int> Kahn() const {
    const int count = graph_.node_size();
    std::vector<int> waiting(count, 0);
    std::vector<std::vector<int>> users(count);
    for (int i = 0; i < count; ++i) {
      ForEachDefiner(i, [&](int definer) {
        ++waiting[i];
        users[definer].push_back(i);
      });
    }
    std::priority_queue<int, std::vector<int>, std::greater<int>> ready;
    for (int i = 0; i < count; ++i) {
      if (waiting[i] == 0) ready.push(i);
    }
    std::vector<int> sorted;
    while (!ready.empty()) {
      sorted.push_back(ready.top());
      ready.pop();
      for (int user : users[sorted.back()]) {
        if (--waiting[user] == 0) ready.push(user);
      }
    }
    return sorted;
  }

  void FailWithCycle(const std::vector<int>& sorted) {
    std::vector<bool> done(graph_.node_size(), false);
    for (int node : sorted) done[node] = true;
    int at = 0;
    while (done[at]) ++at;
    // Each unsorted node has an unsorted definer: following them must come back.
    std::vector<int> step(graph_.node_size(), -1);
    std::vector<int> path;
    while (step[at] < 0) {
      step[at] = static_cast<int>(path.size());
      path.push_back(at);
      int next = at;
      ForEachDefiner(at, [&](int definer) {
        if (!done[definer]) next = definer;
      });
      at = next;
    }
    std::string names;
    for (size_t i = step[at]; i < path.size() && i < step[at] + 8u; ++i) {
      absl::StrAppend(&names, "`", NodeName(graph_.node(path[i]), path[i]), "` needs ");
    }
    Fail(DiagnosticKind::kCyclicGraph,
         absl::StrCat(names, "`", NodeName(graph_.node(at), at), "`: a graph has no cycles"), at);
  }

  std::vector<bool> Needed(const std::vector<int>& sorted) const {
    std::vector<bool> needed(graph_.node_size(), false);
    for (const auto& output : graph_.output()) {
      const int definer = definer_.at(output.name());
      if (definer != kGiven) needed[definer] = true;
    }
    for (size_t i = sorted.size(); i-- > 0;) {
      if (needed[sorted[i]])
        ForEachDefiner(sorted[i], [&](int definer) { needed[definer] = true; });
    }
    return needed;
  }

  const ::onnx::GraphProto& graph_;
  std::unordered_map<std::string, int> definer_;
  GraphOrder order_;
};

}  // namespace

GraphOrder OrderNodes(const ::onnx::GraphProto& graph) { return Sorter(graph).Sort(); }

}  // namespace sinter::import
