#include "compiler_core/lower/lower_kernel.h"

#include <vector>

#include "base/status_macros.h"
#include "compiler_core/dialect/core/core.h"
#include "compiler_core/ir/kernel_schedule.h"
#include "compiler_core/ir/kernel_spec.h"
#include "compiler_core/lower/evaluator.h"
#include "compiler_core/lower/index_math.h"
#include "compiler_core/lower/kernel_emitter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Parser/Parser.h"

namespace sinter::lower {
namespace {

mlir::arith::FastMathFlags FlagsOf(const v1::CompileOptions& options) {
  using Flags = mlir::arith::FastMathFlags;
  if (options.numerics() == v1::CompileOptions::STRICT) return Flags::none;
  if (options.numerics() == v1::CompileOptions::FAST) {
    return Flags::contract | Flags::reassoc | Flags::arcp;
  }
  return Flags::contract;
}

mlir::func::FuncOp MakeFunction(mlir::OpBuilder& builder, const ir::KernelSpec& spec) {
  llvm::SmallVector<mlir::Type> types;
  for (mlir::Type element : spec.buffers) {
    types.push_back(mlir::MemRefType::get({mlir::ShapedType::kDynamic}, element));
  }
  types.append(spec.num_symbols + 2, builder.getIndexType());
  auto function = builder.create<mlir::func::FuncOp>(builder.getUnknownLoc(), "kernel",
                                                     builder.getFunctionType(types, {}));
  function.addEntryBlock();
  return function;
}

void EmitBody(mlir::OpBuilder& builder, mlir::func::FuncOp function, const ir::KernelSpec& spec,
              const ir::KernelSchedule& schedule, const v1::CompileOptions& options) {
  mlir::Location loc = builder.getUnknownLoc();
  mlir::Block* entry = &function.getBody().front();
  builder.setInsertionPointToEnd(entry);
  IndexMath math(builder, loc, entry);
  size_t buffers = spec.buffers.size(), symbols = spec.num_symbols;
  std::vector<mlir::Value> memrefs, indices;
  for (size_t i = 0; i < buffers; ++i) memrefs.push_back(entry->getArgument(i));
  for (size_t i = 0; i < symbols; ++i) indices.push_back(entry->getArgument(buffers + i));
  math.SetSymbols(indices);
  Evaluator evaluator(builder, loc, spec, math, memrefs, schedule.lanes, FlagsOf(options));
  KernelEmitter emitter(builder, loc, spec, schedule, math, evaluator);
  emitter.Emit(entry->getArgument(buffers + symbols), entry->getArgument(buffers + symbols + 1));
  builder.setInsertionPointToEnd(entry);
  builder.create<mlir::func::ReturnOp>(loc);
}

}  // namespace

void LoadDialects(mlir::MLIRContext& context) {
  context.loadDialect<core::SinterDialect, mlir::arith::ArithDialect, mlir::func::FuncDialect,
                      mlir::linalg::LinalgDialect, mlir::math::MathDialect,
                      mlir::memref::MemRefDialect, mlir::scf::SCFDialect,
                      mlir::tensor::TensorDialect, mlir::vector::VectorDialect>();
}

absl::StatusOr<mlir::OwningOpRef<mlir::ModuleOp>> LowerKernel(mlir::MLIRContext& context,
                                                              absl::string_view text,
                                                              const v1::Target& target,
                                                              const v1::CompileOptions& options) {
  mlir::ParserConfig config(&context, /*verifyAfterParse=*/false);
  auto source =
      mlir::parseSourceString<mlir::ModuleOp>(llvm::StringRef(text.data(), text.size()), config);
  if (!source) return absl::InternalError("a kernel's text does not parse");
  auto kernel = source->lookupSymbol<mlir::func::FuncOp>("kernel");
  if (!kernel) return absl::InternalError("a kernel's text has no function `kernel`");
  SINTER_ASSIGN_OR_RETURN(ir::KernelSpec spec, ir::KernelSpec::FromFunction(kernel));
  ir::CoalesceDimensions(spec);
  ir::KernelSchedule schedule = ir::ChooseSchedule(spec, target);

  mlir::OwningOpRef<mlir::ModuleOp> module(mlir::ModuleOp::create(mlir::UnknownLoc::get(&context)));
  mlir::OpBuilder builder(&context);
  builder.setInsertionPointToEnd(module->getBody());
  EmitBody(builder, MakeFunction(builder, spec), spec, schedule, options);
  return module;
}

}  // namespace sinter::lower
