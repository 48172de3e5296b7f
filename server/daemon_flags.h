// The command line of sinterd. README.md has the table; `sinterd --help` prints it.
#ifndef SINTER_SERVER_DAEMON_FLAGS_H_
#define SINTER_SERVER_DAEMON_FLAGS_H_

#include <optional>

#include "server/embedded/sinter_server.h"

namespace sinter::server {

inline constexpr int kExitUsage = 2;
inline constexpr int kExitUnavailable = 4;

// Fills in `options` from the command line and the file that --config names.
// RETURNS: the exit code if the program is to end here: after --help, or a mistake that was said on
// stderr.
std::optional<int> ParseDaemonFlags(int argc, char** argv, ServerOptions& options);

}  // namespace sinter::server

#endif  // SINTER_SERVER_DAEMON_FLAGS_H_
