// Requests as the project's client makes them, with the messages made once: what is measured is the
// service, not the hashing of a model file again and again.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "base/digest.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "benchmarks/load/rpc.h"
#include "benchmarks/load/scenario.h"
#include "client/lib/fault.h"
#include "proto/sinter/v1/admin_service.grpc.pb.h"
#include "proto/sinter/v1/compile_service.grpc.pb.h"

namespace sinter::load {
namespace {

using google::bytestream::ByteStream;

constexpr size_t kChunkBytes = 1 << 20;  // the protocol's bound

// A model, and the message that asks for it to be compiled.
struct Source {
  std::string bytes;
  v1::CompileRequest header;
};

Source MakeSource(std::string model) {
  Source source;
  const base::Digest digest = base::DigestOf(model);
  v1::CompileHeader& header = *source.header.mutable_header();
  header.mutable_model()->set_path("model.onnx");
  header.mutable_model()->mutable_digest()->set_hash(digest.sha256_hex);
  header.mutable_model()->mutable_digest()->set_size_bytes(digest.size_bytes);
  header.set_target_name("server");
  source.bytes = std::move(model);
  return source;
}

// The same model, named differently. Fields of a serialized message may come in any order and the
// last one counts, so a field appended is a field set: ModelProto.doc_string, number 6.
std::string WithDocString(const std::string& model, const std::string& text) {
  constexpr char kDocStringTag = 6 << 3 | 2;
  return absl::StrCat(model, std::string(1, kDocStringTag),
                      std::string(1, static_cast<char>(text.size())), text);
}

using CompileStream = grpc::ClientReaderWriter<v1::CompileRequest, v1::CompileEvent>;

void Upload(const Source& source, CompileStream& stream) {
  v1::CompileRequest message;
  v1::CompileRequest::Chunk& chunk = *message.mutable_chunk();
  chunk.set_hash(source.header.header().model().digest().hash());
  for (size_t offset = 0; offset < source.bytes.size(); offset += kChunkBytes) {
    chunk.set_offset(static_cast<int64_t>(offset));
    chunk.set_data(source.bytes.substr(offset, kChunkBytes));
    // A write that fails says that the call is over; Finish() says why.
    if (!stream.Write(message)) return;
  }
}

absl::StatusOr<v1::CompileResult> Compile(v1::Compiler::Stub& stub, const Source& source,
                                          absl::Duration timeout) {
  grpc::ClientContext context;
  SetTimeout(timeout, context);
  const auto stream = stub.Compile(&context);
  stream->Write(source.header);
  absl::optional<v1::CompileResult> result;
  v1::CompileEvent event;
  while (stream->Read(&event)) {
    if (event.has_result()) result = std::move(*event.mutable_result());
    if (!event.has_need()) continue;
    if (event.need().blobs_size() > 0) Upload(source, *stream);
    stream->WritesDone();
  }
  SINTER_RETURN_IF_ERROR(client::FromGrpcStatus(stream->Finish()));
  if (result.has_value()) return *std::move(result);
  return absl::InternalError("the server ended the call without a result");
}

absl::Status ExpectCache(const v1::CompileResult& result, v1::CompileResult::Cache wanted) {
  if (result.cache() == wanted) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("the answer is a ", v1::CompileResult::Cache_Name(result.cache()),
                   ", where this scenario is about a ", v1::CompileResult::Cache_Name(wanted)));
}

// What people fetch of an artifact: its library, which is its largest file.
std::string LargestFile(const v1::ArtifactManifest& manifest) {
  const auto largest = std::max_element(manifest.files().begin(), manifest.files().end(),
                                        [](const auto& a, const auto& b) {
                                          return a.digest().size_bytes() < b.digest().size_bytes();
                                        });
  if (largest == manifest.files().end()) return "";
  return absl::StrCat(largest->digest().hash(), "/", largest->digest().size_bytes());
}

// A compile that the cache answers, with or without reading the library.
class HitCaller final : public Caller {
 public:
  HitCaller(const std::shared_ptr<grpc::Channel>& channel, const Source& source, bool fetches,
            absl::Duration timeout)
      : compiler_(v1::Compiler::NewStub(channel)),
        bytes_(ByteStream::NewStub(channel)),
        source_(source),
        fetches_(fetches),
        timeout_(timeout) {}

  absl::StatusOr<int64_t> Call(uint64_t) override {
    SINTER_ASSIGN_OR_RETURN(const v1::CompileResult result, Compile(*compiler_, source_, timeout_));
    SINTER_RETURN_IF_ERROR(ExpectCache(result, v1::CompileResult::HIT));
    if (!fetches_) return 0;
    return ReadBlob(*bytes_, LargestFile(result.manifest()), timeout_);
  }

 private:
  const std::unique_ptr<v1::Compiler::Stub> compiler_;
  const std::unique_ptr<ByteStream::Stub> bytes_;
  const Source& source_;
  const bool fetches_;
  const absl::Duration timeout_;
};

// A compile of a model that the server has not seen.
class MissCaller final : public Caller {
 public:
  MissCaller(const std::shared_ptr<grpc::Channel>& channel, const Source& source, uint64_t seed,
             absl::Duration timeout)
      : compiler_(v1::Compiler::NewStub(channel)),
        source_(source),
        seed_(seed),
        timeout_(timeout) {}

