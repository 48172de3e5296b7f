// Health and metrics over HTTP, for load balancers and monitoring systems. Apart from gRPC: another
// address, another thread, no jobs.
//
//   /healthz   200 while the process runs
//   /readyz    200 while it takes new jobs and has a compiler to give them to, else 503
//   /metrics   Prometheus text
#ifndef SINTER_SERVER_HTTP_STATUS_SERVER_H_
#define SINTER_SERVER_HTTP_STATUS_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace sinter::server {

// Thread-safe. Serves until destroyed.
class StatusServer {
 public:
  struct Sources {
    std::function<bool()> ready;
    std::function<std::string()> metrics;
  };

  // `address` is HOST:PORT; port 0 means any.
  // ERRORS: INVALID_ARGUMENT: not an address; UNAVAILABLE: it can't be listened on.
  static absl::StatusOr<std::unique_ptr<StatusServer>> Start(const std::string& address,
                                                             Sources sources);

  virtual ~StatusServer() = default;

  // With the port that was chosen.
  virtual std::string address() const = 0;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_HTTP_STATUS_SERVER_H_
