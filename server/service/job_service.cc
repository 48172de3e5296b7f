#include "server/service/job_service.h"

#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/service/event_queue.h"
#include "server/service/unary.h"

namespace sinter::server {
namespace {

// One call of WatchJob. Deletes itself when the call is over.
class WatchCall final : public EventQueue<grpc::ServerWriteReactor<v1::JobEvent>, v1::JobEvent>,
                        public JobListener {
 public:
  explicit WatchCall(grpc::CallbackServerContext* rpc) : rpc_(rpc) {}

  void Begin(Coordinator& coordinator, const std::string& job_id) {
    auto ticket = coordinator.Watch(job_id, this);
    if (!ticket.ok()) return End(ticket.status());
    absl::MutexLock lock(&mutex_);
    ticket_ = *std::move(ticket);
  }

  void OnJobEvent(const v1::JobEvent& event) override { Send(event); }

  void OnJobDone(const absl::Status& status, const v1::CompileResult& result) override {
    if (status.ok()) {
      v1::JobEvent event;
      *event.mutable_result() = result;
      Send(std::move(event));
    }
    End(status);
  }

  void OnCancel() override { End(CancelReason(*rpc_)); }

  void OnDone() override {
    std::unique_ptr<Coordinator::Ticket> ticket;
    {
      absl::MutexLock lock(&mutex_);
      ticket = std::move(ticket_);
    }
    ticket.reset();
    delete this;
  }

 private:
  grpc::CallbackServerContext* const rpc_;
  absl::Mutex mutex_;
  std::unique_ptr<Coordinator::Ticket> ticket_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

grpc::ServerUnaryReactor* JobService::GetJob(grpc::CallbackServerContext* rpc,
                                             const v1::GetJobRequest* request, v1::Job* response) {
  auto job = context_.coordinator->parts().jobs->Get(request->id());
  if (!job.ok()) return Reply(rpc, job.status());
  *response = *std::move(job);
  return Reply(rpc, absl::OkStatus());
}

grpc::ServerUnaryReactor* JobService::ListJobs(grpc::CallbackServerContext* rpc,
                                               const v1::ListJobsRequest* request,
                                               v1::ListJobsResponse* response) {
  auto list = context_.coordinator->parts().jobs->List(*request);
  if (!list.ok()) return Reply(rpc, list.status());
  *response = *std::move(list);
  return Reply(rpc, absl::OkStatus());
}

grpc::ServerWriteReactor<v1::JobEvent>* JobService::WatchJob(grpc::CallbackServerContext* rpc,
                                                             const v1::WatchJobRequest* request) {
  auto* call = new WatchCall(rpc);
  call->Begin(*context_.coordinator, request->id());
  return call;
}

grpc::ServerUnaryReactor* JobService::CancelJob(grpc::CallbackServerContext* rpc,
                                                const v1::CancelJobRequest* request,
                                                v1::Job* response) {
  auto job = context_.coordinator->Cancel(request->id());
  if (!job.ok()) return Reply(rpc, job.status());
  *response = *std::move(job);
  return Reply(rpc, absl::OkStatus());
}

}  // namespace sinter::server
