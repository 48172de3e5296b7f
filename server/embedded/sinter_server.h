// The whole service in one object: cache, worker pool, coordinator and the gRPC services over them.
// The daemon gives it addresses to listen on; `sinter --local` gives it none and talks to it
// through channel(), so that both ways of running a command go through the same code from the first
// byte.
#ifndef SINTER_SERVER_EMBEDDED_SINTER_SERVER_H_
#define SINTER_SERVER_EMBEDDED_SINTER_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/log.h"

namespace grpc {
class Channel;
}

namespace sinter::server {

struct ServerOptions {
  // Cache, jobs, uploads and the workers' temporary files; made if absent. May be shared by several
  // processes of one user. REQUIRED.
  std::string state_dir;
  // The worker binary. Empty: `sinter-worker` beside the running program or as its launchers name
  // it.
  std::string worker_binary;
  // Where to serve gRPC, e.g. "127.0.0.1:0". Empty: only through channel().
  std::string listen;
  // Where to serve health and metrics over HTTP. Empty: nowhere.
  std::string http;
  int workers = 1;
  // Start the workers before they are needed.
  bool prewarm = false;
  int queue_limit = 64;  // jobs that wait; one more is refused
  int jobs_per_worker = 100;
  int64_t max_upload_bytes = int64_t{4} << 30;
  // Keep kernels' code for all models to use. A worker that a hostile model took over could leave
  // wrong code for others; false where clients must be safe even from that.
  bool share_kernels = true;
  int64_t cache_bytes = int64_t{20} << 30;
  int64_t worker_memory_bytes = int64_t{8} << 30;
  absl::Duration max_compile_time = absl::Minutes(30);
  absl::Duration stall_timeout = absl::Seconds(60);
  absl::Duration drain_timeout = absl::Seconds(30);
  base::LogOptions log = {base::LogLevel::kOff, false, nullptr};
};

// Thread-safe. Destroying it stops all jobs and ends all workers.
class SinterServer {
 public:
  // ERRORS: FAILED_PRECONDITION, PERMISSION_DENIED: the state directory can't be used; NOT_FOUND:
  // no worker binary; UNAVAILABLE: an address can't be listened on.
  static absl::StatusOr<std::unique_ptr<SinterServer>> Start(ServerOptions options);

  virtual ~SinterServer() = default;

  // A channel to the services that touches no network. It may outlive nothing of the server.
  virtual std::shared_ptr<grpc::Channel> channel() = 0;

  // The addresses served, with the ports chosen; empty if none.
  virtual std::string grpc_address() const = 0;
  virtual std::string http_address() const = 0;

  // Refuses new compiles, waits for those in flight for at most the drain timeout, then stops the
  // rest and everything else. Afterwards the server only wants to be destroyed.
  virtual void DrainAndStop() = 0;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_EMBEDDED_SINTER_SERVER_H_
