#include "client/lib/job_client.h"

#include <algorithm>
#include <utility>

#include "base/status_macros.h"
#include "client/lib/fault.h"
#include "grpcpp/client_context.h"

namespace sinter::client {

JobClient::JobClient(std::shared_ptr<grpc::ChannelInterface> channel)
    : stub_(v1::Jobs::NewStub(std::move(channel))) {}

absl::StatusOr<v1::Job> JobClient::Get(const std::string& id) {
  grpc::ClientContext context;
  v1::GetJobRequest request;
  request.set_id(id);
  v1::Job job;
  SINTER_RETURN_IF_ERROR(FromGrpcStatus(stub_->GetJob(&context, request, &job)));
  return job;
}

absl::StatusOr<v1::Job> JobClient::Cancel(const std::string& id) {
  grpc::ClientContext context;
  v1::CancelJobRequest request;
  request.set_id(id);
  v1::Job job;
  SINTER_RETURN_IF_ERROR(FromGrpcStatus(stub_->CancelJob(&context, request, &job)));
  return job;
}

absl::StatusOr<std::vector<v1::Job>> JobClient::List(v1::ListJobsRequest filter, int limit) {
  std::vector<v1::Job> jobs;
  do {
    grpc::ClientContext context;
    filter.set_page_size(std::max(1, limit - static_cast<int>(jobs.size())));
    v1::ListJobsResponse page;
    SINTER_RETURN_IF_ERROR(FromGrpcStatus(stub_->ListJobs(&context, filter, &page)));
    for (v1::Job& job : *page.mutable_jobs()) {
      if (static_cast<int>(jobs.size()) < limit) jobs.push_back(std::move(job));
    }
    filter.set_page_token(page.next_page_token());
  } while (!filter.page_token().empty() && static_cast<int>(jobs.size()) < limit);
  return jobs;
}

absl::Status JobClient::Watch(const std::string& id,
                              const std::function<void(const v1::JobEvent&)>& on_event) {
  grpc::ClientContext context;
  v1::WatchJobRequest request;
  request.set_id(id);
  const auto stream = stub_->WatchJob(&context, request);
  v1::JobEvent event;
  while (stream->Read(&event)) on_event(event);
  return FromGrpcStatus(stream->Finish());
}

}  // namespace sinter::client
