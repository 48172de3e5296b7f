#include "server/worker/stage_clock.h"

#include "absl/time/clock.h"

namespace sinter::server {

void StageClock::Begin(v1::Diagnostic::Stage stage) {
  absl::MutexLock lock(&mutex_);
  EndLocked();
  running_ = stage;
  begun_ = absl::Now();
}

void StageClock::End() {
  absl::MutexLock lock(&mutex_);
  EndLocked();
}

std::vector<v1::StageTiming> StageClock::timings() const {
  absl::MutexLock lock(&mutex_);
  return timings_;
}

void StageClock::EndLocked() {
  if (running_ == v1::Diagnostic::STAGE_UNSPECIFIED) return;
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begun_);
  const v1::Diagnostic::Stage ended = running_;
  running_ = v1::Diagnostic::STAGE_UNSPECIFIED;
  for (v1::StageTiming& timing : timings_) {
    if (timing.stage() != ended) continue;
    timing.set_seconds(timing.seconds() + seconds);
    return;
  }
  v1::StageTiming& timing = timings_.emplace_back();
  timing.set_stage(ended);
  timing.set_seconds(seconds);
}

}  // namespace sinter::server
