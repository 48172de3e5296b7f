// ONNX's own test cases of single operators, run on the library's function for the operator.
#ifndef SINTER_COMPILER_CORE_LIBRARY_TESTING_ONNX_CASE_H_
#define SINTER_COMPILER_CORE_LIBRARY_TESTING_ONNX_CASE_H_

#include <string>

#include "absl/status/statusor.h"

namespace sinter::library {

enum class CaseVerdict {
  kPassed,
  kNotOurs,  // several nodes, sub-graphs, or an operator or variant that the library lacks
};

// Runs the case in `folder` (model.onnx, test_data_set_0/*.pb), also with memory running out.
// ERRORS: FAILED_PRECONDITION if the outputs are not the expected ones: floats within 1e-3
// relative (which is ONNX's tolerance) or 1e-5 absolute, all else exactly; what reading files or
// running the operator says.
absl::StatusOr<CaseVerdict> RunOnnxCase(const std::string& folder);

}  // namespace sinter::library

#endif  // SINTER_COMPILER_CORE_LIBRARY_TESTING_ONNX_CASE_H_
