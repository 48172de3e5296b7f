// Scripts that complete a command's line in a shell, made from its declared syntax.
#ifndef SINTER_CLIENT_CLI_COMPLETION_SCRIPT_H_
#define SINTER_CLIENT_CLI_COMPLETION_SCRIPT_H_

#include <string>

#include "client/cli/syntax.h"

namespace sinter::client {

std::string BashCompletion(const Syntax& program);
std::string ZshCompletion(const Syntax& program);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_CLI_COMPLETION_SCRIPT_H_
