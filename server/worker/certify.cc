#include "server/worker/certify.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "google/protobuf/util/json_util.h"
#include "numerics/judge.h"
#include "numerics/to_reference.h"
#include "onnx/onnx_pb.h"
#include "runtime/loaded_model.h"
#include "runtime/value_session.h"
#include "server/errors/error_details.h"

namespace sinter::server {
namespace {

using absl::StatusCode;

absl::string_view Architecture(const v1::Target& target) {
  return absl::string_view(target.triple()).substr(0, target.triple().find('-'));
}

// Rows of one architecture are supersets of each other, and wider vectors come later.
bool Runs(const v1::Target& host, const v1::Target& target) {
  if (Architecture(host) != Architecture(target)) return false;
  if (target.vector_bits() > host.vector_bits()) return false;
  return std::all_of(target.features().begin(), target.features().end(), [&](const auto& feature) {
    return std::count(host.features().begin(), host.features().end(), feature) > 0;
  });
}

absl::StatusOr<std::vector<runtime::Value>> RunHere(
    const std::shared_ptr<const runtime::LoadedModel>& artifact,
    absl::Span<const runtime::Value> inputs) {
  runtime::ValueSession session(artifact, nullptr);
  SINTER_RETURN_IF_ERROR(session.Bind(inputs));
  SINTER_RETURN_IF_ERROR(session.Execute());
  return session.Outputs();
}

// In the form that manifests have.
absl::Status Write(const v1::ArtifactManifest& manifest, const std::string& path) {
  google::protobuf::util::JsonPrintOptions json;
  json.add_whitespace = true;
  json.always_print_primitive_fields = true;
  json.preserve_proto_field_names = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(manifest, &text, json).ok()) {
    return absl::InternalError("the manifest can't be written as JSON");
  }
  return base::WriteFileAtomically(path, text);
}

absl::StatusOr<numerics::Judgement> JudgeLibrary(const v1::CompileOptions& options,
                                                 const ModelBytes& bytes, const std::string& path) {
  onnx::ModelProto model;
  if (!model.ParseFromArray(bytes.model.data(), static_cast<int>(bytes.model.size()))) {
    return RequestError(StatusCode::kUnimplemented, "not_certifiable",
                        "only ONNX models can be certified");
  }
  SINTER_ASSIGN_OR_RETURN(const auto artifact, runtime::LoadedModel::Open(path));
  const numerics::Question question{
      model, numerics::ExternalDataIn(bytes.external_data), options.certify().seed(), {}, 0};
  return numerics::Judge(question, *artifact, [&](absl::Span<const runtime::Value> inputs) {
    return RunHere(artifact, inputs);
  });
}

}  // namespace

absl::Status CheckCertifiable(const v1::CompileOptions& options, const v1::Target& target,
                              const v1::Target& host) {
  if (!options.has_certify()) return absl::OkStatus();
  const auto& emit = options.emit();
  const bool has_library =
      emit.empty() || std::any_of(emit.begin(), emit.end(), [](int kind) {
        return kind == v1::CompileOptions::SHARED_LIBRARY || kind == v1::CompileOptions::BUNDLE;
      });
  if (!has_library) {
    return RequestError(StatusCode::kInvalidArgument, "bad_option",
                        "a certificate is asked for, but no library that could be run",
                        "also ask for the shared library");
  }
  if (Runs(host, target)) return absl::OkStatus();
  return RequestError(
      StatusCode::kUnimplemented, "not_certifiable",
      absl::StrCat("code for `", target.name(), "` can't be certified here: the service runs on `",
                   host.name(), "`"),
      "compile without certificate, and run `sinter verify` on such a machine");
}

absl::Status Certify(const v1::CompileOptions& options, const ModelBytes& bytes,
                     const std::string& folder, v1::ArtifactManifest& manifest) {
  absl::StatusOr<numerics::Judgement> judgement =
      JudgeLibrary(options, bytes, absl::StrCat(folder, "/model.so"));
  if (!judgement.ok() && !absl::IsInternal(judgement.status())) {
    return RequestError(judgement.status().code(), "not_certifiable", judgement.status().message());
  }
  SINTER_RETURN_IF_ERROR(judgement.status());
  if (!judgement->faults.empty()) {
    return RequestError(StatusCode::kInternal, "miscompiled",
                        absl::StrCat("the artifact does not compute what the model says: ",
                                     absl::StrJoin(judgement->faults, "; ")),
                        "please report it with the reduced model of `sinter bisect`");
  }
  *manifest.mutable_numerics() = std::move(judgement->certificate);
  return Write(manifest, absl::StrCat(folder, "/manifest.json"));
}

}  // namespace sinter::server
