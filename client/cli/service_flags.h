// --server, --local and --state-dir: where a command finds the service.
#ifndef SINTER_CLIENT_CLI_SERVICE_FLAGS_H_
#define SINTER_CLIENT_CLI_SERVICE_FLAGS_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/syntax.h"
#include "grpcpp/channel.h"
#include "server/embedded/sinter_server.h"

namespace sinter::client {

// A service to talk to: a daemon, or the same thing inside this process. Movable.
struct Service {
  std::unique_ptr<server::SinterServer> embedded;  // null for a daemon
  std::shared_ptr<grpc::Channel> channel;          // goes before `embedded` does
};

class ServiceFlags {
 public:
  void Declare(Syntax& syntax);

  // Connects to --server, else to $SINTER_SERVER unless --local is given, else starts the service
  // in this process. Its state is kept in --state-dir, else $SINTER_STATE_DIR, else the user's
  // cache folder. ERRORS: those of Connect() and SinterServer::Start(); a usage error if both are
  // given.
  absl::StatusOr<Service> Open() const;

 private:
  // A state folder that can't be used is the command line's fault if that named it.
  absl::Status StartError(const absl::Status& status) const;

  std::string server_;
  bool local_ = false;
  std::string state_dir_;
};

// Where --local keeps its state if nothing else is said. ERRORS: a usage error if the user has no
// home.
absl::StatusOr<std::string> DefaultStateDir();

}  // namespace sinter::client

#endif  // SINTER_CLIENT_CLI_SERVICE_FLAGS_H_
