#include "compiler_core/ir/diagnostic_kind.h"

#include <algorithm>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

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

// RETURNS: how many bytes the UTF-8 character at the start of `text` has; 0 if there is none.
size_t CharacterSize(absl::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const size_t size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (text.size() < size) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  // What a shorter form has, surrogates, and what lies beyond Unicode.
  const bool is_bad = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f) ||
                      (first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) > 0x8f);
  return is_bad ? 0 : size;
}

// Messages quote what is in the model, which may be any bytes; a diagnostic is text.
std::string AsUtf8(absl::string_view text) {
  std::string result;
  while (!text.empty()) {
    const size_t size = CharacterSize(text);
    absl::StrAppend(&result, size == 0 ? "?" : text.substr(0, size));
    text.remove_prefix(std::max<size_t>(size, 1));
  }
  return result;
}

}  // namespace

absl::string_view NameOf(DiagnosticKind kind) { return kKinds[static_cast<size_t>(kind)].name; }
absl::StatusCode CodeOf(DiagnosticKind kind) { return kKinds[static_cast<size_t>(kind)].code; }

absl::Status Error(DiagnosticKind kind, absl::string_view message, absl::string_view hint) {
  absl::Status error(CodeOf(kind), AsUtf8(message));
  error.SetPayload(kKindUrl, absl::Cord(NameOf(kind)));
  if (!hint.empty()) error.SetPayload(kHintUrl, absl::Cord(absl::string_view(AsUtf8(hint))));
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
  diagnostic.set_message(AsUtf8(error.message()));
  if (absl::optional<absl::Cord> hint = error.GetPayload(kHintUrl)) {
    diagnostic.set_hint(std::string(*hint));
  }
  return diagnostic;
}

}  // namespace sinter::ir
