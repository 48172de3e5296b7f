// Runs code that may crash in a process of its own.
//
// An artifact is native code: a fault in it kills the process that runs it. `sinter run` wants an
// exit code and a message then.
#ifndef SINTER_CLIENT_CLI_CRASH_GUARD_H_
#define SINTER_CLIENT_CLI_CRASH_GUARD_H_

#include <functional>

#include "absl/status/status.h"

namespace sinter::client {

// Calls `body` in a child process, which dies with this one.
// RETURNS: the body's status: its code, message and whether it is a usage error (other payloads are
// lost); INTERNAL if a signal of a fault killed it; RESOURCE_EXHAUSTED if it was killed from
// outside. REQUIRES: this process has no other threads, and its streams are flushed.
absl::Status RunGuarded(const std::function<absl::Status()>& body);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_CLI_CRASH_GUARD_H_
