// `sinter bench` as a user runs it, with a driver and an interpreter that only tell what they got.
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "base/run_command.h"
#include "base/subprocess.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::client {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kSinter[] = "client/cli/sinter";

class BenchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(::testing::TempDir()) /
            ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(root_);
    fs::create_directories(root_ / "home/sinter_bench");
    std::ofstream(root_ / "home/sinter_bench/__main__.py");
    environment_ = {"PATH=" + (root_ / "path").string(), "HOME=" + root_.string()};
  }

  // A program that prints who it is, its arguments and two variables.
  void Interpreter(const std::string& path) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path)
        << "#!/bin/sh\necho \"" << path << " $*\"\n"
        << "echo \"PYTHONPATH=$PYTHONPATH\"\necho \"SINTER_BIN=$SINTER_BIN\"\n"
        << "echo \"PATH=$PATH\"\nexit 7\n";
    fs::permissions(root_ / path, fs::perms::owner_all);
  }

  void UseDriver() { environment_.push_back("SINTER_BENCH_HOME=" + (root_ / "home").string()); }

  base::CommandResult Bench(const std::vector<std::string>& words) const {
    base::SubprocessOptions options;
    options.argv = {fs::absolute(kSinter).string(), "bench"};
    options.argv.insert(options.argv.end(), words.begin(), words.end());
    options.environment = environment_;
    absl::StatusOr<base::CommandResult> result = base::RunCommand(std::move(options));
    EXPECT_TRUE(result.ok()) << result.status();
    return *std::move(result);
  }

  fs::path root_;
  std::vector<std::string> environment_;
};

TEST_F(BenchTest, HandsOverAllWords) {
  UseDriver();
  Interpreter(".cache/sinter/bench/driver/bin/python");
  const base::CommandResult result =
      Bench({"run", "--suite=models", "--peers=self+5%", "--quiet", "--new-flag", "7", "more"});
  // What the driver exits with is what the command exits with.
  EXPECT_EQ(result.exit.exit_code, 7) << result.standard_error;
  EXPECT_THAT(result.standard_output,
              StartsWith(".cache/sinter/bench/driver/bin/python -P -m sinter_bench run "
                         "--suite=models --peers=self+5% --quiet --new-flag 7 more\n"));
  EXPECT_THAT(result.standard_output,
              HasSubstr("PYTHONPATH=" + fs::canonical(root_ / "home").string() + "\n"));
  EXPECT_THAT(result.standard_output,
              ::testing::ContainsRegex("SINTER_BIN=/.*/client/cli/sinter\n"));
  EXPECT_THAT(Bench({"compare", "run", "report", "setup"}).standard_output,
              HasSubstr(" compare run report setup\n"));
  EXPECT_THAT(Bench({"report", "a", "b", "c"}).standard_output, HasSubstr(" report a b c\n"));
}

TEST_F(BenchTest, TheInterpreterIsTheInstalledOneOrTheOneTold) {
  UseDriver();
  const base::CommandResult none = Bench({"report", "d"});
  EXPECT_EQ(none.exit.exit_code, 4);
  EXPECT_THAT(none.standard_error, HasSubstr("run `sinter bench setup`"));
  Interpreter("told");
  environment_.push_back("SINTER_BENCH_PYTHON=" + (root_ / "told").string());
  EXPECT_THAT(Bench({"report", "d"}).standard_output, StartsWith("told -P -m sinter_bench report"));
  Interpreter("cache/driver/bin/python");
  environment_.push_back("SINTER_BENCH_DIR=" + (root_ / "cache").string());
  EXPECT_THAT(Bench({"report", "d"}).standard_output, StartsWith("cache/driver/bin/python "));
}

TEST_F(BenchTest, SetupTakesAnyPython) {
  UseDriver();
  const base::CommandResult none = Bench({"setup"});
  EXPECT_EQ(none.exit.exit_code, 4);
  EXPECT_THAT(none.standard_error, HasSubstr("python3"));
  Interpreter("path/python3");
  EXPECT_THAT(Bench({"setup", "--peers=tvm"}).standard_output,
              StartsWith("path/python3 -m sinter_bench.setup --peers=tvm\n"));
}

TEST_F(BenchTest, SaysWhereTheDriverShouldBe) {
  environment_.push_back("SINTER_BENCH_HOME=" + (root_ / "none").string());
  const base::CommandResult result = Bench({"setup"});
  EXPECT_EQ(result.exit.exit_code, 4);
  EXPECT_THAT(result.standard_error, HasSubstr((root_ / "none").string()));
}

TEST_F(BenchTest, KnowsItsSubcommandsAndTheirHelp) {
  EXPECT_EQ(Bench({}).exit.exit_code, 2);
  EXPECT_EQ(Bench({"dance"}).exit.exit_code, 2);
  EXPECT_EQ(Bench({"run", "--suite=none"}).exit.exit_code, 2);
  EXPECT_THAT(Bench({"--help"}).standard_output, HasSubstr("compare"));
  const base::CommandResult help = Bench({"run", "--help"});
  EXPECT_EQ(help.exit.exit_code, 0);
  EXPECT_THAT(help.standard_output, HasSubstr("--budget SECONDS"));
}

}  // namespace
}  // namespace sinter::client
