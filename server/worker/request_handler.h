// What a worker process does with a request: the compiler, or in tests a fake.
#ifndef SINTER_SERVER_WORKER_REQUEST_HANDLER_H_
#define SINTER_SERVER_WORKER_REQUEST_HANDLER_H_

#include <functional>

#include "absl/status/statusor.h"
#include "proto/sinter/v1/worker.pb.h"

namespace sinter::server {

// Called by one thread. An implementation keeps no state between requests that could change an
// artifact: the pool gives any request to any worker.
class RequestHandler {
 public:
  // Sends a stage, progress or diagnostic event to the daemon. May be called from any thread, until
  // the method it was passed to returns.
  using Emit = std::function<void(const v1::WorkerEvent&)>;

  // Asks the daemon for the objects of kernels, see worker.proto. Called by the thread that Compile
  // was called by. RETURNS: as many objects as texts. ERRORS: UNAVAILABLE: the daemon is gone.
  using FindKernels = std::function<absl::StatusOr<v1::WorkerRequest::KernelsFound>(
      const v1::WorkerEvent::FindKernels&)>;

  virtual ~RequestHandler() = default;

  // What the compiler can do. Warms up whatever is worth having ready before the first request.
  virtual v1::WorkerEvent::Ready Describe() = 0;

  // Leaves the artifact in request.output_dir(). Stage timings and resource use are measured by the
  // caller. ERRORS: as Compiler.Compile in compile_service.proto, with Diagnostics as details
  // (server/errors).
  // `find_kernels` is null if the daemon would not answer.
  virtual absl::StatusOr<v1::WorkerEvent::Compiled> Compile(
      const v1::WorkerRequest::Compile& request, const Emit& emit,
      const FindKernels& find_kernels) = 0;

  // ERRORS: as Compiler.Check.
  virtual absl::StatusOr<v1::CheckReport> Check(const v1::WorkerRequest::Check& request,
                                                const Emit& emit) = 0;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_WORKER_REQUEST_HANDLER_H_
