#include "client/lib/cache_client.h"

#include <utility>

#include "base/status_macros.h"
#include "client/lib/fault.h"
#include "grpcpp/client_context.h"

namespace sinter::client {

CacheClient::CacheClient(std::shared_ptr<grpc::ChannelInterface> channel)
    : stub_(v1::Admin::NewStub(std::move(channel))) {}

absl::StatusOr<v1::CacheStats> CacheClient::Stats() {
  grpc::ClientContext context;
  v1::CacheStats stats;
  SINTER_RETURN_IF_ERROR(FromGrpcStatus(stub_->GetCacheStats(&context, {}, &stats)));
  return stats;
}

absl::StatusOr<v1::CollectGarbageResponse> CacheClient::CollectGarbage(int64_t max_bytes) {
  grpc::ClientContext context;
  v1::CollectGarbageRequest request;
  request.set_max_bytes(max_bytes);
  v1::CollectGarbageResponse response;
  SINTER_RETURN_IF_ERROR(FromGrpcStatus(stub_->CollectGarbage(&context, request, &response)));
  return response;
}

absl::StatusOr<v1::VerifyCacheResponse> CacheClient::Verify() {
  grpc::ClientContext context;
  v1::VerifyCacheResponse response;
  SINTER_RETURN_IF_ERROR(FromGrpcStatus(stub_->VerifyCache(&context, {}, &response)));
  return response;
}

}  // namespace sinter::client
