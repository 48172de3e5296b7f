#include "client/lib/compile_client.h"

#include <chrono>
#include <map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/digest.h"
#include "base/status_macros.h"
#include "client/lib/fault.h"
#include "client/lib/file_chunks.h"
#include "grpcpp/client_context.h"

namespace sinter::client {
namespace {

// The protocol's bound on a chunk is 1 MiB.
constexpr size_t kChunkBytes = 1 << 20;

// The header of a request, and where the bytes of each of its blobs are.
struct Request {
  v1::CompileRequest header;
  std::map<std::string, std::string> path_by_hash;
};

absl::Status AddFile(const std::string& path, v1::CompileHeader::File& file, Request& request) {
  SINTER_ASSIGN_OR_RETURN(const base::Digest digest, base::DigestOfFile(path));
  file.mutable_digest()->set_hash(digest.sha256_hex);
  file.mutable_digest()->set_size_bytes(digest.size_bytes);
  request.path_by_hash[digest.sha256_hex] = path;
  return absl::OkStatus();
}

absl::StatusOr<Request> MakeRequest(const CompileJob& job) {
  Request request;
  v1::CompileHeader& header = *request.header.mutable_header();
  const size_t slash = job.model.path.rfind('/');
  header.mutable_model()->set_path(slash == std::string::npos ? job.model.path
                                                              : job.model.path.substr(slash + 1));
  SINTER_RETURN_IF_ERROR(AddFile(job.model.path, *header.mutable_model(), request));
  for (const ModelTree::File& data : job.model.external_data) {
    v1::CompileHeader::File& file = *header.add_external_data();
    file.set_path(data.location);
    SINTER_RETURN_IF_ERROR(AddFile(data.path, file, request));
  }
  if (job.target.has_value()) {
    *header.mutable_target() = *job.target;
  } else {
    header.set_target_name(job.target_name);
  }
  *header.mutable_options() = job.options;
  header.set_no_cache(job.no_cache);
  return request;
}

void SetDeadline(absl::Duration timeout, grpc::ClientContext& context) {
  if (timeout == absl::InfiniteDuration()) return;
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(timeout));
}

// One call of Compile or Check: both send the same and differ in what comes back.
template <typename Event>
class Exchange {
 public:
  using Stream = grpc::ClientReaderWriter<v1::CompileRequest, Event>;

  Exchange(const Request& request, CompileObserver& observer, grpc::ClientContext& context,
           std::unique_ptr<Stream> stream)
      : request_(request), observer_(observer), context_(context), stream_(std::move(stream)) {}

  // Runs the call to its end; `on_event` is called for each event but `need`.
  template <typename OnEvent>
  absl::Status Run(OnEvent on_event) {
    // A write that fails says that the call is over; Finish() says why.
    stream_->Write(request_.header);
    Event event;
    while (stream_->Read(&event)) {
      if (!event.has_need()) {
        on_event(event);
        continue;
      }
      if (absl::Status sent = Upload(event.need()); !sent.ok()) {
        context_.TryCancel();
        stream_->Finish().ok();
        return sent;
      }
      stream_->WritesDone();
    }
    return FromGrpcStatus(stream_->Finish());
  }

 private:
  absl::Status Upload(const v1::Need& need) {
    int64_t total = 0, sent = 0;
    for (const v1::Digest& digest : need.blobs()) total += digest.size_bytes();
    for (const v1::Digest& digest : need.blobs()) {
      const auto found = request_.path_by_hash.find(digest.hash());
      if (found == request_.path_by_hash.end()) {
        return absl::InternalError("the server asks for a blob that this request has not named");
      }
      v1::CompileRequest message;
      message.mutable_chunk()->set_hash(digest.hash());
      SINTER_RETURN_IF_ERROR(ForEachChunk(found->second, digest.size_bytes(), kChunkBytes,
                                          [&](int64_t offset, std::string& bytes) {
                                            message.mutable_chunk()->set_offset(offset);
                                            sent += static_cast<int64_t>(bytes.size());
                                            message.mutable_chunk()->mutable_data()->swap(bytes);
                                            if (!stream_->Write(message)) return false;
                                            observer_.OnUpload(sent, total);
                                            return true;
                                          }));
    }
    return absl::OkStatus();
  }

  const Request& request_;
  CompileObserver& observer_;
  grpc::ClientContext& context_;
  const std::unique_ptr<Stream> stream_;
};

absl::Status NoAnswer(absl::string_view what) {
  return absl::InternalError(absl::StrCat("the server ended the call without a ", what));
}

}  // namespace

CompileClient::CompileClient(std::shared_ptr<grpc::ChannelInterface> channel)
    : stub_(v1::Compiler::NewStub(std::move(channel))) {}

absl::StatusOr<v1::CompileResult> CompileClient::Compile(const CompileJob& job,
                                                         CompileObserver& observer) {
  SINTER_ASSIGN_OR_RETURN(const Request request, MakeRequest(job));
  grpc::ClientContext context;
  SetDeadline(job.timeout, context);
  Exchange<v1::CompileEvent> exchange(request, observer, context, stub_->Compile(&context));
  absl::optional<v1::CompileResult> result;
  // Comes before the end if the details of the status are too long for a trailer.
  absl::Status full_error;
  const absl::Status status = exchange.Run([&](const v1::CompileEvent& event) {
    if (event.has_result()) {
      result = event.result();
    } else if (event.has_error()) {
      full_error = FromRpcStatus(event.error());
    } else {
      observer.OnEvent(event);
    }
  });
  if (!status.ok()) return full_error.ok() ? status : full_error;
  if (!result.has_value()) return NoAnswer("result");
  return *std::move(result);
}

absl::StatusOr<v1::CheckReport> CompileClient::Check(const CompileJob& job,
                                                     CompileObserver& observer) {
  SINTER_ASSIGN_OR_RETURN(const Request request, MakeRequest(job));
  grpc::ClientContext context;
  SetDeadline(job.timeout, context);
  Exchange<v1::CheckEvent> exchange(request, observer, context, stub_->Check(&context));
  absl::optional<v1::CheckReport> report;
  SINTER_RETURN_IF_ERROR(
      exchange.Run([&](const v1::CheckEvent& event) { report = event.report(); }));
  if (!report.has_value()) return NoAnswer("report");
  return *std::move(report);
}

absl::StatusOr<v1::ListTargetsResponse> CompileClient::ListTargets() {
  grpc::ClientContext context;
  v1::ListTargetsResponse response;
  SINTER_RETURN_IF_ERROR(FromGrpcStatus(stub_->ListTargets(&context, {}, &response)));
  return response;
}

absl::StatusOr<v1::ListPipelinesResponse> CompileClient::ListPipelines() {
  grpc::ClientContext context;
  v1::ListPipelinesResponse response;
  SINTER_RETURN_IF_ERROR(FromGrpcStatus(stub_->ListPipelines(&context, {}, &response)));
  return response;
}

}  // namespace sinter::client
