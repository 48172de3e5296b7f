// Puts an artifact together: objects, weights, library, header, texts, manifest.
#ifndef SINTER_COMPILER_CORE_API_ARTIFACT_WRITER_H_
#define SINTER_COMPILER_CORE_API_ARTIFACT_WRITER_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compiler_core/api/compile.h"
#include "compiler_core/api/kernel_factory.h"
#include "compiler_core/ir/execution_plan.h"

namespace sinter::api {

v1::ArtifactManifest::Toolchain Toolchain(const std::string& compiler_digest);

// Writes to the request's folders only. For one request; not thread-safe.
class ArtifactWriter {
 public:
  // Borrows `request`.
  ArtifactWriter(const CompileRequest& request, const v1::Target& target,
                 const std::string& compiler_digest)
      : request_(request), target_(target), compiler_digest_(compiler_digest) {}

  // A text file of the artifact; written by Write().
  void AddText(std::string path, std::string text) {
    texts_.emplace_back(std::move(path), std::move(text));
  }

  // Writes the kernels' objects that have no file yet to scratch_dir/kernel-INDEX.o, and keeps the
  // texts that were asked for. `sources` are the plan's, as many.
  absl::Status AddKernels(std::vector<KernelCode> kernels,
                          const std::vector<const ir::Kernel*>& sources);

  // Makes the host part and the weights, links, writes manifest.json last. Consumes the model and
  // then calls `files_consumed` (may be null), so that the model's bytes are free before the linker
  // maps the library.
  absl::StatusOr<v1::ArtifactManifest> Write(ir::ModelPlan model,
                                             const std::function<void()>& files_consumed);

 private:
  bool Emits(v1::CompileOptions::Emit kind) const;
  absl::Status WriteScratch(const std::string& name, const std::string& bytes);
  absl::Status WriteOutput(const std::string& path, const std::string& text, bool executable);
  absl::Status RecordFile(const std::string& path, bool executable);
  absl::Status WriteListings();

  const CompileRequest& request_;
  const v1::Target target_;
  const std::string compiler_digest_;
  std::vector<std::pair<std::string, std::string>> texts_;
  std::vector<std::string> objects_;   // paths
  std::vector<std::string> bitcodes_;  // of every object, where listings are wanted
  v1::ArtifactManifest manifest_;
};

}  // namespace sinter::api

#endif  // SINTER_COMPILER_CORE_API_ARTIFACT_WRITER_H_
