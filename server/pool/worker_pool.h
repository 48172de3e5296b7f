// Compile processes kept warm, and the queue in front of them.
//
// A task is one request of proto/sinter/v1/worker.proto. Tasks start in the order in which they
// came. A worker that crashes, hangs, or takes too much time or memory is killed and costs its own
// task only; a worker that has served many tasks is replaced.
#ifndef SINTER_SERVER_POOL_WORKER_POOL_H_
#define SINTER_SERVER_POOL_WORKER_POOL_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "proto/sinter/v1/worker.pb.h"
#include "server/pool/pool_options.h"
#include "server/pool/pool_task.h"
#include "server/pool/worker_slot.h"

namespace sinter::server {

// Thread-safe.
class WorkerPool {
 public:
  using TaskId = int64_t;

  struct Stats {
    int busy = 0;         // workers that compile now
    int queued = 0;       // compiles that wait for one
    int64_t started = 0;  // processes, since construction
    int64_t died = 0;     // by themselves, or killed for a limit
  };

  explicit WorkerPool(PoolOptions options);

  // As Stop().
  ~WorkerPool();

  // Cancels every task and ends every worker. Tasks submitted afterwards are refused as CANCELLED.
  void Stop();

  // A compile waits in the queue for one of the workers. A check has a helper process and a queue
  // of its own, so that it never waits for a compile. ERRORS: RESOURCE_EXHAUSTED with RetryInfo:
  // the queue is full; CANCELLED: the pool was stopped; `on_done` is then never called.
  absl::StatusOr<TaskId> Submit(PoolTask task);

  // `on_done` follows with CANCELLED within two seconds, unless the task is done first.
  void Cancel(TaskId id);

  // What the compiler says about itself; starts a worker to ask if none has run yet.
  // ERRORS: UNAVAILABLE: no worker can be started.
  absl::StatusOr<v1::WorkerEvent::Ready> Describe();

  Stats GetStats() const;

 private:
  struct Entry {
    TaskId id = 0;
    PoolTask task;
    std::atomic<bool> cancelled = false;
  };
  // Serves one queue in one thread until the pool ends.
  struct Lane {
    std::deque<std::shared_ptr<Entry>> waiting;
  };

  void RunSlot(std::string dir, Lane* lane);
  // Waits for a task. RETURNS: null when a worker is wanted just to be asked about itself.
  std::optional<std::shared_ptr<Entry>> Take(Lane* lane);
  void StartWorker(WorkerSlot& slot);
  void CountProcesses(const WorkerSlot& slot, int64_t& started, int64_t& died);
  void AnnouncePositions();

  const PoolOptions options_;
  // Keeps the announcements of queue positions in the order of the changes.
  absl::Mutex announcing_;
  mutable absl::Mutex mutex_;
  Lane compiles_ ABSL_GUARDED_BY(mutex_);
  Lane checks_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<TaskId, std::shared_ptr<Entry>> running_ ABSL_GUARDED_BY(mutex_);
  TaskId next_id_ ABSL_GUARDED_BY(mutex_) = 1;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  // Somebody waits in Describe().
  bool asked_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<v1::WorkerEvent::Ready> ready_ ABSL_GUARDED_BY(mutex_);
  absl::Status start_error_ ABSL_GUARDED_BY(mutex_);
  int busy_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t started_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t died_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::thread> threads_;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_POOL_WORKER_POOL_H_
