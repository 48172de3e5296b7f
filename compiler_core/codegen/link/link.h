// Object files to a library, by lld inside this process.
//
// lld keeps its state in globals: one link at a time in a process.
#ifndef SINTER_COMPILER_CORE_CODEGEN_LINK_LINK_H_
#define SINTER_COMPILER_CORE_CODEGEN_LINK_LINK_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace sinter::codegen {

// Links a shared library that needs no other: a symbol that no object defines is an error. Equal
// objects in equal order give equal bytes, whatever their paths.
// ERRORS: INTERNAL with what lld says.
absl::Status LinkSharedLibrary(const std::vector<std::string>& objects, const std::string& output);

// Joins the objects into one relocatable object.
// ERRORS: INTERNAL with what lld says.
absl::Status LinkObject(const std::vector<std::string>& objects, const std::string& output);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_LINK_LINK_H_
