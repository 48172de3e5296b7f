// Which of the formats that we take a model's bytes are in. Pure; thread-safe.
#ifndef SINTER_BASE_MODEL_FORMAT_H_
#define SINTER_BASE_MODEL_FORMAT_H_

#include "absl/strings/string_view.h"

namespace sinter::base {

// MLIR: bytecode, or text, which no ONNX file is, as that begins with the tag of a field. All else
// is taken for ONNX.
bool IsMlir(absl::string_view bytes);

}  // namespace sinter::base

#endif  // SINTER_BASE_MODEL_FORMAT_H_
