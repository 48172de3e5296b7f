// Quantized models as exporters write them: every operator between a DequantizeLinear of its inputs
// and a QuantizeLinear of its output. Where the integers of a product are there, they are
// multiplied instead of the real numbers that they stand for.
#ifndef SINTER_COMPILER_CORE_LEGALIZE_QDQ_H_
#define SINTER_COMPILER_CORE_LEGALIZE_QDQ_H_

#include "compiler_core/ir/host_tensor.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace sinter::legalize {

// In a function of onnx ops:
//
//   QuantizeLinear(Conv(DequantizeLinear(x), DequantizeLinear(w), DequantizeLinear(b)))
//     => QuantizeLinear(Cast(ConvInteger(x, w) + b) * (scale of x * scale of w / scale of y))
//
// and so for MatMul and Gemm, also with a Relu or Clip before QuantizeLinear. Scales and zero
// points have to be constants of one number (those of w and b: one for each channel), integers have
// 8 bits, and the scale of b is that of the product. The sums are exact then; as real numbers they
// were rounded on the way. What is left without users stays, for Legalize() to drop.
void FuseQuantized(mlir::func::FuncOp function, ir::ConstantTable& constants);

}  // namespace sinter::legalize

#endif  // SINTER_COMPILER_CORE_LEGALIZE_QDQ_H_
