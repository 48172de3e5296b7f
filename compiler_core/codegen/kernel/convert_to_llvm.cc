#include "compiler_core/codegen/kernel/convert_to_llvm.h"

#include "mlir/Conversion/ArithCommon/AttrToLLVMConverter.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/LoweringOptions.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/LLVMCommon/VectorPattern.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/Dialect/Vector/Transforms/VectorRewritePatterns.h"
#include "mlir/Transforms/DialectConversion.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace sinter::codegen {
namespace {

using mlir::LogicalResult;
using mlir::RewritePatternSet;

// A buffer made inside a loop would take new stack in each turn.
void HoistStackBuffers(mlir::ModuleOp module) {
  module.walk([](mlir::memref::AllocaOp alloca) {
    if (alloca->getNumOperands() != 0) return;
    auto function = alloca->getParentOfType<mlir::func::FuncOp>();
    alloca->moveBefore(&function.getBody().front(), function.getBody().front().begin());
  });
}

// The stock conversion of vector.fma takes one dimension only; math.fma's is for any number.
class FmaOnManyDimensions : public mlir::OpRewritePattern<mlir::vector::FMAOp> {
 public:
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(mlir::vector::FMAOp op,
                                mlir::PatternRewriter& rewriter) const override {
    rewriter.replaceOpWithNewOp<mlir::math::FmaOp>(op, op.getLhs(), op.getRhs(), op.getAcc());
    return mlir::success();
  }
};

// Vector operations that LLVM has no counterpart for become those that it has.
LogicalResult LowerVectors(mlir::ModuleOp module) {
  namespace vector = mlir::vector;
  RewritePatternSet patterns(module.getContext());
  vector::populateVectorToVectorCanonicalizationPatterns(patterns);
  vector::populateVectorBitCastLoweringPatterns(patterns);
  vector::populateVectorBroadcastLoweringPatterns(patterns);
  vector::populateVectorContractLoweringPatterns(patterns, vector::VectorTransformsOptions());
  vector::populateVectorMaskOpLoweringPatterns(patterns);
  vector::populateVectorShapeCastLoweringPatterns(patterns);
  vector::populateVectorInterleaveLoweringPatterns(patterns);
  vector::populateVectorTransposeLoweringPatterns(patterns, vector::VectorTransformsOptions());
  vector::populateVectorTransferLoweringPatterns(patterns, /*maxTransferRank=*/1);
  vector::populateVectorMaskMaterializationPatterns(patterns, /*force32BitVectorIndices=*/false);
  vector::populateVectorInsertExtractStridedSliceTransforms(patterns);
  patterns.add<FmaOnManyDimensions>(module.getContext());
  mlir::arith::populateCeilFloorDivExpandOpsPatterns(patterns);
  return mlir::applyPatternsAndFoldGreedily(module, std::move(patterns));
}

LogicalResult LowerControlFlow(mlir::ModuleOp module) {
  RewritePatternSet patterns(module.getContext());
  mlir::populateSCFToControlFlowConversionPatterns(patterns);
  mlir::ConversionTarget target(*module.getContext());
  target.addIllegalDialect<mlir::scf::SCFDialect>();
  target.markUnknownOpDynamicallyLegal([](mlir::Operation*) { return true; });
  return mlir::applyPartialConversion(module, target, std::move(patterns));
}

using FmaToMulAdd = mlir::VectorConvertToLLVMPattern<mlir::math::FmaOp, mlir::LLVM::FMulAddOp,
                                                     mlir::arith::AttrConvertFastMathToLLVM>;

// Where two patterns met, a value may be cast from its type and back.
LogicalResult RemoveCasts(mlir::ModuleOp module) {
  using Cast = mlir::UnrealizedConversionCastOp;
  llvm::SmallVector<Cast> casts;
  module.walk([&](Cast cast) { casts.push_back(cast); });
  for (Cast cast : casts) {
    auto before = cast.getNumOperands() == 0 ? Cast() : cast.getOperand(0).getDefiningOp<Cast>();
    if (before && before.getResults() == cast.getOperands() &&
        before.getOperandTypes() == cast.getResultTypes()) {
      cast.replaceAllUsesWith(before.getOperands());
    }
  }
  for (Cast cast : llvm::reverse(casts)) {
    if (!cast->use_empty()) return cast.emitError("a conversion is missing");
    cast.erase();
  }
  return mlir::success();
}

LogicalResult ConvertRest(mlir::ModuleOp module, bool reassociate) {
  mlir::MLIRContext* context = module.getContext();
  mlir::LowerToLLVMOptions options(context);
  mlir::LLVMTypeConverter converter(context, options);
  RewritePatternSet patterns(context);
  patterns.add<FmaToMulAdd>(converter, mlir::PatternBenefit(10));
  mlir::populateVectorToLLVMConversionPatterns(converter, patterns, reassociate);
  mlir::arith::populateArithToLLVMConversionPatterns(converter, patterns);
  mlir::populateMathToLLVMConversionPatterns(converter, patterns);
  mlir::populateFinalizeMemRefToLLVMConversionPatterns(converter, patterns);
  mlir::index::populateIndexToLLVMConversionPatterns(converter, patterns);
  mlir::cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
  mlir::populateFuncToLLVMConversionPatterns(converter, patterns);
  mlir::LLVMConversionTarget target(*context);
  target.addLegalOp<mlir::ModuleOp>();
  if (failed(mlir::applyFullConversion(module, target, std::move(patterns)))) {
    return mlir::failure();
  }
  return RemoveCasts(module);
}

}  // namespace

LogicalResult ConvertToLlvm(mlir::ModuleOp module, bool reassociate) {
  HoistStackBuffers(module);
  if (failed(LowerVectors(module))) {
    return module.emitError("vector operations could not be lowered");
  }
  if (failed(LowerControlFlow(module))) return mlir::failure();
  return ConvertRest(module, reassociate);
}

}  // namespace sinter::codegen
