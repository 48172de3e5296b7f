// The named pipelines that CompileOptions.pipeline chooses from: data, linked into the program.
// Stateless; thread-safe.
#ifndef SINTER_COMPILER_CORE_PIPELINES_PIPELINES_H_
#define SINTER_COMPILER_CORE_PIPELINES_PIPELINES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compiler_core/pipelines/pipeline.pb.h"
#include "proto/sinter/v1/options.pb.h"

namespace sinter::pipelines {

struct NamedPipeline {
  Pipeline pipeline;
  std::string digest;  // SHA-256 of the file
};

// All of them, by name.
std::vector<NamedPipeline> All();

// The one that the options ask for: by name, else the one of the optimization level ("O0" to "O3").
// ERRORS: UNIMPLEMENTED naming what there is.
absl::StatusOr<Pipeline> Select(const v1::CompileOptions& options);

// SHA-256 over all files, for cache keys.
std::string DigestOfAll();

}  // namespace sinter::pipelines

#endif  // SINTER_COMPILER_CORE_PIPELINES_PIPELINES_H_
