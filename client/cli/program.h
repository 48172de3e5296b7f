// The program `sinter` without its process: all commands, from a line to an exit code.
#ifndef SINTER_CLIENT_CLI_PROGRAM_H_
#define SINTER_CLIENT_CLI_PROGRAM_H_

#include "client/cli/command.h"

namespace sinter::client {

// Runs one command line. RETURNS: what to exit with, see exit_code.h.
int RunProgram(int argc, const char* const* argv, Terminal& terminal);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_CLI_PROGRAM_H_
