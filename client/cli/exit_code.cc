#include "client/cli/exit_code.h"

#include "client/lib/fault.h"

namespace sinter::client {

ExitCode ExitCodeFor(const absl::Status& status) {
  if (IsUsageError(status)) return kExitUsage;
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kExitOk;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return kExitModel;
    case absl::StatusCode::kUnimplemented:
      return kExitNotSupported;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kNotFound:  // of the service; a file that is missing is a usage error
      return kExitUnavailable;
    default:
      return kExitInternal;
  }
}

}  // namespace sinter::client
