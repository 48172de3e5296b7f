// Finds the program that worker processes run.
#ifndef SINTER_SERVER_EMBEDDED_WORKER_BINARY_H_
#define SINTER_SERVER_EMBEDDED_WORKER_BINARY_H_

#include <string>

#include "absl/status/statusor.h"

namespace sinter::server {

// `configured`, or if that is empty, $SINTER_WORKER, or `sinter-worker` beside the running program
// or where the build puts it. RETURNS: an absolute path without links. ERRORS: NOT_FOUND naming
// every place that was tried.
absl::StatusOr<std::string> FindWorkerBinary(const std::string& configured);

}  // namespace sinter::server

#endif  // SINTER_SERVER_EMBEDDED_WORKER_BINARY_H_
