// Runs one ONNX backend test case: compile, load, compute, compare.
#ifndef SINTER_TESTS_ONNX_CONFORMANCE_CASE_RUNNER_H_
#define SINTER_TESTS_ONNX_CONFORMANCE_CASE_RUNNER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "compiler_core/api/compile.h"
#include "proto/sinter/v1/target.pb.h"
#include "tests/onnx_conformance/compare.h"

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
  explicit CaseRunner(v1::Target target) : target_(std::move(target)) {}

  Verdict Run(const ConformanceCase& conformance_case);

 private:
  absl::Status Compile(absl::string_view model, const std::string& folder, std::string* refused);

  const v1::Target target_;
  api::Compiler compiler_;
};

}  // namespace sinter::conformance

#endif  // SINTER_TESTS_ONNX_CONFORMANCE_CASE_RUNNER_H_
