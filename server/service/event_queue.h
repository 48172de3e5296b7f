// The sending half of a streaming call: events queue up while one is being written.
#ifndef SINTER_SERVER_SERVICE_EVENT_QUEUE_H_
#define SINTER_SERVER_SERVICE_EVENT_QUEUE_H_

#include <chrono>
#include <deque>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "grpcpp/support/server_callback.h"
#include "server/service/rpc_status.h"

namespace sinter::server {

// `Reactor` is grpc::ServerBidiReactor or grpc::ServerWriteReactor with `Event` as what it writes.
// gRPC allows one write at a time and calls reactions from its own threads; a call object deletes
// itself in OnDone, after which nobody may use it.
template <typename Reactor, typename Event>
class EventQueue : public Reactor {
 public:
  // Thread-safe. Nothing is sent after End, or once the client is gone.
  void Send(Event event) {
    {
      absl::MutexLock lock(&mutex_);
      if (end_.has_value()) return;
      queue_.push_back(std::move(event));
    }
    Pump();
  }

  // Thread-safe. Finishes the call after what is queued; only the first call counts.
  void End(const absl::Status& status) {
    {
      absl::MutexLock lock(&mutex_);
      if (end_.has_value()) return;
      end_ = status;
    }
    Pump();
  }

  bool ended() const {
    absl::MutexLock lock(&mutex_);
    return end_.has_value();
  }

  void OnWriteDone(bool ok) final {
    {
      absl::MutexLock lock(&mutex_);
      writing_ = false;
      // The client is gone: the rest has nowhere to go.
      if (!ok) queue_.clear();
    }
    if (!ok) End(absl::CancelledError("the client went away"));
    Pump();
  }

 private:
  // Starts what comes next, without the lock: gRPC may react at once.
  void Pump() {
    bool finish = false;
    {
      absl::MutexLock lock(&mutex_);
      if (writing_ || finished_) return;
      if (!queue_.empty()) {
        current_ = std::move(queue_.front());
        queue_.pop_front();
        writing_ = true;
      } else if (end_.has_value()) {
        finished_ = finish = true;
      } else {
        return;
      }
    }
    if (finish) {
      this->Finish(ToGrpcStatus(*end_));
    } else {
      this->StartWrite(&current_);
    }
  }

  mutable absl::Mutex mutex_;
  std::deque<Event> queue_ ABSL_GUARDED_BY(mutex_);
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  // Written once, under the lock, before anyone reads it.
  std::optional<absl::Status> end_;
  Event current_;  // belongs to gRPC while writing_
};

// Why a call that was cancelled was: by its deadline or by the client.
inline absl::Status CancelReason(const grpc::CallbackServerContext& context) {
  if (context.deadline() <= std::chrono::system_clock::now()) {
    return absl::DeadlineExceededError("the call's deadline passed");
  }
  return absl::CancelledError("the client cancelled the call");
}

}  // namespace sinter::server

#endif  // SINTER_SERVER_SERVICE_EVENT_QUEUE_H_
