// Command-line values of the form NAME=VALUE where NAME is a name in a model.
//
// ONNX names may hold "=", ":" and "/", so a value is not cut at its first "=" but matched against
// the names that there are, the longest first.
#ifndef SINTER_CLIENT_LIB_NAMED_ARGUMENT_H_
#define SINTER_CLIENT_LIB_NAMED_ARGUMENT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sinter::client {

struct NamedArgument {
  size_t index;       // of the name among `names`
  std::string value;  // what follows "NAME="
};

// Reads each of `arguments` (the values of the flag called `flag`, for messages).
// ERRORS: a usage error for a name that is not among `names` or is given twice.
absl::StatusOr<std::vector<NamedArgument>> MatchNamedArguments(
    absl::string_view flag, const std::vector<std::string>& arguments,
    const std::vector<std::string>& names);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_LIB_NAMED_ARGUMENT_H_
