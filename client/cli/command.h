// One command of `sinter`: declares its syntax, then runs.
#ifndef SINTER_CLIENT_CLI_COMMAND_H_
#define SINTER_CLIENT_CLI_COMMAND_H_

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/syntax.h"

namespace sinter::client {

// Where a command writes. `out` is for results and nothing else; `err` for people.
struct Terminal {
  std::ostream& out;
  std::ostream& err;
  bool err_is_terminal = false;
};

// Made, declared, and run at most once.
class Command {
 public:
  virtual ~Command() = default;

  // Adds the command to the program. RETURNS: its syntax, owned by `root`.
  virtual Syntax& Declare(Syntax& root) = 0;

  // REQUIRES: the line was parsed and has this command.
  // ERRORS: see exit_code.h for what becomes of each.
  virtual absl::Status Run(Terminal& terminal) = 0;

  // What to exit with after Run() gave OK.
  virtual int success_exit_code() const { return 0; }

  // Whether results, and so errors too, are to be JSON.
  virtual bool wants_json() const { return false; }
};

// Each in a file of its own name.
// `words` are those of the line, from "bench" on.
std::unique_ptr<Command> MakeBenchCommand(std::vector<std::string> words);
std::unique_ptr<Command> MakeBisectCommand();
std::unique_ptr<Command> MakeCacheCommand();
std::unique_ptr<Command> MakeCheckCommand();
std::unique_ptr<Command> MakeCompileCommand();
// `root` is what the completion is for; it must outlive the command.
std::unique_ptr<Command> MakeCompletionCommand(const Syntax& root);
std::unique_ptr<Command> MakeInspectCommand();
std::unique_ptr<Command> MakeJobsCommand();
std::unique_ptr<Command> MakeRunCommand();
std::unique_ptr<Command> MakeTargetsCommand();
std::unique_ptr<Command> MakeVerifyCommand();
std::unique_ptr<Command> MakeVersionCommand();

}  // namespace sinter::client

#endif  // SINTER_CLIENT_CLI_COMMAND_H_
