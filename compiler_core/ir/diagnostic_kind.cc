#include "compiler_core/ir/diagnostic_kind.h"

#include <string>

#include "absl/strings/cord.h"

namespace sinter::ir {
namespace {

constexpr char kKindUrl[] = "sinter/kind";
constexpr char kHintUrl[] = "sinter/hint";

struct KindRow {
  DiagnosticKind kind;
  const char* name;
  absl::StatusCode code;
};

constexpr KindRow kKinds[] = {
#define DIAGNOSTIC_KIND(constant, name, code, meaning) \
  {DiagnosticKind::constant, name, absl::StatusCode::code},
#include "compiler_core/ir/diagnostic_kind.def"
#undef DIAGNOSTIC_KIND
};

}  // namespace

absl::string_view NameOf(DiagnosticKind kind) { return kKinds[static_cast<size_t>(kind)].name; }
absl::StatusCode CodeOf(DiagnosticKind kind) { return kKinds[static_cast<size_t>(kind)].code; }

absl::Status Error(DiagnosticKind kind, absl::string_view message, absl::string_view hint) {
  absl::Status error(CodeOf(kind), message);
  error.SetPayload(kKindUrl, absl::Cord(NameOf(kind)));
  if (!hint.empty()) error.SetPayload(kHintUrl, absl::Cord(hint));
  return error;
}

DiagnosticKind KindOf(const absl::Status& error) {
  if (absl::optional<absl::Cord> name = error.GetPayload(kKindUrl)) {
    for (const KindRow& row : kKinds) {
      if (*name == row.name) return row.kind;
    }
  }
  switch (error.code()) {
    case absl::StatusCode::kInvalidArgument:
      return DiagnosticKind::kMalformedModel;
    case absl::StatusCode::kUnimplemented:
      return DiagnosticKind::kUnsupportedOp;
    case absl::StatusCode::kResourceExhausted:
      return DiagnosticKind::kTooLarge;
    default:
      return DiagnosticKind::kInternal;
  }
}

v1::Diagnostic ToDiagnostic(const absl::Status& error, v1::Diagnostic::Stage stage) {
  v1::Diagnostic diagnostic;
  diagnostic.set_severity(v1::Diagnostic::ERROR);
  diagnostic.set_kind(std::string(NameOf(KindOf(error))));
  diagnostic.set_stage(stage);
  diagnostic.set_message(std::string(error.message()));
  if (absl::optional<absl::Cord> hint = error.GetPayload(kHintUrl)) {
    diagnostic.set_hint(std::string(*hint));
  }
  return diagnostic;
}

}  // namespace sinter::ir
