// A model without its weights: the same ModelProto bytes, but with each large initializer turned
// into external data that lies in the model's own file. Parsing the result costs next to nothing,
// and the weights are read where they are (in a mapped file, say) instead of being copied.
// Stateless.
#ifndef SINTER_COMPILER_CORE_IMPORT_LIGHT_MODEL_H_
#define SINTER_COMPILER_CORE_IMPORT_LIGHT_MODEL_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace sinter::import {

// The `location` of such external data. No path on any system.
inline constexpr absl::string_view kInModelFile{"\0model", 6};

// RETURNS: nullopt if `model` is no well-formed protobuf message (its parser will say why).
std::optional<std::string> WithoutWeights(absl::string_view model);

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_LIGHT_MODEL_H_
