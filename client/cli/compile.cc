// sinter compile MODEL [-o OUT]: sends the model, shows progress, fetches what was made.
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/cli/command.h"
#include "client/cli/compile_report.h"
#include "client/cli/emit.h"
#include "client/cli/model_flags.h"
#include "client/cli/service_flags.h"
#include "client/lib/artifact_client.h"
#include "client/lib/artifact_output.h"
#include "client/lib/fault.h"

namespace sinter::client {
namespace {

// A limit of the machine (a full disk) stays one; any other failure to write is the command line's.
absl::Status AsOutputError(const absl::Status& status) {
  const bool from_system = absl::IsNotFound(status) || absl::IsPermissionDenied(status) ||
                           absl::IsFailedPrecondition(status) || absl::IsAlreadyExists(status);
  return from_system && DiagnosticsOf(status).empty() ? AsUsageError(status) : status;
}

class CompileCommand final : public Command {
 public:
  Syntax& Declare(Syntax& root) override;
  absl::Status Run(Terminal& terminal) override;
  bool wants_json() const override { return json_; }

 private:
  absl::StatusOr<CompileJob> MakeJob() const;
  absl::Status Write(const v1::CompileResult& result, const OutputPlan& plan,
                     const std::shared_ptr<grpc::Channel>& channel) const;

  ModelFlags model_flags_;
  ServiceFlags service_flags_;
  std::string out_;
  int level_ = 3;
  std::vector<std::string> emit_;
  std::string numerics_ = "default";
  std::string pipeline_;
  double timeout_seconds_ = 0;
  bool no_cache_ = false;
  bool certify_ = false;
  int64_t certify_seed_ = 0;
  bool json_ = false;
};

Syntax& CompileCommand::Declare(Syntax& root) {
  Syntax& syntax = root.Subcommand("compile", "compile an ONNX model into a native library");
  model_flags_.Declare(syntax);
  syntax.Option("-o,--output", "OUT", &out_,
                "a file for the one thing asked for, or a folder (`dir/`) for everything; the "
                "default is the model's name with another ending");
  syntax.Option("--opt", "0..3", &level_, "how much to optimize; the default is 3");
  syntax.Option(
      "--emit", "KIND", &emit_,
      "so (the default; for WebAssembly a module), obj, asm, llvm, mlir:STAGE or bundle; may be "
      "repeated");
  syntax.Choice("--numerics", {"strict", "default", "fast"}, &numerics_,
                "how freely arithmetic may be reordered");
  syntax.Option("--pipeline", "NAME", &pipeline_, "a named compiler pipeline instead of --opt's");
  syntax.Option("--timeout", "SECONDS", &timeout_seconds_, "give up after this time");
  syntax.Switch("--certify", &certify_,
                "hand out only an artifact that computes what the reference evaluator does, with "
                "the numbers of that check in its manifest");
  syntax.Option("--certify-seed", "N", &certify_seed_, "of the inputs of that check; else 0");
  syntax.Switch("--no-cache", &no_cache_, "neither read nor write cached results");
  syntax.Switch("--json", &json_, "one JSON object a line");
  service_flags_.Declare(syntax);
  return syntax;
}

absl::StatusOr<CompileJob> CompileCommand::MakeJob() const {
  if (level_ < 0 || level_ > 3) {
    return UsageError(absl::StrCat("`--opt=", level_, "` is not between 0 and 3"));
  }
  if (timeout_seconds_ < 0) return UsageError("`--timeout` is negative");
  SINTER_ASSIGN_OR_RETURN(CompileJob job, model_flags_.MakeJob());
  v1::CompileOptions& options = job.options;
  SINTER_RETURN_IF_ERROR(SetEmit(emit_, options));
  options.set_optimization_level(level_);
  options.set_has_optimization_level(true);
  options.set_numerics(numerics_ == "strict" ? v1::CompileOptions::STRICT
                       : numerics_ == "fast" ? v1::CompileOptions::FAST
                                             : v1::CompileOptions::DEFAULT);
  options.set_pipeline(pipeline_);
  if (certify_seed_ < 0) return UsageError("`--certify-seed` is negative");
  if (certify_) options.mutable_certify()->set_seed(static_cast<uint64_t>(certify_seed_));
  job.no_cache = no_cache_;
  if (timeout_seconds_ > 0) job.timeout = absl::Seconds(timeout_seconds_);
  return job;
}

absl::Status CompileCommand::Write(const v1::CompileResult& result, const OutputPlan& plan,
                                   const std::shared_ptr<grpc::Channel>& channel) const {
  ArtifactClient artifacts(channel);
  if (plan.is_folder) {
    return AsOutputError(
        WriteArtifactFolder(artifacts, result.artifact(), result.manifest(), plan.path));
  }
  SINTER_ASSIGN_OR_RETURN(const v1::ArtifactManifest::File file,
                          FindEmitted(result.manifest(), plan.emit));
  return AsOutputError(artifacts.FetchFile(file.digest(), plan.path, file.executable()));
}

absl::Status CompileCommand::Run(Terminal& terminal) {
  const auto start = std::chrono::steady_clock::now();
  SINTER_ASSIGN_OR_RETURN(const CompileJob job, MakeJob());
  SINTER_ASSIGN_OR_RETURN(const OutputPlan plan,
                          PlanOutput(out_, model_flags_.model(), model_flags_.target(), emit_));
  SINTER_ASSIGN_OR_RETURN(const Service service, service_flags_.Open());

  const std::unique_ptr<CompileReport> report = MakeCompileReport(terminal, json_);
  CompileClient compiler(service.channel);
  const absl::StatusOr<v1::CompileResult> result = compiler.Compile(job, *report);
  report->Finish();
  SINTER_RETURN_IF_ERROR(result.status());
  SINTER_RETURN_IF_ERROR(Write(*result, plan, service.channel));

  const std::chrono::duration<double> total = std::chrono::steady_clock::now() - start;
  PrintResult(terminal, *result, plan.path, total.count(), json_);
  return absl::OkStatus();
}

}  // namespace

std::unique_ptr<Command> MakeCompileCommand() { return std::make_unique<CompileCommand>(); }

}  // namespace sinter::client
