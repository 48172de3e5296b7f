// For tests: what a command prints, also one of another architecture.
#ifndef SINTER_COMPILER_CORE_CODEGEN_TESTING_RUN_COMMAND_H_
#define SINTER_COMPILER_CORE_CODEGEN_TESTING_RUN_COMMAND_H_

#include <string>

namespace sinter::codegen {

// Both streams; a status other than 0 stands before them.
std::string Output(const std::string& command);

// That of a program of testing/ built for `arch` ("aarch64", "riscv64"), under qemu.
std::string EmulatedOutput(const std::string& program, const std::string& arch,
                           const std::string& argument);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_TESTING_RUN_COMMAND_H_
