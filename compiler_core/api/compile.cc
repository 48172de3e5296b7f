#include "compiler_core/api/compile.h"

#include "absl/strings/str_cat.h"
#include "base/model_format.h"
#include "base/status_macros.h"
#include "compiler_core/api/artifact_writer.h"
#include "compiler_core/api/kernel_factory.h"
#include "compiler_core/codegen/model_kernels.h"
#include "compiler_core/import/import_model.h"
#include "compiler_core/import_mlir/import_mlir.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "compiler_core/ir/diagnostic_sink.h"
#include "compiler_core/legalize/legalize.h"
#include "compiler_core/lower/lower_kernel.h"
#include "compiler_core/optimize/plan_model.h"
#include "compiler_core/pipelines/pipelines.h"
#include "compiler_core/targets/builtin_targets.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/MLIRContext.h"

namespace sinter::api {
namespace {

mlir::DialectRegistry FrontDialects() {
  mlir::DialectRegistry registry;
  legalize::RegisterDialects(registry);
  return registry;
}

template <typename Module>
std::string TextOf(std::vector<Module>& modules) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  for (Module& module : modules) module.module().print(stream);
  return text;
}

bool Wants(const v1::CompileOptions& options, absl::string_view stage) {
  for (const std::string& wanted : options.mlir_stages()) {
    if (wanted == stage) return true;
  }
  for (int emit : options.emit()) {
    if (emit == v1::CompileOptions::BUNDLE) return true;
  }
  return false;
}

// Tells of progress, measures stages and asks whether to go on.
class StageClock {
 public:
  explicit StageClock(const CompileEnvironment& environment) : environment_(environment) {
    if (environment_.now) started_ = environment_.now();
  }

  // Ends the stage before and begins `name`. ERRORS: CANCELLED.
  absl::Status Enter(absl::string_view name) {
    Close();
    stage_ = std::string(name);
    if (environment_.cancelled && environment_.cancelled()) {
      return absl::CancelledError(absl::StrCat("cancelled before `", stage_, "`"));
    }
    if (environment_.on_progress) environment_.on_progress(stage_, 0.0);
    return absl::OkStatus();
  }

  std::vector<std::pair<std::string, double>> Finish() {
    Close();
    return std::move(seconds_);
  }

 private:
  void Close() {
    if (!environment_.now) return;
    double now = environment_.now();
    if (!stage_.empty()) seconds_.emplace_back(stage_, now - started_);
    started_ = now;
  }

  const CompileEnvironment& environment_;
  std::string stage_;
  double started_ = 0;
  std::vector<std::pair<std::string, double>> seconds_;
};

}  // namespace

class Compiler::Impl {
 public:
  absl::StatusOr<CompileResult> Compile(const CompileRequest& request,
                                        const CompileEnvironment& environment,
                                        ir::DiagnosticSink& sink) {
    SINTER_ASSIGN_OR_RETURN(v1::Target target, Compiler::ResolveTarget(request.target));
    SINTER_RETURN_IF_ERROR(CheckOptions(request.options));
    SINTER_RETURN_IF_ERROR(pipelines::Select(request.options).status());
    StageClock clock(environment);
    ArtifactWriter writer(request, target, environment.compiler_digest);
    SINTER_ASSIGN_OR_RETURN(ir::ModelPlan model, Plan(request, target, clock, writer, sink));
    SINTER_RETURN_IF_ERROR(clock.Enter("codegen"));
    const std::vector<const ir::Kernel*> sources = codegen::KernelsOf(model);
    SINTER_ASSIGN_OR_RETURN(std::vector<KernelCode> kernels,
                            factory_.Make(sources, target, request.options, environment));
    SINTER_RETURN_IF_ERROR(writer.AddKernels(std::move(kernels), sources));
    SINTER_RETURN_IF_ERROR(clock.Enter("link"));
    CompileResult result;
    SINTER_ASSIGN_OR_RETURN(result.manifest,
                            writer.Write(std::move(model), environment.files_consumed));
    result.stage_seconds = clock.Finish();
    return result;
  }

  absl::Status Check(const CompileRequest& request, ir::DiagnosticSink& sink) {
    SINTER_RETURN_IF_ERROR(Compiler::ResolveTarget(request.target).status());
    mlir::MLIRContext context(FrontDialects(), mlir::MLIRContext::Threading::DISABLED);
    if (base::IsMlir(request.files[0].bytes)) {
      return ImportMlirFile(context, request, sink).status();
    }
    SINTER_ASSIGN_OR_RETURN(ir::OnnxProgram onnx,
                            import::ImportModel(context, request.files, request.options, sink));
    // All are looked at, so that every node that is not supported is named.
    absl::Status first;
    for (ir::OnnxModule& fragment : onnx.fragments) {
      const absl::Status status = legalize::Legalize(std::move(fragment), sink).status();
      if (first.ok()) first = status;
    }
    return first;
  }

