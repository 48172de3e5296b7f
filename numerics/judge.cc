#include "numerics/judge.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "base/annotate.h"
#include "base/status_macros.h"
#include "numerics/random_inputs.h"
#include "numerics/to_reference.h"
#include "reference/evaluator.h"

namespace sinter::numerics {
namespace {

using runtime::LoadedModel;
using runtime::Value;
using NamedValues = std::vector<std::pair<std::string, reference::Value>>;

absl::StatusOr<NamedValues> Expected(const Question& question, const LoadedModel& artifact,
                                     absl::Span<const Value> inputs) {
  std::map<std::string, reference::Value> values;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const runtime::ValueInfo& info = artifact.inputs()[i];
    absl::StatusOr<reference::Value> value = ToReference(inputs[i], info.type);
    if (!value.ok()) {
      return base::Annotate(value.status(), absl::StrCat("input `", info.name, "`"));
    }
    values.emplace(info.name, *std::move(value));
  }
  reference::EvaluateOptions options;
  options.seed = question.seed;
  options.external_data = question.external_data;
  absl::StatusOr<NamedValues> outputs = reference::Evaluate(question.model, values, options);
  if (!outputs.ok()) return base::Annotate(outputs.status(), "the reference evaluator");
  return outputs;
}

void Record(const std::string& name, const Measure& measure, v1::NumericsCertificate& certificate) {
  v1::NumericsCertificate::Output* const row = certificate.add_outputs();
  row->set_name(name);
  row->set_type(measure.type);
  row->set_elements(measure.elements);
  row->set_max_abs(measure.max_abs);
  row->set_max_rel(measure.max_rel);
  row->set_max_ulp(measure.max_ulp);
  row->set_cosine(measure.cosine);
  row->set_tolerance(measure.tolerance);
}

// The value that the artifact gave for an output, as one of the reference's.
absl::StatusOr<reference::Value> Found(const LoadedModel& artifact,
                                       const std::vector<Value>& outputs, const std::string& name) {
  for (size_t i = 0; i < artifact.outputs().size(); ++i) {
    if (artifact.outputs()[i].name != name) continue;
    return ToReference(outputs[i], artifact.outputs()[i].type);
  }
  return absl::InvalidArgumentError(absl::StrCat("the artifact has no output `", name, "`"));
}

absl::StatusOr<Judgement> Compare(const Question& question, const LoadedModel& artifact,
                                  absl::Span<const Value> inputs, const std::vector<Value>& outputs,
                                  const NamedValues& expected) {
  Judgement judgement;
  v1::NumericsCertificate& certificate = judgement.certificate;
  certificate.set_judge(kJudge);
  certificate.set_seed(question.seed);
  for (size_t i = 0; i < inputs.size(); ++i) {
    v1::NumericsCertificate::Input* const row = certificate.add_inputs();
    row->set_name(artifact.inputs()[i].name);
    row->set_value(inputs[i].Text());
  }
  const Tolerance tolerance = ToleranceFor(question.model, question.tolerance);
  for (const auto& [name, wanted] : expected) {
    SINTER_ASSIGN_OR_RETURN(const reference::Value found, Found(artifact, outputs, name));
    const Measure measure = MeasureValue(found, wanted, tolerance);
    Record(name, measure, certificate);
    if (!measure.agrees()) {
      judgement.faults.push_back(absl::StrCat("output `", name, "`: ", measure.problem));
    }
  }
  return judgement;
}

bool RoundsToIntegers(const std::string& op) {
  return absl::StrContains(op, "Quant") || absl::StartsWith(op, "QLinear") ||
         absl::StartsWith(op, "QGemm") || absl::StartsWith(op, "QAttention");
}

// Values of the type `number` lead to outputs of others. What is narrower than 16 bits is stored
// so, and not computed in.
void Widen(int64_t number, Tolerance& tolerance) {
  const auto dtype = static_cast<reference::Dtype>(number);
  if (dtype != reference::Dtype::kFloat32 && dtype != reference::Dtype::kFloat16 &&
      dtype != reference::Dtype::kBfloat16) {
    return;
  }
  tolerance.at_least = std::max(tolerance.at_least, Tolerance::PartOf(dtype));
}

void WidenByNodes(const google::protobuf::RepeatedPtrField<onnx::NodeProto>& nodes,
                  Tolerance& tolerance) {
  for (const onnx::NodeProto& node : nodes) {
    tolerance.quantizes |= RoundsToIntegers(node.op_type());
    for (const onnx::AttributeProto& attribute : node.attribute()) {
      if (node.op_type() == "Cast" && attribute.name() == "to") Widen(attribute.i(), tolerance);
      if (attribute.has_g()) WidenByNodes(attribute.g().node(), tolerance);
    }
  }
}

}  // namespace

Tolerance ToleranceFor(const onnx::ModelProto& model, double of_largest) {
  Tolerance tolerance;
  tolerance.of_largest = of_largest;
  for (const auto& input : model.graph().input()) {
    Widen(input.type().tensor_type().elem_type(), tolerance);
  }
  WidenByNodes(model.graph().node(), tolerance);
  for (const onnx::FunctionProto& function : model.functions()) {
    WidenByNodes(function.node(), tolerance);
  }
  return tolerance;
}

absl::StatusOr<Judgement> JudgeOn(const Question& question, const LoadedModel& artifact,
                                  absl::Span<const Value> inputs, const RunArtifact& run) {
  SINTER_ASSIGN_OR_RETURN(const NamedValues expected, Expected(question, artifact, inputs));
  SINTER_ASSIGN_OR_RETURN(const std::vector<Value> outputs, run(inputs));
  return Compare(question, artifact, inputs, outputs, expected);
}

absl::StatusOr<Judgement> Judge(const Question& question, const LoadedModel& artifact,
                                const RunArtifact& run) {
  absl::Status refused;
  absl::optional<std::string> failure;  // of the artifact where the reference computes
  for (const RandomChoice& choice : ChoicesFor(artifact.inputs(), question.seed, question.shapes)) {
    SINTER_ASSIGN_OR_RETURN(const std::vector<Value> inputs,
                            RandomInputs(artifact.inputs(), choice));
    const absl::StatusOr<NamedValues> expected = Expected(question, artifact, inputs);
    if (!expected.ok() && !absl::IsInvalidArgument(expected.status())) return expected.status();
    if (!expected.ok()) {
      refused.Update(expected.status());
      continue;
    }
    const absl::StatusOr<std::vector<Value>> outputs = run(inputs);
    if (outputs.ok()) return Compare(question, artifact, inputs, *outputs, *expected);
    if (!failure.has_value()) failure = std::string(outputs.status().message());
  }
  if (!failure.has_value()) {
    return base::Annotate(refused, "no random inputs that suit the model, give shapes or inputs");
  }
  Judgement judgement;
  judgement.faults = {absl::StrCat("the artifact fails where the reference computes: ", *failure)};
  return judgement;
}

}  // namespace sinter::numerics
