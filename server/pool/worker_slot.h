// A place for one worker process at a time: starts it, gives it tasks, watches it, replaces it.
#ifndef SINTER_SERVER_POOL_WORKER_SLOT_H_
#define SINTER_SERVER_POOL_WORKER_SLOT_H_

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/pool/pool_options.h"
#include "server/pool/pool_task.h"
#include "server/pool/worker_process.h"

namespace sinter::server {

// Belongs to one thread, which must live as long as the slot (see WorkerProcess).
class WorkerSlot {
 public:
  // `dir` is made, and emptied of what an earlier worker left.
  WorkerSlot(const PoolOptions& options, std::string dir);
  ~WorkerSlot();

  // Makes sure that a fresh enough worker runs. ERRORS: UNAVAILABLE: it can't be started, or its
  // program is another than it was: then results would be remembered under the wrong key.
  absl::Status EnsureWorker();

  // REQUIRES: EnsureWorker() was OK.
  const v1::WorkerEvent::Ready& ready() const { return worker_->ready(); }

  // Gives the task to the worker and waits for its outcome; a task that is over a limit, or
  // `cancelled`, is stopped by stopping the worker. Calls `on_start` and `on_event`, not `on_done`.
  TaskOutcome Serve(const PoolTask& task, const std::atomic<bool>& cancelled);

  // Since construction: processes started, and those that ended though nobody asked them to, or for
  // a limit.
  int64_t started() const { return started_; }
  int64_t died() const { return died_; }

 private:
  // Passes an event on, or answers it. ERRORS: the channel broke, or nobody answers.
  absl::Status Handle(const v1::WorkerEvent& event, const PoolTask& task);
  TaskOutcome Exchange(const PoolTask& task, const std::atomic<bool>& cancelled);
  absl::Status OverLimit(absl::Time begun) const;
  // The outcome of a task whose worker's channel broke.
  absl::Status Died(const absl::Status& channel_error);
  // Tasks leave nothing for each other.
  void EmptyDir();

  const PoolOptions& options_;
  const std::string dir_;
  const std::string stamp_;  // of the worker's program
  std::unique_ptr<WorkerProcess> worker_;
  int served_ = 0;  // tasks, by worker_
  int64_t started_ = 0;
  int64_t died_ = 0;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_POOL_WORKER_SLOT_H_
