// Looks at a file before dlopen() does, to refuse what can't be loaded with a message that helps:
// dlopen() itself crashes on a truncated library and says little about a foreign one.
#ifndef SINTER_RUNTIME_ELF_FILE_H_
#define SINTER_RUNTIME_ELF_FILE_H_

#include <string>

#include "absl/status/status.h"

namespace sinter::runtime {

// RETURNS: OK if `path` is a whole shared library for the processor architecture of this program.
// ERRORS: NOT_FOUND if there is no such file, INVALID_ARGUMENT if it is something else or is cut
// short, UNIMPLEMENTED if it is for another architecture.
absl::Status CheckLoadable(const std::string& path);

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_ELF_FILE_H_
