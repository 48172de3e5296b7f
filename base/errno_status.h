// What a failed system call means, as an absl::Status.
#ifndef SINTER_BASE_ERRNO_STATUS_H_
#define SINTER_BASE_ERRNO_STATUS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace sinter::base {

// Like absl::ErrnoToStatus, but every way of being out of disk space (full disk, quota, the
// process's file size limit) is RESOURCE_EXHAUSTED. `doing` says what was tried, e.g. "writing
// `a/b`".
absl::Status ErrnoStatus(int error_number, absl::string_view doing);

}  // namespace sinter::base

#endif  // SINTER_BASE_ERRNO_STATUS_H_
