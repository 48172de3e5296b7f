// The file name for an output of a model.
#ifndef SINTER_CLIENT_CLI_OUTPUT_NAME_H_
#define SINTER_CLIENT_CLI_OUTPUT_NAME_H_

#include <string>

#include "absl/strings/string_view.h"

namespace sinter::client {

// RETURNS: `output` with "/", NUL and "%" as %2F, %00 and %25, so that different outputs get
// different names, and `extension` (".npy") after it. A name too long for a file system is cut and
// ends in a digest of the whole.
std::string OutputFileName(absl::string_view output, absl::string_view extension);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_CLI_OUTPUT_NAME_H_
