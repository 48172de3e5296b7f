#include "server/service/check_call.h"

#include <utility>

namespace sinter::server {

void CheckCall::OnReady(const CompilePlan& plan) {
  {
    absl::MutexLock lock(&mutex_);
    if (cancelled_) return End(absl::CancelledError("the call was cancelled"));
    asked_ = true;
  }
  std::function<void()> stop = context().coordinator->Check(
      plan, [this](const absl::StatusOr<v1::CheckReport>& report) { OnAnswer(report); });
  bool cancelled;
  {
    absl::MutexLock lock(&mutex_);
    stop_ = stop;
    cancelled = cancelled_;
  }
  if (cancelled) stop();
}

void CheckCall::OnAnswer(const absl::StatusOr<v1::CheckReport>& report) {
  if (report.ok()) {
    v1::CheckEvent event;
    *event.mutable_report() = *report;
    Send(std::move(event));
  }
  End(report.status());
}

void CheckCall::OnCancel() {
  std::function<void()> stop;
  bool asked;
  {
    absl::MutexLock lock(&mutex_);
    cancelled_ = true;
    asked = asked_;
    stop = stop_;
  }
  if (stop) stop();
  // Otherwise the answer, which is sure to come, ends the call.
  if (!asked) End(absl::CancelledError("the call was cancelled"));
}

}  // namespace sinter::server
