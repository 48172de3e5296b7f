// Speaks to a server the way a client does, for tests: raw messages, so that a test can break
// rules.
#ifndef SINTER_SERVER_TESTING_TEST_CLIENT_H_
#define SINTER_SERVER_TESTING_TEST_CLIENT_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/bytestream/bytestream.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "proto/sinter/v1/admin_service.grpc.pb.h"
#include "proto/sinter/v1/artifact_service.grpc.pb.h"
#include "proto/sinter/v1/compile_service.grpc.pb.h"
#include "proto/sinter/v1/job_service.grpc.pb.h"

namespace sinter::server {

// What a Compile call gave.
struct Answer {
  absl::Status status;       // with its details
  absl::Status full_status;  // what the `error` event says, if there is one
  v1::CompileResult result;
  std::vector<v1::CompileEvent> events;  // all but the result
  size_t uploaded_bytes = 0;
};

// A request whose "files" are strings.
struct TestRequest {
  std::string model = {};  // for the fake worker
  std::vector<std::pair<std::string, std::string>> external_data = {};
  std::string target_name = "server";
  v1::CompileOptions options = {};
  bool no_cache = false;
  absl::Duration timeout = absl::Minutes(5);
};

// Thread-safe.
class TestClient {
 public:
  using OnEvent = std::function<void(const v1::CompileEvent&, grpc::ClientContext&)>;

  explicit TestClient(std::shared_ptr<grpc::Channel> channel);

  // Runs the call to its end; `on_event` may cancel it through the context.
  Answer Compile(const TestRequest& request, const OnEvent& on_event = {});
  absl::StatusOr<v1::CheckReport> Check(const TestRequest& request);

  absl::StatusOr<std::string> ReadBlob(const v1::Digest& digest, int64_t offset = 0,
                                       int64_t limit = 0);

  v1::CacheStats Stats();

  v1::Compiler::Stub& compiler() { return *compiler_; }
  v1::Jobs::Stub& jobs() { return *jobs_; }
  v1::Artifacts::Stub& artifacts() { return *artifacts_; }
  v1::Admin::Stub& admin() { return *admin_; }
  google::bytestream::ByteStream::Stub& byte_stream() { return *byte_stream_; }

  // The header that Compile sends, and the files by hash.
  static v1::CompileHeader Header(const TestRequest& request);
  static std::map<std::string, std::string> Files(const TestRequest& request);

 private:
  const std::unique_ptr<v1::Compiler::Stub> compiler_;
  const std::unique_ptr<v1::Jobs::Stub> jobs_;
  const std::unique_ptr<v1::Artifacts::Stub> artifacts_;
  const std::unique_ptr<v1::Admin::Stub> admin_;
  const std::unique_ptr<google::bytestream::ByteStream::Stub> byte_stream_;
};

// The status with the details of its trailer.
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace sinter::server

#endif  // SINTER_SERVER_TESTING_TEST_CLIENT_H_
