#include "server/admission/drain_gate.h"

#include "server/errors/error_details.h"

namespace sinter::server {
namespace {

constexpr absl::Duration kRetryDelay = absl::Seconds(5);

}  // namespace

DrainGate::Pass::~Pass() {
  if (gate_ == nullptr) return;
  absl::MutexLock lock(&gate_->mutex_);
  --gate_->inside_;
}

absl::StatusOr<DrainGate::Pass> DrainGate::Enter() {
  absl::MutexLock lock(&mutex_);
  if (closed_) {
    return WithRetry(RequestError(absl::StatusCode::kUnavailable, "draining",
                                  "the server is shutting down and takes no new jobs"),
                     kRetryDelay);
  }
  ++inside_;
  return Pass(this);
}

void DrainGate::Close() {
  absl::MutexLock lock(&mutex_);
  closed_ = true;
}

bool DrainGate::closed() const {
  absl::MutexLock lock(&mutex_);
  return closed_;
}

bool DrainGate::WaitUntilEmpty(absl::Time deadline) {
  absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithDeadline(
      absl::Condition(+[](int* inside) { return *inside == 0; }, &inside_), deadline);
}

}  // namespace sinter::server
