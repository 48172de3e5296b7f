// sinter verify ARTIFACT MODEL: does the artifact compute what the model says?
//
// Checks the artifact's files against its manifest, and that it was made from this model; then
// compiles the model once more the plain way (the pipeline `reference` if the service has one, else
// without optimization and with strict arithmetic), runs both on the same inputs, and compares.
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/digest.h"
#include "base/run_command.h"
#include "base/status_macros.h"
#include "base/temp_dir.h"
#include "client/cli/command.h"
#include "client/cli/emit.h"
#include "client/cli/exit_code.h"
#include "client/cli/json_text.h"
#include "client/cli/manifest_file.h"
#include "client/cli/model_flags.h"
#include "client/cli/output_name.h"
#include "client/cli/service_flags.h"
#include "client/lib/artifact_client.h"
#include "client/lib/compile_client.h"
#include "client/lib/fault.h"
#include "runtime/compare_values.h"
#include "runtime/loaded_model.h"
#include "runtime/value.h"
#include "runtime/value_proto.h"

namespace sinter::client {
namespace {

constexpr char kReferencePipeline[] = "reference";

struct OutputDifference {
  std::string name;
  runtime::Difference difference;
};

// Runs a library on the inputs in a process of its own, as `sinter run` does; outputs go to
// `folder`.
absl::Status RunLibrary(const std::string& library, const std::vector<std::string>& inputs,
                        const std::string& folder) {
  base::SubprocessOptions options;
  options.argv = {"/proc/self/exe", "run", library, "--output-format=pb",
                  absl::StrCat("--output-dir=", folder)};
  for (const std::string& input : inputs) options.argv.push_back(absl::StrCat("--input=", input));
  SINTER_ASSIGN_OR_RETURN(const base::CommandResult result, base::RunCommand(std::move(options)));
  if (result.exit.ok()) return absl::OkStatus();
  const std::string message = absl::StrCat("running `", library, "`: ", result.standard_error);
  if (result.exit.exit_code == kExitUsage) return UsageError(message);
  if (result.exit.exit_code == kExitModel) return absl::InvalidArgumentError(message);
  return absl::InternalError(message);
}

absl::StatusOr<OutputDifference> CompareOutput(const runtime::ValueInfo& output,
                                               const std::string& got_folder,
                                               const std::string& want_folder) {
  const std::string file = OutputFileName(output.name, ".pb");
  SINTER_ASSIGN_OR_RETURN(
      const runtime::Value got,
      runtime::ReadValueProto(absl::StrCat(got_folder, "/", file), output.type));
  SINTER_ASSIGN_OR_RETURN(
      const runtime::Value want,
      runtime::ReadValueProto(absl::StrCat(want_folder, "/", file), output.type));
  SINTER_ASSIGN_OR_RETURN(runtime::Difference difference, runtime::CompareValues(got, want));
  return OutputDifference{output.name, difference};
}

class VerifyCommand final : public Command {
 public:
  Syntax& Declare(Syntax& root) override;
  absl::Status Run(Terminal& terminal) override;
  int success_exit_code() const override { return agrees_ ? kExitOk : kExitInternal; }
  bool wants_json() const override { return json_; }

 private:
  // RETURNS: the options that the artifact was made with; none for a bare library.
  absl::StatusOr<v1::CompileOptions> CheckArtifact() const;
  // Compiles the model the plain way. RETURNS: the path of the library in `folder`.
  absl::StatusOr<std::string> CompileReference(const v1::CompileOptions& made_with,
                                               const std::string& folder) const;
  std::vector<std::string> Inputs(const runtime::LoadedModel& model) const;
  void Print(Terminal& terminal, const std::vector<OutputDifference>& differences);

