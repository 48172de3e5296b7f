#include "base/subprocess.h"

#include <signal.h>
#include <unistd.h>

#include <string>

#include "absl/time/clock.h"
#include "base/run_command.h"
#include "base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::base {
namespace {

using ::testing::HasSubstr;
using Stdio = SubprocessOptions::Stdio;

SubprocessOptions Shell(const std::string& script) {
  SubprocessOptions options;
  options.argv = {"/bin/sh", "-c", script};
  return options;
}

TEST(SubprocessTest, ReportsTheExitCodeAndWhatWasUsed) {
  SINTER_ASSERT_OK_AND_ASSIGN(Subprocess child, Subprocess::Start(Shell("exit 3")));
  SINTER_ASSERT_OK_AND_ASSIGN(const ProcessExit exit, child.Wait());
  EXPECT_EQ(exit.exit_code, 3);
  EXPECT_EQ(exit.signal, 0);
  EXPECT_GT(exit.peak_rss_bytes, 0);
  EXPECT_THAT(exit.ToStatus(), StatusIs(absl::StatusCode::kInternal, "exited with code 3"));
  // Asking again is allowed.
  EXPECT_EQ(child.Wait()->exit_code, 3);
}

TEST(SubprocessTest, AMissingProgramIsAnErrorOfStart) {
  SubprocessOptions options;
  options.argv = {"/no/such/program"};
  EXPECT_THAT(Subprocess::Start(options),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("`/no/such/program`")));
}

TEST(SubprocessTest, ArgumentsAreNotReadByAShell) {
  SubprocessOptions options;
  options.argv = {"echo", "$HOME; `ls` *"};
  SINTER_ASSERT_OK_AND_ASSIGN(const CommandResult result, RunCommand(options));
  EXPECT_EQ(result.standard_output, "$HOME; `ls` *\n");
}

TEST(SubprocessTest, KillEndsAWaitingChildAndItsGroup) {
  SubprocessOptions options = Shell("sleep 1000 & wait");
  options.own_process_group = true;
  options.standard_output = Stdio::kPipe;
  SINTER_ASSERT_OK_AND_ASSIGN(Subprocess child, Subprocess::Start(options));
  SINTER_ASSERT_OK_AND_ASSIGN(auto exit, child.WaitFor(absl::ZeroDuration()));
  EXPECT_FALSE(exit.has_value());
  child.Kill(SIGTERM);
  SINTER_ASSERT_OK_AND_ASSIGN(exit, child.WaitFor(absl::Seconds(30)));
  ASSERT_TRUE(exit.has_value());
  EXPECT_EQ(exit->signal, SIGTERM);
  // End of file comes only when the sleeping grandchild, which holds the pipe too, is gone as well.
  char byte;
  EXPECT_EQ(read(child.standard_output().get(), &byte, 1), 0);
}

TEST(SubprocessTest, DestructionKills) {
  pid_t pid = 0;
  {
    SINTER_ASSERT_OK_AND_ASSIGN(const Subprocess child, Subprocess::Start(Shell("sleep 1000")));
    pid = child.pid();
  }
  EXPECT_EQ(kill(pid, 0), -1);
}

TEST(SubprocessTest, HandsOverOnlyTheDescriptorsNamed) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  UniqueFd read_end(ends[0]), write_end(ends[1]);
  // The child's number is in use here by something else; the two must not be mixed up.
  SubprocessOptions options = Shell("echo through >&5; ls /proc/self/fd | wc -l");
  options.descriptors = {{write_end.get(), 5}, {read_end.get(), 7}};
  SINTER_ASSERT_OK_AND_ASSIGN(const CommandResult result, RunCommand(options));
  // 0, 1, 2, 5, 7 and the one by which `ls` lists.
  EXPECT_EQ(result.standard_output, "6\n");
  char buffer[8];
  ASSERT_EQ(read(read_end.get(), buffer, sizeof buffer), 8);
  EXPECT_EQ(std::string(buffer, 8), "through\n");
}

TEST(SubprocessTest, EnvironmentAndFolderAreThoseAskedFor) {
  SubprocessOptions options = Shell("echo $COLOUR; pwd");
  options.environment = {{"COLOUR=blue"}};
  options.working_directory = "/";
  SINTER_ASSERT_OK_AND_ASSIGN(const CommandResult result, RunCommand(options));
  EXPECT_EQ(result.standard_output, "blue\n/\n");
}

TEST(RunCommandTest, PassesMoreThanAPipeHoldsBothWays) {
  const std::string input(1 << 20, 'x');
  SINTER_ASSERT_OK_AND_ASSIGN(const CommandResult result,
                              RunCommand(Shell("cat; echo done >&2"), input));
  EXPECT_TRUE(result.exit.ok());
  EXPECT_EQ(result.standard_output, input);
  EXPECT_EQ(result.standard_error, "done\n");
}

TEST(RunCommandTest, SurvivesAChildThatDoesNotReadItsInput) {
  const std::string input(1 << 20, 'x');
  SINTER_ASSERT_OK_AND_ASSIGN(const CommandResult result, RunCommand(Shell("exit 4"), input));
  EXPECT_EQ(result.exit.exit_code, 4);
}

TEST(RunCommandTest, StopsAtTheDeadline) {
  EXPECT_THAT(RunCommand(Shell("exec sleep 1000"), "", absl::Milliseconds(50)),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("`/bin/sh`")));
}

}  // namespace
}  // namespace sinter::base
