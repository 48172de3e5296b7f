#include "server/admission/stall_watch.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"

namespace sinter::server {

StallWatch::StallWatch(absl::Duration timeout) : timeout_(timeout), thread_([this] { Run(); }) {}

StallWatch::~StallWatch() {
  {
    absl::MutexLock lock(&mutex_);
    ending_ = true;
  }
  thread_.join();
}

StallWatch::Token::~Token() {
  absl::MutexLock lock(&watch_.mutex_);
  watch_.entries_.erase(entry_);
}

void StallWatch::Token::Touch() {
  absl::MutexLock lock(&watch_.mutex_);
  entry_->last_touch = absl::Now();
}

std::unique_ptr<StallWatch::Token> StallWatch::Watch(std::function<void()> on_stall) {
  absl::MutexLock lock(&mutex_);
  const auto entry = entries_.insert(entries_.end(), {std::move(on_stall), absl::Now()});
  return std::unique_ptr<Token>(new Token(*this, entry));
}

void StallWatch::Run() {
  const absl::Duration period = std::clamp(timeout_ / 4, absl::Milliseconds(10), absl::Seconds(1));
  absl::MutexLock lock(&mutex_);
  while (!mutex_.AwaitWithTimeout(absl::Condition(&ending_), period)) {
    const absl::Time now = absl::Now();
    for (Entry& entry : entries_) {
      if (now - entry.last_touch < timeout_) continue;
      entry.last_touch = absl::InfiniteFuture();
      entry.on_stall();
    }
  }
}

}  // namespace sinter::server
