// One call of Compiler.Check.
#ifndef SINTER_SERVER_SERVICE_CHECK_CALL_H_
#define SINTER_SERVER_SERVICE_CHECK_CALL_H_

#include <functional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/service/upload_call.h"

namespace sinter::server {

// Deletes itself when the call is over: never before the helper has answered, since the answer
// comes to this object.
class CheckCall final : public UploadCall<v1::CheckEvent> {
 public:
  explicit CheckCall(const ServiceContext& context) : UploadCall(context) {}

  void OnCancel() override;
  void OnDone() override { delete this; }

 protected:
  void OnReady(const CompilePlan& plan) override;

 private:
  void OnAnswer(const absl::StatusOr<v1::CheckReport>& report);

  absl::Mutex mutex_;
  std::function<void()> stop_ ABSL_GUARDED_BY(mutex_);
  bool asked_ ABSL_GUARDED_BY(mutex_) = false;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_SERVICE_CHECK_CALL_H_
