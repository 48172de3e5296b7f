// One file of a submitted model.
#ifndef SINTER_COMPILER_CORE_IR_INPUT_FILE_H_
#define SINTER_COMPILER_CORE_IR_INPUT_FILE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace sinter::ir {

struct InputFile {
  std::string path;         // relative to the model's folder
  absl::string_view bytes;  // must outlive what is made of it (a mapped file is best)
};

}  // namespace sinter::ir

#endif  // SINTER_COMPILER_CORE_IR_INPUT_FILE_H_
