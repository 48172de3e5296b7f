#include "tests/onnx_conformance/case_runner.h"

#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/optional.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "base/temp_dir.h"
#include "runtime/loaded_model.h"
#include "runtime/value.h"
#include "runtime/value_proto.h"
#include "runtime/value_session.h"
#include "runtime/value_type.h"

namespace sinter::conformance {
namespace {

using ::sinter::runtime::LoadedModel;
using ::sinter::runtime::Value;
using ::sinter::runtime::ValueType;
using ManifestValues = google::protobuf::RepeatedPtrField<v1::ArtifactManifest::Value>;

std::string Summary(const std::vector<v1::Diagnostic>& diagnostics) {
  std::set<std::string> parts;
  for (const v1::Diagnostic& diagnostic : diagnostics) {
    parts.insert(absl::StrCat(diagnostic.op_type(), ": ", diagnostic.message()));
  }
  return absl::StrJoin(parts, "; ");
}

// A warning is no refusal.
bool Refuses(const api::CheckResult& checked) {
  for (const v1::Diagnostic& diagnostic : checked.diagnostics) {
    if (diagnostic.severity() == v1::Diagnostic::ERROR) return true;
  }
  return false;
}

absl::StatusOr<ValueType> TypeOf(const v1::ArtifactManifest::Value& value) {
  if (value.has_type()) return runtime::ParseValueType(value.type());
  return ValueType::OfTensor(static_cast<runtime::Dtype>(value.dtype()));
}

int FindValue(const ManifestValues& values, const std::string& name) {
  int index = 0;
  while (index < values.size() && values[index].name() != name) ++index;
  return index < values.size() ? index : -1;
}

// A file may be missing (an optional that is not given): then there is no value.
absl::StatusOr<absl::optional<Value>> ReadFile(const std::string& folder, absl::string_view stem,
                                               int number, const onnx::ValueInfoProto& declared,
                                               const v1::ArtifactManifest::Value& compiled) {
  const std::string path = absl::StrCat(folder, "/", stem, "_", number, ".pb");
  absl::StatusOr<ValueType> type = runtime::ToValueType(declared.type());
  if (!type.ok()) type = TypeOf(compiled);
  SINTER_RETURN_IF_ERROR(type.status());
  absl::StatusOr<Value> value = runtime::ReadValueProto(path, *type);
  if (absl::IsNotFound(value.status())) return absl::optional<Value>();
  SINTER_RETURN_IF_ERROR(value.status());
  return absl::optional<Value>(*std::move(value));
}

// The inputs in the artifact's order. Those that are constants of the compiled model fall away.
absl::StatusOr<std::vector<Value>> ReadInputs(const ManifestValues& expected,
                                              const std::string& folder,
                                              const onnx::GraphProto& graph) {
  std::vector<Value> inputs(expected.size());
  for (int i = 0; i < graph.input_size(); ++i) {
    const int index = FindValue(expected, graph.input(i).name());
    if (index < 0) continue;
    SINTER_ASSIGN_OR_RETURN(absl::optional<Value> input,
                            ReadFile(folder, "input", i, graph.input(i), expected[index]));
    if (input.has_value()) inputs[index] = *std::move(input);
  }
  return inputs;
}

absl::Status CompareOutputs(const ManifestValues& described, const std::vector<Value>& outputs,
                            const std::string& folder, const onnx::GraphProto& graph,
                            const Tolerance& tolerance) {
  int compared = 0;
  for (int i = 0; i < graph.output_size(); ++i) {
    const std::string& name = graph.output(i).name();
    const int index = FindValue(described, name);
    if (index < 0 || index >= static_cast<int>(outputs.size())) {
      return absl::InternalError(absl::StrCat("the artifact has no output `", name, "`"));
    }
    SINTER_ASSIGN_OR_RETURN(const absl::optional<Value> wanted,
                            ReadFile(folder, "output", i, graph.output(i), described[index]));
    if (!wanted.has_value()) continue;
    ++compared;
    const absl::Status status = Compare(outputs[index], *wanted, tolerance);
    if (!status.ok()) {
      return absl::Status(status.code(), absl::StrCat(name, ": ", status.message()));
    }
  }
  return compared > 0 ? absl::OkStatus() : absl::InternalError("the case expects no output");
}

// A second run on the same inputs must take what the first did, and no more.
absl::Status CheckMemory(runtime::ValueSession& session) {
  const int64_t blocks = session.memory().live_blocks();
  SINTER_RETURN_IF_ERROR(session.Execute());
  if (session.memory().live_blocks() == blocks) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("after one run the model holds ", blocks,
                                          " blocks of memory, after another ",
                                          session.memory().live_blocks()));
}

// On this machine.
absl::StatusOr<std::vector<Value>> Compute(const std::string& library,
                                           const std::vector<Value>& inputs) {
  SINTER_ASSIGN_OR_RETURN(const auto model, LoadedModel::Open(library));
  runtime::ValueSession session(model, /*pool=*/nullptr);
  SINTER_RETURN_IF_ERROR(session.Bind(inputs));
  SINTER_RETURN_IF_ERROR(session.Execute());
  if (!session.model().is_planned()) SINTER_RETURN_IF_ERROR(CheckMemory(session));
  return session.Outputs();
}

// The executable file: the library, whatever it is called on the target.
std::string LibraryOf(const v1::ArtifactManifest& manifest) {
  for (const v1::ArtifactManifest::File& file : manifest.files()) {
    if (file.executable()) return file.path();
  }
  return "";
}

Verdict ToVerdict(const absl::Status& status) {
  if (status.ok()) return {Verdict::Kind::kPassed, ""};
  const bool wrong = absl::IsFailedPrecondition(status);
  return {wrong ? Verdict::Kind::kWrong : Verdict::Kind::kFailed,
          wrong ? std::string(status.message()) : status.ToString()};
}

}  // namespace

