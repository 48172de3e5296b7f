#include "server/coordinator/active_job.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "server/errors/error_details.h"

namespace sinter::server {
namespace {

// A worker that has gone mad must not fill the daemon's memory.
constexpr size_t kMostDiagnostics = 10000;

int64_t NowMs() { return absl::ToUnixMillis(absl::Now()); }

bool IsStop(const absl::Status& status) {
  return absl::IsCancelled(status) || absl::IsDeadlineExceeded(status);
}

}  // namespace

ActiveJob::ActiveJob(v1::Job job, std::function<void(const v1::Job&)> record)
    : id_(job.id()), record_(std::move(record)), job_(std::move(job)) {}

void ActiveJob::Add(JobListener* listener, Interest interest) {
  absl::MutexLock lock(&mutex_);
  if (end_.has_value()) {
    listener->OnJobDone(*end_, job_.result());
    return;
  }
  listeners_.push_back({listener, interest});
  if (last_queued_.has_value()) listener->OnJobEvent(*last_queued_);
  if (job_.stage() != v1::Diagnostic::STAGE_UNSPECIFIED) {
    v1::JobEvent event;
    event.mutable_stage()->set_stage(job_.stage());
    listener->OnJobEvent(event);
  }
  if (job_.progress() > 0) {
    v1::JobEvent event;
    event.mutable_progress()->set_fraction(job_.progress());
    listener->OnJobEvent(event);
  }
}

int ActiveJob::Remove(JobListener* listener) {
  absl::MutexLock lock(&mutex_);
  listeners_.erase(std::remove_if(listeners_.begin(), listeners_.end(),
                                  [&](const Listener& l) { return l.listener == listener; }),
                   listeners_.end());
  return static_cast<int>(
      std::count_if(listeners_.begin(), listeners_.end(),
                    [](const Listener& l) { return l.interest != Interest::kWatches; }));
}

void ActiveJob::Queued(int position) {
  absl::MutexLock lock(&mutex_);
  if (end_.has_value() || job_.state() != v1::Job::QUEUED) return;
  if (last_queued_.has_value() && last_queued_->queued().position() == position) return;
  v1::JobEvent event;
  event.mutable_queued()->set_job_id(id_);
  event.mutable_queued()->set_position(position);
  last_queued_ = event;
  TellLocked(event);
  record_(job_);
}

void ActiveJob::Running() {
  absl::MutexLock lock(&mutex_);
  if (end_.has_value()) return;
  if (!last_queued_.has_value()) {
    // Every client hears of its job's id this way.
    last_queued_.emplace();
    last_queued_->mutable_queued()->set_job_id(id_);
    TellLocked(*last_queued_);
  }
  job_.set_state(v1::Job::RUNNING);
  job_.set_started_unix_ms(NowMs());
  record_(job_);
}

void ActiveJob::Publish(const v1::JobEvent& event) {
  absl::MutexLock lock(&mutex_);
  if (end_.has_value()) return;
  if (event.has_stage()) job_.set_stage(event.stage().stage());
  if (event.has_diagnostic()) {
    if (diagnostics_.size() >= kMostDiagnostics) return;
    diagnostics_.push_back(event.diagnostic());
  }
  if (event.has_progress()) {
    if (event.progress().fraction() <= job_.progress()) return;
    job_.set_progress(std::min(event.progress().fraction(), 1.0));
  }
  TellLocked(event);
  record_(job_);
}

void ActiveJob::Finish(const absl::Status& status, const v1::CompileResult& result) {
  absl::MutexLock lock(&mutex_);
  if (end_.has_value()) return;
  end_ = IsStop(status) && !stop_reason_.ok() ? stop_reason_ : status;
  job_.set_finished_unix_ms(NowMs());
  if (end_->ok()) {
    job_.set_state(v1::Job::SUCCEEDED);
    job_.set_progress(1);
    *job_.mutable_result() = result;
  } else {
    job_.set_state(IsStop(*end_) ? v1::Job::CANCELLED : v1::Job::FAILED);
    *job_.mutable_error() = ToRpcStatus(*end_);
  }
  record_(job_);
  v1::CompileResult joined = job_.result();
  if (joined.cache() == v1::CompileResult::MISS) joined.set_cache(v1::CompileResult::JOINED);
  for (const Listener& listener : listeners_) {
    const bool is_joined = listener.interest == Interest::kJoined;
    listener.listener->OnJobDone(*end_, is_joined ? joined : job_.result());
  }
  listeners_.clear();
}

void ActiveJob::SetStopReason(const absl::Status& reason) {
  absl::MutexLock lock(&mutex_);
  if (stop_reason_.ok()) stop_reason_ = reason;
}

v1::Job ActiveJob::Snapshot() const {
  absl::MutexLock lock(&mutex_);
  return job_;
}

std::vector<v1::Diagnostic> ActiveJob::diagnostics() const {
  absl::MutexLock lock(&mutex_);
  return diagnostics_;
}

void ActiveJob::TellLocked(const v1::JobEvent& event) {
  for (const Listener& listener : listeners_) listener.listener->OnJobEvent(event);
}

}  // namespace sinter::server
