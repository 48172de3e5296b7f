#include "compiler_core/api/kernel_factory.h"

#include <atomic>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/codegen/kernel/kernel_compiler.h"
#include "compiler_core/lower/lower_kernel.h"

namespace sinter::api {
namespace {

constexpr int kKernelsPerContext = 256;

bool WantsBitcode(const v1::CompileOptions& options) {
  for (int emit : options.emit()) {
    if (emit == v1::CompileOptions::LLVM_IR || emit == v1::CompileOptions::ASSEMBLY ||
        emit == v1::CompileOptions::BUNDLE) {
      return true;
    }
  }
  return false;
}

bool WantsLoops(const v1::CompileOptions& options) {
  for (const std::string& stage : options.mlir_stages()) {
    if (stage == "loop") return true;
  }
  return false;
}

absl::StatusOr<KernelCode> MakeOne(mlir::MLIRContext& context, const ir::Kernel& kernel,
                                   const v1::Target& target, const v1::CompileOptions& options) {
  SINTER_ASSIGN_OR_RETURN(auto loops, lower::LowerKernel(context, kernel.text, target, options));
  KernelCode code;
  if (WantsLoops(options)) {
    llvm::raw_string_ostream stream(code.loops);
    loops->print(stream);
  }
  SINTER_ASSIGN_OR_RETURN(auto compiler, codegen::KernelCompiler::Create(target, options));
  codegen::KernelCompiler::Extras extras;
  extras.keep_bitcode = WantsBitcode(options);
  SINTER_ASSIGN_OR_RETURN(code.object, compiler->Compile(*loops, kernel.name, extras));
  return code;
}

}  // namespace

KernelFactory::WarmContext KernelFactory::Borrow() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!idle_.empty()) {
      WarmContext context = std::move(idle_.back());
      idle_.pop_back();
      return context;
    }
  }
  WarmContext context{std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED),
                      kKernelsPerContext};
  lower::LoadDialects(*context.context);
  codegen::KernelCompiler::LoadDialects(*context.context);
  return context;
}

void KernelFactory::Return(WarmContext context) {
  if (--context.kernels_left <= 0) return;
  std::lock_guard<std::mutex> lock(mutex_);
  idle_.push_back(std::move(context));
}

absl::StatusOr<std::vector<KernelCode>> KernelFactory::Make(
    const std::vector<const ir::Kernel*>& wanted, const v1::Target& target,
    const v1::CompileOptions& options, const CompileEnvironment& environment) {
  int count = static_cast<int>(wanted.size());
  std::vector<absl::StatusOr<KernelCode>> made(count, absl::UnknownError("not made"));
  std::atomic<int> done{0};
  std::atomic<bool> failed{false};
  auto task = [&](int i) {
    if (failed) return;
    if (environment.cancelled && environment.cancelled()) {
      made[i] = absl::CancelledError("cancelled while kernels were compiled");
      failed = true;
      return;
    }
    WarmContext context = Borrow();
    made[i] = MakeOne(*context.context, *wanted[i], target, options);
    Return(std::move(context));
    if (!made[i].ok()) failed = true;
    int finished = ++done;
    if (environment.on_progress) {
      environment.on_progress("codegen", static_cast<double>(finished) / count);
    }
  };
  if (environment.parallel_for) {
    environment.parallel_for(count, task);
  } else {
    for (int i = 0; i < count; ++i) task(i);
  }
  std::vector<KernelCode> kernels;
  for (int i = 0; i < count; ++i) {
    if (made[i].ok())
      kernels.push_back(*std::move(made[i]));
    else if (!absl::IsUnknown(made[i].status())) {
      return absl::Status(made[i].status().code(), absl::StrCat("kernel ", wanted[i]->name, ": ",
                                                                made[i].status().message()));
    }
  }
  if (static_cast<int>(kernels.size()) != count) return absl::InternalError("a kernel is missing");
  return kernels;
}

}  // namespace sinter::api
