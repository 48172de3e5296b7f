// What `sinter` exits with. Scripts rely on the numbers: never change one.
#ifndef SINTER_CLIENT_CLI_EXIT_CODE_H_
#define SINTER_CLIENT_CLI_EXIT_CODE_H_

#include "absl/status/status.h"

namespace sinter::client {

enum ExitCode {
  kExitOk = 0,
  kExitModel = 1,         // the model or its input is at fault
  kExitUsage = 2,         // the command line is
  kExitNotSupported = 3,  // an operator, type, opset, domain or target that is not supported
  kExitUnavailable = 4,   // the service does not answer, or a limit was reached
  kExitInternal = 5,      // a worker died, or the artifact failed inside
};

ExitCode ExitCodeFor(const absl::Status& status);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_CLI_EXIT_CODE_H_
