#include "server/coordinator/coordinator.h"

#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "cache/digest_proto.h"
#include "server/coordinator/action_key.h"
#include "server/coordinator/canonical.h"
#include "server/coordinator/free_space.h"
#include "server/coordinator/job_log.h"
#include "server/errors/error_details.h"

namespace sinter::server {
namespace {

constexpr int kSpecVersion = 1;
// An artifact is about as large as the model it holds, and its link needs some more.
constexpr int64_t kOutputBytesAtLeast = int64_t{64} << 20;
constexpr char kOutput[] = "/artifact";
constexpr char kScratch[] = "/scratch";
constexpr absl::Duration kSendAgainDelay = absl::Milliseconds(100);

v1::Job NewJob(const CompilePlan& plan, std::string id) {
  v1::Job job;
  job.set_id(std::move(id));
  job.set_state(v1::Job::QUEUED);
  job.set_model_path(plan.header.model().path());
  *job.mutable_model() = plan.header.model().digest();
  *job.mutable_target() = plan.spec.target();
  *job.mutable_options() = plan.spec.options();
  *job.mutable_key() = cache::ToProto(plan.key);
  job.set_created_unix_ms(absl::ToUnixMillis(absl::Now()));
  return job;
}

int64_t InputBytes(const CompilePlan& plan) {
  int64_t bytes = 0;
  for (const base::Digest& blob : plan.blobs) bytes += blob.size_bytes;
  return bytes;
}

// Passes a worker's event on to the job.
void Relay(const v1::WorkerEvent& event, ActiveJob& job) {
  v1::JobEvent relayed;
  if (event.has_stage()) *relayed.mutable_stage() = event.stage();
  if (event.has_progress()) *relayed.mutable_progress() = event.progress();
  if (event.has_diagnostic()) *relayed.mutable_diagnostic() = event.diagnostic();
  if (relayed.event_case() != v1::JobEvent::EVENT_NOT_SET) job.Publish(relayed);
}

}  // namespace

Coordinator::Ticket::~Ticket() { Leave(absl::CancelledError("nobody waits for the job")); }

void Coordinator::Ticket::Leave(const absl::Status& reason) {
  if (listener_ != nullptr) coordinator_.Leave(job_id_, std::exchange(listener_, nullptr), reason);
}

absl::StatusOr<CompilePlan> Coordinator::Plan(const v1::CompileHeader& header) {
  CompilePlan plan;
  plan.header = header;
  SINTER_ASSIGN_OR_RETURN(*plan.spec.mutable_options(), CanonicalOptions(header.options()));
  v1::Target target = header.target();
  if (!header.has_target()) {
    SINTER_ASSIGN_OR_RETURN(target, parts_.toolchain->FindTarget(header.target_name()));
  }
  *plan.spec.mutable_target() = CanonicalTarget(target);
  SINTER_ASSIGN_OR_RETURN(const v1::WorkerEvent::Ready ready, parts_.toolchain->Describe());
  *plan.spec.mutable_toolchain() = ready.toolchain();
  plan.spec.set_format_version(kSpecVersion);
  *plan.header.mutable_target() = plan.spec.target();
  *plan.header.mutable_options() = plan.spec.options();
  SINTER_ASSIGN_OR_RETURN(const base::Digest model, cache::FromProto(header.model().digest()));
  plan.blobs.push_back(model);
  for (const v1::CompileHeader::File& file : header.external_data()) {
    SINTER_ASSIGN_OR_RETURN(const base::Digest data, cache::FromProto(file.digest()));
    plan.blobs.push_back(data);
  }
  plan.key = ActionKey(plan.header, plan.spec);
  return plan;
}

std::optional<v1::CompileResult> Coordinator::Lookup(const CompilePlan& plan) {
  if (plan.header.no_cache()) return std::nullopt;
  std::optional<v1::CompileResult> hit = parts_.results->Lookup(plan.key);
  if (!hit.has_value()) return std::nullopt;
  parts_.counters->Add(cache::Counters::kHits);
  v1::Job job = NewJob(plan, parts_.jobs->NewId());
  hit->set_job_id(job.id());
  job.set_state(v1::Job::SUCCEEDED);
  job.set_progress(1);
  job.set_finished_unix_ms(job.created_unix_ms());
  *job.mutable_result() = *hit;
  parts_.jobs->Record(job, /*durable=*/false);
  LogJobEnd(parts_.log, job);
  return hit;
}

std::unique_ptr<Coordinator::Ticket> Coordinator::Start(const CompilePlan& plan,
                                                        JobListener* listener) {
  const FlightPtr fresh = NewFlight(plan);
  FlightPtr flight;
  {
    absl::MutexLock lock(&mutex_);
    flight = flights_.try_emplace(fresh->name, fresh).first->second;
    if (flight == fresh) active_[flight->job->id()] = flight;
    flight->job->Add(
        listener, flight == fresh ? ActiveJob::Interest::kStarted : ActiveJob::Interest::kJoined);
  }
  std::unique_ptr<Ticket> ticket(new Ticket(*this, flight->job->id(), listener));
  if (flight != fresh) {
    parts_.counters->Add(cache::Counters::kSingleFlightJoins);
    return ticket;
  }
  // An equal compile may have landed since the caller looked.
  if (const auto hit = Lookup(plan); hit.has_value()) {
    End(flight, absl::OkStatus(), *hit);
    return ticket;
  }
  parts_.counters->Add(cache::Counters::kMisses);
  if (const absl::Status launched = Launch(flight); !launched.ok()) End(flight, launched, {});
  return ticket;
}

Coordinator::FlightPtr Coordinator::NewFlight(const CompilePlan& plan) {
  auto flight = std::make_shared<Flight>();
  flight->plan = plan;
  v1::Job job = NewJob(plan, parts_.jobs->NewId());
  flight->name = plan.key.sha256_hex;
  // A request that wants no cache wants its own compile.
  if (plan.header.no_cache()) absl::StrAppend(&flight->name, "/", job.id());
  flight->job = std::make_shared<ActiveJob>(std::move(job), [this](const v1::Job& changed) {
    parts_.jobs->Record(changed, /*durable=*/false);
  });
  return flight;
}

absl::Status Coordinator::Launch(const FlightPtr& flight) {
  PoolTask task;
  task.request.set_job_id(flight->job->id());
  SINTER_RETURN_IF_ERROR(PrepareFiles(*flight, *task.request.mutable_compile()));
  task.on_position = [flight](int position) { flight->job->Queued(position); };
  task.on_start = [this, flight] {
    parts_.counters->Add(cache::Counters::kCompiles);
    flight->job->Running();
  };
  task.on_event = [flight](const v1::WorkerEvent& event) { Relay(event, *flight->job); };
  if (parts_.kernels != nullptr && !flight->plan.header.no_cache()) {
    flight->kernels =
        std::make_unique<KernelLoans>(flight->plan.spec, *parts_.kernels, *parts_.counters);
    task.request.mutable_compile()->set_find_kernels(true);
    task.on_find_kernels = [flight](const v1::WorkerEvent::FindKernels& question) {
      return flight->kernels->Find(question);
    };
  }
  task.on_done = [this, flight](const TaskOutcome& outcome) { Land(flight, outcome); };
  SINTER_ASSIGN_OR_RETURN(const WorkerPool::TaskId id, parts_.pool->Submit(std::move(task)));
  bool stopped;
  {
    absl::MutexLock lock(&flight->mutex);
    flight->task = id;
    stopped = flight->stopped;
  }
  if (stopped) parts_.pool->Cancel(id);
  return absl::OkStatus();
}

absl::Status Coordinator::PrepareFiles(Flight& flight, v1::WorkerRequest::Compile& request) {
  const CompilePlan& plan = flight.plan;
  SINTER_ASSIGN_OR_RETURN(InputFiles::Lease model,
                          Lend(plan.header.model().digest(), *request.mutable_model()));
  flight.leases.push_back(std::move(model));
  for (const v1::CompileHeader::File& file : plan.header.external_data()) {
    v1::WorkerRequest::InputFile& input = *request.add_external_data();
    input.set_name(file.path());
    SINTER_ASSIGN_OR_RETURN(InputFiles::Lease data, Lend(file.digest(), input));
    flight.leases.push_back(std::move(data));
  }
  *request.mutable_target() = plan.spec.target();
  *request.mutable_options() = plan.spec.options();
  *request.mutable_toolchain() = plan.spec.toolchain();
  const int64_t output_bytes = kOutputBytesAtLeast + 2 * InputBytes(plan);
  SINTER_ASSIGN_OR_RETURN(
      cache::LockedTemp temp,
      cache::LockedTemp::CreateDirectory(DirectoryWithSpace(parts_.temp_roots, output_bytes)));
  request.set_output_dir(temp.path() + kOutput);
  request.set_scratch_dir(temp.path() + kScratch);
  flight.temp.emplace(std::move(temp));
  SINTER_RETURN_IF_ERROR(base::CreateDirectories(request.output_dir()));
  return base::CreateDirectories(request.scratch_dir());
}

absl::StatusOr<InputFiles::Lease> Coordinator::Lend(const v1::Digest& digest,
                                                    v1::WorkerRequest::InputFile& file) {
  SINTER_ASSIGN_OR_RETURN(const base::Digest name, cache::FromProto(digest));
  auto lease = parts_.inputs->Acquire(name);
  if (!lease.ok()) {
    return WithRetry(
        absl::UnavailableError(absl::StrCat("the model's bytes are no longer on the server: ",
                                            lease.status().message())),
        kSendAgainDelay);
  }
  file.set_path(lease->path());
  *file.mutable_digest() = digest;
  return lease;
}

void Coordinator::Land(const FlightPtr& flight, const TaskOutcome& outcome) {
  const auto result = Collect(*flight, outcome);
  if (result.ok()) return End(flight, absl::OkStatus(), *result);
  End(flight, AddReproducer(*flight, result.status()), {});
}

absl::StatusOr<v1::CompileResult> Coordinator::Collect(Flight& flight, const TaskOutcome& outcome) {
  SINTER_RETURN_IF_ERROR(outcome.status());
  const v1::WorkerEvent::Compiled& compiled = outcome->compiled();
  const bool remember = !flight.plan.header.no_cache();
  v1::CompileResult result;
  *result.mutable_artifact() = compiled.manifest_digest();
  *result.mutable_manifest() = compiled.manifest();
  *result.mutable_key() = cache::ToProto(flight.plan.key);
  result.set_cache(remember ? v1::CompileResult::MISS : v1::CompileResult::BYPASSED);
  result.set_cpu_seconds(compiled.cpu_seconds());
  result.set_peak_rss_bytes(compiled.peak_rss_bytes());
  *result.mutable_stages() = compiled.stages();
  if (flight.kernels != nullptr) result.set_kernels_reused(flight.kernels->found());
  for (const v1::Diagnostic& diagnostic : flight.job->diagnostics()) {
    *result.add_diagnostics() = diagnostic;
  }
  SINTER_RETURN_IF_ERROR(
      parts_.results->Keep(flight.plan.key, flight.temp->path() + kOutput, remember, result));
  const v1::Job job = flight.job->Snapshot();
  result.set_job_id(job.id());
  result.set_wall_seconds(
      1e-3 * static_cast<double>(absl::ToUnixMillis(absl::Now()) - job.created_unix_ms()));
  return result;
}

absl::Status Coordinator::AddReproducer(const Flight& flight, absl::Status status) {
  if (!absl::IsInternal(status)) return status;
  const absl::Cord request(absl::string_view(flight.plan.header.SerializeAsString()));
  const base::Digest digest = base::DigestOf(request);
  if (!parts_.inputs->store().Put(digest, request).ok()) return status;
  return WithDetail(std::move(status), cache::ToProto(digest));
}

void Coordinator::End(const FlightPtr& flight, const absl::Status& status,
                      const v1::CompileResult& result) {
  {
    absl::MutexLock lock(&mutex_);
    const auto found = flights_.find(flight->name);
    if (found != flights_.end() && found->second == flight) flights_.erase(found);
  }
  flight->leases.clear();
  flight->job->Finish(status, result);
  // Nobody waits for what later compiles gain.
  if (status.ok() && flight->kernels != nullptr && flight->temp.has_value()) {
    flight->kernels->Keep(flight->temp->path() + kScratch);
  }
  flight->kernels.reset();
  flight->temp.reset();
  const v1::Job job = flight->job->Snapshot();
  parts_.jobs->Record(job, /*durable=*/true);
  LogJobEnd(parts_.log, job);
  absl::MutexLock lock(&mutex_);
  active_.erase(job.id());
}

void Coordinator::Stop(const FlightPtr& flight, const absl::Status& reason) {
  flight->job->SetStopReason(reason);
  std::optional<WorkerPool::TaskId> task;
  {
    absl::MutexLock lock(&flight->mutex);
    flight->stopped = true;
    task = flight->task;
  }
  if (task.has_value()) parts_.pool->Cancel(*task);
}

void Coordinator::Leave(const std::string& job_id, JobListener* listener,
                        const absl::Status& reason) {
  FlightPtr flight;
  {
    absl::MutexLock lock(&mutex_);
    const auto found = active_.find(job_id);
    if (found == active_.end()) return;
    flight = found->second;
    if (flight->job->Remove(listener) > 0) return;
    // Nobody may join what is about to be stopped.
    const auto open = flights_.find(flight->name);
    if (open != flights_.end() && open->second == flight) flights_.erase(open);
  }
  Stop(flight, reason);
}

std::function<void()> Coordinator::Check(
    const CompilePlan& plan, std::function<void(absl::StatusOr<v1::CheckReport>)> on_done) {
  auto leases = std::make_shared<std::vector<InputFiles::Lease>>();
  PoolTask task;
  v1::WorkerRequest::Check& request = *task.request.mutable_check();
  *request.mutable_target() = plan.spec.target();
  *request.mutable_options() = plan.spec.options();
  absl::Status prepared;
  const auto lend = [&](const v1::Digest& digest, v1::WorkerRequest::InputFile& file) {
    auto lease = Lend(digest, file);
    prepared.Update(lease.status());
    if (lease.ok()) leases->push_back(*std::move(lease));
  };
  lend(plan.header.model().digest(), *request.mutable_model());
  for (const v1::CompileHeader::File& file : plan.header.external_data()) {
    v1::WorkerRequest::InputFile& input = *request.add_external_data();
    input.set_name(file.path());
    lend(file.digest(), input);
  }
  if (!prepared.ok()) {
    on_done(prepared);
    return [] {};
  }
  task.on_done = [leases, on_done](const TaskOutcome& outcome) {
    if (!outcome.ok()) return on_done(outcome.status());
    on_done(outcome->checked());
  };
  const auto id = parts_.pool->Submit(std::move(task));
  if (!id.ok()) {
    on_done(id.status());
    return [] {};
  }
  return [pool = parts_.pool, id = *id] { pool->Cancel(id); };
}

absl::StatusOr<std::unique_ptr<Coordinator::Ticket>> Coordinator::Watch(const std::string& job_id,
                                                                        JobListener* listener) {
  {
    absl::MutexLock lock(&mutex_);
    if (const auto found = active_.find(job_id); found != active_.end()) {
      found->second->job->Add(listener, ActiveJob::Interest::kWatches);
      return std::unique_ptr<Ticket>(new Ticket(*this, job_id, listener));
    }
  }
  SINTER_ASSIGN_OR_RETURN(const v1::Job job, parts_.jobs->Get(job_id));
  listener->OnJobDone(FromRpcStatus(job.error()), job.result());
  return std::unique_ptr<Ticket>(new Ticket(*this, job_id, nullptr));
}

absl::StatusOr<v1::Job> Coordinator::Cancel(const std::string& job_id) {
  FlightPtr flight;
  {
    absl::MutexLock lock(&mutex_);
    if (const auto found = active_.find(job_id); found != active_.end()) {
      flight = found->second;
      const auto open = flights_.find(flight->name);
      if (open != flights_.end() && open->second == flight) flights_.erase(open);
    }
  }
  if (flight != nullptr) Stop(flight, absl::CancelledError("the job was cancelled by request"));
  return parts_.jobs->Get(job_id);
}

}  // namespace sinter::server
