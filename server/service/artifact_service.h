// The Artifacts service, and ByteStream for the blobs it names; see artifact_service.proto.
#ifndef SINTER_SERVER_SERVICE_ARTIFACT_SERVICE_H_
#define SINTER_SERVER_SERVICE_ARTIFACT_SERVICE_H_

#include "google/bytestream/bytestream.grpc.pb.h"
#include "proto/sinter/v1/artifact_service.grpc.pb.h"
#include "server/service/service_context.h"

namespace sinter::server {

class ArtifactService final : public v1::Artifacts::CallbackService {
 public:
  explicit ArtifactService(const ServiceContext& context) : context_(context) {}

  grpc::ServerUnaryReactor* GetManifest(grpc::CallbackServerContext* rpc,
                                        const v1::GetManifestRequest* request,
                                        v1::ArtifactManifest* response) override;

 private:
  const ServiceContext context_;
};

// Reads only: Write and QueryWriteStatus are UNIMPLEMENTED.
class ByteStreamService final : public google::bytestream::ByteStream::CallbackService {
 public:
  explicit ByteStreamService(const ServiceContext& context) : context_(context) {}

  grpc::ServerWriteReactor<google::bytestream::ReadResponse>* Read(
      grpc::CallbackServerContext* rpc, const google::bytestream::ReadRequest* request) override;

 private:
  const ServiceContext context_;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_SERVICE_ARTIFACT_SERVICE_H_
