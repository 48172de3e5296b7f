#include "compiler_core/codegen/host/compile_host.h"

#include <memory>

#include "base/status_macros.h"
#include "compiler_core/codegen/emit_object.h"
#include "compiler_core/codegen/host/bitcode.h"
#include "compiler_core/codegen/host/program_writer.h"
#include "compiler_core/codegen/host/table_writer.h"
#include "compiler_core/codegen/weights/weight_layout.h"
#include "compiler_core/target/machine.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/TargetParser/Triple.h"

namespace sinter::codegen {
namespace {

// The library comes optimized but for vectors, which are the target's own. All of O2 again would
// take longer than many a model's kernels.
constexpr char kProgramPasses[] =
    "globaldce,function(loop-vectorize,instcombine<no-verify-fixpoint>,simplifycfg)";

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

// Weights over 2 GB lie where 32-bit displacements don't reach. Only x86-64 has such sections.
// Smaller ones are better reached as all else: for a large model the code refers to the global
// offset table by name, which lld remembers wrongly when the same process links for another
// machine.
void ReachWeights(const ir::ModelPlan& model, const llvm::Triple& triple, llvm::Module& module) {
  llvm::GlobalVariable* weights = module.getNamedGlobal("sinter_weights");
  if (weights == nullptr || triple.getArch() != llvm::Triple::x86_64) return;
  if (LayOutWeights(model).bytes <= kMaxNearWeightBytes) return;
  weights->setCodeModel(llvm::CodeModel::Large);
}

absl::Status WriteModel(const ir::ModelPlan& model, llvm::Module& module) {
  return model.program == nullptr ? WriteTables(model, module) : WriteProgramTables(model, module);
}

}  // namespace

absl::StatusOr<ObjectCode> CompileHost(const ir::ModelPlan& model, const v1::Target& target,
                                       bool keep_bitcode) {
  SINTER_ASSIGN_OR_RETURN(auto machine, target::CreateMachine(target, 2));
  llvm::LLVMContext context;
  const llvm::Triple& triple = machine->getTargetTriple();
  SINTER_ASSIGN_OR_RETURN(std::unique_ptr<llvm::Module> module,
                          model.program == nullptr ? ParseHostRuntime(triple, context)
                                                   : ParseHostProgram(triple, context));
  SINTER_RETURN_IF_ERROR(WriteModel(model, *module));
  SINTER_RETURN_IF_ERROR(LinkLibrary(*module));
  Retarget(*module);
  module->setModuleIdentifier("host");
  module->setSourceFileName("host");
  module->setTargetTriple(triple.str());
  module->setDataLayout(machine->createDataLayout());
  ReachWeights(model, triple, *module);
  EmitOptions options;
  options.keep_bitcode = keep_bitcode;
  if (model.program != nullptr) options.passes = kProgramPasses;
  return EmitObject(*module, *machine, options);
}

}  // namespace sinter::codegen
