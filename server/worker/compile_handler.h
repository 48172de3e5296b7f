// The real RequestHandler: worker.proto on one side, compiler_core on the other.
#ifndef SINTER_SERVER_WORKER_COMPILE_HANDLER_H_
#define SINTER_SERVER_WORKER_COMPILE_HANDLER_H_

#include "compiler_core/api/compile.h"
#include "server/worker/request_handler.h"

namespace sinter::server {

class CompileHandler final : public RequestHandler {
 public:
  v1::WorkerEvent::Ready Describe() override;
  absl::StatusOr<v1::WorkerEvent::Compiled> Compile(const v1::WorkerRequest::Compile& request,
                                                    const Emit& emit,
                                                    const FindKernels& find_kernels) override;
  absl::StatusOr<v1::CheckReport> Check(const v1::WorkerRequest::Check& request,
                                        const Emit& emit) override;

 private:
  // Keeps the compiler's contexts warm from one request to the next.
  api::Compiler compiler_;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_WORKER_COMPILE_HANDLER_H_
