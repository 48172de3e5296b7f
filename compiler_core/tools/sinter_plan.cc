// Reads a TensorModule (or an OnnxModule, which it legalizes), runs the optimize and lower stages,
// prints what they make: for tests and for people.
//
//   sinter_plan FILE [TARGET_BITS] [strict|default|fast]
//       calls, buffers, work, then each kernel before and after scheduling
#include <cstdlib>
#include <iostream>

#include "compiler_core/dialect/onnx/onnx_dialect.h"
#include "compiler_core/ir/diagnostic_sink.h"
#include "compiler_core/legalize/legalize.h"
#include "compiler_core/lower/lower_kernel.h"
#include "compiler_core/optimize/plan_model.h"
#include "compiler_core/tools/constants_attr.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

namespace {

using sinter::ir::ExecutionPlan;

sinter::v1::Target TargetOf(int bits) {
  sinter::v1::Target target;
  target.set_vector_bits(bits);
  target.mutable_tiles()->mutable_convolution()->set_rows(bits == 512 ? 14 : 6);
  target.mutable_tiles()->mutable_convolution()->set_vectors(2);
  *target.mutable_tiles()->mutable_matmul() = target.tiles().convolution();
  return target;
}

sinter::ir::ModuleParts PartsOf(mlir::OwningOpRef<mlir::ModuleOp> module) {
  sinter::ir::ModuleParts parts;
  parts.constants = sinter::tools::ReadConstants(*module);
  auto main = module->lookupSymbol<mlir::func::FuncOp>("main");
  parts.signature.inputs.resize(main.getNumArguments());
  parts.signature.outputs.resize(main.getNumResults());
  parts.module = std::move(module);
  return parts;
}

void PrintCalls(const ExecutionPlan& plan) {
  static constexpr const char* kSpaces[] = {"input", "output", "arena", "weights"};
  for (const auto& call : plan.calls) {
    std::cout << "// call kernel " << call.kernel << " count " << call.count.ToString();
    for (const auto& buffer : call.buffers) {
      std::cout << " " << kSpaces[static_cast<int>(buffer.space)] << buffer.index << "+"
                << buffer.offset.ToString();
    }
    for (const auto& index : call.indices) std::cout << " s=" << index.ToString();
    std::cout << "\n";
  }
  std::cout << "// arena " << plan.arena_bytes.ToString() << " weights " << plan.weight_bytes
            << "\n";
}

void PrintWork(const ExecutionPlan& plan) {
  for (const auto& call : plan.calls) {
    std::cout << "// work " << call.kernel << " " << call.work.bytes.ToString() << " bytes";
    for (size_t i = 0; i < call.nodes.size(); ++i) {
      std::cout << ", `" << call.nodes[i] << "` " << call.work.flops[i].ToString() << " flops";
    }
    std::cout << "\n";
  }
}

absl::Status Run(mlir::MLIRContext& context, const char* path, int bits,
                 absl::string_view numerics) {
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(path, &context);
  if (!module) return absl::InvalidArgumentError("the file does not parse");
  bool legal = module->getOperation()->hasAttr("sinter.legal");
  sinter::ir::DiagnosticSink sink;
  auto parts = PartsOf(std::move(module));
  sinter::v1::Target target = TargetOf(bits);
  sinter::v1::CompileOptions options;
  if (numerics == "strict") options.set_numerics(sinter::v1::CompileOptions::STRICT);
  if (numerics == "fast") options.set_numerics(sinter::v1::CompileOptions::FAST);
  absl::StatusOr<sinter::ir::TensorModule> tensors = absl::UnknownError("");
  if (legal) {
    tensors = sinter::ir::TensorModule::Create(std::move(parts));
  } else {
    auto onnx = sinter::ir::OnnxModule::Create(std::move(parts));
    if (!onnx.ok()) return onnx.status();
    tensors = sinter::legalize::Legalize(*std::move(onnx), sink);
  }
  if (!tensors.ok()) return tensors.status();
  auto plan = sinter::optimize::PlanModel(*std::move(tensors), target, options, sink);
  if (!plan.ok()) return plan.status();
  PrintCalls(*plan);
  PrintWork(*plan);
  for (size_t i = 0; i < plan->kernels.size(); ++i) {
    std::cout << "// ---- kernel " << i << "\n" << plan->kernels[i].text << std::flush;
    auto loops = sinter::lower::LowerKernel(context, plan->kernels[i].text, target, options);
    if (!loops.ok()) return loops.status();
    (*loops)->print(llvm::outs());
    llvm::outs().flush();
    if (mlir::failed(mlir::verify(**loops))) return absl::InternalError("loops do not verify");
  }
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: sinter_plan FILE [TARGET_BITS] [strict|default|fast]\n";
    return 2;
  }
  mlir::DialectRegistry registry;
  registry.insert<sinter::onnx::OnnxDialect>();
  sinter::legalize::RegisterDialects(registry);
  mlir::MLIRContext context(registry);
  context.disableMultithreading();
  context.loadAllAvailableDialects();
  sinter::lower::LoadDialects(context);
  absl::Status status =
      Run(context, argv[1], argc > 2 ? std::atoi(argv[2]) : 512, argc > 3 ? argv[3] : "default");
  if (status.ok()) return 0;
  std::cerr << status << "\n";
  return 1;
}
