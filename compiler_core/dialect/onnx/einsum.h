// The equation of an Einsum node, taken apart.
#ifndef SINTER_COMPILER_CORE_DIALECT_ONNX_EINSUM_H_
#define SINTER_COMPILER_CORE_DIALECT_ONNX_EINSUM_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sinter::onnx {

// One character a dimension; those of an ellipsis are '0', '1', ... from the last one leftwards.
struct EinsumLabels {
  std::vector<std::string> inputs;
  std::string output;
};

// `ranks` are those of the inputs. An equation without "->" gets the output that numpy gives it:
// the ellipsis, then the letters that occur once, sorted. ERRORS: INVALID_ARGUMENT
// (malformed_model) if the equation doesn't fit the ranks.
absl::StatusOr<EinsumLabels> ParseEinsum(absl::string_view equation,
                                         const std::vector<int64_t>& ranks);

}  // namespace sinter::onnx

#endif  // SINTER_COMPILER_CORE_DIALECT_ONNX_EINSUM_H_
