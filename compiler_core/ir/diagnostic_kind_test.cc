#include "compiler_core/ir/diagnostic_kind.h"

#include "gtest/gtest.h"

namespace sinter::ir {
namespace {

TEST(DiagnosticKind, TravelsInAStatus) {
  const absl::Status error =
      Error(DiagnosticKind::kCyclicGraph, "`a` needs `a`", "break the cycle");
  EXPECT_EQ(error.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(KindOf(error), DiagnosticKind::kCyclicGraph);
  const v1::Diagnostic diagnostic = ToDiagnostic(error, v1::Diagnostic::IMPORT);
  EXPECT_EQ(diagnostic.kind(), "cyclic_graph");
  EXPECT_EQ(diagnostic.severity(), v1::Diagnostic::ERROR);
  EXPECT_EQ(diagnostic.message(), "`a` needs `a`");
  EXPECT_EQ(diagnostic.hint(), "break the cycle");
}

TEST(DiagnosticKind, IsGuessedFromTheCodeOfOtherErrors) {
  EXPECT_EQ(KindOf(absl::UnimplementedError("x")), DiagnosticKind::kUnsupportedOp);
  EXPECT_EQ(KindOf(absl::AbortedError("x")), DiagnosticKind::kInternal);
}

}  // namespace
}  // namespace sinter::ir
