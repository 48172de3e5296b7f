#include "client/lib/fault.h"

#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/support/status.h"
#include "proto/google/rpc/error_details.pb.h"
#include "proto/sinter/v1/artifact.pb.h"

namespace sinter::client {
namespace {

constexpr char kDetailsUrl[] = "type.googleapis.com/google.rpc.Status";
constexpr char kUsageUrl[] = "sinter.client/usage";

// By way of a view: Debian's Abseil does not export the constructor from a std::string&&.
absl::Cord ToCord(const std::string& bytes) { return absl::Cord(absl::string_view(bytes)); }

google::rpc::Status DetailsIn(const absl::Status& status) {
  google::rpc::Status details;
  const absl::optional<absl::Cord> payload = status.GetPayload(kDetailsUrl);
  if (payload.has_value()) details.ParseFromString(std::string(*payload));
  return details;
}

template <typename Detail>
std::vector<Detail> DetailsOf(const absl::Status& status) {
  std::vector<Detail> found;
  const google::rpc::Status all = DetailsIn(status);
  for (const google::protobuf::Any& any : all.details()) {
    Detail detail;
    if (any.UnpackTo(&detail)) found.push_back(std::move(detail));
  }
  return found;
}

}  // namespace

absl::Status UsageError(absl::string_view message) {
  return AsUsageError(absl::InvalidArgumentError(message));
}

absl::Status AsUsageError(const absl::Status& status) {
  if (status.ok()) return status;
  absl::Status usage = absl::InvalidArgumentError(status.message());
  usage.SetPayload(kUsageUrl, absl::Cord());
  return usage;
}

bool IsUsageError(const absl::Status& status) { return status.GetPayload(kUsageUrl).has_value(); }

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  std::string message = status.error_message();
  // What the service sends has details; without any, these come from the transport.
  if (status.error_details().empty() && status.error_code() == grpc::StatusCode::UNAVAILABLE) {
    message = absl::StrCat("the connection to the server broke: ", message);
  }
  if (status.error_details().empty() &&
      status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    message = "there was no answer within the time given";
  }
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), message);
  if (google::rpc::Status details;
      details.ParseFromString(status.error_details()) && details.details_size() > 0) {
    result.SetPayload(kDetailsUrl, ToCord(status.error_details()));
  }
  return result;
}

absl::Status FromRpcStatus(const google::rpc::Status& status) {
  if (status.code() == 0) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.code()), status.message());
  if (status.details_size() > 0) {
    result.SetPayload(kDetailsUrl, ToCord(status.SerializeAsString()));
  }
  return result;
}

absl::Status WithDiagnostic(absl::Status status, const v1::Diagnostic& diagnostic) {
  google::rpc::Status details = DetailsIn(status);
  details.set_code(static_cast<int>(status.code()));
  details.set_message(std::string(status.message()));
  details.add_details()->PackFrom(diagnostic);
  status.SetPayload(kDetailsUrl, ToCord(details.SerializeAsString()));
  return status;
}

std::vector<v1::Diagnostic> DiagnosticsOf(const absl::Status& status) {
  return DetailsOf<v1::Diagnostic>(status);
}

absl::optional<absl::Duration> RetryDelayOf(const absl::Status& status) {
  const std::vector<google::rpc::RetryInfo> found = DetailsOf<google::rpc::RetryInfo>(status);
  if (found.empty()) return absl::nullopt;
  const google::protobuf::Duration& delay = found.front().retry_delay();
  return absl::Seconds(delay.seconds()) + absl::Nanoseconds(delay.nanos());
}

std::string ReproducerOf(const absl::Status& status) {
  const std::vector<v1::Digest> found = DetailsOf<v1::Digest>(status);
  if (found.empty()) return "";
  return absl::StrCat(found.front().hash(), "/", found.front().size_bytes());
}

}  // namespace sinter::client
