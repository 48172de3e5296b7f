// Upper and lower case of text in UTF-8.
#ifndef SINTER_REFERENCE_OPS_LETTER_CASE_H_
#define SINTER_REFERENCE_OPS_LETTER_CASE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sinter::reference {

enum class LetterCase { kLower, kUpper };

// Letters of the Latin (to U+017F), Greek and Cyrillic alphabets change; what belongs to a script
// without cases stays.
// ERRORS: UNIMPLEMENTED for letters that have cases and are none of those above, or whose case
// depends on the language or is more than one letter; INVALID_ARGUMENT for what is not UTF-8.
absl::StatusOr<std::string> WithLetterCase(absl::string_view text, LetterCase wanted);

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_OPS_LETTER_CASE_H_
