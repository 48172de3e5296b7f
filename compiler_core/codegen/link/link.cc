#include "compiler_core/codegen/link/link.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lld/Common/Driver.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Triple.h"

LLD_HAS_DRIVER(elf)
LLD_HAS_DRIVER(wasm)

namespace sinter::codegen {
namespace {

using Flags = std::vector<std::string>;

const Flags kSharedElf = {"-shared",          "-nostdlib", "--no-undefined", "--gc-sections",
                          "--hash-style=gnu", "-znow",     "-zrelro",        "-soname=model.so"};
// The stack comes first: one that overflows leaves the memory and traps, instead of running into
// the tables behind it.
const Flags kSharedWasm = {"--no-entry",           "--export=sinter_model_v1",
                           "--export=__heap_base", "--export-table",
                           "--growable-table",     "--stack-first",
                           "-zstack-size=1048576", "--fatal-warnings"};

bool IsWasm(const v1::Target& target) { return llvm::Triple(target.triple()).isWasm(); }

absl::Status RunLinker(const v1::Target& target, const Flags& flags,
                       const std::vector<std::string>& objects, const std::string& output) {
  std::vector<const char*> args = {IsWasm(target) ? "wasm-ld" : "ld.lld", "--threads=1",
                                   "--build-id=none", "-o", output.c_str()};
  for (const std::string& flag : flags) args.push_back(flag.c_str());
  for (const std::string& object : objects) args.push_back(object.c_str());
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  const lld::Result result = lld::lldMain(
      args, stream, stream, {{lld::Gnu, &lld::elf::link}, {lld::Wasm, &lld::wasm::link}});
  if (result.retCode == 0 && result.canRunAgain) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("the linker failed: ", absl::StripAsciiWhitespace(messages)));
}

}  // namespace

std::string LibraryName(const v1::Target& target) {
  return IsWasm(target) ? "model.wasm" : "model.so";
}

absl::Status LinkSharedLibrary(const std::vector<std::string>& objects, const v1::Target& target,
                               const std::string& output) {
  return RunLinker(target, IsWasm(target) ? kSharedWasm : kSharedElf, objects, output);
}

absl::Status LinkObject(const std::vector<std::string>& objects, const v1::Target& target,
                        const std::string& output) {
  return RunLinker(target, {"-r"}, objects, output);
}

}  // namespace sinter::codegen
