// Object files to a library, by lld inside this process.
//
// lld keeps its state in globals: one link at a time in a process.
#ifndef SINTER_COMPILER_CORE_CODEGEN_LINK_LINK_H_
#define SINTER_COMPILER_CORE_CODEGEN_LINK_LINK_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "proto/sinter/v1/target.pb.h"

namespace sinter::codegen {

// The file name of a library for `target`: "model.so", or for WebAssembly "model.wasm".
std::string LibraryName(const v1::Target& target);

// Links a library that needs no other: a symbol that no object defines is an error. For
// WebAssembly that is a module which exports its memory, its table of functions (that of C's
// function pointers), where its free memory begins (`__heap_base`), and the model's function. Equal
// objects in equal order give equal bytes, whatever their paths.
// ERRORS: INTERNAL with what lld says.
absl::Status LinkSharedLibrary(const std::vector<std::string>& objects, const v1::Target& target,
                               const std::string& output);

// Joins the objects into one relocatable object.
// ERRORS: INTERNAL with what lld says.
absl::Status LinkObject(const std::vector<std::string>& objects, const v1::Target& target,
                        const std::string& output);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_LINK_LINK_H_
