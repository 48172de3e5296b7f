// One kernel's loops to machine code.
#ifndef SINTER_COMPILER_CORE_CODEGEN_KERNEL_KERNEL_COMPILER_H_
#define SINTER_COMPILER_CORE_CODEGEN_KERNEL_KERNEL_COMPILER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "compiler_core/codegen/object_code.h"
#include "compiler_core/pipelines/pipeline.pb.h"
#include "llvm/Target/TargetMachine.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "proto/sinter/v1/options.pb.h"
#include "proto/sinter/v1/target.pb.h"

namespace sinter::codegen {

// Compiles kernels for one target with one set of options. Not thread-safe: one for each thread,
// kept for many kernels, for it holds what is slow to set up.
class KernelCompiler {
 public:
  struct Extras {
    bool keep_bitcode = false;            // fill ObjectCode::bitcode
    std::string* llvm_dialect = nullptr;  // gets the module's text in the LLVM dialect
  };

  // ERRORS: UNIMPLEMENTED for a target that LLVM does not have, or a pipeline that is not there.
  static absl::StatusOr<std::unique_ptr<KernelCompiler>> Create(const v1::Target& target,
                                                                const v1::CompileOptions& options);

  // Loads the dialects that a LoopModule is written in and those that it is lowered to.
  static void LoadDialects(mlir::MLIRContext& context);

  // Compiles `loops`, a LoopModule: one function
  //   func.func @kernel(%b0: memref<?xT>, ..., %i0: index, ..., %begin: index, %end: index)
  // over scf, arith, math, vector, memref and index ops. It is consumed. The result is an object
  // with the one global symbol `name`, see KernelCall. ERRORS: INTERNAL naming the operation that
  // has no lowering; UNIMPLEMENTED for math that has no expansion.
  absl::StatusOr<ObjectCode> Compile(mlir::ModuleOp loops, const std::string& name,
                                     const Extras& extras);
  absl::StatusOr<ObjectCode> Compile(mlir::ModuleOp loops, const std::string& name) {
    return Compile(loops, name, Extras());
  }

 private:
  KernelCompiler(const v1::Target& target, const v1::CompileOptions& options,
                 pipelines::Pipeline pipeline, std::unique_ptr<llvm::TargetMachine> machine)
      : target_(target),
        options_(options),
        pipeline_(std::move(pipeline)),
        machine_(std::move(machine)) {}

  const v1::Target target_;
  const v1::CompileOptions options_;
  const pipelines::Pipeline pipeline_;
  const std::unique_ptr<llvm::TargetMachine> machine_;
};

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_KERNEL_KERNEL_COMPILER_H_
