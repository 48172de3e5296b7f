// Compiles a model's kernels, several at a time where the caller lends threads.
#ifndef SINTER_COMPILER_CORE_API_KERNEL_FACTORY_H_
#define SINTER_COMPILER_CORE_API_KERNEL_FACTORY_H_

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compiler_core/api/compile.h"
#include "compiler_core/codegen/object_code.h"
#include "compiler_core/ir/execution_plan.h"
#include "mlir/IR/MLIRContext.h"

namespace sinter::api {

struct KernelCode {
  codegen::ObjectCode object;
  std::string object_path;  // where the object is, if it was found and not made; `object` is empty
  std::string loops;        // the LoopModule's text; only when stage "loop" is asked for
};

// Keeps MLIR contexts warm between calls. Make() may be called by one thread at a time.
class KernelFactory {
 public:
  // The code of each kernel, in order: what the environment does not find is compiled. ERRORS:
  // CANCELLED, UNIMPLEMENTED, INTERNAL (of the first kernel in order that failed).
  absl::StatusOr<std::vector<KernelCode>> Make(const std::vector<const ir::Kernel*>& wanted,
                                               const v1::Target& target,
                                               const v1::CompileOptions& options,
                                               const CompileEnvironment& environment);

 private:
  // A context is dropped after so many kernels: it keeps every type and attribute it ever saw.
  struct WarmContext {
    std::unique_ptr<mlir::MLIRContext> context;
    int kernels_left = 0;
  };

  void MakeMissing(const std::vector<const ir::Kernel*>& wanted, const v1::Target& target,
                   const v1::CompileOptions& options, const CompileEnvironment& environment,
                   std::vector<absl::StatusOr<KernelCode>>& made);
  WarmContext Borrow();
  void Return(WarmContext context);

  std::mutex mutex_;
  std::vector<WarmContext> idle_;  // guarded by mutex_
};

}  // namespace sinter::api

#endif  // SINTER_COMPILER_CORE_API_KERNEL_FACTORY_H_
