// Fetches artifacts and any other blob of the service, and checks each against its digest.
//
// Thread-safe.
#ifndef SINTER_CLIENT_LIB_ARTIFACT_CLIENT_H_
#define SINTER_CLIENT_LIB_ARTIFACT_CLIENT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/bytestream/bytestream.grpc.pb.h"
#include "proto/sinter/v1/artifact.pb.h"
#include "proto/sinter/v1/artifact_service.grpc.pb.h"

namespace sinter::client {

class ArtifactClient {
 public:
  // Takes the next bytes of a blob, in order.
  using Sink = std::function<absl::Status(absl::string_view bytes)>;

  explicit ArtifactClient(std::shared_ptr<grpc::ChannelInterface> channel);

  // ERRORS: those of the rpc.
  absl::StatusOr<v1::ArtifactManifest> GetManifest(const v1::Digest& artifact);

  // Reads a blob into `sink`. A read that breaks is taken up where it stopped, as long as each try
  // brings something.
  // ERRORS: those of ByteStream.Read and of `sink`; DATA_LOSS if the bytes are not what the digest
  // promises (the sink has had them by then, so nothing it made may be used before OK).
  absl::Status Fetch(const v1::Digest& digest, const Sink& sink);

  // The same into a string; for small blobs.
  absl::StatusOr<std::string> FetchBytes(const v1::Digest& digest);

  // The same into a file, which appears at `path` whole or not at all and replaces what was there.
  // ERRORS: also those of writing, as the system says.
  absl::Status FetchFile(const v1::Digest& digest, const std::string& path, bool executable);

 private:
  // One attempt from `*offset` on, which it moves.
  absl::Status ReadOnce(const v1::Digest& digest, int64_t* offset, const Sink& sink);

  const std::unique_ptr<v1::Artifacts::Stub> artifacts_;
  const std::unique_ptr<google::bytestream::ByteStream::Stub> bytes_;
};

}  // namespace sinter::client

#endif  // SINTER_CLIENT_LIB_ARTIFACT_CLIENT_H_
