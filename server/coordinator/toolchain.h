// What the compiler in the worker binary is and can do, without asking it twice.
#ifndef SINTER_SERVER_COORDINATOR_TOOLCHAIN_H_
#define SINTER_SERVER_COORDINATOR_TOOLCHAIN_H_

#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "proto/sinter/v1/target.pb.h"
#include "proto/sinter/v1/worker.pb.h"
#include "server/pool/worker_pool.h"

namespace sinter::server {

// Thread-safe. A worker's answer is kept in a file, good for as long as the binary and this boot of
// the machine last, so that a cache hit of a fresh process needs no worker.
class Toolchain {
 public:
  // `pool` outlives this. `memo_path` is where the answer is kept.
  Toolchain(WorkerPool& pool, std::string worker_binary, std::string memo_path);

  // With the digest of the worker binary filled in. ERRORS: UNAVAILABLE: no worker can be started.
  absl::StatusOr<v1::WorkerEvent::Ready> Describe();

  // The target with this name, or the server's own machine for "server".
  // ERRORS: UNIMPLEMENTED naming what there is; UNAVAILABLE.
  absl::StatusOr<v1::Target> FindTarget(const std::string& name);

 private:
  absl::StatusOr<v1::WorkerEvent::Ready> Ask();
  // Names the binary's file and the boot; "" if the file is not there.
  std::string Fingerprint() const;

  WorkerPool& pool_;
  const std::string worker_binary_;
  const std::string memo_path_;
  absl::Mutex mutex_;
  std::optional<v1::WorkerEvent::Ready> ready_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_COORDINATOR_TOOLCHAIN_H_
