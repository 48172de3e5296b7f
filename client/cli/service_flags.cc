#include "client/cli/service_flags.h"

#include <cstdlib>
#include <utility>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "client/lib/connection.h"
#include "client/lib/fault.h"

namespace sinter::client {
namespace {

// RETURNS: the variable's value, "" if it is not set.
std::string Environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

absl::StatusOr<Service> ConnectTo(const std::string& address) {
  Service service;
  SINTER_ASSIGN_OR_RETURN(service.channel, Connect(address));
  return service;
}

}  // namespace

absl::StatusOr<std::string> DefaultStateDir() {
  if (const std::string dir = Environment("SINTER_STATE_DIR"); !dir.empty()) return dir;
  if (const std::string dir = Environment("XDG_CACHE_HOME"); !dir.empty()) return dir + "/sinter";
  if (const std::string home = Environment("HOME"); !home.empty()) return home + "/.cache/sinter";
  return UsageError("there is no home folder to keep the cache in; give --state-dir=DIR");
}

void ServiceFlags::Declare(Syntax& syntax) {
  syntax.Option("--server", "HOST:PORT", &server_, "the daemon to ask (else $SINTER_SERVER)");
  syntax.Switch(
      "--local", &local_,
      "no daemon: the same service inside this command (the default if there is no server)");
  syntax.Option("--state-dir", "DIR", &state_dir_,
                "where --local keeps its cache and jobs (else $SINTER_STATE_DIR, else the user's "
                "cache folder)");
}

absl::Status ServiceFlags::StartError(const absl::Status& status) const {
  const bool is_about_folder =
      absl::IsFailedPrecondition(status) || absl::IsPermissionDenied(status);
  if (!is_about_folder) return status;
  return state_dir_.empty() ? absl::UnavailableError(status.message()) : AsUsageError(status);
}

absl::StatusOr<Service> ServiceFlags::Open() const {
  if (local_ && !server_.empty()) {
    return UsageError("--server and --local are both given; only one can be meant");
  }
  if (!server_.empty()) return ConnectTo(server_);
  const std::string from_environment = Environment("SINTER_SERVER");
  if (!local_ && !from_environment.empty()) return ConnectTo(from_environment);

  server::ServerOptions options;
  options.state_dir = state_dir_;
  if (options.state_dir.empty()) {
    SINTER_ASSIGN_OR_RETURN(options.state_dir, DefaultStateDir());
  }
  options.worker_binary = Environment("SINTER_WORKER");
  Service service;
  auto started = server::SinterServer::Start(std::move(options));
  if (!started.ok()) return StartError(started.status());
  service.embedded = *std::move(started);
  service.channel = service.embedded->channel();
  return service;
}

}  // namespace sinter::client
