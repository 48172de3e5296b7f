// Ends a call that has one answer.
#ifndef SINTER_SERVER_SERVICE_UNARY_H_
#define SINTER_SERVER_SERVICE_UNARY_H_

#include "absl/status/status.h"
#include "grpcpp/support/server_callback.h"
#include "server/service/rpc_status.h"

namespace sinter::server {

// REQUIRES: the response has been filled in, if `status` is OK.
inline grpc::ServerUnaryReactor* Reply(grpc::CallbackServerContext* rpc,
                                       const absl::Status& status) {
  grpc::ServerUnaryReactor* reactor = rpc->DefaultReactor();
  reactor->Finish(ToGrpcStatus(status));
  return reactor;
}

}  // namespace sinter::server

#endif  // SINTER_SERVER_SERVICE_UNARY_H_
