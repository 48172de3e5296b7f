#include "compiler_core/codegen/testing/run_command.h"

#include <cstdio>

namespace sinter::codegen {

std::string Output(const std::string& command) {
  std::string text;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  char buffer[4096];
  while (size_t bytes = fread(buffer, 1, sizeof(buffer), pipe)) text.append(buffer, bytes);
  const int status = pclose(pipe);
  return status == 0 ? text : "exit " + std::to_string(status) + ": " + text;
}

std::string EmulatedOutput(const std::string& program, const std::string& arch,
                           const std::string& argument) {
  // qemu's plain RISC-V processor has no vector registers. Wide ones run code for narrow ones, too.
  const std::string cpu = arch == "riscv64" ? "rv64,v=true,vlen=512,vext_spec=v1.0" : "max";
  return Output("qemu-" + arch + "-static -cpu " + cpu + " -L /usr/" + arch +
                "-linux-gnu compiler_core/codegen/testing/" + program + "_" + arch + " " +
                argument);
}

}  // namespace sinter::codegen
