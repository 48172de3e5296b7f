#include "client/cli/diagnostic_text.h"

#include <ostream>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "client/lib/fault.h"

namespace sinter::client {
namespace {

// RETURNS: "node `conv1` (`Conv`, opset 11)", as much of it as is known.
std::string Place(const v1::Diagnostic& diagnostic) {
  std::string op;
  if (!diagnostic.op_type().empty()) {
    const std::string domain = diagnostic.domain().empty() ? "" : diagnostic.domain() + "::";
    absl::StrAppend(&op, "`", domain, diagnostic.op_type(), "`");
    if (diagnostic.opset() > 0) absl::StrAppend(&op, ", opset ", diagnostic.opset());
  }
  if (diagnostic.node().empty()) return op;
  return absl::StrCat("node `", diagnostic.node(), "`",
                      op.empty() ? "" : absl::StrCat(" (", op, ")"));
}

}  // namespace

std::string StageName(v1::Diagnostic::Stage stage) {
  if (stage == v1::Diagnostic::STAGE_UNSPECIFIED) return "";
  return absl::AsciiStrToLower(v1::Diagnostic::Stage_Name(stage));
}

std::string DiagnosticText(const v1::Diagnostic& diagnostic) {
  std::string text =
      diagnostic.severity() == v1::Diagnostic::SEVERITY_UNSPECIFIED
          ? "error"
          : absl::AsciiStrToLower(v1::Diagnostic::Severity_Name(diagnostic.severity()));
  if (const std::string place = Place(diagnostic); !place.empty()) {
    absl::StrAppend(&text, ": ", place);
  }
  absl::StrAppend(&text, ": ", diagnostic.message());
  if (!diagnostic.hint().empty()) absl::StrAppend(&text, "\n    hint: ", diagnostic.hint());
  return text;
}

void PrintError(std::ostream& err, const absl::Status& status) {
  err << "sinter: error: " << status.message() << "\n";
  for (const v1::Diagnostic& diagnostic : DiagnosticsOf(status)) {
    const bool repeats = diagnostic.message() == status.message() && Place(diagnostic).empty();
    if (!repeats) {
      err << "  " << DiagnosticText(diagnostic) << "\n";
    } else if (!diagnostic.hint().empty()) {
      err << "    hint: " << diagnostic.hint() << "\n";
    }
  }
  if (const auto delay = RetryDelayOf(status); delay.has_value()) {
    err << "    try again in " << absl::FormatDuration(*delay) << "\n";
  }
  if (const std::string reproducer = ReproducerOf(status); !reproducer.empty()) {
    err << "    the request that caused this is kept as the blob " << reproducer << "\n";
  }
}

}  // namespace sinter::client
