// The `sinter` command as a child process: what compiles the models that are benchmarked.
#ifndef SINTER_BENCHMARKS_ADAPTERS_SINTER_SINTER_PROGRAM_H_
#define SINTER_BENCHMARKS_ADAPTERS_SINTER_SINTER_PROGRAM_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/subprocess.h"
#include "nlohmann/json.hpp"

namespace sinter::benchmarks {

using Json = nlohmann::ordered_json;

struct CompiledLibrary {
  std::string path;
  std::string artifact;     // the digest that names it, "HASH/SIZE"
  Json stages;              // seconds of each stage
  base::ProcessExit usage;  // CPU and memory, of the compiler's processes too
};

// Thread-safe.
class SinterProgram {
 public:
  // `configured`, or if that is empty, $SINTER_BIN, or `sinter` beside the running program.
  // ERRORS: NOT_FOUND saying where it was looked for.
  static absl::StatusOr<SinterProgram> Find(const std::string& configured);

  const std::string& path() const { return path_; }

  // RETURNS: what `sinter version` says, "0.1.0". ERRORS: INTERNAL.
  absl::StatusOr<std::string> Version() const;

  // Compiles `model` for this machine into the file `library`, without cache or daemon; `flags` are
  // further ones of `sinter compile`. ERRORS: UNIMPLEMENTED if the model needs what Sinter lacks;
  // INTERNAL for whatever else the program says.
  absl::StatusOr<CompiledLibrary> Compile(const std::string& model, const std::string& library,
                                          const std::vector<std::string>& flags) const;

 private:
  explicit SinterProgram(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

}  // namespace sinter::benchmarks

#endif  // SINTER_BENCHMARKS_ADAPTERS_SINTER_SINTER_PROGRAM_H_
