// Inputs for a model out of a seed: those on which an artifact is held against the reference
// evaluator.
#ifndef SINTER_NUMERICS_RANDOM_INPUTS_H_
#define SINTER_NUMERICS_RANDOM_INPUTS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/loaded_model.h"
#include "runtime/value.h"

namespace sinter::numerics {

struct RandomChoice {
  uint64_t seed = 0;
  // By input; the others have the model's shape with `free_size` where it leaves a dimension free.
  std::map<std::string, std::vector<int64_t>> shapes;
  int64_t free_size = 2;
  // Integers are taken modulo this; a power of two up to 8.
  int64_t integers_below = 8;
};

// RETURNS: one tensor an input, drawn as runtime/random_tensor.h says with `seed` for the first
// input, `seed + 1` for the second, and so on.
// ERRORS: UNIMPLEMENTED naming an input that is no tensor of numbers, or one of unknown rank
// without a shape; RESOURCE_EXHAUSTED if memory lacks.
absl::StatusOr<std::vector<runtime::Value>> RandomInputs(
    const std::vector<runtime::ValueInfo>& inputs, const RandomChoice& choice);

// The choices to try one after the other until the model accepts one: not every model takes every
// size (a window of 3 does not fit in 2), nor every index. All free dimensions have the size 2, 1,
// 8, 32 or 128, and integers are below 8 or below 2.
std::vector<RandomChoice> ChoicesFor(const std::vector<runtime::ValueInfo>& inputs, uint64_t seed,
                                     const std::map<std::string, std::vector<int64_t>>& shapes);

}  // namespace sinter::numerics

#endif  // SINTER_NUMERICS_RANDOM_INPUTS_H_
