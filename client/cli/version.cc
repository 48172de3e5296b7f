// sinter version: which one this is.
#include "client/cli/version.h"

#include <string>

#include "client/cli/command.h"
#include "client/cli/json_text.h"

namespace sinter::client {
namespace {

class VersionCommand final : public Command {
 public:
  Syntax& Declare(Syntax& root) override {
    Syntax& syntax = root.Subcommand("version", "print the version of this command");
    syntax.Switch("--json", &json_, "print a JSON object");
    return syntax;
  }
  absl::Status Run(Terminal& terminal) override {
    if (json_) {
      PrintJsonLine(terminal.out, {{"version", kVersion}});
    } else {
      terminal.out << "sinter " << kVersion << "\n";
    }
    return absl::OkStatus();
  }
  bool wants_json() const override { return json_; }

 private:
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeVersionCommand() { return std::make_unique<VersionCommand>(); }

}  // namespace sinter::client
