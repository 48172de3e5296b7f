// A program that runs compiled models for another machine, under an emulator: value_runner.c of
// runtime/tools, or wasm_runner.js. One process for many models.
#ifndef SINTER_TESTS_ONNX_CONFORMANCE_VALUE_RUNNER_H_
#define SINTER_TESTS_ONNX_CONFORMANCE_VALUE_RUNNER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/subprocess.h"
#include "runtime/value.h"

namespace sinter::conformance {

// Not thread-safe.
class ValueRunner {
 public:
  // `argv` is the program; it is started when it is first needed, and again after it has died.
  explicit ValueRunner(std::vector<std::string> argv) : argv_(std::move(argv)) {}

  // Computes the model's outputs. `folder` is for files, which stay.
  // ERRORS: UNIMPLEMENTED or INVALID_ARGUMENT if the model refuses the inputs; INTERNAL if the
  // program fails or dies.
  absl::StatusOr<std::vector<runtime::Value>> Run(const std::string& library,
                                                  const std::vector<runtime::Value>& inputs,
                                                  const std::string& folder);

 private:
  // RETURNS: the answer to a line.
  absl::StatusOr<std::string> Ask(const std::string& line);
  absl::Status Dead();

  const std::vector<std::string> argv_;
  std::optional<base::Subprocess> process_;
  std::string received_;
};

}  // namespace sinter::conformance

#endif  // SINTER_TESTS_ONNX_CONFORMANCE_VALUE_RUNNER_H_
