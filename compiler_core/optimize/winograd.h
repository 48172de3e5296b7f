// Convolutions of 3x3 windows by Winograd's algorithm, for numerics that allow it.
//
// F(m,3) computes m x m outputs of one channel from (m+2) x (m+2) inputs with (m+2)^2
// multiplications instead of 9 m^2: 4 times fewer for m = 4, 2.25 times for m = 2. A convolution
// becomes three operations on tensors, which the rest of this stage makes kernels of:
//
//   V[a,b,n,y,x,c] = (B^T d B)[a,b]    d: the inputs [m y, m y + m + 2) x [m x, m x + m + 2)
//   M[a,b,n,y,x,f] = sum over c of V[a,b,n,y,x,c] U[a,b,c,f]   U: weights, transformed here
//   Y[n,f,i,j]     = (A^T M A)[i mod m, j mod m] of tile (i div m, j div m)
//
// The first and the last are pointwise and done in blocks (ir::kBlockAttr): what comes after the
// convolution joins the last. Error bounds: docs/reference/numerics.md.
#ifndef SINTER_COMPILER_CORE_OPTIMIZE_WINOGRAD_H_
#define SINTER_COMPILER_CORE_OPTIMIZE_WINOGRAD_H_

#include "compiler_core/ir/host_tensor.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "proto/sinter/v1/target.pb.h"

namespace sinter::optimize {

// Replaces the convolutions of `main` (as legalize emits them: float32, constant weights, 3x3,
// stride 1, dilation 1, one group) for which it pays.
void UseWinograd(mlir::func::FuncOp main, ir::ConstantTable& constants, const v1::Target& target);

}  // namespace sinter::optimize

#endif  // SINTER_COMPILER_CORE_OPTIMIZE_WINOGRAD_H_
