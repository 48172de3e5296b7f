#include "base/model_format.h"

#include "absl/strings/match.h"

namespace sinter::base {

bool IsMlir(absl::string_view bytes) {
  if (absl::StartsWith(bytes, "ML\xefR")) return true;
  // Comments and blank lines come first.
  for (;;) {
    const size_t start = bytes.find_first_not_of(" \t\r\n");
    if (start == absl::string_view::npos) return false;
    bytes.remove_prefix(start);
    if (!absl::StartsWith(bytes, "//")) break;
    const size_t end = bytes.find('\n');
    if (end == absl::string_view::npos) return false;
    bytes.remove_prefix(end);
  }
  for (absl::string_view start : {"module", "func.func", "#", "!", "\"builtin.module\"", "{-#"}) {
    if (absl::StartsWith(bytes, start)) return true;
  }
  return false;
}

}  // namespace sinter::base
