// The version of the commands.
#ifndef SINTER_CLIENT_CLI_VERSION_H_
#define SINTER_CLIENT_CLI_VERSION_H_

namespace sinter::client {

inline constexpr char kVersion[] = "0.1.0";

}  // namespace sinter::client

#endif  // SINTER_CLIENT_CLI_VERSION_H_
