// Judges random models one after the other in this process; run.py starts several and replaces one
// that dies.
//
// Reads folders from standard input, one a line, each with model.onnx, test_data_set_0/input_N.pb
// and, where ONNX Runtime takes the model, output_N.pb. Answers each with `folder TAB verdict TAB
// detail`: "passed"; "refused" if the compiler does not support it; "wrong" if artifact, reference
// evaluator and ONNX Runtime do not all agree, saying who differs from whom; "failed" for anything
// else.
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "base/temp_dir.h"
#include "compiler_core/api/compile.h"
#include "numerics/judge.h"
#include "numerics/measure.h"
#include "numerics/to_reference.h"
#include "onnx/onnx_pb.h"
#include "reference/evaluator.h"
#include "runtime/loaded_model.h"
#include "runtime/value_proto.h"
#include "runtime/value_session.h"

namespace sinter::differential {
namespace {

using Values = std::map<std::string, reference::Value>;

struct Case {
  std::string folder;
  onnx::ModelProto model;
  std::string bytes;
  Values inputs;
  Values by_onnx_runtime;  // empty if it does not take the model
};

absl::StatusOr<Values> ReadValues(
    const std::string& folder, absl::string_view stem,
    const google::protobuf::RepeatedPtrField<onnx::ValueInfoProto>& declared) {
  Values values;
  for (int i = 0; i < declared.size(); ++i) {
    const auto bytes =
        base::ReadFile(absl::StrCat(folder, "/test_data_set_0/", stem, "_", i, ".pb"));
    if (absl::IsNotFound(bytes.status())) return Values();
    SINTER_RETURN_IF_ERROR(bytes.status());
    SINTER_ASSIGN_OR_RETURN(reference::Value value,
                            reference::ParseValue(declared[i].type(), *bytes));
    values.emplace(declared[i].name(), std::move(value));
  }
  return values;
}

absl::StatusOr<Case> ReadCase(const std::string& folder) {
  Case read;
  read.folder = folder;
  SINTER_ASSIGN_OR_RETURN(read.bytes, base::ReadFile(folder + "/model.onnx"));
  if (!read.model.ParseFromString(read.bytes)) {
    return absl::InvalidArgumentError("model.onnx does not parse");
  }
  SINTER_ASSIGN_OR_RETURN(read.inputs, ReadValues(folder, "input", read.model.graph().input()));
  SINTER_ASSIGN_OR_RETURN(read.by_onnx_runtime,
                          ReadValues(folder, "output", read.model.graph().output()));
  return read;
}

absl::StatusOr<Values> ByReference(const Case& read) {
  SINTER_ASSIGN_OR_RETURN(const auto outputs, reference::Evaluate(read.model, read.inputs));
  return Values(outputs.begin(), outputs.end());
}

// ERRORS: UNIMPLEMENTED with the compiler's diagnostics if it refuses the model.
absl::Status Compile(api::Compiler& compiler, const v1::Target& target, const Case& read,
                     const std::string& folder) {
  api::CompileRequest request;
  request.files = {{"model.onnx", read.bytes}};
  request.target = target;
  request.output_dir = folder + "/out";
  request.scratch_dir = folder + "/scratch";
  SINTER_RETURN_IF_ERROR(base::CreateDirectories(request.output_dir));
  SINTER_RETURN_IF_ERROR(base::CreateDirectories(request.scratch_dir));
  std::vector<v1::Diagnostic> diagnostics;
  const absl::Status status = compiler.Compile(request, {}, diagnostics).status();
  std::string text;
  for (const v1::Diagnostic& diagnostic : diagnostics) {
    absl::StrAppend(&text, diagnostic.op_type(), ": ", diagnostic.message(), "; ");
  }
  return text.empty() || status.ok() ? status : absl::Status(status.code(), text);
}

absl::StatusOr<Values> ByArtifact(const Case& read, const std::string& library) {
  SINTER_ASSIGN_OR_RETURN(const auto artifact, runtime::LoadedModel::Open(library));
  std::vector<runtime::Value> inputs(artifact->inputs().size());
  for (int i = 0; i < read.model.graph().input_size(); ++i) {
    const int index = artifact->FindInput(read.model.graph().input(i).name());
    if (index < 0) continue;
    SINTER_ASSIGN_OR_RETURN(
        inputs[index],
        runtime::ReadValueProto(absl::StrCat(read.folder, "/test_data_set_0/input_", i, ".pb"),
                                artifact->inputs()[index].type));
  }
  runtime::ValueSession session(artifact, nullptr);
  SINTER_RETURN_IF_ERROR(session.Bind(inputs));
  SINTER_RETURN_IF_ERROR(session.Execute());
  SINTER_ASSIGN_OR_RETURN(const std::vector<runtime::Value> outputs, session.Outputs());
  Values values;
  for (size_t i = 0; i < outputs.size(); ++i) {
    const runtime::ValueInfo& info = artifact->outputs()[i];
    SINTER_ASSIGN_OR_RETURN(reference::Value value, numerics::ToReference(outputs[i], info.type));
    values.emplace(info.name, std::move(value));
  }
  return values;
}

// Adds to `faults` each output on which the two differ.
void Compare(absl::string_view who, const Values& found, const Values& wanted,
             const numerics::Tolerance& tolerance, std::vector<std::string>& faults) {
  for (const auto& [name, value] : wanted) {
    const auto other = found.find(name);
    if (other == found.end()) {
      faults.push_back(absl::StrCat(who, ": no output `", name, "`"));
      continue;
    }
    const numerics::Measure measure = numerics::MeasureValue(other->second, value, tolerance);
    if (!measure.agrees()) faults.push_back(absl::StrCat(who, ": `", name, "` ", measure.problem));
  }
}

class Judge {
 public:
  explicit Judge(v1::Target target) : target_(std::move(target)) {}

