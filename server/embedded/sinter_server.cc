#include "server/embedded/sinter_server.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/status_macros.h"
#include "cache/cache.h"
#include "cache/locked_temp.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/health_check_service_interface.h"
#include "server/admission/drain_gate.h"
#include "server/admission/stall_watch.h"
#include "server/coordinator/coordinator.h"
#include "server/embedded/state_dir.h"
#include "server/embedded/worker_binary.h"
#include "server/http/status_server.h"
#include "server/pool/worker_pool.h"
#include "server/service/admin_service.h"
#include "server/service/artifact_service.h"
#include "server/service/compiler_service.h"
#include "server/service/job_service.h"

namespace sinter::server {
namespace {

constexpr size_t kJobsKept = 500;

// Members are in the order of construction; the destructor stops what runs, from the outside in.
class Assembly final : public SinterServer {
 public:
  explicit Assembly(ServerOptions options)
      : options_(std::move(options)), log_(options_.log), stalls_(options_.stall_timeout) {}

  ~Assembly() override {
    http_.reset();
    StopServing(absl::ZeroDuration());
    if (pool_ != nullptr) pool_->Stop();
  }

  absl::Status Start() {
    SINTER_ASSIGN_OR_RETURN(options_.worker_binary, FindWorkerBinary(options_.worker_binary));
    SINTER_ASSIGN_OR_RETURN(state_, OpenStateDir(options_.state_dir));
    SINTER_RETURN_IF_ERROR(OpenCache());
    SINTER_RETURN_IF_ERROR(StartPool());
    MakeCoordinator();
    ExportMetrics();
    SINTER_RETURN_IF_ERROR(Serve());
    return ServeHttp();
  }

  std::shared_ptr<grpc::Channel> channel() override {
    return grpc_->InProcessChannel(grpc::ChannelArguments());
  }
  std::string grpc_address() const override { return grpc_address_; }
  std::string http_address() const override { return http_ == nullptr ? "" : http_->address(); }

  void DrainAndStop() override {
    log_.Info("draining");
    gate_.Close();
    if (grpc_->GetHealthCheckService() != nullptr) {
      grpc_->GetHealthCheckService()->SetServingStatus(false);
    }
    const bool all_done = gate_.WaitUntilEmpty(absl::Now() + options_.drain_timeout);
    if (!all_done) log_.Warning("drain timeout: stopping what still runs");
    StopServing(all_done ? absl::Seconds(1) : absl::ZeroDuration());
    pool_->Stop();
    log_.Info("stopped");
  }

 private:
  absl::Status OpenCache() {
    cache::CacheConfig config;
    config.root = state_.cache;
    config.max_bytes = options_.cache_bytes;
    config.recount = !options_.listen.empty();
    config.on_corrupt = [this](const base::Digest& expected, const base::Digest& found) {
      log_.Error("corrupt blob",
                 {{"expected", base::ToString(expected)}, {"found", base::ToString(found)}});
    };
    SINTER_ASSIGN_OR_RETURN(cache_, cache::Cache::Open(std::move(config), &clock_, &metrics_));
    return absl::OkStatus();
  }

  absl::Status StartPool() {
    SINTER_ASSIGN_OR_RETURN(cache::LockedTemp overflow,
                            cache::LockedTemp::CreateDirectory(state_.overflow_root));
    overflow_.emplace(std::move(overflow));
    PoolOptions pool;
    pool.worker_binary = options_.worker_binary;
    pool.temp_root = overflow_->path() + "/workers";
    pool.workers = options_.workers;
    pool.prewarm = options_.prewarm;
    pool.queue_limit = options_.queue_limit;
    pool.jobs_per_worker = options_.jobs_per_worker;
    pool.worker_memory_bytes = options_.worker_memory_bytes;
    pool.max_time = options_.max_compile_time;
    pool.on_first_worker = [this](const v1::WorkerEvent::Ready& ready) { TellIsolation(ready); };
    pool_ = std::make_unique<WorkerPool>(std::move(pool));
    return absl::OkStatus();
  }

  // What this machine lacks to shut workers in must be seen by whoever runs the server.
  void TellIsolation(const v1::WorkerEvent::Ready& ready) {
    metrics_.AddGauge("sinter_isolation_missing", "ways to shut workers in that this machine lacks")
        .Set(ready.missing_isolation_size());
    for (const std::string& way : ready.missing_isolation()) {
      log_.Warning("workers run without isolation", {{"missing", way}});
    }
  }

