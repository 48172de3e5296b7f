#include <sstream>
#include <string>

#include "absl/status/status.h"
#include "client/cli/diagnostic_text.h"
#include "client/cli/exit_code.h"
#include "client/cli/json_text.h"
#include "client/cli/output_name.h"
#include "client/lib/fault.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::client {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

v1::Diagnostic Unsupported() {
  v1::Diagnostic diagnostic;
  diagnostic.set_severity(v1::Diagnostic::ERROR);
  diagnostic.set_kind("unsupported_op");
  diagnostic.set_stage(v1::Diagnostic::LEGALIZE);
  diagnostic.set_node("nms_1");
  diagnostic.set_op_type("NonMaxSuppression");
  diagnostic.set_opset(11);
  diagnostic.set_message("there is no lowering");
  diagnostic.set_hint("cut the model before it");
  return diagnostic;
}

TEST(ExitCodeTest, FollowsWhoIsAtFault) {
  EXPECT_EQ(ExitCodeFor(absl::OkStatus()), 0);
  EXPECT_EQ(ExitCodeFor(absl::InvalidArgumentError("")), 1);
  EXPECT_EQ(ExitCodeFor(UsageError("")), 2);
  EXPECT_EQ(ExitCodeFor(absl::UnimplementedError("")), 3);
  EXPECT_EQ(ExitCodeFor(absl::UnavailableError("")), 4);
  EXPECT_EQ(ExitCodeFor(absl::ResourceExhaustedError("")), 4);
  EXPECT_EQ(ExitCodeFor(absl::DeadlineExceededError("")), 4);
  EXPECT_EQ(ExitCodeFor(absl::CancelledError("")), 4);
  EXPECT_EQ(ExitCodeFor(absl::InternalError("")), 5);
  EXPECT_EQ(ExitCodeFor(absl::UnknownError("")), 5);
  EXPECT_EQ(ExitCodeFor(absl::DataLossError("")), 5);
}

TEST(DiagnosticTextTest, SaysWhereAndWhatToDo) {
  EXPECT_EQ(DiagnosticText(Unsupported()),
            "error: node `nms_1` (`NonMaxSuppression`, opset 11): there is no lowering\n"
            "    hint: cut the model before it");
  v1::Diagnostic custom = Unsupported();
  custom.set_node("");
  custom.set_domain("com.acme");
  EXPECT_THAT(DiagnosticText(custom), HasSubstr("error: `com.acme::NonMaxSuppression`, opset 11:"));
}

TEST(DiagnosticTextTest, AMessageIsNotPrintedTwice) {
  v1::Diagnostic same;
  same.set_message("the model has a cycle");
  same.set_hint("export it again");
  std::ostringstream err;
  PrintError(err, WithDiagnostic(absl::InvalidArgumentError("the model has a cycle"), same));
  EXPECT_EQ(err.str(), "sinter: error: the model has a cycle\n    hint: export it again\n");
}

TEST(JsonTextTest, AnErrorCarriesEverything) {
  const Json json = ErrorJson(WithDiagnostic(absl::UnimplementedError("1 node"), Unsupported()));
  EXPECT_EQ(json["event"], "error");
  EXPECT_EQ(json["code"], "UNIMPLEMENTED");
  EXPECT_EQ(json["exit_code"], 3);
  ASSERT_EQ(json["diagnostics"].size(), 1u);
  EXPECT_EQ(json["diagnostics"][0]["severity"], "error");
  EXPECT_EQ(json["diagnostics"][0]["stage"], "legalize");
  EXPECT_EQ(json["diagnostics"][0]["node"], "nms_1");
  EXPECT_EQ(json["diagnostics"][0]["opset"], 11);
}

TEST(JsonTextTest, TextThatIsNoUtf8IsRepaired) {
  std::ostringstream out;
  PrintJsonLine(out, {{"name", "a\xff"}});
  EXPECT_TRUE(Json::accept(out.str())) << out.str();
}

TEST(OutputNameTest, EscapesOnlyWhatAPathCannotHold) {
  EXPECT_EQ(OutputFileName("scores:0 =x", ".npy"), "scores:0 =x.npy");
  EXPECT_EQ(OutputFileName("a/b%c", ".npy"), "a%2Fb%25c.npy");
  EXPECT_EQ(OutputFileName(std::string("a\0b", 3), ".pb"), "a%00b.pb");
  EXPECT_EQ(OutputFileName("../../x", ".npy"), "..%2F..%2Fx.npy");
}

TEST(OutputNameTest, LongNamesAreCutButStayDifferent) {
  const std::string first = OutputFileName(std::string(1000, 'a') + "1", ".npy");
  const std::string second = OutputFileName(std::string(1000, 'a') + "2", ".npy");
  EXPECT_LT(first.size(), 256u);
  EXPECT_THAT(first, EndsWith(".npy"));
  EXPECT_NE(first, second);
}

}  // namespace
}  // namespace sinter::client
