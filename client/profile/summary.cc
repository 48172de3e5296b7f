#include "client/profile/summary.h"

#include <algorithm>
#include <map>
#include <utility>

namespace sinter::client {
namespace {

using runtime::KernelProfile;

void AddTo(absl::optional<double>& sum, const absl::optional<double>& amount) {
  if (sum.has_value() && amount.has_value()) {
    *sum += *amount;
  } else {
    sum = absl::nullopt;
  }
}

absl::optional<double> AsDouble(const absl::optional<int64_t>& amount) {
  if (!amount.has_value()) return absl::nullopt;
  return static_cast<double>(*amount);
}

absl::optional<double> Part(const absl::optional<double>& amount, double part) {
  if (!amount.has_value()) return absl::nullopt;
  return *amount * part;
}

KernelCost CostOf(const KernelProfile::Row& row, const Peaks* peaks) {
  KernelCost kernel;
  kernel.kernel = row.kernel;
  for (const KernelProfile::Node& node : row.each_node) {
    kernel.nodes.push_back(node.name);
    kernel.ops.push_back(node.op);
  }
  kernel.calls = row.calls;
  kernel.total_ns = static_cast<double>(row.total_ns);
  kernel.dtype = row.dtype;
  kernel.cost = {static_cast<double>(row.self_ns), AsDouble(row.flops), AsDouble(row.bytes),
                 absl::nullopt};
  if (peaks == nullptr || !row.flops.has_value() || !row.bytes.has_value()) return kernel;
  const double calls = static_cast<double>(row.calls);
  const absl::optional<Bound> bound =
      BoundOf(*peaks, *kernel.cost.flops / calls, *kernel.cost.bytes / calls, row.dtype);
  if (!bound.has_value()) return kernel;
  kernel.cost.least_ns = bound->seconds * 1e9 * calls;
  kernel.by_memory = bound->by_memory;
  return kernel;
}

// What part of a kernel each of its nodes is.
std::vector<double> PartsOf(const KernelProfile::Row& row) {
  const size_t count = row.each_node.size();
  double sum = 0;
  for (const KernelProfile::Node& node : row.each_node) sum += AsDouble(node.flops).value_or(0);
  std::vector<double> parts;
  for (const KernelProfile::Node& node : row.each_node) {
    parts.push_back(sum > 0 ? AsDouble(node.flops).value_or(0) / sum
                            : 1.0 / static_cast<double>(count));
  }
  return parts;
}

// Gathers costs by name, in order of appearance.
class Nodes {
 public:
  void Add(const KernelProfile::Row& row, const Cost& cost) {
    if (row.each_node.empty()) return AddOne({"", "", absl::nullopt}, row.kernel, cost);
    const std::vector<double> parts = PartsOf(row);
    for (size_t i = 0; i < parts.size(); ++i) {
      AddOne(row.each_node[i], row.kernel,
             {cost.ns * parts[i], AsDouble(row.each_node[i].flops), Part(cost.bytes, parts[i]),
              Part(cost.least_ns, parts[i])});
    }
  }
  std::vector<NodeCost> Take() { return std::move(nodes_); }

 private:
  void AddOne(const KernelProfile::Node& node, const std::string& kernel, const Cost& cost) {
    const auto [found, is_new] = index_.try_emplace({node.name, node.op}, nodes_.size());
    if (is_new) nodes_.push_back({node.name, node.op, {}, {}});
    NodeCost& sum = nodes_[found->second];
    if (std::find(sum.kernels.begin(), sum.kernels.end(), kernel) == sum.kernels.end()) {
      sum.kernels.push_back(kernel);
    }
    sum.cost.Add(cost);
  }

  std::map<std::pair<std::string, std::string>, size_t> index_;
  std::vector<NodeCost> nodes_;
};

std::vector<OpCost> ByOp(const std::vector<NodeCost>& nodes) {
  std::map<std::string, size_t> index;
  std::vector<OpCost> ops;
  for (const NodeCost& node : nodes) {
    const auto [found, is_new] = index.try_emplace(node.op, ops.size());
    if (is_new) ops.push_back({node.op, 0, {}});
    OpCost& sum = ops[found->second];
    ++sum.nodes;
    sum.cost.Add(node.cost);
  }
  return ops;
}

template <typename Line>
void LongestFirst(std::vector<Line>& lines) {
  std::stable_sort(lines.begin(), lines.end(),
                   [](const Line& a, const Line& b) { return a.cost.ns > b.cost.ns; });
}

}  // namespace

absl::optional<double> Cost::Rate(const absl::optional<double>& amount) const {
  if (!amount.has_value() || ns <= 0) return absl::nullopt;
  return *amount / ns;
}

void Cost::Add(const Cost& other) {
  ns += other.ns;
  AddTo(flops, other.flops);
  AddTo(bytes, other.bytes);
  AddTo(least_ns, other.least_ns);
}

ProfileSummary Summarize(const KernelProfile& profile, const Peaks* peaks) {
  ProfileSummary summary;
  summary.runs = profile.runs();
  summary.run_ns = static_cast<double>(profile.run_ns());
  if (peaks != nullptr) summary.peaks = *peaks;
  Nodes nodes;
  for (const KernelProfile::Row& row : profile.rows()) {
    if (row.calls == 0) continue;
    KernelCost kernel = CostOf(row, peaks);
    summary.all.Add(kernel.cost);
    nodes.Add(row, kernel.cost);
    summary.kernels.push_back(std::move(kernel));
  }
  summary.nodes = nodes.Take();
  summary.ops = ByOp(summary.nodes);
  LongestFirst(summary.kernels);
  LongestFirst(summary.nodes);
  LongestFirst(summary.ops);
  return summary;
}

}  // namespace sinter::client
