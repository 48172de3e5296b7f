// The compiler's front door: a model's bytes in, the files of an artifact out.
//
// Called by the worker process (and by tests). Opens no socket, starts no thread, reads no clock
// but the one given; touches only the files named here. One Compiler may serve many requests, one
// at a time (it keeps MLIR contexts warm); it is not thread-safe.
#ifndef SINTER_COMPILER_CORE_API_COMPILE_H_
#define SINTER_COMPILER_CORE_API_COMPILE_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "compiler_core/ir/input_file.h"
#include "proto/sinter/v1/artifact.pb.h"
#include "proto/sinter/v1/diagnostic.pb.h"
#include "proto/sinter/v1/options.pb.h"
#include "proto/sinter/v1/target.pb.h"

namespace sinter::api {

using InputFile = ir::InputFile;

struct CompileRequest {
  std::vector<InputFile> files;  // [0] is the model, the others are its external data
  v1::Target target;             // complete (see Compiler::ResolveTarget)
  v1::CompileOptions options;
  std::string output_dir;   // empty and writable; the artifact's files are written here
  std::string scratch_dir;  // empty and writable; the caller removes it
};

// What the surroundings lend to a compile.
struct CompileEnvironment {
  // Calls task(0) ... task(count - 1), perhaps at the same time, and returns when all are done.
  // Null: one after the other.
  std::function<void(int count, const std::function<void(int)>& task)> parallel_for;
  // Null, or told of progress: stage is "import", "legalize", "optimize", "lower", "codegen",
  // "link"; fraction in [0, 1] of that stage.
  std::function<void(absl::string_view stage, double fraction)> on_progress;
  // Asked now and then; true = stop with CANCELLED. Null: never. Called on any thread.
  std::function<bool()> cancelled;
  // Seconds since any fixed point, for stage timings; null = no timings.
  std::function<double()> now;
  // Null, or told once that nobody will read the request's files again, so that their memory can go
  // before the library is linked: linking takes twice the size of the weights.
  std::function<void()> files_consumed;
  // Null, or asked at most once for kernels by their texts. RETURNS: for each the path of its
  // object, which an equal compiler made with these options (all that a kernel depends on) for the
  // target of the request, or "". The object of kernel `i` that was not found is left in
  // scratch_dir/kernel-`i`.o. ERRORS: end the compile.
  std::function<absl::StatusOr<std::vector<std::string>>(
      const v1::CompileOptions& options, const std::vector<absl::string_view>& texts)>
      find_kernels;
  std::string compiler_digest;  // SHA-256 of the worker binary, for the manifest
};

struct CompileResult {
  v1::ArtifactManifest manifest;  // also written as output_dir/manifest.json
  std::vector<std::pair<std::string, double>> stage_seconds;
};

struct CheckResult {
  // One ERROR for each node that is not supported (all of them, not just the first).
  std::vector<v1::Diagnostic> diagnostics;
};

// A row of compiler_core/pipelines.
struct PipelineInfo {
  std::string name, description;
  std::string digest;  // SHA-256 of its text
};

class Compiler {
 public:
  Compiler();
  ~Compiler();

  // ERRORS (with what is wrong in `diagnostics`):
  //   INVALID_ARGUMENT    the model is malformed or contradicts itself or the options
  //   UNIMPLEMENTED       an op, type, opset or target that we lack; one diagnostic for each node
  //   RESOURCE_EXHAUSTED  a tensor or the whole is larger than the limits allow
  //   CANCELLED, INTERNAL
  absl::StatusOr<CompileResult> Compile(const CompileRequest& request,
                                        const CompileEnvironment& environment,
                                        std::vector<v1::Diagnostic>& diagnostics);

  // Imports and legalizes without making code. ERRORS: as Compile, but UNIMPLEMENTED comes as OK
  // with diagnostics.
  absl::StatusOr<CheckResult> Check(const CompileRequest& request);

  // The built-in targets, and this machine's.
  static std::vector<v1::Target> Targets();
  static v1::Target HostTarget();
  // Completes a target: by name only, or a resolved host (tile table, register counts).
  // ERRORS: UNIMPLEMENTED naming the nearest targets, INVALID_ARGUMENT.
  static absl::StatusOr<v1::Target> ResolveTarget(const v1::Target& target);
  // What CompileOptions.pipeline may name, sorted.
  static std::vector<PipelineInfo> Pipelines();
  static v1::ArtifactManifest::Toolchain ToolchainIdentity();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sinter::api

#endif  // SINTER_COMPILER_CORE_API_COMPILE_H_
