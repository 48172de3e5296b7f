#include "compiler_core/codegen/host/bitcode.h"

#include <iterator>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include "runtime/sinter_abi.h"

namespace sinter::codegen {
namespace {

constexpr unsigned char kRuntime[] = {
#include "compiler_core/codegen/host/runtime_bitcode.inc"
};
constexpr unsigned char kProgram[] = {
#include "compiler_core/codegen/host/program_bitcode.inc"
};
constexpr unsigned char kLibrary[] = {
#include "compiler_core/library/library_bitcode.inc"
};
constexpr unsigned char kRuntimeWasm32[] = {
#include "compiler_core/codegen/host/runtime_wasm32_bitcode.inc"
};
constexpr unsigned char kProgramWasm32[] = {
#include "compiler_core/codegen/host/program_wasm32_bitcode.inc"
};
constexpr unsigned char kLibraryWasm32[] = {
#include "compiler_core/library/library_wasm32_bitcode.inc"
};

// The object needs them whether or not anything calls them yet: the first three everywhere, the
// last on WebAssembly.
constexpr const char* kCalledByLlvm[] = {"memcpy", "memset", "memmove", "__multi3"};
constexpr size_t kCalledEverywhere = 3;

absl::Span<const char* const> CalledByLlvm(const llvm::Module& module) {
  const bool is_wasm = llvm::Triple(module.getTargetTriple()).isWasm();
  return absl::MakeSpan(kCalledByLlvm)
      .first(is_wasm ? std::size(kCalledByLlvm) : kCalledEverywhere);
}

// `lazy`: reads functions when they are asked for.
absl::StatusOr<std::unique_ptr<llvm::Module>> Parse(absl::Span<const unsigned char> data, bool lazy,
                                                    llvm::LLVMContext& context) {
  const llvm::MemoryBufferRef bytes(
      llvm::StringRef(reinterpret_cast<const char*>(data.data()), data.size()), "host");
  auto module =
      lazy ? llvm::getLazyBitcodeModule(bytes, context) : llvm::parseBitcodeFile(bytes, context);
  if (!module) {
    return absl::InternalError(
        absl::StrCat("the host runtime can't be read: ", llvm::toString(module.takeError())));
  }
  return std::move(*module);
}

void DeclareForLlvm(llvm::Module& module) {
  auto* pointer = llvm::PointerType::getUnqual(module.getContext());
  auto* type = llvm::FunctionType::get(pointer, false);
  for (const char* name : CalledByLlvm(module)) module.getOrInsertFunction(name, type);
}

// All but what other objects refer to.
void Internalize(llvm::Module& module) {
  const absl::Span<const char* const> called = CalledByLlvm(module);
  std::set<std::string> external(called.begin(), called.end());
  external.insert(SINTER_MODEL_SYMBOL);
  for (llvm::GlobalValue& value : module.global_values()) {
    if (value.isDeclaration() || value.hasLocalLinkage()) continue;
    if (external.count(value.getName().str()) != 0) continue;
    value.setVisibility(llvm::GlobalValue::DefaultVisibility);
    value.setLinkage(llvm::GlobalValue::InternalLinkage);
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<llvm::Module>> ParseHostRuntime(const llvm::Triple& triple,
                                                               llvm::LLVMContext& context) {
  const auto bytes = triple.isWasm() ? absl::MakeSpan(kRuntimeWasm32) : absl::MakeSpan(kRuntime);
  return Parse(bytes, /*lazy=*/false, context);
}

absl::StatusOr<std::unique_ptr<llvm::Module>> ParseHostProgram(const llvm::Triple& triple,
                                                               llvm::LLVMContext& context) {
  const auto bytes = triple.isWasm() ? absl::MakeSpan(kProgramWasm32) : absl::MakeSpan(kProgram);
  return Parse(bytes, /*lazy=*/false, context);
}

absl::Status LinkLibrary(llvm::Module& module) {
  const bool is_wasm = llvm::Triple(module.getTargetTriple()).isWasm();
  const auto bytes = is_wasm ? absl::MakeSpan(kLibraryWasm32) : absl::MakeSpan(kLibrary);
  SINTER_ASSIGN_OR_RETURN(std::unique_ptr<llvm::Module> library,
                          Parse(bytes, /*lazy=*/true, module.getContext()));
  DeclareForLlvm(module);
  if (llvm::Linker::linkModules(module, std::move(library), llvm::Linker::LinkOnlyNeeded)) {
    return absl::InternalError("the library can't be linked");
  }
  for (const llvm::Function& function : module) {
    if (function.isDeclaration() && function.getName().starts_with("sinter_op_")) {
      return absl::InternalError(
          absl::StrCat("the library has no function `", function.getName().str(), "`"));
    }
  }
  Internalize(module);
  return absl::OkStatus();
}

}  // namespace sinter::codegen
