// sinter targets: what --target may name.
#include <string>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "client/cli/command.h"
#include "client/cli/json_text.h"
#include "client/cli/service_flags.h"
#include "client/host_target/host_target.h"
#include "client/lib/compile_client.h"

namespace sinter::client {
namespace {

void PrintRow(std::ostream& out, const std::string& name, const v1::Target& target) {
  out << absl::StrFormat(
      "%-14s %-28s %-12s %s\n", name, target.triple(), target.cpu(),
      target.description().empty() ? absl::StrJoin(target.features(), ",") : target.description());
}

class TargetsCommand final : public Command {
 public:
  Syntax& Declare(Syntax& root) override {
    Syntax& syntax = root.Subcommand("targets", "list the machines that code can be made for");
    syntax.Switch("--json", &json_, "print a JSON object");
    service_flags_.Declare(syntax);
    return syntax;
  }

  absl::Status Run(Terminal& terminal) override {
    SINTER_ASSIGN_OR_RETURN(const Service service, service_flags_.Open());
    CompileClient compiler(service.channel);
    SINTER_ASSIGN_OR_RETURN(const v1::ListTargetsResponse targets, compiler.ListTargets());
    const absl::StatusOr<v1::Target> host = HostTarget();
    if (json_) {
      Json json;
      json["targets"] = Json::array();
      for (const v1::Target& target : targets.targets())
        json["targets"].push_back(TargetJson(target));
      json["server"] = TargetJson(targets.server());
      json["host"] = host.ok() ? TargetJson(*host) : Json();
      PrintJsonLine(terminal.out, json);
      return absl::OkStatus();
    }
    for (const v1::Target& target : targets.targets())
      PrintRow(terminal.out, target.name(), target);
    PrintRow(terminal.out, "server", targets.server());
    if (host.ok()) PrintRow(terminal.out, "host", *host);
    return absl::OkStatus();
  }

  bool wants_json() const override { return json_; }

 private:
  ServiceFlags service_flags_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeTargetsCommand() { return std::make_unique<TargetsCommand>(); }

}  // namespace sinter::client
