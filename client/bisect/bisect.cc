#include "client/bisect/bisect.h"

#include <algorithm>
#include <set>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "client/bisect/model_cut.h"
#include "reference/evaluator.h"
#include "reference/tensor_proto.h"

namespace sinter::client {
namespace {

std::string NodeText(const onnx::NodeProto& node) {
  const std::string name = node.name().empty() ? node.output(0) : node.name();
  return absl::StrCat("`", name, "` (", node.op_type(), ")");
}

// Every value of the main graph, initializers and inputs among them.
absl::StatusOr<BisectValues> AllValues(const onnx::ModelProto& model, const BisectValues& inputs) {
  BisectValues values = inputs;
  std::set<std::string> own;
  for (const onnx::NodeProto& node : model.graph().node()) {
    own.insert(node.output().begin(), node.output().end());
  }
  for (const onnx::TensorProto& tensor : model.graph().initializer()) {
    SINTER_ASSIGN_OR_RETURN(reference::Tensor value, reference::FromProto(tensor));
    values.emplace(tensor.name(), std::move(value));
  }
  reference::EvaluateOptions options;
  options.observe = [&](const onnx::NodeProto& node, const std::vector<reference::Value>& outputs) {
    for (int i = 0; i < node.output_size() && i < static_cast<int>(outputs.size()); ++i) {
      // Subgraphs have names of their own, and come before the node that holds them.
      if (own.count(node.output(i)) > 0) values.insert_or_assign(node.output(i), outputs[i]);
    }
  };
  SINTER_RETURN_IF_ERROR(reference::Evaluate(model, inputs, options).status());
  return values;
}

class Bisection {
 public:
  Bisection(const BisectValues& values, const numerics::Tolerance& tolerance)
      : values_(values), tolerance_(tolerance) {}

  // The inputs of a model that was cut out.
  BisectValues InputsOf(const onnx::ModelProto& model) const {
    BisectValues inputs;
    for (const auto& input : model.graph().input()) {
      const auto value = values_.find(input.name());
      if (value != values_.end()) inputs.emplace(value->first, value->second);
    }
    return inputs;
  }

  // RETURNS: what is wrong, or "".
  absl::StatusOr<std::string> Problem(const onnx::ModelProto& model,
                                      const CompileAndRun& run) const {
    const absl::StatusOr<BisectValues> found = run(model, InputsOf(model));
    if (absl::IsInternal(found.status())) return std::string(found.status().message());
    SINTER_RETURN_IF_ERROR(found.status());
    for (const auto& output : model.graph().output()) {
      const auto value = found->find(output.name());
      const auto wanted = values_.find(output.name());
      if (value == found->end() || wanted == values_.end()) continue;
      const numerics::Measure measure =
          numerics::MeasureValue(value->second, wanted->second, tolerance_);
      if (!measure.agrees()) return absl::StrCat("output `", output.name(), "`: ", measure.problem);
    }
    return std::string();
  }

  bool IsWrong(const onnx::ModelProto& model, const CompileAndRun& run) const {
    const absl::StatusOr<std::string> problem = Problem(model, run);
    return problem.ok() && !problem->empty();
  }

  // Makes `model` as small as still is wrong.
  void Reduce(onnx::ModelProto& model, const CompileAndRun& run) const {
    CutFrontBySearch(model, run);
    while (DropOutputs(model, run) || CutNodes(model, run)) {
    }
  }

  // The first node in order whose own value is wrong, when it alone is asked for.
  std::string FirstWrong(const onnx::ModelProto& model, const CompileAndRun& run) const {
    for (const onnx::NodeProto& node : model.graph().node()) {
      onnx::ModelProto asked = model;
      asked.mutable_graph()->clear_output();
      const auto value = values_.find(node.output(0));
      if (value == values_.end() || value->second.tensor() == nullptr) continue;
      auto* const output = asked.mutable_graph()->add_output();
      output->set_name(node.output(0));
      *output->mutable_type() = reference::TypeOf(value->second);
      Prune(asked);
      if (IsWrong(asked, run)) return NodeText(node);
    }
    return "none alone: only together with the other outputs";
  }

