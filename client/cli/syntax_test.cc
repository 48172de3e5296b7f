#include "client/cli/syntax.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "base/status_matchers.h"
#include "client/cli/byte_count.h"
#include "client/cli/completion_script.h"
#include "client/lib/fault.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::client {
namespace {

using ::sinter::base::IsOkAndHolds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A program with one command of each sort.
struct Program {
  Program() {
    root.RequireSubcommand();
    run = &root.Subcommand("run", "run a thing");
    run->Argument("FILE", &file, "the file");
    run->Option("--input", "NAME=VALUE", &inputs, "an input");
    run->Option("-o,--output", "OUT", &output, "an output");
    run->Option("--repeat", "N", &repeat, "how often");
    run->Choice("--format", {"npy", "pb"}, &format, "which form");
    run->Switch("--json", &json, "as JSON");
    Syntax& jobs = root.Subcommand("jobs", "look after jobs");
    jobs.RequireSubcommand();
    list = &jobs.Subcommand("list", "list them: all");
  }

  absl::StatusOr<std::string> Parse(std::vector<const char*> words) {
    words.insert(words.begin(), "prog");
    return root.Parse(static_cast<int>(words.size()), words.data());
  }

  Syntax root{"prog", "a program"};
  Syntax* run = nullptr;
  Syntax* list = nullptr;
  std::string file, output, format = "npy";
  std::vector<std::string> inputs;
  int repeat = 1;
  bool json = false;
};

TEST(SyntaxTest, ReadsALine) {
  Program program;
  EXPECT_THAT(program.Parse({"run", "--input=a=b=c", "--input", "x=[1,2]", "model.so", "-o", "dir/",
                             "--repeat=3", "--json", "--format=pb"}),
              IsOkAndHolds(std::string()));
  EXPECT_TRUE(program.run->chosen());
  EXPECT_FALSE(program.list->chosen());
  EXPECT_EQ(program.file, "model.so");
  EXPECT_THAT(program.inputs, ElementsAre("a=b=c", "x=[1,2]"));
  EXPECT_EQ(program.output, "dir/");
  EXPECT_EQ(program.repeat, 3);
  EXPECT_EQ(program.format, "pb");
  EXPECT_TRUE(program.json);
}

TEST(SyntaxTest, KeepsValuesAsTheyAre) {
  Program program;
  EXPECT_THAT(program.Parse({"run", "model.so", "--input=x=", "--input='q'=-1", "--input=--a=1"}),
              IsOkAndHolds(std::string()));
  EXPECT_THAT(program.inputs, ElementsAre("x=", "'q'=-1", "--a=1"));
}

TEST(SyntaxTest, EveryMistakeIsAUsageError) {
  const std::vector<std::vector<const char*>> lines = {
      {},
      {"walk"},
      {"run"},
      {"run", "a", "b"},
      {"run", "a", "--nonsense"},
      {"run", "a", "--repeat=x"},
      {"run", "a", "--repeat"},
      {"run", "a", "--repeat=1", "--repeat=2"},
      {"run", "a", "--format=exr"},
      {"jobs"},
      {"jobs", "lost"},
  };
  for (const auto& line : lines) {
    Program program;
    EXPECT_TRUE(IsUsageError(program.Parse(line).status()))
        << ::testing::PrintToString(std::vector<std::string>(line.begin(), line.end()));
  }
}

TEST(SyntaxTest, HelpIsOfTheCommandAsked) {
  Program program;
  SINTER_ASSERT_OK_AND_ASSIGN(const std::string help, program.Parse({"run", "--help"}));
  EXPECT_THAT(help, HasSubstr("--repeat"));
  EXPECT_THAT(help, HasSubstr("run a thing"));
  SINTER_ASSERT_OK_AND_ASSIGN(const std::string all, Program().Parse({"--help"}));
  EXPECT_THAT(all, HasSubstr("look after jobs"));
}

// Asks a real bash what it would complete. RETURNS: the completions, one a line.
std::string Complete(const std::string& script, const std::string& words, int cword) {
  const std::string path = ::testing::TempDir() + "/completion.bash";
  std::ofstream(path) << script << "compopt() { :; }\nCOMP_WORDS=(" << words
                      << ")\nCOMP_CWORD=" << cword
                      << "\n_prog\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
  FILE* const pipe = popen(("bash -u " + path + " 2>&1").c_str(), "r");
  std::string out;
  char buffer[256];
  while (fgets(buffer, sizeof(buffer), pipe) != nullptr) out += buffer;
  pclose(pipe);
  return out;
}

TEST(CompletionScriptTest, BashCompletesCommandsFlagsAndChoices) {
  const std::string script = BashCompletion(Program().root);
  EXPECT_EQ(Complete(script, "prog ''", 1), "run\njobs\n--help\n");
  EXPECT_EQ(Complete(script, "prog jobs l", 2), "list\n");
  EXPECT_EQ(Complete(script, "prog run --in", 2), "--input=\n");
  EXPECT_EQ(Complete(script, "prog run --format = p", 4), "pb\n");
  EXPECT_EQ(Complete(script, "prog run --format =", 3), "npy\npb\n");
}

TEST(CompletionScriptTest, ZshHasAFunctionForEachCommand) {
  const std::string script = ZshCompletion(Program().root);
  EXPECT_THAT(script, ::testing::StartsWith("#compdef prog\n"));
  EXPECT_THAT(script, HasSubstr("_prog_jobs_list() {"));
  EXPECT_THAT(script, HasSubstr("'*--format=[which form]:npy|pb:(npy pb)'"));
  EXPECT_THAT(script, HasSubstr("'list:list them\\: all'"));
}

TEST(ByteCountTest, ReadsUnits) {
  EXPECT_THAT(ParseByteCount("--max", "0"), IsOkAndHolds(0));
  EXPECT_THAT(ParseByteCount("--max", "512M"), IsOkAndHolds(int64_t{512} << 20));
  EXPECT_THAT(ParseByteCount("--max", "4G"), IsOkAndHolds(int64_t{4} << 30));
  for (const char* bad : {"", "G", "-1", "1.5G", "12X", "99999999999T"}) {
    EXPECT_TRUE(IsUsageError(ParseByteCount("--max", bad).status())) << bad;
  }
}

}  // namespace
}  // namespace sinter::client
