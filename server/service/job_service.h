// The Jobs service: job_service.proto over a Coordinator.
#ifndef SINTER_SERVER_SERVICE_JOB_SERVICE_H_
#define SINTER_SERVER_SERVICE_JOB_SERVICE_H_

#include "proto/sinter/v1/job_service.grpc.pb.h"
#include "server/service/service_context.h"

namespace sinter::server {

class JobService final : public v1::Jobs::CallbackService {
 public:
  explicit JobService(const ServiceContext& context) : context_(context) {}

  grpc::ServerUnaryReactor* GetJob(grpc::CallbackServerContext* rpc,
                                   const v1::GetJobRequest* request, v1::Job* response) override;
  grpc::ServerUnaryReactor* ListJobs(grpc::CallbackServerContext* rpc,
                                     const v1::ListJobsRequest* request,
                                     v1::ListJobsResponse* response) override;
  grpc::ServerWriteReactor<v1::JobEvent>* WatchJob(grpc::CallbackServerContext* rpc,
                                                   const v1::WatchJobRequest* request) override;
  grpc::ServerUnaryReactor* CancelJob(grpc::CallbackServerContext* rpc,
                                      const v1::CancelJobRequest* request,
                                      v1::Job* response) override;

 private:
  const ServiceContext context_;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_SERVICE_JOB_SERVICE_H_