 private:
  static absl::StatusOr<ir::TensorModule> ImportMlirFile(mlir::MLIRContext& context,
                                                         const CompileRequest& request,
                                                         ir::DiagnosticSink& sink) {
    return import_mlir::ImportMlir(context, request.files[0].bytes, request.options, sink);
  }

  // What we lack is refused before any work is done.
  static absl::Status CheckOptions(const v1::CompileOptions& options) {
    if (options.tune_seconds() != 0) {
      return absl::UnimplementedError(
          absl::StrCat("`tune_seconds` is ", options.tune_seconds(),
                       ": schedules are not measured yet; leave it at 0"));
    }
    for (int emit : options.emit()) {
      if (!v1::CompileOptions::Emit_IsValid(emit)) {
        return absl::UnimplementedError(absl::StrCat("there is no emit kind ", emit));
      }
    }
    for (const std::string& stage : options.mlir_stages()) {
      if (stage != "onnx" && stage != "tensor" && stage != "kernel" && stage != "loop") {
        return absl::UnimplementedError(
            absl::StrCat("there is no stage `", stage,
                         "` to emit; there are `onnx`, `tensor`, `kernel`, `loop`"));
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<ir::ModelPlan> Plan(const CompileRequest& request, const v1::Target& target,
                                     StageClock& clock, ArtifactWriter& writer,
                                     ir::DiagnosticSink& sink) {
    // Fresh for each model: a context never forgets types and attributes.
    mlir::MLIRContext context(FrontDialects(), mlir::MLIRContext::Threading::DISABLED);
    lower::LoadDialects(context);
    ir::ModelPlan model;
    std::vector<ir::TensorModule> tensors;
    SINTER_RETURN_IF_ERROR(clock.Enter("import"));
    if (base::IsMlir(request.files[0].bytes)) {
      SINTER_ASSIGN_OR_RETURN(ir::TensorModule module, ImportMlirFile(context, request, sink));
      tensors.push_back(std::move(module));
    } else {
      SINTER_ASSIGN_OR_RETURN(ir::OnnxProgram onnx,
                              import::ImportModel(context, request.files, request.options, sink));
      if (Wants(request.options, "onnx")) writer.AddText("model.onnx.mlir", TextOf(onnx.fragments));
      SINTER_RETURN_IF_ERROR(clock.Enter("legalize"));
      for (ir::OnnxModule& fragment : onnx.fragments) {
        SINTER_ASSIGN_OR_RETURN(ir::TensorModule module,
                                legalize::Legalize(std::move(fragment), sink));
        tensors.push_back(std::move(module));
      }
      model.program = std::move(onnx.program);
    }
    if (Wants(request.options, "tensor")) writer.AddText("model.tensor.mlir", TextOf(tensors));
    SINTER_RETURN_IF_ERROR(clock.Enter("optimize"));
    for (ir::TensorModule& module : tensors) {
      SINTER_ASSIGN_OR_RETURN(ir::ExecutionPlan plan, optimize::PlanModel(std::move(module), target,
                                                                          request.options, sink));
      model.fragments.push_back(std::move(plan));
    }
    return model;
  }

  KernelFactory factory_;
};

Compiler::Compiler() : impl_(std::make_unique<Impl>()) {}
Compiler::~Compiler() = default;

absl::StatusOr<CompileResult> Compiler::Compile(const CompileRequest& request,
                                                const CompileEnvironment& environment,
                                                std::vector<v1::Diagnostic>& diagnostics) {
  ir::DiagnosticSink sink;
  absl::StatusOr<CompileResult> result = impl_->Compile(request, environment, sink);
  diagnostics = sink.diagnostics();
  return result;
}

absl::StatusOr<CheckResult> Compiler::Check(const CompileRequest& request) {
  ir::DiagnosticSink sink;
  absl::Status status = impl_->Check(request, sink);
  if (!status.ok() && !absl::IsUnimplemented(status)) return status;
  CheckResult result{sink.diagnostics()};
  bool error = false;
  for (const v1::Diagnostic& diagnostic : result.diagnostics) {
    error |= diagnostic.severity() == v1::Diagnostic::ERROR;
  }
  // What is not about a node (an unknown target) is said as well.
  if (!status.ok() && !error) {
    result.diagnostics.push_back(ir::ToDiagnostic(status, v1::Diagnostic::REQUEST));
  }
  return result;
}

std::vector<v1::Target> Compiler::Targets() { return targets::BuiltinTargets().targets(); }

v1::Target Compiler::HostTarget() {
  return targets::BuiltinTargets().Host().value_or(v1::Target());
}

absl::StatusOr<v1::Target> Compiler::ResolveTarget(const v1::Target& target) {
  return targets::BuiltinTargets().Resolve(target);
}

std::vector<PipelineInfo> Compiler::Pipelines() {
  std::vector<PipelineInfo> infos;
  for (const pipelines::NamedPipeline& named : pipelines::All()) {
    infos.push_back({named.pipeline.name(), named.pipeline.description(), named.digest});
  }
  return infos;
}

v1::ArtifactManifest::Toolchain Compiler::ToolchainIdentity() { return Toolchain(""); }

}  // namespace sinter::api
