// The flags by which compile, check and verify say what to compile, and for what.
#ifndef SINTER_CLIENT_CLI_MODEL_FLAGS_H_
#define SINTER_CLIENT_CLI_MODEL_FLAGS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/syntax.h"
#include "client/lib/compile_client.h"

namespace sinter::client {

class ModelFlags {
 public:
  void Declare(Syntax& syntax);

  // Reads the model (not its weights), finds its external data, resolves the target and the shapes.
  // ERRORS: those of ReadModelTree(), with a model file that is not there as a usage error; those
  // of ParseShapeFlags() and HostTarget().
  absl::StatusOr<CompileJob> MakeJob() const;

  const std::string& model() const { return model_; }
  const std::string& target() const { return target_; }

 private:
  std::string model_;
  std::string target_ = "host";
  std::vector<std::string> shapes_;
  bool follow_links_ = false;
};

// Opens a model as the command line names it. ERRORS: as MakeJob().
absl::StatusOr<ModelTree> OpenModel(const std::string& path, LinkPolicy links);

// Sets what `--target=text` stands for. ERRORS: those of HostTarget().
absl::Status SetTarget(const std::string& text, CompileJob& job);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_CLI_MODEL_FLAGS_H_
