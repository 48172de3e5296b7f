// Errors that say which rule was broken: an absl::Status that carries the kind (a row of
// diagnostic_kind.def) and a hint, until the place that knows the node makes a v1::Diagnostic of
// it. Thread-safe.
#ifndef SINTER_COMPILER_CORE_IR_DIAGNOSTIC_KIND_H_
#define SINTER_COMPILER_CORE_IR_DIAGNOSTIC_KIND_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "proto/sinter/v1/diagnostic.pb.h"

namespace sinter::ir {

enum class DiagnosticKind {
#define DIAGNOSTIC_KIND(constant, name, code, meaning) constant,
#include "compiler_core/ir/diagnostic_kind.def"
#undef DIAGNOSTIC_KIND
};

absl::string_view NameOf(DiagnosticKind kind);
absl::StatusCode CodeOf(DiagnosticKind kind);

// An error of the kind's status code. REQUIRES: a kind that is an error.
absl::Status Error(DiagnosticKind kind, absl::string_view message, absl::string_view hint = "");

// The kind of an error made by Error(); for others the one that fits its code best.
DiagnosticKind KindOf(const absl::Status& error);

// An ERROR diagnostic with the error's kind, message and hint; the caller adds the node.
v1::Diagnostic ToDiagnostic(const absl::Status& error, v1::Diagnostic::Stage stage);

}  // namespace sinter::ir

#endif  // SINTER_COMPILER_CORE_IR_DIAGNOSTIC_KIND_H_
