// sinter bisect MODEL: where is this model miscompiled?
//
// Compiles the model for this machine and runs it beside the reference evaluator. If they differ,
// looks for the smallest piece of it that still does, writes that down, and names the node and the
// stage of the compiler.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "base/temp_dir.h"
#include "client/bisect/bisect.h"
#include "client/cli/command.h"
#include "client/cli/emit.h"
#include "client/cli/exit_code.h"
#include "client/cli/json_text.h"
#include "client/cli/model_flags.h"
#include "client/cli/run_inputs.h"
#include "client/cli/service_flags.h"
#include "client/cli/whole_model.h"
#include "client/lib/artifact_client.h"
#include "client/lib/compile_client.h"
#include "client/lib/fault.h"
#include "numerics/judge.h"
#include "numerics/random_inputs.h"
#include "numerics/to_reference.h"
#include "reference/evaluator.h"
#include "runtime/loaded_model.h"
#include "runtime/value_proto.h"

namespace sinter::client {
namespace {

// How much of the compiler takes part.
struct Variant {
  const char* name;
  int level;
  v1::CompileOptions::Numerics numerics;
};

constexpr Variant kUsual = {"level 3", 3, v1::CompileOptions::DEFAULT};
constexpr Variant kSimpler[] = {{"level 2", 2, v1::CompileOptions::DEFAULT},
                                {"level 1", 1, v1::CompileOptions::DEFAULT},
                                {"level 0", 0, v1::CompileOptions::DEFAULT},
                                {"level 0, strict", 0, v1::CompileOptions::STRICT}};

// Compiles models for this machine by a service, and runs them.
class Workshop {
 public:
  Workshop(std::shared_ptr<grpc::Channel> channel, std::string folder)
      : channel_(std::move(channel)), folder_(std::move(folder)) {}

  absl::StatusOr<std::shared_ptr<const runtime::LoadedModel>> Compile(const onnx::ModelProto& model,
                                                                      const Variant& variant) {
    // Loaded libraries are known by their path, so each has one of its own.
    const std::string path = absl::StrCat(folder_, "/", count_++, ".onnx");
    SINTER_RETURN_IF_ERROR(base::WriteFileAtomically(path, model.SerializeAsString()));
    CompileJob job;
    SINTER_ASSIGN_OR_RETURN(job.model, OpenModel(path, LinkPolicy::kRefuseLeaving));
    SINTER_RETURN_IF_ERROR(SetTarget("host", job));
    job.options.set_optimization_level(variant.level);
    job.options.set_has_optimization_level(true);
    job.options.set_numerics(variant.numerics);
    job.options.add_emit(v1::CompileOptions::SHARED_LIBRARY);
    job.no_cache = true;
    CompileObserver observer;
    SINTER_ASSIGN_OR_RETURN(const v1::CompileResult result,
                            CompileClient(channel_).Compile(job, observer));
    SINTER_ASSIGN_OR_RETURN(const v1::ArtifactManifest::File file,
                            FindEmitted(result.manifest(), "so"));
    const std::string library = absl::StrCat(path, ".so");
    SINTER_RETURN_IF_ERROR(ArtifactClient(channel_).FetchFile(file.digest(), library, true));
    return runtime::LoadedModel::Open(library);
  }

  CompileAndRun Runner(const Variant& variant) {
    return [this, variant](const onnx::ModelProto& model, const BisectValues& inputs) {
      return Run(model, inputs, variant);
    };
  }

