// What both kinds of session say when an input is not what the model takes.
#ifndef SINTER_RUNTIME_INPUT_CHECK_H_
#define SINTER_RUNTIME_INPUT_CHECK_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "runtime/loaded_model.h"
#include "runtime/tensor.h"

namespace sinter::runtime {

// RETURNS: the inputs' names, in backticks.
std::string InputNames(const LoadedModel& model);

absl::Status WrongInputCount(const LoadedModel& model, size_t got);

absl::Status WrongShape(const ValueInfo& expected, absl::Span<const int64_t> dims,
                        const std::string& why);

// RETURNS: why a dimension is wrong that fits the model taken by itself.
std::string ContradictionText(int32_t dim);

// RETURNS: OK if the rank, where the model has one, and its fixed dimensions are right.
absl::Status CheckShape(const ValueInfo& expected, absl::Span<const int64_t> dims);

// Checks type, shape, size and alignment of a tensor of numbers.
// ERRORS: INVALID_ARGUMENT naming the input; RESOURCE_EXHAUSTED for an impossible size.
absl::Status CheckTensorInput(const ValueInfo& expected, const TensorView& input);

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_INPUT_CHECK_H_
