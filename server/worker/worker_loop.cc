#include "server/worker/worker_loop.h"

#include <cstdio>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "base/status_macros.h"
#include "server/errors/error_details.h"
#include "server/protocol/message_channel.h"
#include "server/worker/resource_usage.h"
#include "server/worker/sandbox.h"
#include "server/worker/stage_clock.h"

namespace sinter::server {
namespace {

constexpr int kUsageError = 2;

// RETURNS: the channel's file number, or -1.
int ChannelFd(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    absl::string_view flag = argv[i];
    int fd = -1;
    if (absl::ConsumePrefix(&flag, "--channel-fd=") && absl::SimpleAtoi(flag, &fd)) return fd;
  }
  return -1;
}

v1::WorkerEvent FailedEvent(const absl::Status& status) {
  v1::WorkerEvent event;
  event.mutable_failed()->set_code(static_cast<int>(status.code()));
  event.mutable_failed()->set_message(std::string(status.message()));
  for (v1::Diagnostic& diagnostic : DetailsOf<v1::Diagnostic>(status)) {
    *event.mutable_failed()->add_diagnostics() = std::move(diagnostic);
  }
  return event;
}

// Serves requests over one channel.
class Loop {
 public:
  Loop(int fd, RequestHandler& handler) : channel_(fd), handler_(handler) {}

  int Run(const std::vector<std::string>& missing_isolation) {
    v1::WorkerEvent ready;
    *ready.mutable_ready() = handler_.Describe();
    for (const std::string& way : missing_isolation)
      ready.mutable_ready()->add_missing_isolation(way);
    Send(ready);
    v1::WorkerRequest request;
    while (channel_.Receive(request, absl::InfiniteFuture()).ok()) Send(Serve(request));
    return 0;
  }

 private:
  v1::WorkerEvent Serve(const v1::WorkerRequest& request) {
    switch (request.request_case()) {
      case v1::WorkerRequest::kCompile:
        return Compile(request.compile());
      case v1::WorkerRequest::kCheck:
        return Check(request.check());
      case v1::WorkerRequest::kKernelsFound:  // an answer to no question
      case v1::WorkerRequest::REQUEST_NOT_SET:
        break;
    }
    return FailedEvent(absl::UnimplementedError("a request of a kind this worker does not know"));
  }

  v1::WorkerEvent Compile(const v1::WorkerRequest::Compile& request) {
    const ResourceMeter meter;
    StageClock clock;
    const auto emit = [&](const v1::WorkerEvent& event) {
      if (event.has_stage()) clock.Begin(event.stage().stage());
      Send(event);
    };
    RequestHandler::FindKernels find_kernels;
    if (request.find_kernels()) {
      find_kernels = [this](const v1::WorkerEvent::FindKernels& question) { return Ask(question); };
    }
    auto compiled = handler_.Compile(request, emit, find_kernels);
    if (!compiled.ok()) return FailedEvent(compiled.status());
    clock.End();
    compiled->clear_stages();
    for (const v1::StageTiming& timing : clock.timings()) *compiled->add_stages() = timing;
    compiled->set_cpu_seconds(meter.CpuSeconds());
    compiled->set_peak_rss_bytes(meter.PeakRssBytes());
    v1::WorkerEvent event;
    *event.mutable_compiled() = *std::move(compiled);
    return event;
  }

  absl::StatusOr<v1::WorkerRequest::KernelsFound> Ask(
      const v1::WorkerEvent::FindKernels& question) {
    v1::WorkerEvent event;
    *event.mutable_find_kernels() = question;
    Send(event);
    v1::WorkerRequest answer;
    SINTER_RETURN_IF_ERROR(channel_.Receive(answer, absl::InfiniteFuture()));
    if (answer.kernels_found().objects_size() != question.texts_size()) {
      return absl::InternalError("the daemon's answer is not for the kernels asked for");
    }
    return std::move(*answer.mutable_kernels_found());
  }

  v1::WorkerEvent Check(const v1::WorkerRequest::Check& request) {
    auto report = handler_.Check(request, [this](const v1::WorkerEvent& event) { Send(event); });
    if (!report.ok()) return FailedEvent(report.status());
    v1::WorkerEvent event;
    *event.mutable_checked() = *std::move(report);
    return event;
  }

  // When the daemon is gone there is nobody to tell: the next Receive ends the loop.
  void Send(const v1::WorkerEvent& event) {
    absl::MutexLock lock(&sending_);
    channel_.Send(event).IgnoreError();
  }

  absl::Mutex sending_;
  MessageChannel channel_;
  RequestHandler& handler_;
};

}  // namespace

int RunWorker(int argc, char** argv, RequestHandler& handler) {
  const int fd = ChannelFd(argc, argv);
  if (fd < 0) {
    std::fprintf(stderr, "usage: %s --channel-fd=N; sinterd and sinter start it\n", argv[0]);
    return kUsageError;
  }
  return Loop(fd, handler).Run(EnterSandbox());
}

}  // namespace sinter::server
