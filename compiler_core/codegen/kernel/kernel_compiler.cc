#include "compiler_core/codegen/kernel/kernel_compiler.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/codegen/emit_object.h"
#include "compiler_core/codegen/kernel/convert_to_llvm.h"
#include "compiler_core/codegen/kernel/expand_math.h"
#include "compiler_core/codegen/kernel/kernel_entry.h"
#include "compiler_core/codegen/kernel/small_floats.h"
#include "compiler_core/pipelines/pipelines.h"
#include "compiler_core/target/machine.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/Support/raw_ostream.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Index/IR/IndexDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"

namespace sinter::codegen {
namespace {

absl::StatusOr<std::vector<KernelArgument>> ArgumentsOf(mlir::ModuleOp loops) {
  auto functions = loops.getOps<mlir::func::FuncOp>();
  if (functions.empty()) return absl::InternalError("a kernel has no function");
  std::vector<KernelArgument> arguments;
  for (mlir::Type type : (*functions.begin()).getArgumentTypes()) {
    arguments.push_back(mlir::isa<mlir::MemRefType>(type) ? KernelArgument::kBuffer
                                                          : KernelArgument::kIndex);
  }
  if (arguments.size() < 2) return absl::InternalError("a kernel takes no begin and end");
  arguments.resize(arguments.size() - 2);
  return arguments;
}

// Whether there are instructions between f16 and f32.
bool HasNativeF16(const llvm::TargetMachine& machine) {
  const llvm::Triple& triple = machine.getTargetTriple();
  if (triple.isAArch64()) return true;
  return triple.isX86() && machine.getMCSubtargetInfo()->checkFeatures("+f16c");
}

// Gathers what MLIR says in its lifetime, instead of having it printed.
class Diagnostics {
 public:
  explicit Diagnostics(mlir::MLIRContext* context)
      : handler_(context, [this](mlir::Diagnostic& diagnostic) {
          absl::StrAppend(&text_, text_.empty() ? "" : "; ", diagnostic.str());
          return mlir::success();
        }) {}

  std::string Text(const std::string& kernel) const {
    return absl::StrCat("kernel `", kernel, "`: ", text_);
  }

 private:
  std::string text_;
  mlir::ScopedDiagnosticHandler handler_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<KernelCompiler>> KernelCompiler::Create(
    const v1::Target& target, const v1::CompileOptions& options) {
  SINTER_ASSIGN_OR_RETURN(pipelines::Pipeline pipeline, pipelines::Select(options));
  SINTER_ASSIGN_OR_RETURN(auto machine, target::CreateMachine(target, pipeline.codegen_level()));
  return std::unique_ptr<KernelCompiler>(
      new KernelCompiler(target, options, std::move(pipeline), std::move(machine)));
}

void KernelCompiler::LoadDialects(mlir::MLIRContext& context) {
  mlir::DialectRegistry registry;
  mlir::registerBuiltinDialectTranslation(registry);
  mlir::registerLLVMDialectTranslation(registry);
  context.appendDialectRegistry(registry);
  context.loadDialect<mlir::arith::ArithDialect, mlir::cf::ControlFlowDialect,
                      mlir::func::FuncDialect, mlir::index::IndexDialect, mlir::LLVM::LLVMDialect,
                      mlir::math::MathDialect, mlir::memref::MemRefDialect, mlir::scf::SCFDialect,
                      mlir::vector::VectorDialect>();
}

absl::StatusOr<ObjectCode> KernelCompiler::Compile(mlir::ModuleOp loops, const std::string& name,
                                                   const Extras& extras) {
  SINTER_ASSIGN_OR_RETURN(const std::vector<KernelArgument> arguments, ArgumentsOf(loops));
  Diagnostics diagnostics(loops.getContext());
  const bool reassociate = options_.numerics() != v1::CompileOptions::STRICT;
  WidenSmallFloats(loops, HasNativeF16(*machine_));
  if (failed(ExpandMath(loops))) return absl::UnimplementedError(diagnostics.Text(name));
  if (failed(ConvertToLlvm(loops, reassociate))) return absl::InternalError(diagnostics.Text(name));
  if (extras.llvm_dialect != nullptr) {
    llvm::raw_string_ostream stream(*extras.llvm_dialect);
    loops.print(stream);
  }
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module =
      mlir::translateModuleToLLVMIR(loops, context, name, /*disableVerification=*/true);
  if (module == nullptr) return absl::InternalError(diagnostics.Text(name));
  llvm::Function* body = nullptr;
  for (llvm::Function& function : *module) {
    if (!function.isDeclaration()) body = &function;
  }
  if (body == nullptr) return absl::InternalError(absl::StrCat("kernel `", name, "` is empty"));
  module->setSourceFileName(name);
  module->setDataLayout(machine_->createDataLayout());
  AddKernelEntry(arguments, name, *body, *module);
  EmitOptions emit;
  emit.passes = pipeline_.llvm_passes();
  emit.vector_bits = target_.vector_bits();
  emit.keep_bitcode = extras.keep_bitcode;
  return EmitObject(*module, *machine_, emit);
}

}  // namespace sinter::codegen
