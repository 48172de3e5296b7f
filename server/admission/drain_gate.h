// Lets requests in until the server drains, and knows when the last has left.
#ifndef SINTER_SERVER_ADMISSION_DRAIN_GATE_H_
#define SINTER_SERVER_ADMISSION_DRAIN_GATE_H_

#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace sinter::server {

// Thread-safe. Outlives its passes.
class DrainGate {
 public:
  // A request that is inside. Move-only.
  class Pass {
   public:
    Pass() = default;
    ~Pass();
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Pass& operator=(Pass&& other) noexcept {
      std::swap(gate_, other.gate_);
      return *this;
    }

   private:
    friend class DrainGate;
    explicit Pass(DrainGate* gate) : gate_(gate) {}
    DrainGate* gate_ = nullptr;
  };

  // ERRORS: UNAVAILABLE with RetryInfo: the gate is closed.
  absl::StatusOr<Pass> Enter();

  void Close();
  bool closed() const;

  // Waits until nobody is inside. RETURNS: false if `deadline` came first.
  bool WaitUntilEmpty(absl::Time deadline);

 private:
  mutable absl::Mutex mutex_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  int inside_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_ADMISSION_DRAIN_GATE_H_
