// One call of Compiler.Compile.
#ifndef SINTER_SERVER_SERVICE_COMPILE_CALL_H_
#define SINTER_SERVER_SERVICE_COMPILE_CALL_H_

#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/service/upload_call.h"

namespace sinter::server {

// Deletes itself when the call is over.
class CompileCall final : public UploadCall<v1::CompileEvent>, public JobListener {
 public:
  CompileCall(const ServiceContext& context, grpc::CallbackServerContext* rpc)
      : UploadCall(context), rpc_(rpc) {}

  void OnJobEvent(const v1::JobEvent& event) override;
  void OnJobDone(const absl::Status& status, const v1::CompileResult& result) override;
  void OnCancel() override;
  void OnDone() override;

 protected:
  bool TryAnswer(const CompilePlan& plan) override;
  void OnReady(const CompilePlan& plan) override;

 private:
  void SendResult(v1::CompileResult result);

  grpc::CallbackServerContext* const rpc_;
  const absl::Time arrived_ = absl::Now();
  absl::Mutex mutex_;
  std::unique_ptr<Coordinator::Ticket> ticket_ ABSL_GUARDED_BY(mutex_);
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_SERVICE_COMPILE_CALL_H_