  void MakeCoordinator() {
    toolchain_ = std::make_unique<Toolchain>(*pool_, options_.worker_binary, state_.toolchain);
    inputs_ = std::make_unique<InputFiles>(cache_->blobs(), cache_->temp_root(), overflow_->path());
    results_ = std::make_unique<ResultStore>(cache_->results(), cache_->blobs());
    jobs_ = std::make_unique<JobRegistry>(state_.jobs, kJobsKept);
    coordinator_ = std::make_unique<Coordinator>(
        Coordinator::Parts{pool_.get(),
                           toolchain_.get(),
                           inputs_.get(),
                           results_.get(),
                           jobs_.get(),
                           &cache_->counters(),
                           {cache_->temp_root(), overflow_->path()},
                           options_.share_kernels ? &cache_->results() : nullptr,
                           log_});
  }

  void ExportMetrics() {
    const auto gauge = [this](const char* name, const char* help, int WorkerPool::Stats::* field) {
      metrics_.AddGaugeReader(name, help, [this, field] { return pool_->GetStats().*field; });
    };
    gauge("sinter_workers_busy", "worker processes that compile now", &WorkerPool::Stats::busy);
    gauge("sinter_queue_length", "compiles that wait for a worker", &WorkerPool::Stats::queued);
    metrics_.AddCounterReader("sinter_worker_starts_total", "worker processes started",
                              [this] { return static_cast<double>(pool_->GetStats().started); });
    metrics_.AddCounterReader("sinter_worker_deaths_total",
                              "worker processes that died or were killed for a limit",
                              [this] { return static_cast<double>(pool_->GetStats().died); });
  }

  absl::Status Serve() {
    const ServiceContext context{coordinator_.get(), &gate_, &stalls_, options_.max_upload_bytes};
    compiler_service_ = std::make_unique<CompilerService>(context);
    job_service_ = std::make_unique<JobService>(context);
    artifact_service_ = std::make_unique<ArtifactService>(context);
    byte_stream_service_ = std::make_unique<ByteStreamService>(context);
    admin_service_ = std::make_unique<AdminService>(context, *cache_);
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    for (grpc::Service* service : std::vector<grpc::Service*>{
             compiler_service_.get(), job_service_.get(), artifact_service_.get(),
             byte_stream_service_.get(), admin_service_.get()}) {
      builder.RegisterService(service);
    }
    // Otherwise two servers could share a port, and take turns.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    int port = 0;
    if (!options_.listen.empty()) {
      builder.AddListeningPort(options_.listen, grpc::InsecureServerCredentials(), &port);
    }
    grpc_ = builder.BuildAndStart();
    if (grpc_ == nullptr || (!options_.listen.empty() && port == 0)) {
      return absl::UnavailableError(
          absl::StrCat("can't listen on `", options_.listen, "`: it must be HOST:PORT, and free"));
    }
    if (port != 0)
      grpc_address_ =
          absl::StrCat(options_.listen.substr(0, options_.listen.rfind(':')), ":", port);
    return absl::OkStatus();
  }

  absl::Status ServeHttp() {
    if (options_.http.empty()) return absl::OkStatus();
    SINTER_ASSIGN_OR_RETURN(
        http_,
        StatusServer::Start(options_.http,
                            {[this] { return !gate_.closed() && toolchain_->Describe().ok(); },
                             [this] { return metrics_.ToPrometheusText(); }}));
    return absl::OkStatus();
  }

  void StopServing(absl::Duration grace) {
    gate_.Close();
    if (grpc_ == nullptr || stopped_) return;
    stopped_ = true;
    grpc_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
  }

  ServerOptions options_;
  const base::Logger log_;
  const base::RealClock clock_;
  base::MetricRegistry metrics_;
  DrainGate gate_;
  StallWatch stalls_;
  StateDir state_;
  std::unique_ptr<cache::Cache> cache_;
  std::optional<cache::LockedTemp> overflow_;
  std::unique_ptr<WorkerPool> pool_;
  std::unique_ptr<Toolchain> toolchain_;
  std::unique_ptr<InputFiles> inputs_;
  std::unique_ptr<ResultStore> results_;
  std::unique_ptr<JobRegistry> jobs_;
  std::unique_ptr<Coordinator> coordinator_;
  std::unique_ptr<CompilerService> compiler_service_;
  std::unique_ptr<JobService> job_service_;
  std::unique_ptr<ArtifactService> artifact_service_;
  std::unique_ptr<ByteStreamService> byte_stream_service_;
  std::unique_ptr<AdminService> admin_service_;
  std::unique_ptr<grpc::Server> grpc_;
  bool stopped_ = false;
  std::string grpc_address_;
  std::unique_ptr<StatusServer> http_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<SinterServer>> SinterServer::Start(ServerOptions options) {
  auto server = std::make_unique<Assembly>(std::move(options));
  SINTER_RETURN_IF_ERROR(server->Start());
  return server;
}

}  // namespace sinter::server
