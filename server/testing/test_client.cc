#include "server/testing/test_client.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/digest.h"
#include "cache/digest_proto.h"
#include "server/errors/error_details.h"

namespace sinter::server {
namespace {

constexpr size_t kChunk = 1 << 16;

v1::Digest DigestFor(const std::string& bytes) {
  return cache::ToProto(base::DigestOf(absl::string_view(bytes)));
}

// Sends the blobs that are needed, in order. RETURNS: how many bytes.
template <typename Stream>
size_t Upload(const v1::Need& need, std::map<std::string, std::string> files, Stream& stream) {
  size_t total = 0;
  for (const v1::Digest& digest : need.blobs()) {
    const std::string& bytes = files[digest.hash()];
    for (size_t offset = 0; offset < bytes.size(); offset += kChunk) {
      v1::CompileRequest message;
      message.mutable_chunk()->set_hash(digest.hash());
      message.mutable_chunk()->set_offset(static_cast<int64_t>(offset));
      message.mutable_chunk()->set_data(bytes.substr(offset, kChunk));
      if (!stream.Write(message)) return total;
      total += std::min(kChunk, bytes.size() - offset);
    }
  }
  stream.WritesDone();
  return total;
}

void SetDeadline(const TestRequest& request, grpc::ClientContext& context) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + request.timeout));
}

}  // namespace

absl::Status FromGrpc(const grpc::Status& status) {
  google::rpc::Status rpc;
  rpc.ParseFromString(status.error_details());
  rpc.set_code(status.error_code());
  rpc.set_message(status.error_message());
  return FromRpcStatus(rpc);
}

TestClient::TestClient(std::shared_ptr<grpc::Channel> channel)
    : compiler_(v1::Compiler::NewStub(channel)),
      jobs_(v1::Jobs::NewStub(channel)),
      artifacts_(v1::Artifacts::NewStub(channel)),
      admin_(v1::Admin::NewStub(channel)),
      byte_stream_(google::bytestream::ByteStream::NewStub(channel)) {}

v1::CompileHeader TestClient::Header(const TestRequest& request) {
  v1::CompileHeader header;
  header.mutable_model()->set_path("model.onnx");
  *header.mutable_model()->mutable_digest() = DigestFor(request.model);
  for (const auto& [path, bytes] : request.external_data) {
    auto& file = *header.add_external_data();
    file.set_path(path);
    *file.mutable_digest() = DigestFor(bytes);
  }
  header.set_target_name(request.target_name);
  *header.mutable_options() = request.options;
  header.set_no_cache(request.no_cache);
  return header;
}

std::map<std::string, std::string> TestClient::Files(const TestRequest& request) {
  std::map<std::string, std::string> files = {{DigestFor(request.model).hash(), request.model}};
  for (const auto& [path, bytes] : request.external_data) files[DigestFor(bytes).hash()] = bytes;
  return files;
}

Answer TestClient::Compile(const TestRequest& request, const OnEvent& on_event) {
  grpc::ClientContext context;
  SetDeadline(request, context);
  const auto stream = compiler_->Compile(&context);
  v1::CompileRequest header;
  *header.mutable_header() = Header(request);
  stream->Write(header);
  Answer answer;
  for (v1::CompileEvent event; stream->Read(&event);) {
    if (on_event) on_event(event, context);
    if (event.has_need()) answer.uploaded_bytes = Upload(event.need(), Files(request), *stream);
    if (event.has_error()) answer.full_status = FromRpcStatus(event.error());
    if (event.has_result()) {
      answer.result = event.result();
    } else {
      answer.events.push_back(event);
    }
  }
  answer.status = FromGrpc(stream->Finish());
  return answer;
}

absl::StatusOr<v1::CheckReport> TestClient::Check(const TestRequest& request) {
  grpc::ClientContext context;
  SetDeadline(request, context);
  const auto stream = compiler_->Check(&context);
  v1::CompileRequest header;
  *header.mutable_header() = Header(request);
  stream->Write(header);
  v1::CheckReport report;
  for (v1::CheckEvent event; stream->Read(&event);) {
    if (event.has_need()) Upload(event.need(), Files(request), *stream);
    if (event.has_report()) report = event.report();
  }
  const absl::Status status = FromGrpc(stream->Finish());
  if (!status.ok()) return status;
  return report;
}

absl::StatusOr<std::string> TestClient::ReadBlob(const v1::Digest& digest, int64_t offset,
                                                 int64_t limit) {
  grpc::ClientContext context;
  google::bytestream::ReadRequest request;
  request.set_resource_name(absl::StrCat("blobs/", digest.hash(), "/", digest.size_bytes()));
  request.set_read_offset(offset);
  request.set_read_limit(limit);
  const auto stream = byte_stream_->Read(&context, request);
  std::string bytes;
  for (google::bytestream::ReadResponse response; stream->Read(&response);)
    bytes += response.data();
  const absl::Status status = FromGrpc(stream->Finish());
  if (!status.ok()) return status;
  return bytes;
}

v1::CacheStats TestClient::Stats() {
  grpc::ClientContext context;
  v1::CacheStats stats;
  admin_->GetCacheStats(&context, {}, &stats);
  return stats;
}

}  // namespace sinter::server
