// sinter check MODEL: which nodes are not supported for a target, and why, without compiling.
#include <string>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "client/cli/command.h"
#include "client/cli/diagnostic_text.h"
#include "client/cli/exit_code.h"
#include "client/cli/json_text.h"
#include "client/cli/model_flags.h"
#include "client/cli/service_flags.h"

namespace sinter::client {
namespace {

class CheckCommand final : public Command {
 public:
  Syntax& Declare(Syntax& root) override {
    Syntax& syntax =
        root.Subcommand("check", "say what a model needs that is not supported, without compiling");
    model_flags_.Declare(syntax);
    syntax.Switch("--json", &json_, "print a JSON object");
    service_flags_.Declare(syntax);
    return syntax;
  }

  absl::Status Run(Terminal& terminal) override {
    SINTER_ASSIGN_OR_RETURN(const CompileJob job, model_flags_.MakeJob());
    SINTER_ASSIGN_OR_RETURN(const Service service, service_flags_.Open());
    CompileClient compiler(service.channel);
    CompileObserver observer;
    SINTER_ASSIGN_OR_RETURN(const v1::CheckReport report, compiler.Check(job, observer));
    if (json_) {
      PrintJsonLine(terminal.out, {{"supported", report.supported()},
                                   {"nodes", report.nodes()},
                                   {"target", report.target().name()},
                                   {"diagnostics", DiagnosticsJson(report.diagnostics())}});
    } else {
      PrintText(terminal.out, report);
    }
    supported_ = report.supported();
    return absl::OkStatus();
  }

  // The report is the result; its exit code says what it found.
  int success_exit_code() const override { return supported_ ? kExitOk : kExitNotSupported; }
  bool wants_json() const override { return json_; }

 private:
  void PrintText(std::ostream& out, const v1::CheckReport& report) const {
    for (const v1::Diagnostic& diagnostic : report.diagnostics()) {
      out << DiagnosticText(diagnostic) << "\n";
    }
    out << model_flags_.model() << ": " << report.nodes() << " nodes, "
        << (report.supported() ? "all supported" : "not supported as a whole") << " for "
        << report.target().name() << "\n";
  }

  ModelFlags model_flags_;
  ServiceFlags service_flags_;
  bool supported_ = true;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeCheckCommand() { return std::make_unique<CheckCommand>(); }

}  // namespace sinter::client
