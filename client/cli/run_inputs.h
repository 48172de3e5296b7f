// The values of `sinter run --input`, from files or from a seed.
#ifndef SINTER_CLIENT_CLI_RUN_INPUTS_H_
#define SINTER_CLIENT_CLI_RUN_INPUTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/loaded_model.h"
#include "runtime/value.h"

namespace sinter::client {

// Reads each of `arguments`, NAME=FILE.npy, NAME=FILE.pb, or NAME=random:SEED. A file ending in .pb
// holds the ONNX message of the input's type, whatever its kind. The other two are for tensors of
// numbers: a random one has the model's shape, with 1 for a free dimension, or that of
// NAME=random:SEED:2x3. RETURNS: the values in the model's order. ERRORS: a usage error for an
// unknown, repeated or missing input, a file that is not there, or a value that is none of these;
// INVALID_ARGUMENT or UNIMPLEMENTED for a file's content.
absl::StatusOr<std::vector<runtime::Value>> ReadInputs(const runtime::LoadedModel& model,
                                                       const std::vector<std::string>& arguments);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_CLI_RUN_INPUTS_H_