  absl::StatusOr<int64_t> Call(uint64_t sequence) override {
    const Source distinct =
        MakeSource(WithDocString(source_.bytes, absl::StrCat("request ", seed_, " ", sequence)));
    SINTER_ASSIGN_OR_RETURN(const v1::CompileResult result,
                            Compile(*compiler_, distinct, timeout_));
    SINTER_RETURN_IF_ERROR(ExpectCache(result, v1::CompileResult::MISS));
    return 0;
  }

 private:
  const std::unique_ptr<v1::Compiler::Stub> compiler_;
  const Source& source_;
  const uint64_t seed_;
  const absl::Duration timeout_;
};

// The library of an artifact, over and over.
class FetchCaller final : public Caller {
 public:
  FetchCaller(const std::shared_ptr<grpc::Channel>& channel, std::string digest,
              absl::Duration timeout)
      : bytes_(ByteStream::NewStub(channel)), digest_(std::move(digest)), timeout_(timeout) {}

  absl::StatusOr<int64_t> Call(uint64_t) override { return ReadBlob(*bytes_, digest_, timeout_); }

 private:
  const std::unique_ptr<ByteStream::Stub> bytes_;
  const std::string digest_;
  const absl::Duration timeout_;
};

enum class SinterCall { kHit, kAnswer, kMiss, kFetch };

// All that need a model.
class CompileScenario final : public Scenario {
 public:
  CompileScenario(SinterCall call, ScenarioOptions options, std::string model)
      : call_(call), options_(std::move(options)), source_(MakeSource(std::move(model))) {}

  absl::StatusOr<nlohmann::json> Prepare() override {
    SINTER_ASSIGN_OR_RETURN(const auto channel, OpenConnection(options_.server));
    const auto compiler = v1::Compiler::NewStub(channel);
    SINTER_ASSIGN_OR_RETURN(const v1::CompileResult result,
                            Compile(*compiler, source_, options_.timeout));
    library_ = LargestFile(result.manifest());
    SINTER_ASSIGN_OR_RETURN(const base::Digest digest, base::ParseDigest(library_));
    return nlohmann::json{{"model_bytes", source_.bytes.size()}, {"blob_bytes", digest.size_bytes}};
  }

  absl::StatusOr<std::unique_ptr<Caller>> Connect() override {
    SINTER_ASSIGN_OR_RETURN(const auto channel, OpenConnection(options_.server));
    const absl::Duration timeout = options_.timeout;
    if (call_ == SinterCall::kMiss)
      return std::make_unique<MissCaller>(channel, source_, options_.seed, timeout);
    if (call_ == SinterCall::kFetch)
      return std::make_unique<FetchCaller>(channel, library_, timeout);
    return std::make_unique<HitCaller>(channel, source_, call_ == SinterCall::kHit, timeout);
  }

 private:
  const SinterCall call_;
  const ScenarioOptions options_;
  const Source source_;
  std::string library_;
};

template <SinterCall call>
absl::StatusOr<std::unique_ptr<Scenario>> MakeCompileScenario(const ScenarioOptions& options) {
  if (options.model.empty()) {
    return absl::InvalidArgumentError("the scenario compiles: give --model=FILE");
  }
  SINTER_ASSIGN_OR_RETURN(std::string model, base::ReadFile(options.model));
  return std::make_unique<CompileScenario>(call, options, std::move(model));
}

// The least that a call can cost: counters from memory.
class StatsCaller final : public Caller {
 public:
  StatsCaller(const std::shared_ptr<grpc::Channel>& channel, absl::Duration timeout)
      : admin_(v1::Admin::NewStub(channel)), timeout_(timeout) {}

  absl::StatusOr<int64_t> Call(uint64_t) override {
    grpc::ClientContext context;
    SetTimeout(timeout_, context);
    v1::CacheStats stats;
    SINTER_RETURN_IF_ERROR(client::FromGrpcStatus(admin_->GetCacheStats(&context, {}, &stats)));
    return 0;
  }

 private:
  const std::unique_ptr<v1::Admin::Stub> admin_;
  const absl::Duration timeout_;
};

class StatsScenario final : public Scenario {
 public:
  explicit StatsScenario(ScenarioOptions options) : options_(std::move(options)) {}

  absl::StatusOr<nlohmann::json> Prepare() override { return nlohmann::json::object(); }
  absl::StatusOr<std::unique_ptr<Caller>> Connect() override {
    SINTER_ASSIGN_OR_RETURN(const auto channel, OpenConnection(options_.server));
    return std::make_unique<StatsCaller>(channel, options_.timeout);
  }

 private:
  const ScenarioOptions options_;
};

absl::StatusOr<std::unique_ptr<Scenario>> MakeStatsScenario(const ScenarioOptions& options) {
  return std::make_unique<StatsScenario>(options);
}

}  // namespace

std::vector<ScenarioKind> SinterScenarios() {
  return {
      {"hit", "a compile that the cache answers, and its library read",
       MakeCompileScenario<SinterCall::kHit>},
      {"answer", "a compile that the cache answers, nothing read",
       MakeCompileScenario<SinterCall::kAnswer>},
      {"miss", "a compile of a model never sent before", MakeCompileScenario<SinterCall::kMiss>},
      {"fetch", "the library of the model's artifact read",
       MakeCompileScenario<SinterCall::kFetch>},
      {"stats", "Admin.GetCacheStats, the least that a call costs", MakeStatsScenario},
  };
}

}  // namespace sinter::load
