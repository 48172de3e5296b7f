#include "compiler_core/api/listings.h"

#include "base/status_macros.h"
#include "compiler_core/codegen/emit_object.h"
#include "compiler_core/target/machine.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Support/raw_ostream.h"

namespace sinter::api {

absl::StatusOr<Listings> MakeListings(const std::vector<std::string>& bitcodes,
                                      const v1::Target& target) {
  llvm::LLVMContext context;
  llvm::Module whole("model", context);
  SINTER_ASSIGN_OR_RETURN(auto machine, target::CreateMachine(target, 2));
  whole.setTargetTriple(target.triple());
  whole.setDataLayout(machine->createDataLayout());
  llvm::Linker linker(whole);
  for (const std::string& bitcode : bitcodes) {
    auto part = llvm::parseBitcodeFile(llvm::MemoryBufferRef(bitcode, "part"), context);
    if (!part) {
      llvm::consumeError(part.takeError());
      return absl::InternalError("a kernel's bitcode can't be read");
    }
    if (linker.linkInModule(std::move(*part))) {
      return absl::InternalError("a kernel's bitcode can't be linked");
    }
  }
  Listings listings;
  llvm::raw_string_ostream stream(listings.llvm_ir);
  whole.print(stream, nullptr);
  SINTER_ASSIGN_OR_RETURN(listings.assembly, codegen::EmitAssembly(whole, *machine));
  return listings;
}

}  // namespace sinter::api