 private:
  absl::StatusOr<BisectValues> Run(const onnx::ModelProto& model, const BisectValues& inputs,
                                   const Variant& variant) {
    SINTER_ASSIGN_OR_RETURN(const auto artifact, Compile(model, variant));
    std::vector<runtime::Value> values;
    for (const runtime::ValueInfo& info : artifact->inputs()) {
      const auto given = inputs.find(info.name);
      if (given == inputs.end() || given->second.tensor() == nullptr) {
        return absl::UnimplementedError(absl::StrCat("input `", info.name, "` is no tensor"));
      }
      const std::string bytes = reference::ToProto(*given->second.tensor()).SerializeAsString();
      SINTER_ASSIGN_OR_RETURN(runtime::Value value, runtime::ParseValueProto(bytes, info.type));
      values.push_back(std::move(value));
    }
    SINTER_ASSIGN_OR_RETURN(const std::vector<runtime::Value> outputs,
                            RunLibrary(*artifact, values, folder_));
    BisectValues found;
    for (size_t i = 0; i < outputs.size(); ++i) {
      const runtime::ValueInfo& info = artifact->outputs()[i];
      SINTER_ASSIGN_OR_RETURN(reference::Value value, numerics::ToReference(outputs[i], info.type));
      found.emplace(info.name, std::move(value));
    }
    return found;
  }

  const std::shared_ptr<grpc::Channel> channel_;
  const std::string folder_;
  int count_ = 0;
};

absl::StatusOr<BisectValues> AsReference(const runtime::LoadedModel& artifact,
                                         const std::vector<runtime::Value>& values) {
  BisectValues inputs;
  for (size_t i = 0; i < values.size(); ++i) {
    const runtime::ValueInfo& info = artifact.inputs()[i];
    SINTER_ASSIGN_OR_RETURN(reference::Value value, numerics::ToReference(values[i], info.type));
    inputs.emplace(info.name, std::move(value));
  }
  return inputs;
}

// The first random inputs that the reference evaluator accepts.
absl::StatusOr<BisectValues> RandomInputsOf(const onnx::ModelProto& model,
                                            const runtime::LoadedModel& artifact, uint64_t seed) {
  absl::Status refused = absl::InvalidArgumentError("no random inputs suit the model");
  for (const numerics::RandomChoice& choice : numerics::ChoicesFor(artifact.inputs(), seed, {})) {
    SINTER_ASSIGN_OR_RETURN(const std::vector<runtime::Value> values,
                            numerics::RandomInputs(artifact.inputs(), choice));
    SINTER_ASSIGN_OR_RETURN(BisectValues inputs, AsReference(artifact, values));
    refused = reference::Evaluate(model, inputs).status();
    if (refused.ok()) return inputs;
    if (!absl::IsInvalidArgument(refused)) return refused;
  }
  return refused;
}

class BisectCommand final : public Command {
 public:
  Syntax& Declare(Syntax& root) override;
  absl::Status Run(Terminal& terminal) override;
  int success_exit_code() const override { return found_ ? kExitModel : kExitOk; }
  bool wants_json() const override { return json_; }

 private:
  absl::StatusOr<absl::optional<Finding>> Search() const;
  absl::Status Write(const Finding& finding) const;
  void Print(Terminal& terminal, const Finding& finding) const;

