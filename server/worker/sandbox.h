// Shuts a worker process in before it reads anything that came from outside.
#ifndef SINTER_SERVER_WORKER_SANDBOX_H_
#define SINTER_SERVER_WORKER_SANDBOX_H_

#include <string>
#include <vector>

namespace sinter::server {

// Gives up, for this process and for good: new privileges, the network, and system calls that no
// compiler needs (sockets, other programs, ptrace, mounts, kernel modules, keys, BPF). Open files
// keep working. RETURNS: the names of those ways that this machine does not allow; the others are
// in force. REQUIRES: the process has one thread.
std::vector<std::string> EnterSandbox();

}  // namespace sinter::server

#endif  // SINTER_SERVER_WORKER_SANDBOX_H_
