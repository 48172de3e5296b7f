// What jobs there are and were. Finished ones are also written to a directory, so that they can be
// asked for after a restart.
#ifndef SINTER_SERVER_COORDINATOR_JOB_REGISTRY_H_
#define SINTER_SERVER_COORDINATOR_JOB_REGISTRY_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "proto/sinter/v1/job.pb.h"
#include "proto/sinter/v1/job_service.pb.h"

namespace sinter::server {

// Thread-safe; several processes may use the same directory.
class JobRegistry {
 public:
  // Keeps the newest `keep` finished jobs. `directory` exists.
  JobRegistry(std::string directory, size_t keep);

  // A new id: ids of later jobs sort after those of earlier ones.
  std::string NewId();

  // Records the job as it is now. One that is finished is written to the directory if `durable`.
  void Record(const v1::Job& job, bool durable);

  // ERRORS: NOT_FOUND.
  absl::StatusOr<v1::Job> Get(const std::string& id);

  // ERRORS: INVALID_ARGUMENT: see Jobs.ListJobs.
  absl::StatusOr<v1::ListJobsResponse> List(const v1::ListJobsRequest& request);

 private:
  void LoadLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ForgetOldLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::string PathOf(const std::string& id) const;

  const std::string directory_;
  const size_t keep_;
  absl::Mutex mutex_;
  bool loaded_ ABSL_GUARDED_BY(mutex_) = false;
  std::map<std::string, v1::Job> jobs_ ABSL_GUARDED_BY(mutex_);
  int64_t last_id_ms_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_COORDINATOR_JOB_REGISTRY_H_
