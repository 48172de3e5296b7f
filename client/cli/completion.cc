// sinter completion bash|zsh: prints a script for the shell.
#include <memory>

#include "client/cli/command.h"
#include "client/cli/completion_script.h"

namespace sinter::client {
namespace {

class CompletionCommand final : public Command {
 public:
  explicit CompletionCommand(const Syntax& root) : root_(root) {}

  Syntax& Declare(Syntax& root) override {
    Syntax& syntax = root.Subcommand("completion", "print a completion script for a shell");
    syntax.RequireSubcommand();
    bash_ = &syntax.Subcommand("bash", "for bash: source <(sinter completion bash)");
    syntax.Subcommand("zsh", "for zsh: source <(sinter completion zsh)");
    return syntax;
  }
  absl::Status Run(Terminal& terminal) override {
    terminal.out << (bash_->chosen() ? BashCompletion(root_) : ZshCompletion(root_));
    return absl::OkStatus();
  }

 private:
  const Syntax& root_;
  Syntax* bash_ = nullptr;
};

}  // namespace

std::unique_ptr<Command> MakeCompletionCommand(const Syntax& root) {
  return std::make_unique<CompletionCommand>(root);
}

}  // namespace sinter::client
