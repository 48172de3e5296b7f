// Looks after jobs of the service.
//
// Thread-safe.
#ifndef SINTER_CLIENT_LIB_JOB_CLIENT_H_
#define SINTER_CLIENT_LIB_JOB_CLIENT_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "proto/sinter/v1/job.pb.h"
#include "proto/sinter/v1/job_service.grpc.pb.h"

namespace sinter::client {

class JobClient {
 public:
  explicit JobClient(std::shared_ptr<grpc::ChannelInterface> channel);

  // ERRORS of each: those of the rpc.
  absl::StatusOr<v1::Job> Get(const std::string& id);
  absl::StatusOr<v1::Job> Cancel(const std::string& id);

  // RETURNS: the newest jobs, `limit` at most, over as many pages as it takes.
  absl::StatusOr<std::vector<v1::Job>> List(v1::ListJobsRequest filter, int limit);

  // Calls `on_event` for each event until the job is over. ERRORS: also the job's own.
  absl::Status Watch(const std::string& id,
                     const std::function<void(const v1::JobEvent&)>& on_event);

 private:
  const std::unique_ptr<v1::Jobs::Stub> stub_;
};

}  // namespace sinter::client

#endif  // SINTER_CLIENT_LIB_JOB_CLIENT_H_
