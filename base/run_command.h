// Runs a program to its end and keeps what it says.
#ifndef SINTER_BASE_RUN_COMMAND_H_
#define SINTER_BASE_RUN_COMMAND_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/subprocess.h"

namespace sinter::base {

struct CommandResult {
  ProcessExit exit;
  std::string standard_output;
  std::string standard_error;
};

// Starts `options` (whose three stdio fields are overridden by pipes), gives it `input`, and
// collects both outputs in memory. A program that fails is still an OK result: look at `exit`.
// ERRORS: those of Subprocess::Start; DEADLINE_EXCEEDED after `timeout`, when it has been killed.
absl::StatusOr<CommandResult> RunCommand(SubprocessOptions options, absl::string_view input = "",
                                         absl::Duration timeout = absl::InfiniteDuration());

}  // namespace sinter::base

#endif  // SINTER_BASE_RUN_COMMAND_H_
