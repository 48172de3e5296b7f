// Talks to the Compiler service: sends models, follows compiles.
//
//   CompileClient client(channel);
//   CompileJob job;
//   SINTER_ASSIGN_OR_RETURN(job.model, ReadModelTree("model.onnx", LinkPolicy::kRefuseLeaving));
//   job.target_name = "server";
//   SINTER_ASSIGN_OR_RETURN(v1::CompileResult result, client.Compile(job, observer));
//
// Thread-safe. Every call blocks until it is over; a thread that must not wait uses another one.
#ifndef SINTER_CLIENT_LIB_COMPILE_CLIENT_H_
#define SINTER_CLIENT_LIB_COMPILE_CLIENT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "client/model/model_tree.h"
#include "proto/sinter/v1/compile_service.grpc.pb.h"
#include "proto/sinter/v1/compile_service.pb.h"

namespace sinter::client {

// What to compile, for what, how.
struct CompileJob {
  ModelTree model;
  absl::optional<v1::Target> target;  // a full description; or else
  std::string target_name;            // a name that the server knows
  v1::CompileOptions options;
  bool no_cache = false;
  absl::Duration timeout = absl::InfiniteDuration();
};

// Is told what happens during a call, from the calling thread.
class CompileObserver {
 public:
  virtual ~CompileObserver() = default;
  // `sent` of `total` bytes were sent. Never called if the server has all it needs.
  virtual void OnUpload(int64_t sent, int64_t total) {}
  // Everything but `need` and `result`.
  virtual void OnEvent(const v1::CompileEvent& event) {}
};

class CompileClient {
 public:
  explicit CompileClient(std::shared_ptr<grpc::ChannelInterface> channel);

  // Compiles. Only those files are sent that the server does not hold, straight from disk.
  // ERRORS: those of the rpc, with details (see fault.h); those of reading the model's files;
  // ABORTED if a file changes meanwhile.
  absl::StatusOr<v1::CompileResult> Compile(const CompileJob& job, CompileObserver& observer);

  // Says what the model needs that is not supported; compiles nothing. ERRORS: as Compile().
  absl::StatusOr<v1::CheckReport> Check(const CompileJob& job, CompileObserver& observer);

  // ERRORS: those of the rpcs.
  absl::StatusOr<v1::ListTargetsResponse> ListTargets();
  absl::StatusOr<v1::ListPipelinesResponse> ListPipelines();

 private:
  const std::unique_ptr<v1::Compiler::Stub> stub_;
};

}  // namespace sinter::client

#endif  // SINTER_CLIENT_LIB_COMPILE_CLIENT_H_
