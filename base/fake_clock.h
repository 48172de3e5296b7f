// A clock that stands still until a test moves it.
#ifndef SINTER_BASE_FAKE_CLOCK_H_
#define SINTER_BASE_FAKE_CLOCK_H_

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"

namespace sinter::base {

class FakeClock final : public Clock {
 public:
  // Starts at a round moment in 2023.
  FakeClock() = default;

  absl::Time Now() const override {
    const absl::MutexLock lock(&mutex_);
    return absl::FromUnixSeconds(1700000000) + elapsed_;
  }
  absl::Duration Elapsed() const override {
    const absl::MutexLock lock(&mutex_);
    return elapsed_;
  }
  void Advance(absl::Duration duration) {
    const absl::MutexLock lock(&mutex_);
    elapsed_ += duration;
  }

 private:
  mutable absl::Mutex mutex_;
  absl::Duration elapsed_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sinter::base

#endif  // SINTER_BASE_FAKE_CLOCK_H_
