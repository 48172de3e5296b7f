// Turns the compiler's progress within a stage into events about the whole compile.
#ifndef SINTER_SERVER_WORKER_PROGRESS_REPORTER_H_
#define SINTER_SERVER_WORKER_PROGRESS_REPORTER_H_

#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "server/worker/request_handler.h"

namespace sinter::server {

// Thread-safe.
class ProgressReporter {
 public:
  explicit ProgressReporter(RequestHandler::Emit emit) : emit_(std::move(emit)) {}

  // `stage` is one of those that CompileEnvironment.on_progress names; others are not told of.
  // `fraction` is of that stage. Small steps are left out.
  void Report(absl::string_view stage, double fraction);

 private:
  const RequestHandler::Emit emit_;
  absl::Mutex mutex_;
  v1::Diagnostic::Stage stage_ ABSL_GUARDED_BY(mutex_) = v1::Diagnostic::STAGE_UNSPECIFIED;
  double told_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_WORKER_PROGRESS_REPORTER_H_
