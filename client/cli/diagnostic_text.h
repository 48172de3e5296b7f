// What people read when something goes wrong: what was seen, where, and what to do.
#ifndef SINTER_CLIENT_CLI_DIAGNOSTIC_TEXT_H_
#define SINTER_CLIENT_CLI_DIAGNOSTIC_TEXT_H_

#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "proto/sinter/v1/diagnostic.pb.h"

namespace sinter::client {

// RETURNS: "import", "codegen", ...; "" if unspecified.
std::string StageName(v1::Diagnostic::Stage stage);

// RETURNS: "error: node `conv1` (`Conv`, opset 11): the kernel has ... \n    hint: ...".
std::string DiagnosticText(const v1::Diagnostic& diagnostic);

// Prints an error with all that it carries. A Diagnostic that only repeats the message is not
// printed twice.
void PrintError(std::ostream& err, const absl::Status& status);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_CLI_DIAGNOSTIC_TEXT_H_