  std::string Stage(const onnx::ModelProto& model, const BisectRunner& runner) const {
    const auto& simpler = runner.simpler;
    for (size_t i = 0; i < simpler.size(); ++i) {
      if (IsWrong(model, simpler[i].second)) continue;
      const std::string with = i == 0 ? "the usual options" : simpler[i - 1].first;
      return absl::StrCat("code generation: wrong with ", with, ", right with ", simpler[i].first);
    }
    onnx::ModelProto open;
    if (WithoutConstants(model, values_, open)) {
      const absl::StatusOr<std::string> problem = Problem(open, runner.usual);
      if (problem.ok() && problem->empty()) {
        return "import: right when no constant is known at compile time";
      }
    }
    for (int i = 0; i < model.graph().node_size(); ++i) {
      onnx::ModelProto alone;
      if (!OnlyNode(model, i, values_, alone) || !IsWrong(alone, runner.usual)) continue;
      return absl::StrCat("legalize or lower: ", NodeText(model.graph().node(i)),
                          " is wrong alone, at every level");
    }
    return "optimize or lower: each node is right alone, the nodes in one kernel are wrong";
  }

 private:
  // The longest front that can go, by halving.
  void CutFrontBySearch(onnx::ModelProto& model, const CompileAndRun& run) const {
    int low = 0, high = model.graph().node_size();
    onnx::ModelProto best = model;
    while (high - low > 1) {
      const int middle = (low + high) / 2;
      onnx::ModelProto cut;
      if (CutFront(model, middle, values_, cut) && IsWrong(cut, run)) {
        best = std::move(cut);
        low = middle;
      } else {
        high = middle;
      }
    }
    model = std::move(best);
  }

  bool DropOutputs(onnx::ModelProto& model, const CompileAndRun& run) const {
    bool changed = false;
    for (int i = model.graph().output_size() - 1; i >= 0 && model.graph().output_size() > 1; --i) {
      onnx::ModelProto cut = WithoutOutput(model, i);
      if (!IsWrong(cut, run)) continue;
      model = std::move(cut);
      changed = true;
      i = std::min(i, model.graph().output_size());
    }
    return changed;
  }

  bool CutNodes(onnx::ModelProto& model, const CompileAndRun& run) const {
    for (int i = model.graph().node_size() - 1; i >= 0 && model.graph().node_size() > 1; --i) {
      for (const auto cut_one : {CutBack, CutNode}) {
        onnx::ModelProto cut;
        if (!cut_one(model, i, values_, cut) || !IsWrong(cut, run)) continue;
        model = std::move(cut);
        return true;
      }
    }
    return false;
  }

  const BisectValues& values_;
  const numerics::Tolerance tolerance_;
};

}  // namespace

absl::StatusOr<absl::optional<Finding>> Bisect(const onnx::ModelProto& model,
                                               const BisectValues& inputs,
                                               const numerics::Tolerance& tolerance,
                                               const BisectRunner& runner) {
  SINTER_ASSIGN_OR_RETURN(const BisectValues values, AllValues(model, inputs));
  const Bisection bisection(values, tolerance);
  SINTER_ASSIGN_OR_RETURN(const std::string whole, bisection.Problem(model, runner.usual));
  if (whole.empty()) return absl::optional<Finding>();
  Finding finding;
  finding.reduced = model;
  bisection.Reduce(finding.reduced, runner.usual);
  finding.inputs = bisection.InputsOf(finding.reduced);
  SINTER_ASSIGN_OR_RETURN(finding.problem, bisection.Problem(finding.reduced, runner.usual));
  finding.first_wrong = bisection.FirstWrong(finding.reduced, runner.usual);
  finding.stage = bisection.Stage(finding.reduced, runner);
  return absl::optional<Finding>(std::move(finding));
}

}  // namespace sinter::client
