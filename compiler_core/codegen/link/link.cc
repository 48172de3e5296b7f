#include "compiler_core/codegen/link/link.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lld/Common/Driver.h"
#include "llvm/Support/raw_ostream.h"

LLD_HAS_DRIVER(elf)

namespace sinter::codegen {
namespace {

absl::Status RunLinker(const std::vector<std::string>& flags,
                       const std::vector<std::string>& objects, const std::string& output) {
  std::vector<const char*> args = {"ld.lld", "--threads=1", "--build-id=none", "-o",
                                   output.c_str()};
  for (const std::string& flag : flags) args.push_back(flag.c_str());
  for (const std::string& object : objects) args.push_back(object.c_str());
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  const lld::Result result = lld::lldMain(args, stream, stream, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode == 0 && result.canRunAgain) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("the linker failed: ", absl::StripAsciiWhitespace(messages)));
}

}  // namespace

absl::Status LinkSharedLibrary(const std::vector<std::string>& objects, const std::string& output) {
  return RunLinker({"-shared", "-nostdlib", "--no-undefined", "--gc-sections", "--hash-style=gnu",
                    "-znow", "-zrelro", "-soname=model.so"},
                   objects, output);
}

absl::Status LinkObject(const std::vector<std::string>& objects, const std::string& output) {
  return RunLinker({"-r"}, objects, output);
}

}  // namespace sinter::codegen
