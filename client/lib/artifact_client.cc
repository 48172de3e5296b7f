#include "client/lib/artifact_client.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/annotate.h"
#include "base/digest.h"
#include "base/status_macros.h"
#include "client/lib/fault.h"
#include "client/lib/whole_file.h"
#include "grpcpp/client_context.h"

namespace sinter::client {
namespace {

// How often in a row a read may break without bringing a byte.
constexpr int kFruitlessTries = 3;

bool MayComeBack(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnavailable ||
         status.code() == absl::StatusCode::kAborted;
}

std::string Name(const v1::Digest& digest) {
  return absl::StrCat(digest.hash(), "/", digest.size_bytes());
}

}  // namespace

ArtifactClient::ArtifactClient(std::shared_ptr<grpc::ChannelInterface> channel)
    : artifacts_(v1::Artifacts::NewStub(channel)),
      bytes_(google::bytestream::ByteStream::NewStub(std::move(channel))) {}

absl::StatusOr<v1::ArtifactManifest> ArtifactClient::GetManifest(const v1::Digest& artifact) {
  grpc::ClientContext context;
  v1::GetManifestRequest request;
  *request.mutable_artifact() = artifact;
  v1::ArtifactManifest manifest;
  SINTER_RETURN_IF_ERROR(FromGrpcStatus(artifacts_->GetManifest(&context, request, &manifest)));
  return manifest;
}

absl::Status ArtifactClient::ReadOnce(const v1::Digest& digest, int64_t* offset, const Sink& sink) {
  grpc::ClientContext context;
  google::bytestream::ReadRequest request;
  request.set_resource_name(absl::StrCat("blobs/", Name(digest)));
  request.set_read_offset(*offset);
  const auto stream = bytes_->Read(&context, request);
  google::bytestream::ReadResponse response;
  while (stream->Read(&response)) {
    *offset += static_cast<int64_t>(response.data().size());
    if (absl::Status taken = sink(response.data()); !taken.ok()) {
      context.TryCancel();
      stream->Finish().ok();
      return taken;
    }
  }
  return FromGrpcStatus(stream->Finish());
}

absl::Status ArtifactClient::Fetch(const v1::Digest& digest, const Sink& sink) {
  base::Hasher hasher;
  absl::Status sink_error;
  const Sink hashing_sink = [&](absl::string_view bytes) {
    hasher.Update(bytes);
    return sink_error = sink(bytes);
  };
  int64_t offset = 0;
  for (int fruitless = 0; offset < digest.size_bytes() || digest.size_bytes() == 0;) {
    const int64_t before = offset;
    const absl::Status status = ReadOnce(digest, &offset, hashing_sink);
    if (status.ok() || offset >= digest.size_bytes()) break;
    fruitless = offset > before ? 0 : fruitless + 1;
    if (!sink_error.ok() || !MayComeBack(status) || fruitless == kFruitlessTries) {
      return base::Annotate(status, absl::StrCat("fetching the blob ", Name(digest)));
    }
  }
  const base::Digest found = hasher.Finish();
  if (found.sha256_hex == digest.hash() && found.size_bytes == digest.size_bytes()) {
    return sink_error;
  }
  return absl::DataLossError(absl::StrCat("the blob ", Name(digest), " came as ",
                                          base::ToString(found),
                                          "; it was damaged in the store or on the way"));
}

absl::StatusOr<std::string> ArtifactClient::FetchBytes(const v1::Digest& digest) {
  std::string bytes;
  SINTER_RETURN_IF_ERROR(Fetch(digest, [&](absl::string_view piece) {
    bytes.append(piece.data(), piece.size());
    return absl::OkStatus();
  }));
  return bytes;
}

absl::Status ArtifactClient::FetchFile(const v1::Digest& digest, const std::string& path,
                                       bool executable) {
  SINTER_ASSIGN_OR_RETURN(WholeFile file, WholeFile::Create(path, executable));
  SINTER_RETURN_IF_ERROR(Fetch(digest, [&](absl::string_view piece) { return file.Write(piece); }));
  return file.Publish();
}

}  // namespace sinter::client
