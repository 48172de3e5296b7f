// Whole files in and out, for the tensor formats of this folder.
#ifndef SINTER_RUNTIME_FILE_BYTES_H_
#define SINTER_RUNTIME_FILE_BYTES_H_

#include <initializer_list>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sinter::runtime {

// Also reads what has no size beforehand, as a pipe.
// ERRORS: NOT_FOUND, PERMISSION_DENIED, ... as the system says, naming `path`.
absl::StatusOr<std::string> ReadFileBytes(const std::string& path);

// Writes `parts` one after the other; replaces what was there. ERRORS: as the system says.
absl::Status WriteFileBytes(const std::string& path,
                            std::initializer_list<absl::string_view> parts);

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_FILE_BYTES_H_
