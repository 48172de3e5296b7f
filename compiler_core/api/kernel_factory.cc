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

// What the code of a kernel may depend on. Its name in the cache says no more.
v1::CompileOptions KernelOptions(const v1::CompileOptions& options) {
  v1::CompileOptions kernel;
  kernel.set_optimization_level(options.optimization_level());
  kernel.set_has_optimization_level(options.has_optimization_level());
  kernel.set_numerics(options.numerics());
  kernel.set_pipeline(options.pipeline());
  return kernel;
}

absl::Status NotMade() { return absl::UnknownError("not made"); }

// The paths of the objects that are there already. What is asked for besides objects is not kept
// anywhere.
absl::StatusOr<std::vector<std::string>> Find(const std::vector<const ir::Kernel*>& wanted,
                                              const v1::CompileOptions& options,
                                              const CompileEnvironment& environment) {
  if (!environment.find_kernels || WantsBitcode(options) || WantsLoops(options)) {
    return std::vector<std::string>(wanted.size());
  }
  std::vector<absl::string_view> texts;
  for (const ir::Kernel* kernel : wanted) texts.push_back(kernel->text);
  return environment.find_kernels(KernelOptions(options), texts);
}

absl::StatusOr<KernelCode> MakeOne(mlir::MLIRContext& context, const ir::Kernel& kernel,
                                   const v1::Target& target, const v1::CompileOptions& wanted) {
  const v1::CompileOptions options = KernelOptions(wanted);
  SINTER_ASSIGN_OR_RETURN(auto loops, lower::LowerKernel(context, kernel.text, target, options));
  KernelCode code;
  if (WantsLoops(wanted)) {
    llvm::raw_string_ostream stream(code.loops);
    loops->print(stream);
  }
  SINTER_ASSIGN_OR_RETURN(auto compiler, codegen::KernelCompiler::Create(target, options));
  codegen::KernelCompiler::Extras extras;
  extras.keep_bitcode = WantsBitcode(wanted);
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
  SINTER_ASSIGN_OR_RETURN(const std::vector<std::string> found, Find(wanted, options, environment));
  std::vector<absl::StatusOr<KernelCode>> made;
  for (const std::string& path : found) {
    if (path.empty()) {
      made.push_back(NotMade());
    } else {
      made.push_back(KernelCode{{}, path, ""});
    }
  }
  MakeMissing(wanted, target, options, environment, made);
  std::vector<KernelCode> kernels;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (made[i].ok())
      kernels.push_back(*std::move(made[i]));
    else if (!absl::IsUnknown(made[i].status())) {
      return absl::Status(made[i].status().code(), absl::StrCat("kernel ", wanted[i]->name, ": ",
                                                                made[i].status().message()));
    }
  }
  if (kernels.size() != wanted.size()) return absl::InternalError("a kernel is missing");
  return kernels;
}

void KernelFactory::MakeMissing(const std::vector<const ir::Kernel*>& wanted,
                                const v1::Target& target, const v1::CompileOptions& options,
                                const CompileEnvironment& environment,
                                std::vector<absl::StatusOr<KernelCode>>& made) {
  std::vector<int> missing;
  for (size_t i = 0; i < made.size(); ++i) {
    if (!made[i].ok()) missing.push_back(static_cast<int>(i));
  }
  const int count = static_cast<int>(missing.size());
  std::atomic<int> done{0};
  std::atomic<bool> failed{false};
  auto task = [&](int nth) {
    const int i = missing[nth];
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
}

}  // namespace sinter::api
