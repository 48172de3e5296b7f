#include "compiler_core/codegen/host/compile_host.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/codegen/emit_object.h"
#include "compiler_core/codegen/host/table_writer.h"
#include "compiler_core/target/machine.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MemoryBuffer.h"

namespace sinter::codegen {
namespace {

// host_runtime.c as LLVM bitcode.
constexpr unsigned char kRuntime[] = {
#include "compiler_core/codegen/host/host_runtime_bitcode.inc"
};

absl::StatusOr<std::unique_ptr<llvm::Module>> ParseRuntime(llvm::LLVMContext& context) {
  const llvm::StringRef bytes(reinterpret_cast<const char*>(kRuntime), sizeof(kRuntime));
  auto module = llvm::parseBitcodeFile(llvm::MemoryBufferRef(bytes, "host"), context);
  if (!module) {
    return absl::InternalError(
        absl::StrCat("the host runtime can't be read: ", llvm::toString(module.takeError())));
  }
  return std::move(*module);
}

// The C compiler made the bitcode for its own machine; what remains of that is taken out. ABIs that
// want small integers extended are told so: where no extension is asked for, one does no harm.
void Retarget(llvm::Module& module) {
  if (llvm::NamedMDNode* flags = module.getModuleFlagsMetadata()) module.eraseNamedMetadata(flags);
  if (llvm::NamedMDNode* ident = module.getNamedMetadata("llvm.ident")) {
    module.eraseNamedMetadata(ident);
  }
  for (llvm::Function& function : module) {
    for (const char* name : {"target-cpu", "target-features", "tune-cpu", "frame-pointer"}) {
      function.removeFnAttr(name);
    }
    function.removeFnAttr(llvm::Attribute::UWTable);
    if (function.getReturnType()->isIntegerTy(32)) function.addRetAttr(llvm::Attribute::SExt);
    for (llvm::Instruction& instruction : llvm::instructions(function)) {
      auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
      if (call == nullptr || call->getCalledFunction() != nullptr) continue;
      for (unsigned i = 0; i < call->arg_size(); ++i) {
        if (call->getArgOperand(i)->getType()->isIntegerTy(32)) {
          call->addParamAttr(i, llvm::Attribute::SExt);
        }
      }
    }
  }
}

}  // namespace

absl::StatusOr<ObjectCode> CompileHost(const ir::ExecutionPlan& plan, const v1::Target& target,
                                       bool keep_bitcode) {
  SINTER_ASSIGN_OR_RETURN(auto machine, target::CreateMachine(target, 2));
  llvm::LLVMContext context;
  SINTER_ASSIGN_OR_RETURN(std::unique_ptr<llvm::Module> module, ParseRuntime(context));
  Retarget(*module);
  module->setModuleIdentifier("host");
  module->setSourceFileName("host");
  module->setTargetTriple(machine->getTargetTriple().str());
  module->setDataLayout(machine->createDataLayout());
  SINTER_RETURN_IF_ERROR(WriteTables(plan, *module));
  EmitOptions options;
  options.keep_bitcode = keep_bitcode;
  return EmitObject(*module, *machine, options);
}

}  // namespace sinter::codegen
