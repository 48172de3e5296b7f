#include "server/pool/worker_slot.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "server/errors/error_details.h"
#include "server/pool/file_stamp.h"

namespace sinter::server {
namespace {

// How often a running task is checked for being cancelled or over a limit.
constexpr absl::Duration kWatchPeriod = absl::Milliseconds(50);
constexpr absl::Duration kRetryDelay = absl::Seconds(5);
constexpr absl::Duration kStopGrace = absl::Milliseconds(500);

absl::Status QuotaError(absl::string_view limit, const std::string& message) {
  absl::Status status = RequestError(
      absl::StatusCode::kResourceExhausted, "compile_limit", message,
      absl::StrCat("a smaller model or fixed shapes may fit; the limit is `", limit, "`"));
  return WithQuota(std::move(status), limit, message);
}

absl::Status FailureOf(const v1::WorkerEvent::Failed& failed) {
  const auto code = static_cast<absl::StatusCode>(failed.code());
  absl::Status status(code, failed.message());
  if (status.ok()) return absl::InternalError("the worker failed without saying why");
  for (const v1::Diagnostic& diagnostic : failed.diagnostics()) {
    status = WithDiagnostic(std::move(status), diagnostic);
  }
  return status;
}

}  // namespace

WorkerSlot::WorkerSlot(const PoolOptions& options, std::string dir)
    : options_(options), dir_(std::move(dir)), stamp_(FileStamp(options.worker_binary)) {
  EmptyDir();
}

WorkerSlot::~WorkerSlot() {
  worker_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(dir_, ignored);
}

absl::Status WorkerSlot::EnsureWorker() {
  if (worker_ != nullptr && worker_->HasEnded()) {
    ++died_;
    worker_.reset();
  }
  if (worker_ != nullptr && served_ >= options_.jobs_per_worker) worker_.reset();
  if (worker_ != nullptr) return absl::OkStatus();
  if (FileStamp(options_.worker_binary) != stamp_) {
    return absl::UnavailableError(absl::StrCat("the worker program `", options_.worker_binary,
                                               "` has changed: start the server again"));
  }
  SINTER_ASSIGN_OR_RETURN(worker_, WorkerProcess::Start(options_.worker_binary, dir_,
                                                        absl::Now() + options_.start_timeout));
  served_ = 0;
  ++started_;
  return absl::OkStatus();
}

TaskOutcome WorkerSlot::Serve(const PoolTask& task, const std::atomic<bool>& cancelled) {
  EmptyDir();
  if (const absl::Status started = EnsureWorker(); !started.ok()) {
    return WithRetry(started, kRetryDelay);
  }
  ++served_;
  task.on_start();
  TaskOutcome outcome = Exchange(task, cancelled);
  EmptyDir();
  return outcome;
}

TaskOutcome WorkerSlot::Exchange(const PoolTask& task, const std::atomic<bool>& cancelled) {
  if (const absl::Status sent = worker_->channel().Send(task.request); !sent.ok())
    return Died(sent);
  const absl::Time begun = absl::Now();
  while (true) {
    v1::WorkerEvent event;
    const absl::Status received = worker_->channel().Receive(event, absl::Now() + kWatchPeriod);
    if (received.ok()) {
      if (event.has_failed()) return FailureOf(event.failed());
      if (event.has_compiled() || event.has_checked()) return event;
      if (const absl::Status handled = Handle(event, task); !handled.ok()) return Died(handled);
    } else if (!absl::IsDeadlineExceeded(received)) {
      return Died(received);
    }
    if (cancelled) {
      worker_->Stop(kStopGrace);
      worker_.reset();
      return absl::CancelledError("the job was cancelled");
    }
    if (absl::Status over = OverLimit(begun); !over.ok()) {
      ++died_;
      worker_->Stop(absl::ZeroDuration());
      worker_.reset();
      return over;
    }
  }
}

absl::Status WorkerSlot::Handle(const v1::WorkerEvent& event, const PoolTask& task) {
  if (!event.has_find_kernels()) {
    task.on_event(event);
    return absl::OkStatus();
  }
  if (task.on_find_kernels == nullptr) {
    return absl::FailedPreconditionError("the worker looks for kernels, which it was not to");
  }
  v1::WorkerRequest answer;
  *answer.mutable_kernels_found() = task.on_find_kernels(event.find_kernels());
  return worker_->channel().Send(answer);
}

absl::Status WorkerSlot::OverLimit(absl::Time begun) const {
  if (absl::Now() - begun > options_.max_time) {
    return QuotaError("max-compile-time", absl::StrCat("the compile took longer than ",
                                                       absl::FormatDuration(options_.max_time)));
  }
  if (const int64_t bytes = worker_->AnonymousBytes(); bytes > options_.worker_memory_bytes) {
    return QuotaError("worker-memory-bytes",
                      absl::StrCat("the compile took ", bytes, " bytes of memory: it may take ",
                                   options_.worker_memory_bytes));
  }
  return absl::OkStatus();
}

absl::Status WorkerSlot::Died(const absl::Status& channel_error) {
  ++died_;
  const std::string end =
      worker_->Stop(absl::IsUnavailable(channel_error) ? absl::Seconds(1) : absl::ZeroDuration());
  worker_.reset();
  return RequestError(absl::StatusCode::kInternal, "worker_died",
                      absl::StrCat("the worker process died while it compiled: ", end),
                      "the request is kept as a reproducer; please report it");
}

void WorkerSlot::EmptyDir() {
  std::error_code ignored;
  std::filesystem::create_directories(dir_, ignored);
  for (const auto& entry : std::filesystem::directory_iterator(dir_, ignored)) {
    std::filesystem::remove_all(entry, ignored);
  }
}

}  // namespace sinter::server
