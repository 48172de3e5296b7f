// A Sinter service in the test's own process that compiles nothing: it takes uploads, hands back an
// artifact that the test prepared, and fails when told to. It listens on a loopback port of its
// own.
//
//   FakeService service;
//   service.AddArtifact({{"model.so", "library bytes"}});
//   auto channel = Connect(service.address());
#ifndef SINTER_CLIENT_TESTING_FAKE_SERVICE_H_
#define SINTER_CLIENT_TESTING_FAKE_SERVICE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "google/bytestream/bytestream.grpc.pb.h"
#include "grpcpp/server.h"
#include "proto/sinter/v1/artifact.pb.h"
#include "proto/sinter/v1/compile_service.grpc.pb.h"
#include "proto/sinter/v1/job_service.grpc.pb.h"

namespace sinter::client::testing {

// Thread-safe.
class FakeService final : public v1::Compiler::Service,
                          public v1::Jobs::Service,
                          public google::bytestream::ByteStream::Service {
 public:
  FakeService();
  ~FakeService() override;

  const std::string& address() const { return address_; }

  // The result of every compile from now on: an artifact of these files.
  // RETURNS: the digest of its manifest.
  v1::Digest AddArtifact(const std::map<std::string, std::string>& files);
  v1::Digest AddBlob(const std::string& bytes);

  // Every compile fails like this once its upload is done.
  void FailCompilesWith(const grpc::Status& status);
  // Reads break with UNAVAILABLE after so many bytes each; 0 stops that.
  void BreakReadsAfter(int64_t bytes);
  // Flips one bit of every blob that is read.
  void CorruptReads(bool corrupt);

  bool HasBlob(const std::string& hash) const;
  // What clients sent, and how many bytes of blobs.
  std::vector<v1::CompileHeader> headers() const;
  int64_t uploaded_bytes() const;
  int reads() const;

  // v1::Compiler, v1::Jobs and ByteStream.
  grpc::Status Compile(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<v1::CompileEvent, v1::CompileRequest>* stream) override;
  grpc::Status Check(grpc::ServerContext* context,
                     grpc::ServerReaderWriter<v1::CheckEvent, v1::CompileRequest>* stream) override;
  grpc::Status ListTargets(grpc::ServerContext* context, const v1::ListTargetsRequest* request,
                           v1::ListTargetsResponse* response) override;
  grpc::Status ListJobs(grpc::ServerContext* context, const v1::ListJobsRequest* request,
                        v1::ListJobsResponse* response) override;
  grpc::Status Read(grpc::ServerContext* context, const google::bytestream::ReadRequest* request,
                    grpc::ServerWriter<google::bytestream::ReadResponse>* writer) override;

 private:
  // Takes the header and the missing blobs, as Compile and Check both do.
  template <typename Event>
  grpc::Status Receive(grpc::ServerReaderWriter<Event, v1::CompileRequest>* stream,
                       v1::CompileHeader* header);

  mutable absl::Mutex mutex_;
  std::map<std::string, std::string> blobs_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::CompileHeader> headers_ ABSL_GUARDED_BY(mutex_);
  v1::CompileResult result_ ABSL_GUARDED_BY(mutex_);
  grpc::Status failure_ ABSL_GUARDED_BY(mutex_);
  int64_t uploaded_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t break_after_ ABSL_GUARDED_BY(mutex_) = 0;
  bool corrupt_ ABSL_GUARDED_BY(mutex_) = false;
  int reads_ ABSL_GUARDED_BY(mutex_) = 0;

  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace sinter::client::testing

#endif  // SINTER_CLIENT_TESTING_FAKE_SERVICE_H_
