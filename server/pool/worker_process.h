// One worker process, from fork to its last breath.
#ifndef SINTER_SERVER_POOL_WORKER_PROCESS_H_
#define SINTER_SERVER_POOL_WORKER_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "proto/sinter/v1/worker.pb.h"
#include "server/protocol/message_channel.h"

namespace sinter::server {

// Not thread-safe. The kernel kills the process when the thread that started it ends, whatever way
// that happens: a killed daemon leaves no workers behind. So keep one thread for each process.
class WorkerProcess {
 public:
  // Starts `binary` with `temp_dir` as its working and temporary directory, and waits until
  // `ready_by` for it to be ready.
  // ERRORS: UNAVAILABLE: it can't be started, or died, or was not ready in time.
  static absl::StatusOr<std::unique_ptr<WorkerProcess>> Start(const std::string& binary,
                                                              const std::string& temp_dir,
                                                              absl::Time ready_by);

  // Kills the process if it still runs, and waits for its end.
  ~WorkerProcess();

  MessageChannel& channel() { return channel_; }
  pid_t pid() const { return pid_; }
  const v1::WorkerEvent::Ready& ready() const { return ready_; }

  // Whether it has ended by itself.
  bool HasEnded();

  // Memory that is its own: not the files it maps.
  int64_t AnonymousBytes() const;

  // SIGTERM, and SIGKILL after `grace`. RETURNS: how it ended, for people, e.g. "killed by signal
  // 9".
  std::string Stop(absl::Duration grace);

 private:
  WorkerProcess(pid_t pid, int socket) : pid_(pid), channel_(socket) {}

  // Waits at most until `deadline` for its end; true if it has ended.
  bool Reap(absl::Time deadline);

  const pid_t pid_;
  MessageChannel channel_;
  v1::WorkerEvent::Ready ready_;
  bool reaped_ = false;
  int wait_status_ = 0;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_POOL_WORKER_PROCESS_H_