  ServiceFlags service_flags_;
  std::string artifact_, model_;
  std::vector<std::string> inputs_;
  int64_t seed_ = 0;
  double tolerance_ = 1e-4;
  bool follow_links_ = false;
  bool json_ = false;
  bool agrees_ = false;
};

Syntax& VerifyCommand::Declare(Syntax& root) {
  Syntax& syntax = root.Subcommand("verify", "check that an artifact computes what its model says");
  syntax.Argument("ARTIFACT", &artifact_, "a compiled library, or an artifact's folder");
  syntax.Argument("MODEL", &model_, "the ONNX model it was made from");
  syntax.Option("--input", "NAME=VALUE", &inputs_, "as for `sinter run`; else all are random");
  syntax.Option("--seed", "N", &seed_, "of the random inputs; else 0");
  syntax.Option("--tolerance", "T", &tolerance_,
                "how far outputs may be apart, as a part of the largest; else 1e-4");
  syntax.Switch("--follow-links", &follow_links_,
                "take external data through links that leave the model's folder");
  syntax.Switch("--json", &json_, "print a JSON object");
  service_flags_.Declare(syntax);
  return syntax;
}

absl::StatusOr<v1::CompileOptions> VerifyCommand::CheckArtifact() const {
  if (!IsArtifactFolder(artifact_)) return v1::CompileOptions();
  SINTER_ASSIGN_OR_RETURN(const v1::ArtifactManifest manifest, ReadManifest(artifact_));
  SINTER_RETURN_IF_ERROR(CheckFiles(artifact_, manifest));
  const absl::StatusOr<base::Digest> model = base::DigestOfFile(model_);
  if (!model.ok()) return AsUsageError(model.status());
  if (model->sha256_hex != manifest.model().hash()) {
    return absl::InvalidArgumentError(absl::StrCat("`", artifact_, "` was made from the model ",
                                                   DigestText(manifest.model()), ", and `", model_,
                                                   "` is ", base::ToString(*model)));
  }
  return manifest.options();
}

absl::StatusOr<std::string> VerifyCommand::CompileReference(const v1::CompileOptions& made_with,
                                                            const std::string& folder) const {
  CompileJob job;
  SINTER_ASSIGN_OR_RETURN(job.model, OpenModel(model_, follow_links_ ? LinkPolicy::kFollow
                                                                     : LinkPolicy::kRefuseLeaving));
  SINTER_RETURN_IF_ERROR(SetTarget("host", job));
  *job.options.mutable_shapes() = made_with.shapes();
  job.options.set_has_optimization_level(true);
  job.options.set_optimization_level(0);
  job.options.set_numerics(v1::CompileOptions::STRICT);
  job.options.add_emit(v1::CompileOptions::SHARED_LIBRARY);

  SINTER_ASSIGN_OR_RETURN(const Service service, service_flags_.Open());
  CompileClient compiler(service.channel);
  SINTER_ASSIGN_OR_RETURN(const v1::ListPipelinesResponse pipelines, compiler.ListPipelines());
  for (const v1::Pipeline& pipeline : pipelines.pipelines()) {
    if (pipeline.name() == kReferencePipeline) job.options.set_pipeline(kReferencePipeline);
  }
  CompileObserver observer;
  SINTER_ASSIGN_OR_RETURN(const v1::CompileResult result, compiler.Compile(job, observer));
  SINTER_ASSIGN_OR_RETURN(const v1::ArtifactManifest::File file,
                          FindEmitted(result.manifest(), "so"));
  const std::string path = absl::StrCat(folder, "/reference.so");
  ArtifactClient artifacts(service.channel);
  SINTER_RETURN_IF_ERROR(artifacts.FetchFile(file.digest(), path, true));
  return path;
}

std::vector<std::string> VerifyCommand::Inputs(const runtime::LoadedModel& model) const {
  if (!inputs_.empty()) return inputs_;
  std::vector<std::string> inputs;
  int64_t seed = seed_;
  for (const runtime::ValueInfo& input : model.inputs()) {
    inputs.push_back(absl::StrCat(input.name, "=random:", seed++));
  }
  return inputs;
}

absl::Status VerifyCommand::Run(Terminal& terminal) {
  SINTER_ASSIGN_OR_RETURN(const v1::CompileOptions made_with, CheckArtifact());
  const auto model = runtime::LoadedModel::Open(artifact_);
  if (absl::IsNotFound(model.status())) return AsUsageError(model.status());
  SINTER_RETURN_IF_ERROR(model.status());
  SINTER_ASSIGN_OR_RETURN(const base::TempDir folder, base::TempDir::Create("sinter-verify-"));
  SINTER_ASSIGN_OR_RETURN(const std::string reference, CompileReference(made_with, folder.path()));

  const std::vector<std::string> inputs = Inputs(**model);
  const std::string got = folder.path() + "/got", want = folder.path() + "/want";
  SINTER_RETURN_IF_ERROR(RunLibrary((*model)->library_path(), inputs, got));
  SINTER_RETURN_IF_ERROR(RunLibrary(reference, inputs, want));
  std::vector<OutputDifference> differences;
  for (const runtime::ValueInfo& output : (*model)->outputs()) {
    SINTER_ASSIGN_OR_RETURN(OutputDifference difference, CompareOutput(output, got, want));
    differences.push_back(std::move(difference));
  }
  Print(terminal, differences);
  return absl::OkStatus();
}

void VerifyCommand::Print(Terminal& terminal, const std::vector<OutputDifference>& differences) {
  agrees_ = true;
  Json outputs = Json::array();
  for (const OutputDifference& output : differences) {
    const bool agrees = output.difference.Within(tolerance_);
    agrees_ = agrees_ && agrees;
    outputs.push_back({{"name", output.name},
                       {"agrees", agrees},
                       {"max_abs_difference", output.difference.max_abs_difference},
                       {"max_abs_want", output.difference.max_abs_want},
                       {"mismatches", output.difference.mismatches}});
    if (!json_) {
      terminal.out << absl::StrFormat("%-6s %s: %s\n", agrees ? "ok" : "DIFFERS", output.name,
                                      output.difference.Text());
    }
  }
  if (json_) {
    PrintJsonLine(terminal.out,
                  {{"agrees", agrees_}, {"tolerance", tolerance_}, {"outputs", outputs}});
  }
}

}  // namespace

std::unique_ptr<Command> MakeVerifyCommand() { return std::make_unique<VerifyCommand>(); }

}  // namespace sinter::client