absl::string_view KindName(Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::kPassed:
      return "passed";
    case Verdict::Kind::kRefused:
      return "refused";
    case Verdict::Kind::kWrong:
      return "wrong";
    case Verdict::Kind::kFailed:
      return "failed";
  }
  return "";
}

absl::Status CaseRunner::RunDataSets(const std::string& folder,
                                     const v1::ArtifactManifest& manifest,
                                     const onnx::GraphProto& graph,
                                     const ConformanceCase& conformance_case,
                                     std::string* refused) {
  const std::string library = absl::StrCat(folder, "/out/", LibraryOf(manifest));
  SINTER_ASSIGN_OR_RETURN(const auto names, base::ListDirectory(conformance_case.folder));
  for (const std::string& name : names) {
    if (name.rfind("test_data_set_", 0) != 0) continue;
    const std::string data = absl::StrCat(conformance_case.folder, "/", name);
    SINTER_ASSIGN_OR_RETURN(const std::vector<Value> inputs,
                            ReadInputs(manifest.inputs(), data, graph));
    const absl::StatusOr<std::vector<Value>> outputs =
        emulator_.has_value() ? emulator_->Run(library, inputs, folder) : Compute(library, inputs);
    if (absl::IsUnimplemented(outputs.status())) {
      *refused = absl::StrCat("when it runs: ", outputs.status().message());
      return absl::OkStatus();
    }
    // The data are the case's own: no error of the input's is expected here.
    if (!outputs.ok()) {
      return absl::InternalError(absl::StrCat("run: ", outputs.status().ToString()));
    }
    SINTER_RETURN_IF_ERROR(
        CompareOutputs(manifest.outputs(), *outputs, data, graph, conformance_case.tolerance));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ArtifactManifest> CaseRunner::Compile(absl::string_view model,
                                                         const std::string& folder,
                                                         std::string* refused) {
  api::CompileRequest request;
  request.files = {{"model.onnx", model}};
  request.target = target_;
  request.output_dir = absl::StrCat(folder, "/out");
  request.scratch_dir = absl::StrCat(folder, "/scratch");
  SINTER_RETURN_IF_ERROR(base::CreateDirectories(request.output_dir));
  SINTER_RETURN_IF_ERROR(base::CreateDirectories(request.scratch_dir));

  std::vector<v1::Diagnostic> diagnostics;
  const absl::StatusOr<api::CompileResult> compiled =
      compiler_.Compile(request, api::CompileEnvironment(), diagnostics);
  const auto checked = compiler_.Check(request);
  const std::string summary = Summary(diagnostics);
  if (absl::IsUnimplemented(compiled.status())) {
    if (summary.empty()) return absl::InternalError("refused without a diagnostic");
    if (checked.ok() && !Refuses(*checked)) {
      return absl::InternalError(absl::StrCat("Check says supported, Compile refuses: ", summary));
    }
    *refused = summary;
    return v1::ArtifactManifest();
  }
  if (!compiled.ok()) {
    return absl::InternalError(
        absl::StrCat("compile: ", compiled.status().ToString(), " ", summary));
  }
  if (!checked.ok() || Refuses(*checked)) {
    return absl::InternalError("Compile succeeds, but Check finds something not supported");
  }
  return compiled->manifest;
}

Verdict CaseRunner::Run(const ConformanceCase& conformance_case) {
  const auto temp = base::TempDir::Create("sinter-case-");
  if (!temp.ok()) return ToVerdict(temp.status());
  const auto bytes = base::ReadFile(absl::StrCat(conformance_case.folder, "/model.onnx"));
  if (!bytes.ok()) return ToVerdict(bytes.status());
  onnx::ModelProto model;
  if (!model.ParseFromString(*bytes)) return {Verdict::Kind::kFailed, "model.onnx does not parse"};

  std::string refused;
  const absl::StatusOr<v1::ArtifactManifest> compiled = Compile(*bytes, temp->path(), &refused);
  if (!compiled.ok()) return ToVerdict(compiled.status());
  if (!refused.empty()) return {Verdict::Kind::kRefused, refused};
  const absl::Status ran =
      RunDataSets(temp->path(), *compiled, model.graph(), conformance_case, &refused);
  if (ran.ok() && !refused.empty()) return {Verdict::Kind::kRefused, refused};
  return ToVerdict(ran);
}

}  // namespace sinter::conformance
