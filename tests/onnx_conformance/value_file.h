// Values as bytes, for a program on another machine: the format that runtime/tools/value_runner.c
// describes.
#ifndef SINTER_TESTS_ONNX_CONFORMANCE_VALUE_FILE_H_
#define SINTER_TESTS_ONNX_CONFORMANCE_VALUE_FILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/value.h"

namespace sinter::conformance {

std::string ValuesAsBytes(const std::vector<runtime::Value>& values);

// ERRORS: DATA_LOSS if the bytes are no such values, or more than them.
absl::StatusOr<std::vector<runtime::Value>> ValuesFromBytes(absl::string_view bytes);

}  // namespace sinter::conformance

#endif  // SINTER_TESTS_ONNX_CONFORMANCE_VALUE_FILE_H_
