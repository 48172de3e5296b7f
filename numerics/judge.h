// Holds an artifact against the reference evaluator on random inputs.
//
//   Question question{model, ExternalDataIn(files)};
//   SINTER_ASSIGN_OR_RETURN(const Judgement judgement, Judge(question, *loaded, run));
//   if (!judgement.faults.empty()) ... the artifact is wrong
//
// Deterministic: the same question about the same artifact has the same answer. Takes as long as
// the reference evaluator does, which is made for being right.
#ifndef SINTER_NUMERICS_JUDGE_H_
#define SINTER_NUMERICS_JUDGE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "numerics/measure.h"
#include "onnx/onnx_pb.h"
#include "proto/sinter/v1/artifact.pb.h"
#include "reference/tensor_proto.h"
#include "runtime/loaded_model.h"
#include "runtime/value.h"

namespace sinter::numerics {

// Who judged, in certificates. Raise the number with each change of rules or of the evaluator that
// may change a verdict.
inline constexpr char kJudge[] = "sinter reference 1";

struct Question {
  const onnx::ModelProto& model;  // lent
  reference::ExternalData external_data;
  uint64_t seed = 0;
  std::map<std::string, std::vector<int64_t>> shapes;  // of inputs, by name; see ChoicesFor()
  double tolerance = 0;                                // see Tolerance::of_largest
};

struct Judgement {
  v1::NumericsCertificate certificate;
  // One for each output that is wrong, naming it and the place; empty if the artifact is right.
  std::vector<std::string> faults;
};

// Runs the artifact on inputs in its order. RETURNS: its outputs in its order.
using RunArtifact =
    std::function<absl::StatusOr<std::vector<runtime::Value>>(absl::Span<const runtime::Value>)>;

// On the first of ChoicesFor() that artifact and reference both accept.
// RETURNS: what differs; where the artifact fails on inputs that the reference accepts, and none
// suits both, that is a fault as well.
// ERRORS: UNIMPLEMENTED for an op that the reference evaluator lacks or an input that can't be
// random; INVALID_ARGUMENT if the reference accepts none of the choices; RESOURCE_EXHAUSTED.
absl::StatusOr<Judgement> Judge(const Question& question, const runtime::LoadedModel& artifact,
                                const RunArtifact& run);

// On the given inputs, in the artifact's order; `seed` and `shapes` don't count.
absl::StatusOr<Judgement> JudgeOn(const Question& question, const runtime::LoadedModel& artifact,
                                  absl::Span<const runtime::Value> inputs, const RunArtifact& run);

// What a model's outputs may be off: `of_largest` if it is set, else by the types that its values
// pass through and whether any node rounds to quantized integers.
Tolerance ToleranceFor(const onnx::ModelProto& model, double of_largest);

}  // namespace sinter::numerics

#endif  // SINTER_NUMERICS_JUDGE_H_
