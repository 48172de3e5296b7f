#include "base/log.h"

#include <string>
#include <vector>

#include "base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::base {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class LogTest : public ::testing::Test {
 protected:
  LogOptions Options(bool json) {
    LogOptions options;
    options.json = json;
    options.sink = [this](absl::string_view line) { lines_.emplace_back(line); };
    return options;
  }

  std::vector<std::string> lines_;
};

TEST_F(LogTest, TextLinesHaveTimeLevelEventAndFields) {
  const Logger log(Options(/*json=*/false));
  log.With({{"job", "7f"}}).Info("compiled", {{"wall_s", 1.5}, {"hit", false}, {"model", "a b"}});
  EXPECT_THAT(lines_, ElementsAre(MatchesRegex(
                          "[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+\\.[0-9]+Z info compiled "
                          "job=7f wall_s=1.5 hit=false model=\"a b\"")));
}

TEST_F(LogTest, JsonLinesEscapeWhatUsersWrote) {
  const Logger log(Options(/*json=*/true));
  log.Warning("said \"no\"", {{"name", "a\n\\{}%"}, {"n", 3}});
  EXPECT_THAT(lines_,
              ElementsAre(HasSubstr(
                  R"("level":"warning","event":"said \"no\"","name":"a\u000a\\{}%","n":3})")));
}

TEST_F(LogTest, WritesNothingBelowItsLevel) {
  LogOptions options = Options(/*json=*/false);
  options.level = LogLevel::kWarning;
  const Logger log(options);
  log.Info("not this");
  log.Error("this");
  EXPECT_THAT(lines_, ElementsAre(HasSubstr("error this")));
}

TEST(LogLevelTest, ParsesNames) {
  EXPECT_THAT(ParseLogLevel("debug"), IsOkAndHolds(LogLevel::kDebug));
  EXPECT_THAT(ParseLogLevel("loud"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("`loud`")));
}

}  // namespace
}  // namespace sinter::base
