// Typed details that travel with an absl::Status from wherever it is made to the edge, where the
// services put them into the trailer (see proto/sinter/v1/compile_service.proto).
#ifndef SINTER_SERVER_ERRORS_ERROR_DETAILS_H_
#define SINTER_SERVER_ERRORS_ERROR_DETAILS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"
#include "proto/sinter/v1/artifact.pb.h"
#include "proto/sinter/v1/diagnostic.pb.h"

namespace google::protobuf {
class Message;
}

namespace sinter::server {

// Each returns `status` with one detail more. REQUIRES: `status` is not OK.
absl::Status WithDetail(absl::Status status, const google::protobuf::Message& detail);
absl::Status WithDiagnostic(absl::Status status, const v1::Diagnostic& diagnostic);
absl::Status WithRetry(absl::Status status, absl::Duration delay);
absl::Status WithQuota(absl::Status status, absl::string_view limit, absl::string_view description);

// An error in the request itself: a status whose one Diagnostic says the same as its message.
absl::Status RequestError(absl::StatusCode code, absl::string_view kind, absl::string_view message,
                          absl::string_view hint = "");

// The status as it crosses the wire and is kept in a Job, and back again.
google::rpc::Status ToRpcStatus(const absl::Status& status);
absl::Status FromRpcStatus(const google::rpc::Status& status);

// The details of one type, in order.
template <typename Detail>
std::vector<Detail> DetailsOf(const absl::Status& status) {
  std::vector<Detail> found;
  const google::rpc::Status rpc = ToRpcStatus(status);
  for (const google::protobuf::Any& any : rpc.details()) {
    if (Detail detail; any.UnpackTo(&detail)) found.push_back(std::move(detail));
  }
  return found;
}

}  // namespace sinter::server

#endif  // SINTER_SERVER_ERRORS_ERROR_DETAILS_H_
