// sinterd: the compile service as a daemon. Prints where it listens on stdout, logs to stderr,
// drains on SIGTERM and SIGINT (a second one ends it at once).
#include <signal.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "server/daemon_flags.h"
#include "server/embedded/sinter_server.h"

namespace {

// Blocks the signals in this and all later threads, so that only Wait sees them.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }

  void Wait() {
    int received = 0;
    sigwait(&set_, &received);
    pthread_sigmask(SIG_UNBLOCK, &set_, nullptr);
  }

 private:
  sigset_t set_;
};

int Run(sinter::server::ServerOptions options) {
  StopSignals signals;
  signal(SIGPIPE, SIG_IGN);
  auto server = sinter::server::SinterServer::Start(std::move(options));
  if (!server.ok()) {
    std::fprintf(stderr, "sinterd: %s\n", std::string(server.status().message()).c_str());
    return sinter::server::kExitUnavailable;
  }
  std::printf("listening on %s\n", (*server)->grpc_address().c_str());
  if (!(*server)->http_address().empty()) {
    std::printf("http on %s\n", (*server)->http_address().c_str());
  }
  std::fflush(stdout);
  signals.Wait();
  (*server)->DrainAndStop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  sinter::server::ServerOptions options;
  if (const auto exit_code = sinter::server::ParseDaemonFlags(argc, argv, options))
    return *exit_code;
  return Run(std::move(options));
}
