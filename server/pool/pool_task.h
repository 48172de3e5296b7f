// A request on its way to a worker.
#ifndef SINTER_SERVER_POOL_POOL_TASK_H_
#define SINTER_SERVER_POOL_POOL_TASK_H_

#include <functional>

#include "absl/status/statusor.h"
#include "proto/sinter/v1/worker.pb.h"

namespace sinter::server {

// How a task ended: `compiled` or `checked`. Errors that the worker itself reported come as they
// are. A worker that died gives INTERNAL; one that took too much, RESOURCE_EXHAUSTED with
// QuotaFailure; a cancelled task, CANCELLED.
using TaskOutcome = absl::StatusOr<v1::WorkerEvent>;

// The functions are called without locks held and must not call the pool.
struct PoolTask {
  v1::WorkerRequest request;
  // How many tasks are ahead in the queue; again whenever that changes. May still come, late, after
  // on_start.
  std::function<void(int)> on_position = [](int) {};
  // The next three are called by one thread, in this order.
  std::function<void()> on_start = [] {};
  std::function<void(const v1::WorkerEvent&)> on_event = [](const v1::WorkerEvent&) {};
  // Answers a worker that looks for kernels; by the same thread, between those.
  std::function<v1::WorkerRequest::KernelsFound(const v1::WorkerEvent::FindKernels&)>
      on_find_kernels;
  // Exactly once, whether or not the task ever started.
  std::function<void(TaskOutcome)> on_done;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_POOL_POOL_TASK_H_
