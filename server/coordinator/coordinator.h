// Decides what happens to a request: answered from the cache, joined to an equal one that is under
// way, or queued for a worker.
#ifndef SINTER_SERVER_COORDINATOR_COORDINATOR_H_
#define SINTER_SERVER_COORDINATOR_COORDINATOR_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "base/digest.h"
#include "base/log.h"
#include "cache/counters.h"
#include "cache/locked_temp.h"
#include "cache/result_cache.h"
#include "proto/sinter/v1/cache_key.pb.h"
#include "proto/sinter/v1/compile_service.pb.h"
#include "server/coordinator/active_job.h"
#include "server/coordinator/input_files.h"
#include "server/coordinator/job_registry.h"
#include "server/coordinator/kernel_loans.h"
#include "server/coordinator/result_store.h"
#include "server/coordinator/toolchain.h"
#include "server/pool/worker_pool.h"

namespace sinter::server {

// A request that was understood: everything filled in, and its key.
struct CompilePlan {
  v1::CompileHeader header;  // canonical; `target` is set
  v1::CompileSpec spec;
  base::Digest key;
  std::vector<base::Digest> blobs;  // of the model and its data
};

// Thread-safe.
class Coordinator {
 public:
  // What a coordinator is made of; all outlive it, and are shared with the services.
  struct Parts {
    WorkerPool* pool;
    Toolchain* toolchain;
    InputFiles* inputs;
    ResultStore* results;
    JobRegistry* jobs;
    cache::Counters* counters;
    // Where workers write before the artifact is stored: the first with room is taken.
    std::vector<std::string> temp_roots;
    // Where kernels' objects are kept for all models; null: each compile makes its own.
    cache::ResultCache* kernels;
    base::Logger log;
  };

  // A listener's interest in a job. Destroying a waiter's ends the job if nobody else waits for it.
  class Ticket {
   public:
    ~Ticket();
    // Ends the interest now, saying why: CANCELLED or DEADLINE_EXCEEDED. Not thread-safe.
    void Leave(const absl::Status& reason);

   private:
    friend class Coordinator;
    Ticket(Coordinator& coordinator, std::string job_id, JobListener* listener)
        : coordinator_(coordinator), job_id_(std::move(job_id)), listener_(listener) {}

    Coordinator& coordinator_;
    const std::string job_id_;
    JobListener* listener_;  // null once left
  };

  explicit Coordinator(Parts parts) : parts_(std::move(parts)) {}

  // REQUIRES: the header has passed admission. ERRORS: as Compiler.Compile.
  absl::StatusOr<CompilePlan> Plan(const v1::CompileHeader& header);

  // The cached result, if there is one and the request wants it.
  std::optional<v1::CompileResult> Lookup(const CompilePlan& plan);

  // Compiles, or joins an equal compile. `listener` is told of everything from now on, errors too,
  // and may be told before this returns. REQUIRES: the blobs were there a moment ago.
  std::unique_ptr<Ticket> Start(const CompilePlan& plan, JobListener* listener);

  // Asks the helper; `on_done` may be called before this returns. RETURNS: what stops it.
  std::function<void()> Check(const CompilePlan& plan,
                              std::function<void(absl::StatusOr<v1::CheckReport>)> on_done);

  // Follows a job. ERRORS: NOT_FOUND.
  absl::StatusOr<std::unique_ptr<Ticket>> Watch(const std::string& job_id, JobListener* listener);

  // Stops a job for all who wait. ERRORS: NOT_FOUND.
  absl::StatusOr<v1::Job> Cancel(const std::string& job_id);

  const Parts& parts() const { return parts_; }

 private:
  // A compile under way.
  struct Flight {
    std::shared_ptr<ActiveJob> job;
    CompilePlan plan;
    std::string name;                       // in flights_
    std::optional<cache::LockedTemp> temp;  // holds the output and scratch folders
    std::vector<InputFiles::Lease> leases;
    std::unique_ptr<KernelLoans> kernels;  // null: the compile neither finds nor leaves any
    absl::Mutex mutex;
    bool stopped ABSL_GUARDED_BY(mutex) = false;
    std::optional<WorkerPool::TaskId> task ABSL_GUARDED_BY(mutex);
  };
  using FlightPtr = std::shared_ptr<Flight>;

  FlightPtr NewFlight(const CompilePlan& plan);
  absl::Status Launch(const FlightPtr& flight);
  absl::Status PrepareFiles(Flight& flight, v1::WorkerRequest::Compile& request);
  void Land(const FlightPtr& flight, const TaskOutcome& outcome);
  absl::StatusOr<v1::CompileResult> Collect(Flight& flight, const TaskOutcome& outcome);
  absl::Status AddReproducer(const Flight& flight, absl::Status status);
  void End(const FlightPtr& flight, const absl::Status& status, const v1::CompileResult& result);
  void Stop(const FlightPtr& flight, const absl::Status& reason);
  void Leave(const std::string& job_id, JobListener* listener, const absl::Status& reason);
  absl::StatusOr<InputFiles::Lease> Lend(const v1::Digest& digest,
                                         v1::WorkerRequest::InputFile& file);

  const Parts parts_;
  absl::Mutex mutex_;
  // What a new request may join, by key.
  absl::flat_hash_map<std::string, FlightPtr> flights_ ABSL_GUARDED_BY(mutex_);
  // All that have not ended, by job id.
  absl::flat_hash_map<std::string, FlightPtr> active_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_COORDINATOR_COORDINATOR_H_
