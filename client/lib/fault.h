// Whose fault an error is, and the typed details it carries.
//
// The service sends details (Diagnostics and others) beside a status; here they travel inside the
// absl::Status, as one payload, until a command prints them. The client's own errors use the same
// form.
#ifndef SINTER_CLIENT_LIB_FAULT_H_
#define SINTER_CLIENT_LIB_FAULT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "proto/sinter/v1/diagnostic.pb.h"

namespace grpc {
class Status;
}
namespace google::rpc {
class Status;
}

namespace sinter::client {

// The command line is wrong: INVALID_ARGUMENT, told from a model at fault by IsUsageError().
absl::Status UsageError(absl::string_view message);
// Turns any error into a usage error with the same message, as for a file on the command line that
// is not there. OK stays OK.
absl::Status AsUsageError(const absl::Status& status);
bool IsUsageError(const absl::Status& status);

// RETURNS: the status of a finished call, with the details from its trailer.
absl::Status FromGrpcStatus(const grpc::Status& status);
// The same for a status inside a message, as in Job.error.
absl::Status FromRpcStatus(const google::rpc::Status& status);

// RETURNS: `status` with one Diagnostic more. REQUIRES: `status` is not OK.
absl::Status WithDiagnostic(absl::Status status, const v1::Diagnostic& diagnostic);

// The Diagnostics that `status` carries, in order.
std::vector<v1::Diagnostic> DiagnosticsOf(const absl::Status& status);

// How long the service asks to wait before trying again, if it does.
absl::optional<absl::Duration> RetryDelayOf(const absl::Status& status);

// The reproducer of a worker's death, "HASH/SIZE", or "".
std::string ReproducerOf(const absl::Status& status);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_LIB_FAULT_H_
