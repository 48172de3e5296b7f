// Turns the announcements of a compile's stages into how long each took.
#ifndef SINTER_SERVER_WORKER_STAGE_CLOCK_H_
#define SINTER_SERVER_WORKER_STAGE_CLOCK_H_

#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "proto/sinter/v1/job.pb.h"

namespace sinter::server {

// Thread-safe. A stage lasts from its Begin until the next Begin or End; one that is begun again
// adds to its time.
class StageClock {
 public:
  void Begin(v1::Diagnostic::Stage stage);
  void End();

  // In the order in which the stages were first begun.
  std::vector<v1::StageTiming> timings() const;

 private:
  void EndLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  std::vector<v1::StageTiming> timings_ ABSL_GUARDED_BY(mutex_);
  v1::Diagnostic::Stage running_ ABSL_GUARDED_BY(mutex_) = v1::Diagnostic::STAGE_UNSPECIFIED;
  absl::Time begun_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_WORKER_STAGE_CLOCK_H_
