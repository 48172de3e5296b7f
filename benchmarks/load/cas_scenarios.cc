// Plain Remote Execution API: what any server of it can be asked, so that ours has something to be
// compared with. `cas-action-hit` is to such a server what `hit` is to ours: look up a result by
// key, read the file that it names.
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/digest.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "benchmarks/load/rpc.h"
#include "benchmarks/load/scenario.h"
#include "build/bazel/remote/execution/v2/remote_execution.grpc.pb.h"
#include "client/lib/fault.h"

namespace sinter::load {
namespace {

namespace reapi = build::bazel::remote::execution::v2;
using google::bytestream::ByteStream;

reapi::Digest ToReapi(const base::Digest& digest) {
  reapi::Digest message;
  message.set_hash(digest.sha256_hex);
  message.set_size_bytes(digest.size_bytes);
  return message;
}

// The key of a result that only this program stores. An ActionCache does not look at the action.
reapi::Digest KeyFor(const base::Digest& blob) {
  return ToReapi(base::DigestOf(absl::StrCat("sinter-bench-load ", base::ToString(blob))));
}

absl::Status WriteBlob(ByteStream::Stub& stub, const base::Digest& digest, const std::string& bytes,
                       absl::Duration timeout) {
  constexpr size_t kPiece = 1 << 20;
  grpc::ClientContext context;
  SetTimeout(timeout, context);
  google::bytestream::WriteResponse response;
  const auto stream = stub.Write(&context, &response);
  google::bytestream::WriteRequest request;
  // REAPI wants a UUID there; a blob is uploaded once, so any fixed one will do.
  request.set_resource_name(
      absl::StrCat("uploads/6f1cb1cc-3f0c-4a0b-8a52-0d9f3f1a7c11/blobs/", base::ToString(digest)));
  for (size_t offset = 0; offset < bytes.size() || offset == 0; offset += kPiece) {
    request.set_write_offset(static_cast<int64_t>(offset));
    request.set_data(bytes.substr(offset, kPiece));
    request.set_finish_write(offset + kPiece >= bytes.size());
    // A write that fails says that the call is over; Finish() says why.
    if (!stream->Write(request)) break;
    request.clear_resource_name();
  }
  stream->WritesDone();
  return client::FromGrpcStatus(stream->Finish());
}

absl::Status StoreResult(reapi::ActionCache::Stub& stub, const base::Digest& blob,
                         absl::Duration timeout) {
  grpc::ClientContext context;
  SetTimeout(timeout, context);
  reapi::UpdateActionResultRequest request;
  *request.mutable_action_digest() = KeyFor(blob);
  reapi::OutputFile& file = *request.mutable_action_result()->add_output_files();
  file.set_path("artifact/model.so");
  *file.mutable_digest() = ToReapi(blob);
  reapi::ActionResult response;
  return client::FromGrpcStatus(stub.UpdateActionResult(&context, request, &response));
}

// The four kinds of request, on one connection.
class CasConnection {
 public:
  CasConnection(const std::shared_ptr<grpc::Channel>& channel, base::Digest digest,
                absl::Duration timeout)
      : bytes_(ByteStream::NewStub(channel)),
        store_(reapi::ContentAddressableStorage::NewStub(channel)),
        actions_(reapi::ActionCache::NewStub(channel)),
        capabilities_(reapi::Capabilities::NewStub(channel)),
        digest_(std::move(digest)),
        timeout_(timeout) {}

  absl::StatusOr<int64_t> Read() { return ReadBlob(*bytes_, base::ToString(digest_), timeout_); }

  absl::StatusOr<int64_t> BatchRead() {
    grpc::ClientContext context;
    SetTimeout(timeout_, context);
    reapi::BatchReadBlobsRequest request;
    *request.add_digests() = ToReapi(digest_);
    reapi::BatchReadBlobsResponse response;
    SINTER_RETURN_IF_ERROR(
        client::FromGrpcStatus(store_->BatchReadBlobs(&context, request, &response)));
    if (response.responses_size() != 1)
      return absl::InternalError("one blob asked for, not one came");
    SINTER_RETURN_IF_ERROR(client::FromRpcStatus(response.responses(0).status()));
    return static_cast<int64_t>(response.responses(0).data().size());
  }

