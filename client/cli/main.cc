// The `sinter` command.
#include <unistd.h>
#include <iostream>

#include "client/cli/program.h"

int main(int argc, char** argv) {
  sinter::client::Terminal terminal{std::cout, std::cerr, isatty(STDERR_FILENO) != 0};
  return sinter::client::RunProgram(argc, argv, terminal);
}
