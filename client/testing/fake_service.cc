#include "client/testing/fake_service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "base/digest.h"
#include "google/protobuf/util/json_util.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server_builder.h"

namespace sinter::client::testing {
namespace {

constexpr size_t kPieceBytes = 1000;  // small, so that a short blob takes several messages
constexpr int kJobs = 7;

v1::Digest ToProto(const base::Digest& digest) {
  v1::Digest proto;
  proto.set_hash(digest.sha256_hex);
  proto.set_size_bytes(digest.size_bytes);
  return proto;
}

}  // namespace

FakeService::FakeService() {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(static_cast<v1::Compiler::Service*>(this));
  builder.RegisterService(static_cast<v1::Jobs::Service*>(this));
  builder.RegisterService(static_cast<google::bytestream::ByteStream::Service*>(this));
  server_ = builder.BuildAndStart();
  SINTER_CHECK(server_ != nullptr) << "no port to listen on";
  address_ = absl::StrCat("127.0.0.1:", port);
}

FakeService::~FakeService() { server_->Shutdown(std::chrono::system_clock::now()); }

v1::Digest FakeService::AddBlob(const std::string& bytes) {
  const v1::Digest digest = ToProto(base::DigestOf(bytes));
  absl::MutexLock lock(&mutex_);
  blobs_[digest.hash()] = bytes;
  return digest;
}

v1::Digest FakeService::AddArtifact(const std::map<std::string, std::string>& files) {
  v1::ArtifactManifest manifest;
  manifest.set_format_version(1);
  for (const auto& [path, bytes] : files) {
    v1::ArtifactManifest::File& file = *manifest.add_files();
    file.set_path(path);
    *file.mutable_digest() = AddBlob(bytes);
  }
  std::string json;
  SINTER_CHECK(google::protobuf::util::MessageToJsonString(manifest, &json).ok());
  const v1::Digest digest = AddBlob(json);
  absl::MutexLock lock(&mutex_);
  result_.set_job_id("job-1");
  result_.set_cache(v1::CompileResult::MISS);
  *result_.mutable_artifact() = digest;
  *result_.mutable_manifest() = manifest;
  return digest;
}

void FakeService::FailCompilesWith(const grpc::Status& status) {
  absl::MutexLock lock(&mutex_);
  failure_ = status;
}

void FakeService::BreakReadsAfter(int64_t bytes) {
  absl::MutexLock lock(&mutex_);
  break_after_ = bytes;
}

void FakeService::CorruptReads(bool corrupt) {
  absl::MutexLock lock(&mutex_);
  corrupt_ = corrupt;
}

bool FakeService::HasBlob(const std::string& hash) const {
  absl::MutexLock lock(&mutex_);
  return blobs_.count(hash) > 0;
}

std::vector<v1::CompileHeader> FakeService::headers() const {
  absl::MutexLock lock(&mutex_);
  return headers_;
}

int64_t FakeService::uploaded_bytes() const {
  absl::MutexLock lock(&mutex_);
  return uploaded_bytes_;
}

int FakeService::reads() const {
  absl::MutexLock lock(&mutex_);
  return reads_;
}

template <typename Event>
grpc::Status FakeService::Receive(grpc::ServerReaderWriter<Event, v1::CompileRequest>* stream,
                                  v1::CompileHeader* header) {
  v1::CompileRequest request;
  if (!stream->Read(&request) || !request.has_header()) {
    return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "the first message is no header");
  }
  *header = request.header();
  Event event;
  v1::Need& need = *event.mutable_need();
  const auto want = [&](const v1::Digest& digest) {
    if (!HasBlob(digest.hash())) *need.add_blobs() = digest;
  };
  want(header->model().digest());
  for (const v1::CompileHeader::File& file : header->external_data()) want(file.digest());
  stream->Write(event);

