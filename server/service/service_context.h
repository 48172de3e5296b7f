// What the services are given by whoever builds the server.
#ifndef SINTER_SERVER_SERVICE_SERVICE_CONTEXT_H_
#define SINTER_SERVER_SERVICE_SERVICE_CONTEXT_H_

#include <cstdint>

#include "server/admission/drain_gate.h"
#include "server/admission/stall_watch.h"
#include "server/coordinator/coordinator.h"

namespace sinter::server {

// All of it outlives the services.
struct ServiceContext {
  Coordinator* coordinator;
  DrainGate* gate;
  StallWatch* stalls;
  int64_t max_upload_bytes;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_SERVICE_SERVICE_CONTEXT_H_
