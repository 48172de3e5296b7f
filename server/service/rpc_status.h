// The one place where an absl::Status becomes a gRPC status, details and all.
#ifndef SINTER_SERVER_SERVICE_RPC_STATUS_H_
#define SINTER_SERVER_SERVICE_RPC_STATUS_H_

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace sinter::server {

// The details travel in the trailer `grpc-status-details-bin`; see compile_service.proto.
// Details that would make it too long are left out.
grpc::Status ToGrpcStatus(const absl::Status& status);

// Whether the status has details that the trailer can't hold.
bool ExceedsTrailer(const absl::Status& status);

}  // namespace sinter::server

#endif  // SINTER_SERVER_SERVICE_RPC_STATUS_H_
