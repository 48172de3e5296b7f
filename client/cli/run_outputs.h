// The outputs of `sinter run`, as files.
#ifndef SINTER_CLIENT_CLI_RUN_OUTPUTS_H_
#define SINTER_CLIENT_CLI_RUN_OUTPUTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/loaded_model.h"
#include "runtime/value.h"

namespace sinter::client {

// RETURNS: the positions of the outputs called `names`, in that order; all of them for no names.
// ERRORS: a usage error for an unknown or repeated name.
absl::StatusOr<std::vector<size_t>> SelectOutputs(const runtime::LoadedModel& model,
                                                  const std::vector<std::string>& names);

// ERRORS: a usage error if one of the outputs `selected` is nothing that an .npy file can hold.
absl::Status CheckNpyCanHold(const runtime::LoadedModel& model,
                             const std::vector<size_t>& selected);

// Writes an output as `folder`/NAME.npy, or as `folder`/NAME.pb, the ONNX message of its type, if
// `as_proto`. The folder is made. REQUIRES: `as_proto` or the output is a tensor of numbers.
// RETURNS: the file's path. ERRORS: a usage error if the folder can't be made; those of writing.
absl::StatusOr<std::string> WriteOutput(const std::string& folder, const runtime::ValueInfo& info,
                                        const runtime::Value& value, bool as_proto);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_CLI_RUN_OUTPUTS_H_