  absl::StatusOr<int64_t> ActionHit() {
    grpc::ClientContext context;
    SetTimeout(timeout_, context);
    reapi::GetActionResultRequest request;
    *request.mutable_action_digest() = KeyFor(digest_);
    reapi::ActionResult result;
    SINTER_RETURN_IF_ERROR(
        client::FromGrpcStatus(actions_->GetActionResult(&context, request, &result)));
    if (result.output_files_size() != 1) return absl::InternalError("the result names no file");
    const reapi::Digest& file = result.output_files(0).digest();
    return ReadBlob(*bytes_, absl::StrCat(file.hash(), "/", file.size_bytes()), timeout_);
  }

  absl::StatusOr<int64_t> Capabilities() {
    grpc::ClientContext context;
    SetTimeout(timeout_, context);
    reapi::ServerCapabilities response;
    SINTER_RETURN_IF_ERROR(
        client::FromGrpcStatus(capabilities_->GetCapabilities(&context, {}, &response)));
    return 0;
  }

  // Stores the blob, and the result that names it if this is what requests ask for.
  absl::Status Store(const std::string& bytes, bool with_result) {
    SINTER_RETURN_IF_ERROR(WriteBlob(*bytes_, digest_, bytes, timeout_));
    return with_result ? StoreResult(*actions_, digest_, timeout_) : absl::OkStatus();
  }

 private:
  const std::unique_ptr<ByteStream::Stub> bytes_;
  const std::unique_ptr<reapi::ContentAddressableStorage::Stub> store_;
  const std::unique_ptr<reapi::ActionCache::Stub> actions_;
  const std::unique_ptr<reapi::Capabilities::Stub> capabilities_;
  const base::Digest digest_;
  const absl::Duration timeout_;
};

using CasCall = absl::StatusOr<int64_t> (CasConnection::*)();

class CasCaller final : public Caller {
 public:
  CasCaller(CasCall call, std::unique_ptr<CasConnection> connection)
      : call_(call), connection_(std::move(connection)) {}
  absl::StatusOr<int64_t> Call(uint64_t) override { return ((*connection_).*call_)(); }

 private:
  const CasCall call_;
  const std::unique_ptr<CasConnection> connection_;
};

class CasScenario final : public Scenario {
 public:
  CasScenario(CasCall call, ScenarioOptions options) : call_(call), options_(std::move(options)) {}

  absl::StatusOr<nlohmann::json> Prepare() override {
    if (call_ == &CasConnection::Capabilities) return nlohmann::json::object();
    if (!options_.digest.empty()) {
      SINTER_ASSIGN_OR_RETURN(digest_, base::ParseDigest(options_.digest));
    } else {
      SINTER_ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(options_.blob));
      digest_ = base::DigestOf(bytes);
      SINTER_ASSIGN_OR_RETURN(const auto connection, Open());
      SINTER_RETURN_IF_ERROR(connection->Store(bytes, call_ == &CasConnection::ActionHit));
    }
    return nlohmann::json{{"blob_bytes", digest_.size_bytes}};
  }

  absl::StatusOr<std::unique_ptr<Caller>> Connect() override {
    SINTER_ASSIGN_OR_RETURN(auto connection, Open());
    return std::make_unique<CasCaller>(call_, std::move(connection));
  }

 private:
  absl::StatusOr<std::unique_ptr<CasConnection>> Open() {
    SINTER_ASSIGN_OR_RETURN(const auto channel, OpenConnection(options_.server));
    return std::make_unique<CasConnection>(channel, digest_, options_.timeout);
  }

  const CasCall call_;
  const ScenarioOptions options_;
  base::Digest digest_;
};

template <CasCall call>
absl::StatusOr<std::unique_ptr<Scenario>> MakeCasScenario(const ScenarioOptions& options) {
  const bool needs_blob = call != &CasConnection::Capabilities;
  if (needs_blob && options.blob.empty() == options.digest.empty()) {
    return absl::InvalidArgumentError(
        "the scenario reads a blob: give --blob=FILE to store one, or --digest=HASH/SIZE of one "
        "that the server has");
  }
  return std::make_unique<CasScenario>(call, options);
}

}  // namespace

std::vector<ScenarioKind> CasScenarios() {
  return {
      {"cas-action-hit", "ActionCache.GetActionResult, and its file read by ByteStream.Read",
       MakeCasScenario<&CasConnection::ActionHit>},
      {"cas-read", "a blob by ByteStream.Read", MakeCasScenario<&CasConnection::Read>},
      {"cas-batch-read", "a blob by ContentAddressableStorage.BatchReadBlobs, up to 3.9 MB",
       MakeCasScenario<&CasConnection::BatchRead>},
      {"cas-capabilities", "Capabilities.GetCapabilities, the least that a call costs",
       MakeCasScenario<&CasConnection::Capabilities>},
  };
}

}  // namespace sinter::load
