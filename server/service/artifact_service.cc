#include "server/service/artifact_service.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/digest.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "cache/digest_proto.h"
#include "google/protobuf/util/json_util.h"
#include "server/errors/error_details.h"
#include "server/service/unary.h"

namespace sinter::server {
namespace {

constexpr int64_t kChunkBytes = int64_t{1} << 20;
constexpr int64_t kLargestManifest = int64_t{64} << 20;

absl::Status Invalid(const std::string& message) {
  return RequestError(absl::StatusCode::kInvalidArgument, "invalid_request", message);
}

absl::StatusOr<cache::BlobFile> OpenBlob(ResultStore& results, const base::Digest& digest) {
  auto file = results.Open(digest);
  if (!absl::IsNotFound(file.status())) return file;
  return RequestError(
      absl::StatusCode::kNotFound, "no_such_blob",
      absl::StrCat("no blob `", base::ToString(digest), "`: it was evicted, or never was"),
      "compile the model again");
}

absl::StatusOr<v1::ArtifactManifest> ReadManifest(ResultStore& results, const v1::Digest& name) {
  const auto digest = cache::FromProto(name);
  if (!digest.ok()) return Invalid(std::string(digest.status().message()));
  SINTER_ASSIGN_OR_RETURN(const cache::BlobFile file, OpenBlob(results, *digest));
  v1::ArtifactManifest manifest;
  if (file.size_bytes > kLargestManifest) return Invalid("the blob is too large for a manifest");
  std::string json(file.size_bytes, '\0');
  SINTER_RETURN_IF_ERROR(
      base::ReadExactly(file.fd.get(), 0, file.size_bytes, json.data(), file.path));
  if (!google::protobuf::util::JsonStringToMessage(json, &manifest).ok()) {
    return Invalid("the blob is not a manifest");
  }
  return manifest;
}

// "blobs/HASH/SIZE".
absl::StatusOr<base::Digest> ParseResource(absl::string_view name) {
  if (absl::StartsWith(name, "compressed-blobs/")) {
    return RequestError(absl::StatusCode::kUnimplemented, "invalid_request",
                        "compressed blobs are not supported: read `blobs/HASH/SIZE`");
  }
  absl::string_view rest = name;
  if (absl::ConsumePrefix(&rest, "blobs/")) {
    if (auto digest = base::ParseDigest(rest); digest.ok()) return digest;
  }
  return Invalid(absl::StrCat("the resource name `", name, "`: it must be `blobs/HASH/SIZE`"));
}

// One call of Read: the next chunk is read from disk when the last was sent, so that a slow client
// costs one chunk of memory. Deletes itself when the call is over.
class ReadCall final : public grpc::ServerWriteReactor<google::bytestream::ReadResponse> {
 public:
  void Begin(ResultStore& results, const google::bytestream::ReadRequest& request) {
    if (const absl::Status opened = Open(results, request); !opened.ok()) {
      Finish(ToGrpcStatus(opened));
    } else {
      WriteNext();
    }
  }

  void OnWriteDone(bool ok) override {
    if (ok) {
      WriteNext();
    } else {
      Finish(ToGrpcStatus(absl::CancelledError("the client went away")));
    }
  }
  void OnDone() override { delete this; }

 private:
  absl::Status Open(ResultStore& results, const google::bytestream::ReadRequest& request) {
    SINTER_ASSIGN_OR_RETURN(const base::Digest digest, ParseResource(request.resource_name()));
    if (request.read_offset() < 0 || request.read_limit() < 0) {
      return Invalid("a negative offset or limit");
    }
    if (request.read_offset() > digest.size_bytes) {
      return RequestError(absl::StatusCode::kOutOfRange, "invalid_request",
                          absl::StrCat("offset ", request.read_offset(), ": the blob has ",
                                       digest.size_bytes, " bytes"));
    }
    SINTER_ASSIGN_OR_RETURN(file_, OpenBlob(results, digest));
    offset_ = request.read_offset();
    end_ = digest.size_bytes;
    if (request.read_limit() > 0)
      end_ = std::min(end_, offset_ + std::min(request.read_limit(), end_));
    return absl::OkStatus();
  }

  void WriteNext() {
    if (offset_ == end_) return Finish(grpc::Status::OK);
    const int64_t size = std::min(kChunkBytes, end_ - offset_);
    std::string& data = *response_.mutable_data();
    data.resize(size);
    const absl::Status read =
        base::ReadExactly(file_.fd.get(), offset_, size, data.data(), file_.path);
    if (!read.ok()) return Finish(ToGrpcStatus(read));
    offset_ += size;
    StartWrite(&response_);
  }

  cache::BlobFile file_;
  int64_t offset_ = 0;
  int64_t end_ = 0;
  google::bytestream::ReadResponse response_;
};

}  // namespace

grpc::ServerUnaryReactor* ArtifactService::GetManifest(grpc::CallbackServerContext* rpc,
                                                       const v1::GetManifestRequest* request,
                                                       v1::ArtifactManifest* response) {
  auto manifest = ReadManifest(*context_.coordinator->parts().results, request->artifact());
  if (!manifest.ok()) return Reply(rpc, manifest.status());
  *response = *std::move(manifest);
  return Reply(rpc, absl::OkStatus());
}

grpc::ServerWriteReactor<google::bytestream::ReadResponse>* ByteStreamService::Read(
    grpc::CallbackServerContext* rpc, const google::bytestream::ReadRequest* request) {
  auto* call = new ReadCall();
  call->Begin(*context_.coordinator->parts().results, *request);
  return call;
}

}  // namespace sinter::server
