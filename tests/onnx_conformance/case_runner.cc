#include "tests/onnx_conformance/case_runner.h"

#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "base/temp_dir.h"
#include "onnx/onnx_pb.h"
#include "runtime/loaded_model.h"
#include "runtime/session.h"
#include "runtime/tensor_proto.h"

namespace sinter::conformance {
namespace {

using ::sinter::base::ReadFile;
using ::sinter::runtime::LoadedModel;
using ::sinter::runtime::NamedTensor;
using ::sinter::runtime::TensorView;

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

// Reads `stem`_0.pb, `stem`_1.pb, ... under the names that the model's graph gives them. A file
// may be missing (an optional that is not given).
absl::StatusOr<std::vector<NamedTensor>> ReadTensors(
    const std::string& folder, absl::string_view stem,
    const google::protobuf::RepeatedPtrField<onnx::ValueInfoProto>& infos) {
  std::vector<NamedTensor> tensors;
  for (int i = 0; i < infos.size(); ++i) {
    auto tensor = runtime::ReadTensorProto(absl::StrCat(folder, "/", stem, "_", i, ".pb"));
    if (absl::IsNotFound(tensor.status())) continue;
    SINTER_RETURN_IF_ERROR(tensor.status());
    tensor->name = infos[i].name();
    tensors.push_back(*std::move(tensor));
  }
  return tensors;
}

// Inputs that are constants of the compiled model fall away.
std::vector<NamedTensor> OnlyInputsOf(const LoadedModel& model, std::vector<NamedTensor> tensors) {
  std::vector<NamedTensor> kept;
  for (NamedTensor& tensor : tensors) {
    if (model.FindInput(tensor.name) >= 0) kept.push_back(std::move(tensor));
  }
  return kept;
}

absl::Status CompareOutputs(const runtime::Session& session, const std::vector<NamedTensor>& wanted,
                            const Tolerance& tolerance) {
  const auto& infos = session.model().outputs();
  for (const NamedTensor& expected : wanted) {
    size_t index = 0;
    while (index < infos.size() && infos[index].name != expected.name) ++index;
    if (index == infos.size()) {
      return absl::InternalError(absl::StrCat("the artifact has no output `", expected.name, "`"));
    }
    const absl::Status status =
        Compare(session.outputs()[index].view(), expected.tensor.view(), tolerance);
    if (!status.ok()) {
      return absl::Status(status.code(), absl::StrCat(expected.name, ": ", status.message()));
    }
  }
  return absl::OkStatus();
}

absl::Status RunDataSets(const std::string& library, const onnx::GraphProto& graph,
                         const ConformanceCase& conformance_case) {
  SINTER_ASSIGN_OR_RETURN(const auto model, LoadedModel::Open(library));
  SINTER_ASSIGN_OR_RETURN(const auto names, base::ListDirectory(conformance_case.folder));
  for (const std::string& name : names) {
    if (name.rfind("test_data_set_", 0) != 0) continue;
    const std::string folder = absl::StrCat(conformance_case.folder, "/", name);
    SINTER_ASSIGN_OR_RETURN(auto inputs, ReadTensors(folder, "input", graph.input()));
    SINTER_ASSIGN_OR_RETURN(const auto wanted, ReadTensors(folder, "output", graph.output()));
    inputs = OnlyInputsOf(*model, std::move(inputs));
    SINTER_ASSIGN_OR_RETURN(const auto views, runtime::OrderInputs(*model, inputs));
    runtime::Session session(model, /*pool=*/nullptr);
    const absl::Status ran = session.Run(views);
    // The data are ONNX's own: no error of the input's is expected here.
    if (!ran.ok()) return absl::InternalError(absl::StrCat("run: ", ran.ToString()));
    SINTER_RETURN_IF_ERROR(CompareOutputs(session, wanted, conformance_case.tolerance));
  }
  return absl::OkStatus();
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

absl::Status CaseRunner::Compile(absl::string_view model, const std::string& folder,
                                 std::string* refused) {
  api::CompileRequest request;
  request.files = {{"model.onnx", model}};
  request.target = target_;
  request.output_dir = absl::StrCat(folder, "/out");
  request.scratch_dir = absl::StrCat(folder, "/scratch");
  SINTER_RETURN_IF_ERROR(base::CreateDirectories(request.output_dir));
  SINTER_RETURN_IF_ERROR(base::CreateDirectories(request.scratch_dir));

  std::vector<v1::Diagnostic> diagnostics;
  const absl::Status compiled =
      compiler_.Compile(request, api::CompileEnvironment(), diagnostics).status();
  const auto checked = compiler_.Check(request);
  const std::string summary = Summary(diagnostics);
  if (absl::IsUnimplemented(compiled)) {
    if (summary.empty()) return absl::InternalError("refused without a diagnostic");
    if (checked.ok() && !Refuses(*checked)) {
      return absl::InternalError(absl::StrCat("Check says supported, Compile refuses: ", summary));
    }
    *refused = summary;
    return absl::OkStatus();
  }
  if (!compiled.ok()) {
    return absl::InternalError(absl::StrCat("compile: ", compiled.ToString(), " ", summary));
  }
  if (!checked.ok() || Refuses(*checked)) {
    return absl::InternalError("Compile succeeds, but Check finds something not supported");
  }
  return absl::OkStatus();
}

Verdict CaseRunner::Run(const ConformanceCase& conformance_case) {
  const auto temp = base::TempDir::Create("sinter-case-");
  if (!temp.ok()) return ToVerdict(temp.status());
  const auto bytes = ReadFile(absl::StrCat(conformance_case.folder, "/model.onnx"));
  if (!bytes.ok()) return ToVerdict(bytes.status());
  onnx::ModelProto model;
  if (!model.ParseFromString(*bytes)) return {Verdict::Kind::kFailed, "model.onnx does not parse"};

  std::string refused;
  const absl::Status compiled = Compile(*bytes, temp->path(), &refused);
  if (!compiled.ok()) return ToVerdict(compiled);
  if (!refused.empty()) return {Verdict::Kind::kRefused, refused};
  return ToVerdict(
      RunDataSets(absl::StrCat(temp->path(), "/out/model.so"), model.graph(), conformance_case));
}

}  // namespace sinter::conformance
