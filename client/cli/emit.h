// The values of --emit, and which file of an artifact each stands for.
#ifndef SINTER_CLIENT_CLI_EMIT_H_
#define SINTER_CLIENT_CLI_EMIT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/sinter/v1/artifact.pb.h"
#include "proto/sinter/v1/options.pb.h"

namespace sinter::client {

// Sets `options.emit` and `options.mlir_stages`; no values mean `so`.
// ERRORS: a usage error for a value that is none.
absl::Status SetEmit(const std::vector<std::string>& values, v1::CompileOptions& options);

// Where a compile puts what it made.
struct OutputPlan {
  bool is_folder = false;
  std::string path;
  std::string emit;  // of a single file: the one --emit value
};

// `out` is the value of -o, "" if it was not given: then the name is the model's with another
// ending, in the current folder; which one depends on `target`, the value of --target, too. A
// folder is meant by a path that is one or ends in "/", by `bundle`, and by more than one --emit
// value. ERRORS: a usage error if the place can't be written to.
absl::StatusOr<OutputPlan> PlanOutput(const std::string& out, const std::string& model,
                                      const std::string& target,
                                      const std::vector<std::string>& emit);

// RETURNS: the file of the artifact that `emit` stands for.
// ERRORS: INTERNAL if the artifact lacks it.
absl::StatusOr<v1::ArtifactManifest::File> FindEmitted(const v1::ArtifactManifest& manifest,
                                                       const std::string& emit);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_CLI_EMIT_H_
