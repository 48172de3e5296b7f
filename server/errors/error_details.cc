#include "server/errors/error_details.h"

#include <utility>

#include "absl/strings/cord.h"
#include "base/check.h"
#include "google/protobuf/message.h"
#include "proto/google/rpc/error_details.pb.h"

namespace sinter::server {
namespace {

// One payload holds all details: a serialized google.rpc.Status, as the trailer does.
constexpr char kPayload[] = "type.googleapis.com/google.rpc.Status";

absl::Cord ToCord(const google::rpc::Status& rpc) {
  // Debian's Abseil lacks the constructor from a moved std::string.
  return absl::Cord(absl::string_view(rpc.SerializeAsString()));
}

}  // namespace

absl::Status WithDetail(absl::Status status, const google::protobuf::Message& detail) {
  SINTER_CHECK(!status.ok()) << "details belong to errors";
  google::rpc::Status rpc = ToRpcStatus(status);
  rpc.add_details()->PackFrom(detail);
  status.SetPayload(kPayload, ToCord(rpc));
  return status;
}

absl::Status WithDiagnostic(absl::Status status, const v1::Diagnostic& diagnostic) {
  return WithDetail(std::move(status), diagnostic);
}

absl::Status WithRetry(absl::Status status, absl::Duration delay) {
  google::rpc::RetryInfo retry;
  const int64_t ms = absl::ToInt64Milliseconds(delay);
  retry.mutable_retry_delay()->set_seconds(ms / 1000);
  retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(ms % 1000) * 1000000);
  return WithDetail(std::move(status), retry);
}

absl::Status WithQuota(absl::Status status, absl::string_view limit,
                       absl::string_view description) {
  google::rpc::QuotaFailure quota;
  auto& violation = *quota.add_violations();
  violation.set_subject(std::string(limit));
  violation.set_description(std::string(description));
  return WithDetail(std::move(status), quota);
}

absl::Status RequestError(absl::StatusCode code, absl::string_view kind, absl::string_view message,
                          absl::string_view hint) {
  v1::Diagnostic diagnostic;
  diagnostic.set_severity(v1::Diagnostic::ERROR);
  diagnostic.set_stage(v1::Diagnostic::REQUEST);
  diagnostic.set_kind(std::string(kind));
  diagnostic.set_message(std::string(message));
  diagnostic.set_hint(std::string(hint));
  return WithDiagnostic(absl::Status(code, message), diagnostic);
}

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status rpc;
  if (const auto payload = status.GetPayload(kPayload); payload.has_value()) {
    rpc.ParseFromString(std::string(*payload));
  }
  rpc.set_code(static_cast<int>(status.code()));
  rpc.set_message(std::string(status.message()));
  return rpc;
}

absl::Status FromRpcStatus(const google::rpc::Status& rpc) {
  if (rpc.code() == 0) return absl::OkStatus();
  absl::Status status(static_cast<absl::StatusCode>(rpc.code()), rpc.message());
  if (rpc.details_size() > 0) status.SetPayload(kPayload, ToCord(rpc));
  return status;
}

}  // namespace sinter::server
