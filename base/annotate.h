// Says what was being tried when an error came up from below.
#ifndef SINTER_BASE_ANNOTATE_H_
#define SINTER_BASE_ANNOTATE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace sinter::base {

// RETURNS: `status` with "`context`: " before its message, same code and payloads; OK stays OK.
absl::Status Annotate(const absl::Status& status, absl::string_view context);

}  // namespace sinter::base

#endif  // SINTER_BASE_ANNOTATE_H_
