// A job that is not finished, and those who listen to it.
#ifndef SINTER_SERVER_COORDINATOR_ACTIVE_JOB_H_
#define SINTER_SERVER_COORDINATOR_ACTIVE_JOB_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "proto/sinter/v1/job.pb.h"

namespace sinter::server {

// Told what happens to a job, in order, by one thread at a time. The calls come with the job's lock
// held: they must be quick, and must not call back.
class JobListener {
 public:
  virtual ~JobListener() = default;

  // `event` is never a result.
  virtual void OnJobEvent(const v1::JobEvent& event) = 0;

  // The last call. `result` if `status` is OK; its `cache` is that of this listener's request.
  virtual void OnJobDone(const absl::Status& status, const v1::CompileResult& result) = 0;
};

// Thread-safe.
class ActiveJob {
 public:
  // `record` is told of each change, with the lock held.
  ActiveJob(v1::Job job, std::function<void(const v1::Job&)> record);

  const std::string& id() const { return id_; }

  // Why somebody listens. All but watchers keep the job alive.
  enum class Interest { kStarted, kJoined, kWatches };

  // Replays the last of each kind of event to `listener`, then keeps it informed. Of a job that is
  // finished only the end is told.
  void Add(JobListener* listener, Interest interest);

  // After this `listener` is not called any more. RETURNS: how many waiters are left.
  int Remove(JobListener* listener);

  void Queued(int position);
  void Running();
  void Publish(const v1::JobEvent& event);

  // Ends the job. Only the first call counts.
  void Finish(const absl::Status& status, const v1::CompileResult& result);

  // Why the job is being stopped; the first reason stays. The job's error, once it ends CANCELLED.
  void SetStopReason(const absl::Status& reason);

  v1::Job Snapshot() const;
  // Warnings and notes so far.
  std::vector<v1::Diagnostic> diagnostics() const;

 private:
  struct Listener {
    JobListener* listener;
    Interest interest;
  };

  void TellLocked(const v1::JobEvent& event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string id_;
  const std::function<void(const v1::Job&)> record_;
  mutable absl::Mutex mutex_;
  v1::Job job_ ABSL_GUARDED_BY(mutex_);
  std::vector<Listener> listeners_ ABSL_GUARDED_BY(mutex_);
  std::optional<v1::JobEvent> last_queued_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::Diagnostic> diagnostics_ ABSL_GUARDED_BY(mutex_);
  absl::Status stop_reason_ ABSL_GUARDED_BY(mutex_);
  // Set when the job is finished.
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_COORDINATOR_ACTIVE_JOB_H_
