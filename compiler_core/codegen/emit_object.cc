#include "compiler_core/codegen/emit_object.h"

#include "absl/strings/str_cat.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Analysis/CGSCCPassManager.h"
#include "llvm/Analysis/LoopAnalysisManager.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Attributes.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/raw_ostream.h"

namespace sinter::codegen {
namespace {

llvm::TargetLibraryInfoImpl NoLibrary(const llvm::Module& module) {
  llvm::TargetLibraryInfoImpl library(llvm::Triple(module.getTargetTriple()));
  library.disableAllFunctions();
  return library;
}

absl::Status Optimize(llvm::Module& module, llvm::TargetMachine& machine,
                      const std::string& passes) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PipelineTuningOptions tuning;
  // Kernels come vectorized along the right dimension; packing scalars again only costs time.
  tuning.SLPVectorization = false;
  llvm::PassBuilder builder(&machine, tuning);
  functions.registerPass([&] { return llvm::TargetLibraryAnalysis(NoLibrary(module)); });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager pipeline;
  if (llvm::Error error = builder.parsePassPipeline(pipeline, passes)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the passes `", passes, "`: ", llvm::toString(std::move(error))));
  }
  pipeline.run(module, modules);
  return absl::OkStatus();
}

// What vectors of a fixed width that registers of a scalable one hold are told: how wide these are
// at least. LLVM takes it from the features of RISC-V, but SVE's have no width.
llvm::Attribute ScaleRange(llvm::LLVMContext& context, int vector_bits) {
  constexpr int kUnitBits = 128, kMostUnits = 16;
  return llvm::Attribute::getWithVScaleRangeArgs(context, vector_bits / kUnitBits, kMostUnits);
}

void SetFunctionAttributes(llvm::Module& module, const llvm::TargetMachine& machine,
                           int vector_bits) {
  const bool has_sve =
      machine.getTargetTriple().isAArch64() && machine.getMCSubtargetInfo()->checkFeatures("+sve");
  for (llvm::Function& function : module) {
    function.addFnAttr(llvm::Attribute::NoUnwind);
    function.addFnAttr("no-builtins");
    if (vector_bits == 0) continue;
    function.addFnAttr("prefer-vector-width", std::to_string(vector_bits));
    function.addFnAttr("min-legal-vector-width", std::to_string(vector_bits));
    // Spilled vectors are aligned as the stack is, and one that straddles two cache lines costs as
    // much as two: how fast a model is would depend on where the system puts the stack.
    if (vector_bits > 128) function.addFnAttr("stackrealign");
    if (has_sve) function.addFnAttr(ScaleRange(module.getContext(), vector_bits));
  }
}

absl::StatusOr<std::string> Emit(llvm::Module& module, llvm::TargetMachine& machine,
                                 llvm::CodeGenFileType type) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  passes.add(new llvm::TargetLibraryInfoWrapperPass(NoLibrary(module)));
  if (machine.addPassesToEmitFile(passes, stream, nullptr, type, /*DisableVerify=*/true)) {
    return absl::InternalError(
        absl::StrCat("no object can be written for `", machine.getTargetTriple().str(), "`"));
  }
  passes.run(module);
  return std::string(bytes.data(), bytes.size());
}

}  // namespace

absl::StatusOr<ObjectCode> EmitObject(llvm::Module& module, llvm::TargetMachine& machine,
                                      const EmitOptions& options) {
  module.setTargetTriple(machine.getTargetTriple().str());
  module.setDataLayout(machine.createDataLayout());
  SetFunctionAttributes(module, machine, options.vector_bits);
  if (absl::Status status = Optimize(module, machine, options.passes); !status.ok()) return status;
  ObjectCode object;
  object.name = module.getName().str();
  if (options.keep_bitcode) {
    llvm::raw_string_ostream stream(object.bitcode);
    llvm::WriteBitcodeToFile(module, stream);
  }
  absl::StatusOr<std::string> elf = Emit(module, machine, llvm::CodeGenFileType::ObjectFile);
  if (!elf.ok()) return elf.status();
  object.elf = *std::move(elf);
  return object;
}

absl::StatusOr<std::string> EmitAssembly(llvm::Module& module, llvm::TargetMachine& machine) {
  return Emit(module, machine, llvm::CodeGenFileType::AssemblyFile);
}

}  // namespace sinter::codegen
