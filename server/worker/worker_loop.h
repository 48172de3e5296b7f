// The life of a worker process, whatever it does with its requests.
#ifndef SINTER_SERVER_WORKER_WORKER_LOOP_H_
#define SINTER_SERVER_WORKER_WORKER_LOOP_H_

#include "server/worker/request_handler.h"

namespace sinter::server {

// Finds the channel in `--channel-fd=N`, shuts the process in (see sandbox.h), says `ready`, and
// serves requests until the daemon closes the channel. RETURNS: main's exit code.
int RunWorker(int argc, char** argv, RequestHandler& handler);

}  // namespace sinter::server

#endif  // SINTER_SERVER_WORKER_WORKER_LOOP_H_
