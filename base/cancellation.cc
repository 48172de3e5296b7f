#include "base/cancellation.h"

#include <utility>

namespace sinter::base {

void Cancellation::Cancel() {
  const absl::MutexLock callbacks_lock(&callbacks_mutex_);
  {
    const absl::MutexLock lock(&mutex_);
    if (cancelled_) return;
    cancelled_ = true;
  }
  for (const std::function<void()>& callback : callbacks_) callback();
}

bool Cancellation::cancelled() const {
  const absl::MutexLock lock(&mutex_);
  return cancelled_;
}

bool Cancellation::WaitFor(absl::Duration timeout) const {
  const absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(&cancelled_), timeout);
}

Cancellation::Registration::Registration(Cancellation& cancellation, std::function<void()> callback)
    : cancellation_(cancellation) {
  const absl::MutexLock lock(&cancellation_.callbacks_mutex_);
  if (cancellation_.cancelled()) callback();
  position_ = cancellation_.callbacks_.insert(cancellation_.callbacks_.end(), std::move(callback));
}

Cancellation::Registration::~Registration() {
  const absl::MutexLock lock(&cancellation_.callbacks_mutex_);
  cancellation_.callbacks_.erase(position_);
}

}  // namespace sinter::base