  ServiceFlags service_flags_;
  std::string model_, folder_ = "bisected";
  std::vector<std::string> inputs_;
  int64_t seed_ = 0;
  double tolerance_ = 0;
  bool json_ = false;
  bool found_ = false;
};

Syntax& BisectCommand::Declare(Syntax& root) {
  Syntax& syntax = root.Subcommand("bisect", "find the piece of a model that is miscompiled");
  syntax.Argument("MODEL", &model_, "the ONNX model; its external data is found beside it");
  syntax.Option("--input", "NAME=VALUE", &inputs_, "as for `sinter run`; else all are random");
  syntax.Option("--seed", "N", &seed_, "of the random inputs; else 0");
  syntax.Option("--tolerance", "T", &tolerance_, "as for `sinter verify`");
  syntax.Option("-o,--output", "DIR", &folder_,
                "where reduced.onnx, its input_N.pb and the right output_N.pb go; else `bisected`");
  syntax.Switch("--json", &json_, "print a JSON object");
  service_flags_.Declare(syntax);
  return syntax;
}

absl::StatusOr<absl::optional<Finding>> BisectCommand::Search() const {
  SINTER_ASSIGN_OR_RETURN(const ModelTree tree, OpenModel(model_, LinkPolicy::kRefuseLeaving));
  SINTER_ASSIGN_OR_RETURN(WholeModel model, ReadWholeModel(tree));
  SINTER_RETURN_IF_ERROR(TakeIn(model));
  SINTER_ASSIGN_OR_RETURN(const base::TempDir folder, base::TempDir::Create("sinter-bisect-"));
  SINTER_ASSIGN_OR_RETURN(const Service service, service_flags_.Open());
  Workshop workshop(service.channel, folder.path());
  SINTER_ASSIGN_OR_RETURN(const auto artifact, workshop.Compile(model.proto, kUsual));
  BisectValues inputs;
  if (inputs_.empty()) {
    SINTER_ASSIGN_OR_RETURN(inputs,
                            RandomInputsOf(model.proto, *artifact, static_cast<uint64_t>(seed_)));
  } else {
    SINTER_ASSIGN_OR_RETURN(const auto values, ReadInputs(*artifact, inputs_));
    SINTER_ASSIGN_OR_RETURN(inputs, AsReference(*artifact, values));
  }
  BisectRunner runner;
  runner.usual = workshop.Runner(kUsual);
  for (const Variant& variant : kSimpler) {
    runner.simpler.emplace_back(variant.name, workshop.Runner(variant));
  }
  return Bisect(model.proto, inputs, numerics::ToleranceFor(model.proto, tolerance_), runner);
}

absl::Status BisectCommand::Write(const Finding& finding) const {
  SINTER_RETURN_IF_ERROR(base::CreateDirectories(folder_));
  const auto write = [&](absl::string_view stem, int i, const std::string& name,
                         const BisectValues& values) {
    const auto value = values.find(name);
    if (value == values.end() || value->second.tensor() == nullptr) return absl::OkStatus();
    onnx::TensorProto proto = reference::ToProto(*value->second.tensor());
    proto.set_name(name);
    return base::WriteFileAtomically(absl::StrCat(folder_, "/", stem, "_", i, ".pb"),
                                     proto.SerializeAsString());
  };
  const onnx::GraphProto& graph = finding.reduced.graph();
  SINTER_ASSIGN_OR_RETURN(const auto outputs, reference::Evaluate(finding.reduced, finding.inputs));
  const BisectValues right(outputs.begin(), outputs.end());
  for (int i = 0; i < graph.input_size(); ++i) {
    SINTER_RETURN_IF_ERROR(write("input", i, graph.input(i).name(), finding.inputs));
  }
  for (int i = 0; i < graph.output_size(); ++i) {
    SINTER_RETURN_IF_ERROR(write("output", i, graph.output(i).name(), right));
  }
  return base::WriteFileAtomically(absl::StrCat(folder_, "/reduced.onnx"),
                                   finding.reduced.SerializeAsString());
}

absl::Status BisectCommand::Run(Terminal& terminal) {
  if (seed_ < 0) return UsageError("`--seed` is negative");
  if (tolerance_ < 0) return UsageError("`--tolerance` is negative");
  SINTER_ASSIGN_OR_RETURN(const absl::optional<Finding> finding, Search());
  found_ = finding.has_value();
  if (found_) {
    SINTER_RETURN_IF_ERROR(Write(*finding));
    Print(terminal, *finding);
  } else if (json_) {
    PrintJsonLine(terminal.out, {{"agrees", true}});
  } else {
    terminal.out << "the artifact and the reference evaluator agree\n";
  }
  return absl::OkStatus();
}

void BisectCommand::Print(Terminal& terminal, const Finding& finding) const {
  if (json_) {
    PrintJsonLine(terminal.out, {{"agrees", false},
                                 {"problem", finding.problem},
                                 {"first_wrong", finding.first_wrong},
                                 {"stage", finding.stage},
                                 {"nodes", finding.reduced.graph().node_size()},
                                 {"folder", folder_}});
    return;
  }
  terminal.out << "WRONG " << finding.problem << "\n"
               << "first wrong node: " << finding.first_wrong << "\n"
               << "stage: " << finding.stage << "\n"
               << "reduced to " << finding.reduced.graph().node_size() << " nodes -> " << folder_
               << "/reduced.onnx\n";
}

}  // namespace

std::unique_ptr<Command> MakeBisectCommand() { return std::make_unique<BisectCommand>(); }

}  // namespace sinter::client