  std::map<std::string, std::string> received;
  while (stream->Read(&request)) {
    std::string& blob = received[request.chunk().hash()];
    if (request.chunk().offset() != static_cast<int64_t>(blob.size()) ||
        request.chunk().data().size() > (1 << 20)) {
      return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "a chunk breaks the rules");
    }
    blob += request.chunk().data();
  }
  for (const auto& [hash, bytes] : received) {
    if (AddBlob(bytes).hash() != hash) {
      return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "bytes are not what was promised");
    }
  }
  absl::MutexLock lock(&mutex_);
  headers_.push_back(*header);
  for (const auto& [hash, bytes] : received) uploaded_bytes_ += static_cast<int64_t>(bytes.size());
  return failure_;
}

grpc::Status FakeService::Compile(
    grpc::ServerContext* context,
    grpc::ServerReaderWriter<v1::CompileEvent, v1::CompileRequest>* stream) {
  v1::CompileHeader header;
  if (grpc::Status status = Receive(stream, &header); !status.ok()) return status;
  v1::CompileEvent event;
  event.mutable_queued()->set_job_id("job-1");
  stream->Write(event);
  event.mutable_stage()->set_stage(v1::Diagnostic::IMPORT);
  stream->Write(event);
  event.mutable_progress()->set_fraction(0.5);
  stream->Write(event);
  {
    absl::MutexLock lock(&mutex_);
    *event.mutable_result() = result_;
  }
  stream->Write(event);
  return grpc::Status::OK;
}

grpc::Status FakeService::Check(
    grpc::ServerContext* context,
    grpc::ServerReaderWriter<v1::CheckEvent, v1::CompileRequest>* stream) {
  v1::CompileHeader header;
  if (grpc::Status status = Receive(stream, &header); !status.ok()) return status;
  v1::CheckEvent event;
  event.mutable_report()->set_supported(true);
  stream->Write(event);
  return grpc::Status::OK;
}

grpc::Status FakeService::ListTargets(grpc::ServerContext* context,
                                      const v1::ListTargetsRequest* request,
                                      v1::ListTargetsResponse* response) {
  response->add_targets()->set_name("x86-64-v3");
  response->mutable_server()->set_name("x86-64-v4");
  return grpc::Status::OK;
}

grpc::Status FakeService::ListJobs(grpc::ServerContext* context, const v1::ListJobsRequest* request,
                                   v1::ListJobsResponse* response) {
  int next = 0;
  if (!absl::SimpleAtoi(request->page_token(), &next)) next = 0;
  const int end = std::min(kJobs, next + std::min(3, request->page_size()));
  for (; next < end; ++next) response->add_jobs()->set_id(absl::StrCat("job-", next));
  if (next < kJobs) response->set_next_page_token(absl::StrCat(next));
  return grpc::Status::OK;
}

grpc::Status FakeService::Read(grpc::ServerContext* context,
                               const google::bytestream::ReadRequest* request,
                               grpc::ServerWriter<google::bytestream::ReadResponse>* writer) {
  const std::vector<std::string> name = absl::StrSplit(request->resource_name(), '/');
  std::string bytes;
  int64_t break_after = 0;
  {
    absl::MutexLock lock(&mutex_);
    ++reads_;
    if (name.size() != 3 || name[0] != "blobs" || blobs_.count(name[1]) == 0) {
      return grpc::Status(grpc::StatusCode::NOT_FOUND, "no such blob");
    }
    bytes = blobs_.at(name[1]);
    if (corrupt_ && !bytes.empty()) bytes[bytes.size() / 2] ^= 1;
    break_after = break_after_;
  }
  bytes.erase(0, static_cast<size_t>(request->read_offset()));
  const bool breaks = break_after > 0 && break_after < static_cast<int64_t>(bytes.size());
  if (breaks) bytes.resize(static_cast<size_t>(break_after));
  for (size_t i = 0; i < bytes.size(); i += kPieceBytes) {
    google::bytestream::ReadResponse response;
    response.set_data(bytes.substr(i, kPieceBytes));
    writer->Write(response);
  }
  return breaks ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "the line broke") : grpc::Status::OK;
}

}  // namespace sinter::client::testing