  // RETURNS: what differs. ERRORS: UNIMPLEMENTED if the compiler refuses the model; others.
  absl::StatusOr<std::vector<std::string>> Run(const std::string& folder) {
    SINTER_ASSIGN_OR_RETURN(const Case read, ReadCase(folder));
    const numerics::Tolerance tolerance = numerics::ToleranceFor(read.model, 0);
    std::vector<std::string> faults;
    const absl::StatusOr<Values> reference = ByReference(read);
    if (!reference.ok()) {
      return absl::InternalError(absl::StrCat("reference: ", reference.status().ToString()));
    }
    Compare("reference and ONNX Runtime", *reference, read.by_onnx_runtime, tolerance, faults);

    SINTER_ASSIGN_OR_RETURN(const base::TempDir temp, base::TempDir::Create("sinter-random-"));
    const absl::Status compiled = Compile(compiler_, target_, read, temp.path());
    if (absl::IsUnimplemented(compiled)) {
      if (faults.empty()) return compiled;
      return faults;
    }
    if (!compiled.ok()) return absl::InternalError(absl::StrCat("compile: ", compiled.ToString()));
    const absl::StatusOr<Values> artifact = ByArtifact(read, temp.path() + "/out/model.so");
    if (!artifact.ok()) {
      return absl::InternalError(absl::StrCat("run: ", artifact.status().ToString()));
    }
    Compare("artifact and reference", *artifact, *reference, tolerance, faults);
    Compare("artifact and ONNX Runtime", *artifact, read.by_onnx_runtime, tolerance, faults);
    return faults;
  }

 private:
  const v1::Target target_;
  api::Compiler compiler_;
};

int Main() {
  auto target = api::Compiler::ResolveTarget(api::Compiler::HostTarget());
  if (!target.ok()) {
    std::cerr << target.status() << "\n";
    return 3;
  }
  Judge judge(*std::move(target));
  for (std::string folder; std::getline(std::cin, folder);) {
    const auto faults = judge.Run(folder);
    std::string verdict = "passed", detail;
    if (!faults.ok()) {
      verdict = absl::IsUnimplemented(faults.status()) ? "refused" : "failed";
      detail = std::string(faults.status().message());
    } else if (!faults->empty()) {
      verdict = "wrong";
      detail = absl::StrJoin(*faults, " | ");
    }
    std::cout << folder << "\t" << verdict << "\t"
              << absl::StrReplaceAll(detail, {{"\n", " "}, {"\t", " "}}) << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace sinter::differential

int main() { return sinter::differential::Main(); }
