// Looks after the service's cache.
//
// Thread-safe.
#ifndef SINTER_CLIENT_LIB_CACHE_CLIENT_H_
#define SINTER_CLIENT_LIB_CACHE_CLIENT_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "proto/sinter/v1/admin_service.grpc.pb.h"
#include "proto/sinter/v1/admin_service.pb.h"

namespace sinter::client {

class CacheClient {
 public:
  explicit CacheClient(std::shared_ptr<grpc::ChannelInterface> channel);

  // ERRORS of each: those of the rpc.
  absl::StatusOr<v1::CacheStats> Stats();
  // Makes the cache hold at most `max_bytes`.
  absl::StatusOr<v1::CollectGarbageResponse> CollectGarbage(int64_t max_bytes);
  // Hashes every blob and removes the corrupt ones.
  absl::StatusOr<v1::VerifyCacheResponse> Verify();

 private:
  const std::unique_ptr<v1::Admin::Stub> stub_;
};

}  // namespace sinter::client

#endif  // SINTER_CLIENT_LIB_CACHE_CLIENT_H_
