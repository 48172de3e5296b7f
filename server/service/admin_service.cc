#include "server/service/admin_service.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/errors/error_details.h"
#include "server/service/event_queue.h"
#include "server/service/unary.h"

namespace sinter::server {
namespace {

// How often work that waits looks whether it is to stop.
constexpr absl::Duration kPeriod = absl::Milliseconds(100);

using Work = std::function<absl::Status(const base::Cancellation&)>;

// A call whose answer takes a while. Deletes itself when the call is over.
class SlowCall final : public grpc::ServerUnaryReactor {
 public:
  explicit SlowCall(Work work) : work_(std::move(work)) {}

  void Run(base::Cancellation& ending) {
    base::Cancellation::Registration registration(ending, [this] { stop_.Cancel(); });
    status_ = work_(stop_);
  }
  // Apart from Run, since after it this may be gone.
  void Answer() { Finish(ToGrpcStatus(status_)); }

  void OnCancel() override { stop_.Cancel(); }
  void OnDone() override { delete this; }

 private:
  const Work work_;
  base::Cancellation stop_;
  absl::Status status_;
};

}  // namespace

AdminService::AdminService(const ServiceContext& context, cache::Cache& cache)
    : context_(context), cache_(cache) {}

AdminService::~AdminService() {
  ending_.Cancel();
  std::vector<std::thread> threads;
  {
    absl::MutexLock lock(&mutex_);
    threads = std::move(threads_);
  }
  for (std::thread& thread : threads) thread.join();
}

grpc::ServerUnaryReactor* AdminService::GetCacheStats(grpc::CallbackServerContext* rpc,
                                                      const v1::GetCacheStatsRequest* request,
                                                      v1::CacheStats* response) {
  const cache::Statistics stats = cache_.counters().AllTime();
  response->set_hits(stats.hits);
  response->set_misses(stats.misses);
  response->set_compiles(stats.compiles);
  response->set_single_flight_joins(stats.single_flight_joins);
  response->set_blobs(stats.blobs);
  response->set_bytes(stats.bytes);
  response->set_corrupt(stats.corrupt);
  response->set_evicted(stats.evicted);
  response->set_capacity_bytes(cache_.max_bytes());
  response->set_kernel_hits(stats.kernel_hits);
  response->set_kernel_misses(stats.kernel_misses);
  return Reply(rpc, absl::OkStatus());
}

grpc::ServerUnaryReactor* AdminService::CollectGarbage(grpc::CallbackServerContext* rpc,
                                                       const v1::CollectGarbageRequest* request,
                                                       v1::CollectGarbageResponse* response) {
  if (request->max_bytes() < 0) {
    return Reply(rpc, RequestError(absl::StatusCode::kInvalidArgument, "invalid_request",
                                   absl::StrCat("max_bytes is ", request->max_bytes(),
                                                ": it is 0 or more")));
  }
  return RunApart([this, max_bytes = request->max_bytes(), response](const base::Cancellation&) {
    const auto garbage = cache_.CollectGarbage(max_bytes);
    if (!garbage.ok()) return garbage.status();
    response->set_removed_blobs(garbage->evicted.blobs);
    response->set_removed_bytes(garbage->evicted.bytes);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* AdminService::VerifyCache(grpc::CallbackServerContext* rpc,
                                                    const v1::VerifyCacheRequest* request,
                                                    v1::VerifyCacheResponse* response) {
  return RunApart([this, response](const base::Cancellation& stop) {
    const auto verified = cache_.Verify(&stop);
    if (!verified.ok()) return verified.status();
    response->set_checked_blobs(verified->checked_blobs);
    response->set_corrupt_blobs(verified->corrupt_blobs);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* AdminService::Drain(grpc::CallbackServerContext* rpc,
                                              const v1::DrainRequest* request,
                                              v1::DrainResponse* response) {
  context_.gate->Close();
  return RunApart([this](const base::Cancellation& stop) {
    while (!context_.gate->WaitUntilEmpty(absl::Now() + kPeriod)) {
      if (stop.cancelled())
        return absl::CancelledError("jobs still run; the server goes on draining");
    }
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* AdminService::RunApart(Work work) {
  auto* call = new SlowCall(std::move(work));
  std::thread thread([this, call] {
    call->Run(ending_);
    call->Answer();
  });
  absl::MutexLock lock(&mutex_);
  threads_.push_back(std::move(thread));
  return call;
}

}  // namespace sinter::server
