// "Stop": said once by whoever lost interest, seen by everyone who works.
#ifndef SINTER_BASE_CANCELLATION_H_
#define SINTER_BASE_CANCELLATION_H_

#include <functional>
#include <list>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace sinter::base {

// Shared by the one who may cancel and those who must notice, usually through a shared_ptr.
// Thread-safe.
class Cancellation {
 public:
  Cancellation() = default;
  Cancellation(const Cancellation&) = delete;
  Cancellation& operator=(const Cancellation&) = delete;

  // From now on cancelled() is true. The first call runs the callbacks, in order, on this thread.
  void Cancel();

  bool cancelled() const;

  // Sleeps for `timeout` or until cancelled. RETURNS: cancelled().
  bool WaitFor(absl::Duration timeout) const;

  // Keeps `callback` registered while it lives; calls it at once if cancelled already. Its
  // destructor waits for a callback that is running, so that what the callback uses may be
  // destroyed next. A callback must not end a registration.
  class Registration {
   public:
    Registration(Cancellation& cancellation, std::function<void()> callback);
    ~Registration();
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;

   private:
    Cancellation& cancellation_;
    std::list<std::function<void()>>::iterator position_;
  };

 private:
  mutable absl::Mutex mutex_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  // Held while callbacks run and while registrations change; taken before mutex_.
  absl::Mutex callbacks_mutex_ ABSL_ACQUIRED_BEFORE(mutex_);
  std::list<std::function<void()>> callbacks_ ABSL_GUARDED_BY(callbacks_mutex_);
};

}  // namespace sinter::base

#endif  // SINTER_BASE_CANCELLATION_H_
