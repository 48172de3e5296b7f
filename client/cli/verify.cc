// sinter verify ARTIFACT MODEL: does the artifact compute what the model says?
//
// Checks the artifact's files against its manifest, and that it was made from this model; then runs
// the artifact and the reference evaluator, which knows nothing of the compiler, on the same inputs
// and compares. Needs no service.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/optional.h"
#include "base/digest.h"
#include "base/status_macros.h"
#include "base/temp_dir.h"
#include "client/cli/command.h"
#include "client/cli/exit_code.h"
#include "client/cli/json_text.h"
#include "client/cli/manifest_file.h"
#include "client/cli/model_flags.h"
#include "client/cli/run_inputs.h"
#include "client/cli/whole_model.h"
#include "client/lib/fault.h"
#include "client/lib/shape_flag.h"
#include "numerics/judge.h"
#include "runtime/loaded_model.h"
#include "runtime/value.h"

namespace sinter::client {
namespace {

class VerifyCommand final : public Command {
 public:
  Syntax& Declare(Syntax& root) override;
  absl::Status Run(Terminal& terminal) override;
  int success_exit_code() const override { return agrees_ ? kExitOk : kExitModel; }
  bool wants_json() const override { return json_; }

 private:
  absl::Status CheckFlags() const;
  absl::Status CheckArtifact() const;
  absl::StatusOr<std::map<std::string, std::vector<int64_t>>> Shapes(
      const ModelOutline& outline) const;
  absl::StatusOr<numerics::Judgement> Judge(const numerics::Question& question,
                                            const runtime::LoadedModel& artifact) const;
  void Print(Terminal& terminal, const numerics::Judgement& judgement);

