// The `sinter` command.
#include <unistd.h>

#include <iostream>

#include "client/cli/program.h"

int main(int argc, char** argv) {
  sinter::client::Terminal terminal{std::cout, std::cerr, isatty(STDERR_FILENO) != 0};
  const int exit_code = sinter::client::RunProgram(argc, argv, terminal);
  std::cout.flush();
  // All of ours is torn down by now. gRPC's own threads would take 20 ms more to end one by one.
  _exit(exit_code);
}
