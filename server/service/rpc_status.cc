#include "server/service/rpc_status.h"

#include <string>

#include "server/errors/error_details.h"

namespace sinter::server {
namespace {

// Trailers must stay below the 8 KiB that clients accept by default: what does not fit is cut.
constexpr size_t kLongestDetails = 5000;
constexpr size_t kLongestMessage = 1000;

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  google::rpc::Status rpc = ToRpcStatus(status);
  if (rpc.message().size() > kLongestMessage) rpc.mutable_message()->resize(kLongestMessage);
  while (rpc.ByteSizeLong() > kLongestDetails && rpc.details_size() > 0) {
    rpc.mutable_details()->RemoveLast();
  }
  const std::string details = rpc.details_size() > 0 ? rpc.SerializeAsString() : "";
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), rpc.message(), details);
}

bool ExceedsTrailer(const absl::Status& status) {
  return ToRpcStatus(status).ByteSizeLong() > kLongestDetails;
}

}  // namespace sinter::server
