#include "server/service/compile_call.h"

#include <optional>
#include <utility>

namespace sinter::server {

bool CompileCall::TryAnswer(const CompilePlan& plan) {
  std::optional<v1::CompileResult> hit = context().coordinator->Lookup(plan);
  if (!hit.has_value()) return false;
  SendResult(*std::move(hit));
  End(absl::OkStatus());
  return true;
}

void CompileCall::OnReady(const CompilePlan& plan) {
  std::unique_ptr<Coordinator::Ticket> ticket = context().coordinator->Start(plan, this);
  {
    absl::MutexLock lock(&mutex_);
    if (!cancelled_) ticket_ = std::move(ticket);
  }
  if (ticket != nullptr) ticket->Leave(CancelReason(*rpc_));
}

void CompileCall::OnJobEvent(const v1::JobEvent& job_event) {
  v1::CompileEvent event;
  switch (job_event.event_case()) {
    case v1::JobEvent::kQueued:
      *event.mutable_queued() = job_event.queued();
      break;
    case v1::JobEvent::kStage:
      *event.mutable_stage() = job_event.stage();
      break;
    case v1::JobEvent::kProgress:
      *event.mutable_progress() = job_event.progress();
      break;
    case v1::JobEvent::kDiagnostic:
      *event.mutable_diagnostic() = job_event.diagnostic();
      break;
    default:
      return;
  }
  Send(std::move(event));
}

void CompileCall::OnJobDone(const absl::Status& status, const v1::CompileResult& result) {
  if (status.ok()) {
    SendResult(result);
  } else if (ExceedsTrailer(status)) {
    v1::CompileEvent event;
    *event.mutable_error() = ToRpcStatus(status);
    Send(std::move(event));
  }
  End(status);
}

void CompileCall::SendResult(v1::CompileResult result) {
  result.set_wall_seconds(absl::ToDoubleSeconds(absl::Now() - arrived_));
  v1::CompileEvent event;
  *event.mutable_result() = std::move(result);
  Send(std::move(event));
}

void CompileCall::OnCancel() {
  const absl::Status reason = CancelReason(*rpc_);
  std::unique_ptr<Coordinator::Ticket> ticket;
  {
    absl::MutexLock lock(&mutex_);
    cancelled_ = true;
    ticket = std::move(ticket_);
  }
  if (ticket != nullptr) ticket->Leave(reason);
  End(reason);
}

void CompileCall::OnDone() {
  // Waits for the job's last word to this call, if it is just being said.
  std::unique_ptr<Coordinator::Ticket> ticket;
  {
    absl::MutexLock lock(&mutex_);
    ticket = std::move(ticket_);
  }
  ticket.reset();
  delete this;
}

}  // namespace sinter::server