  std::string artifact_, model_;
  std::vector<std::string> inputs_, shapes_;
  int64_t seed_ = 0;
  double tolerance_ = 0;
  bool follow_links_ = false;
  bool json_ = false;
  bool agrees_ = false;
};

Syntax& VerifyCommand::Declare(Syntax& root) {
  Syntax& syntax = root.Subcommand("verify", "check that an artifact computes what its model says");
  syntax.Argument("ARTIFACT", &artifact_, "a compiled library, or an artifact's folder");
  syntax.Argument("MODEL", &model_, "the ONNX model it was made from");
  syntax.Option("--input", "NAME=VALUE", &inputs_, "as for `sinter run`; else all are random");
  syntax.Option("--shape", "NAME=DIMS", &shapes_,
                "of a random input, as 1x3x224x224; else a small one that the model accepts");
  syntax.Option("--seed", "N", &seed_, "of the random inputs; else 0");
  syntax.Option("--tolerance", "T", &tolerance_,
                "how far floats may be apart, as a part of the output's largest; else by type: "
                "float64 1e-9, float32 1e-4, float16 1e-2, bfloat16 5e-2");
  syntax.Switch("--follow-links", &follow_links_,
                "take external data through links that leave the model's folder");
  syntax.Switch("--json", &json_, "print a JSON object");
  return syntax;
}

absl::Status VerifyCommand::CheckFlags() const {
  if (seed_ < 0) return UsageError("`--seed` is negative");
  if (tolerance_ < 0) return UsageError("`--tolerance` is negative");
  if (!inputs_.empty() && !shapes_.empty()) {
    return UsageError("`--shape` is for random inputs; with `--input`, NAME=random:SEED:2x3");
  }
  return absl::OkStatus();
}

absl::Status VerifyCommand::CheckArtifact() const {
  if (!IsArtifactFolder(artifact_)) return absl::OkStatus();
  SINTER_ASSIGN_OR_RETURN(const v1::ArtifactManifest manifest, ReadManifest(artifact_));
  SINTER_RETURN_IF_ERROR(CheckFiles(artifact_, manifest));
  const absl::StatusOr<base::Digest> model = base::DigestOfFile(model_);
  if (!model.ok()) return AsUsageError(model.status());
  if (model->sha256_hex != manifest.model().hash()) {
    return absl::InvalidArgumentError(absl::StrCat("`", artifact_, "` was made from the model ",
                                                   DigestText(manifest.model()), ", and `", model_,
                                                   "` is ", base::ToString(*model)));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::map<std::string, std::vector<int64_t>>> VerifyCommand::Shapes(
    const ModelOutline& outline) const {
  SINTER_ASSIGN_OR_RETURN(const std::vector<v1::ShapeSpec> specs,
                          ParseShapeFlags(shapes_, outline));
  std::map<std::string, std::vector<int64_t>> shapes;
  for (const v1::ShapeSpec& spec : specs) {
    std::vector<int64_t>& dims = shapes[spec.input()];
    for (const v1::ShapeSpec::Dim& dim : spec.dims()) {
      if (!dim.has_fixed()) {
        return UsageError(absl::StrCat("`--shape` of `", spec.input(),
                                       "` leaves a dimension open; a value has all of them"));
      }
      dims.push_back(dim.fixed());
    }
  }
  return shapes;
}

absl::StatusOr<numerics::Judgement> VerifyCommand::Judge(
    const numerics::Question& question, const runtime::LoadedModel& artifact) const {
  SINTER_ASSIGN_OR_RETURN(const base::TempDir folder, base::TempDir::Create("sinter-verify-"));
  const auto run = [&](absl::Span<const runtime::Value> values) {
    return RunLibrary(artifact, values, folder.path());
  };
  if (inputs_.empty()) return numerics::Judge(question, artifact, run);
  SINTER_ASSIGN_OR_RETURN(const std::vector<runtime::Value> inputs, ReadInputs(artifact, inputs_));
  return numerics::JudgeOn(question, artifact, inputs, run);
}

absl::Status VerifyCommand::Run(Terminal& terminal) {
  SINTER_RETURN_IF_ERROR(CheckFlags());
  SINTER_RETURN_IF_ERROR(CheckArtifact());
  const auto artifact = runtime::LoadedModel::Open(artifact_);
  if (absl::IsNotFound(artifact.status())) return AsUsageError(artifact.status());
  SINTER_RETURN_IF_ERROR(artifact.status());
  SINTER_ASSIGN_OR_RETURN(
      const ModelTree tree,
      OpenModel(model_, follow_links_ ? LinkPolicy::kFollow : LinkPolicy::kRefuseLeaving));
  SINTER_ASSIGN_OR_RETURN(const WholeModel model, ReadWholeModel(tree));
  SINTER_ASSIGN_OR_RETURN(auto shapes, Shapes(tree.outline));
  const numerics::Question question{model.proto, model.external_data, static_cast<uint64_t>(seed_),
                                    std::move(shapes), tolerance_};
  SINTER_ASSIGN_OR_RETURN(const numerics::Judgement judgement, Judge(question, **artifact));
  Print(terminal, judgement);
  return absl::OkStatus();
}

void VerifyCommand::Print(Terminal& terminal, const numerics::Judgement& judgement) {
  agrees_ = judgement.faults.empty();
  if (!json_) {
    for (const auto& output : judgement.certificate.outputs()) {
      terminal.out << absl::StrFormat(
          "%s: %s, %d elements: max abs %.3g, max rel %.3g, max ulp %.3g, cosine %.9g\n",
          output.name(), output.type(), output.elements(), output.max_abs(), output.max_rel(),
          output.max_ulp(), output.cosine());
    }
    for (const std::string& fault : judgement.faults) terminal.out << "WRONG " << fault << "\n";
    return;
  }
  Json inputs = Json::array(), outputs = Json::array();
  for (const auto& input : judgement.certificate.inputs()) {
    inputs.push_back({{"name", input.name()}, {"value", input.value()}});
  }
  for (const auto& output : judgement.certificate.outputs()) {
    outputs.push_back({{"name", output.name()},
                       {"type", output.type()},
                       {"elements", output.elements()},
                       {"max_abs", output.max_abs()},
                       {"max_rel", output.max_rel()},
                       {"max_ulp", output.max_ulp()},
                       {"cosine", output.cosine()},
                       {"tolerance", output.tolerance()}});
  }
  PrintJsonLine(terminal.out, {{"agrees", agrees_},
                               {"judge", judgement.certificate.judge()},
                               {"seed", seed_},
                               {"inputs", inputs},
                               {"outputs", outputs},
                               {"faults", judgement.faults}});
}

}  // namespace

std::unique_ptr<Command> MakeVerifyCommand() { return std::make_unique<VerifyCommand>(); }

}  // namespace sinter::client
