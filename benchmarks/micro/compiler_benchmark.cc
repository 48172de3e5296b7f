// The phases of the compiler one by one, and all of them: on a small network, and on chains of
// nodes for how the time grows with the model.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "base/temp_dir.h"
#include "benchmark/benchmark.h"
#include "benchmarks/micro/models.h"
#include "compiler_core/api/compile.h"
#include "compiler_core/import/import_model.h"
#include "compiler_core/ir/diagnostic_sink.h"
#include "compiler_core/ir/execution_plan.h"
#include "compiler_core/ir/input_file.h"
#include "compiler_core/ir/modules.h"
#include "compiler_core/legalize/legalize.h"
#include "compiler_core/lower/lower_kernel.h"
#include "compiler_core/optimize/plan_model.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/MLIRContext.h"

namespace sinter::benchmarks {
namespace {

// As the compiler makes one for each model.
std::unique_ptr<mlir::MLIRContext> MakeContext() {
  mlir::DialectRegistry registry;
  legalize::RegisterDialects(registry);
  auto context =
      std::make_unique<mlir::MLIRContext>(registry, mlir::MLIRContext::Threading::DISABLED);
  lower::LoadDialects(*context);
  return context;
}

absl::StatusOr<ir::OnnxProgram> ImportBytes(mlir::MLIRContext& context, const std::string& bytes) {
  const std::vector<ir::InputFile> files = {{"model.onnx", bytes}};
  ir::DiagnosticSink sink;
  return import::ImportModel(context, files, v1::CompileOptions(), sink);
}

void RunImport(benchmark::State& state, const std::string& bytes) {
  for (auto _ : state) {
    const std::unique_ptr<mlir::MLIRContext> context = MakeContext();
    const absl::StatusOr<ir::OnnxProgram> onnx = ImportBytes(*context, bytes);
    if (!onnx.ok()) return state.SkipWithError(onnx.status().ToString().c_str());
  }
}

// Legalizes and optimizes all fragments. RETURNS: what would go to the code generator.
absl::StatusOr<std::vector<ir::ExecutionPlan>> Plan(ir::OnnxProgram onnx,
                                                    const v1::Target& target) {
  ir::DiagnosticSink sink;
  std::vector<ir::ExecutionPlan> plans;
  for (ir::OnnxModule& fragment : onnx.fragments) {
    SINTER_ASSIGN_OR_RETURN(ir::TensorModule module, legalize::Legalize(std::move(fragment), sink));
    SINTER_ASSIGN_OR_RETURN(
        ir::ExecutionPlan plan,
        optimize::PlanModel(std::move(module), target, v1::CompileOptions(), sink));
    plans.push_back(std::move(plan));
  }
  return plans;
}

void RunPlan(benchmark::State& state, const std::string& bytes) {
  const v1::Target target = api::Compiler::HostTarget();
  for (auto _ : state) {
    state.PauseTiming();
    const std::unique_ptr<mlir::MLIRContext> context = MakeContext();
    {
      absl::StatusOr<ir::OnnxProgram> onnx = ImportBytes(*context, bytes);
      if (!onnx.ok()) return state.SkipWithError(onnx.status().ToString().c_str());
      state.ResumeTiming();
      const auto plans = Plan(*std::move(onnx), target);
      state.PauseTiming();
      if (!plans.ok()) return state.SkipWithError(plans.status().ToString().c_str());
    }
    state.ResumeTiming();
  }
}

// One compile into empty folders. ERRORS: the compiler's.
absl::Status CompileOnce(benchmark::State& state, api::Compiler& compiler,
                         const std::string& bytes) {
  SINTER_ASSIGN_OR_RETURN(const base::TempDir folder, base::TempDir::Create("sinter-micro-"));
  api::CompileRequest request;
  request.files = {{"model.onnx", bytes}};
  request.target = api::Compiler::HostTarget();
  request.output_dir = folder.path() + "/out";
  request.scratch_dir = folder.path() + "/scratch";
  SINTER_RETURN_IF_ERROR(base::CreateDirectories(request.output_dir));
  SINTER_RETURN_IF_ERROR(base::CreateDirectories(request.scratch_dir));
  std::vector<v1::Diagnostic> diagnostics;
  state.ResumeTiming();
  const absl::Status status = compiler.Compile(request, {}, diagnostics).status();
  state.PauseTiming();
  return status;
}

// One compiler for all of them, as a worker has.
void RunCompile(benchmark::State& state, const std::string& bytes) {
  api::Compiler compiler;
  for (auto _ : state) {
    state.PauseTiming();
    const absl::Status status = CompileOnce(state, compiler, bytes);
    if (!status.ok()) return state.SkipWithError(status.ToString().c_str());
    state.ResumeTiming();
  }
}

using RunFunction = void (*)(benchmark::State&, const std::string&);

template <RunFunction kRun>
void OnChain(benchmark::State& state) {
  kRun(state, ChainModel(static_cast<int>(state.range(0))));
  state.SetComplexityN(state.range(0));
}

template <RunFunction kRun>
void OnCnn(benchmark::State& state) {
  kRun(state, SmallCnn());
}

// Register under names that say what is done to what, such as `PlanChain/64`.
#define SINTER_COMPILER_BENCHMARK(phase, largest)                                           \
  BENCHMARK_TEMPLATE(OnCnn, Run##phase)->Name(#phase "Cnn")->Unit(benchmark::kMillisecond); \
  BENCHMARK_TEMPLATE(OnChain, Run##phase)                                                   \
      ->Name(#phase "Chain")                                                                \
      ->Unit(benchmark::kMillisecond)                                                       \
      ->RangeMultiplier(4)                                                                  \
      ->Range(16, largest)                                                                  \
      ->Complexity()

SINTER_COMPILER_BENCHMARK(Import, 4096);
SINTER_COMPILER_BENCHMARK(Plan, 4096);
SINTER_COMPILER_BENCHMARK(Compile, 1024);

}  // namespace
}  // namespace sinter::benchmarks
