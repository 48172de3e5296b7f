#include "client/cli/program.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/cli/diagnostic_text.h"
#include "client/cli/exit_code.h"
#include "client/cli/json_text.h"

namespace sinter::client {
namespace {

constexpr char kDescription[] =
    "sinter: compile machine-learning models into native libraries, and run them";

// In the order of `sinter --help`. Adding a command is a file and a line here.
std::vector<std::unique_ptr<Command>> MakeCommands(const Syntax& root,
                                                   const std::vector<std::string>& words) {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(MakeCompileCommand());
  commands.push_back(MakeRunCommand());
  commands.push_back(MakeCheckCommand());
  commands.push_back(MakeInspectCommand());
  commands.push_back(MakeVerifyCommand());
  commands.push_back(MakeBisectCommand());
  commands.push_back(MakeBenchCommand(words));
  commands.push_back(MakeTargetsCommand());
  commands.push_back(MakeJobsCommand());
  commands.push_back(MakeCacheCommand());
  commands.push_back(MakeCompletionCommand(root));
  commands.push_back(MakeVersionCommand());
  return commands;
}

int Fail(const absl::Status& status, bool json, Terminal& terminal) {
  PrintError(terminal.err, status);
  if (json) PrintJsonLine(terminal.out, ErrorJson(status));
  return ExitCodeFor(status);
}

}  // namespace

int RunProgram(int argc, const char* const* argv, Terminal& terminal) {
  Syntax root("sinter", kDescription);
  root.RequireSubcommand();
  const std::vector<std::unique_ptr<Command>> commands =
      MakeCommands(root, {argv + 1, argv + argc});
  std::vector<const Syntax*> syntaxes;
  for (const std::unique_ptr<Command>& command : commands) {
    syntaxes.push_back(&command->Declare(root));
  }
  if (argc == 2 && absl::string_view(argv[1]) == "--version") {
    constexpr const char* kVersionLine[] = {"sinter", "version"};
    return RunProgram(2, kVersionLine, terminal);
  }
  const absl::StatusOr<std::string> help = root.Parse(argc, argv);
  if (!help.ok()) return Fail(help.status(), false, terminal);
  if (!help->empty()) {
    terminal.out << *help;
    return kExitOk;
  }
  for (size_t i = 0; i < commands.size(); ++i) {
    if (!syntaxes[i]->chosen()) continue;
    const absl::Status status = commands[i]->Run(terminal);
    return status.ok() ? commands[i]->success_exit_code()
                       : Fail(status, commands[i]->wants_json(), terminal);
  }
  return kExitUsage;
}

}  // namespace sinter::client
