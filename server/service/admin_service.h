// The Admin service: admin_service.proto over the cache and the drain gate.
#ifndef SINTER_SERVER_SERVICE_ADMIN_SERVICE_H_
#define SINTER_SERVER_SERVICE_ADMIN_SERVICE_H_

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "base/cancellation.h"
#include "cache/cache.h"
#include "proto/sinter/v1/admin_service.grpc.pb.h"
#include "server/service/service_context.h"

namespace sinter::server {

// Work that takes long has threads of its own, so that it does not hold up other calls.
class AdminService final : public v1::Admin::CallbackService {
 public:
  AdminService(const ServiceContext& context, cache::Cache& cache);

  // Stops what is under way.
  ~AdminService() override;

  grpc::ServerUnaryReactor* GetCacheStats(grpc::CallbackServerContext* rpc,
                                          const v1::GetCacheStatsRequest* request,
                                          v1::CacheStats* response) override;
  grpc::ServerUnaryReactor* CollectGarbage(grpc::CallbackServerContext* rpc,
                                           const v1::CollectGarbageRequest* request,
                                           v1::CollectGarbageResponse* response) override;
  grpc::ServerUnaryReactor* VerifyCache(grpc::CallbackServerContext* rpc,
                                        const v1::VerifyCacheRequest* request,
                                        v1::VerifyCacheResponse* response) override;
  grpc::ServerUnaryReactor* Drain(grpc::CallbackServerContext* rpc, const v1::DrainRequest* request,
                                  v1::DrainResponse* response) override;

 private:
  // Answers the call with what `work` returns, in a thread of its own. `work` is told to stop.
  grpc::ServerUnaryReactor* RunApart(std::function<absl::Status(const base::Cancellation&)> work);

  const ServiceContext context_;
  cache::Cache& cache_;
  absl::Mutex mutex_;
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
  base::Cancellation ending_;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_SERVICE_ADMIN_SERVICE_H_
