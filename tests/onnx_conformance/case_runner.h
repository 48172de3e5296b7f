// Runs one ONNX backend test case: compile, load, compute, compare.
#ifndef SINTER_TESTS_ONNX_CONFORMANCE_CASE_RUNNER_H_
#define SINTER_TESTS_ONNX_CONFORMANCE_CASE_RUNNER_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "compiler_core/api/compile.h"
#include "onnx/onnx_pb.h"
#include "proto/sinter/v1/artifact.pb.h"
#include "proto/sinter/v1/target.pb.h"
#include "tests/onnx_conformance/compare.h"
#include "tests/onnx_conformance/value_runner.h"

namespace sinter::conformance {

struct ConformanceCase {
  std::string folder;  // holds model.onnx and test_data_set_N/
  Tolerance tolerance;
};

struct Verdict {
  enum class Kind {
    kPassed,
    // UNIMPLEMENTED, by Check and by Compile alike, or by the model when only its data tell;
    // `detail` names the operators.
    kRefused,
    kWrong,   // computed, but not what ONNX expects
    kFailed,  // anything else
  };
  Kind kind;
  std::string detail;
};

// "passed", "refused", "wrong" or "failed".
absl::string_view KindName(Verdict::Kind kind);

// Not thread-safe. Keeps its compiler warm from case to case.
class CaseRunner {
 public:
  // `emulator`: the program that runs models for `target`, see value_runner.h; empty: this one.
  CaseRunner(v1::Target target, std::vector<std::string> emulator) : target_(std::move(target)) {
    if (!emulator.empty()) emulator_.emplace(std::move(emulator));
  }

  Verdict Run(const ConformanceCase& conformance_case);

 private:
  // RETURNS: the artifact's manifest, or what is refused.
  absl::StatusOr<v1::ArtifactManifest> Compile(absl::string_view model, const std::string& folder,
                                               std::string* refused);
  // Sets `refused` if the data ask for something that the library lacks.
  absl::Status RunDataSets(const std::string& folder, const v1::ArtifactManifest& manifest,
                           const onnx::GraphProto& graph, const ConformanceCase& conformance_case,
                           std::string* refused);

  const v1::Target target_;
  std::optional<ValueRunner> emulator_;
  api::Compiler compiler_;
};

}  // namespace sinter::conformance

#endif  // SINTER_TESTS_ONNX_CONFORMANCE_CASE_RUNNER_H_
