// The transforms of F(m,3), m = 2 or 4: of inputs and outputs as formulas, of weights as numbers.
#ifndef SINTER_COMPILER_CORE_OPTIMIZE_WINOGRAD_TRANSFORM_H_
#define SINTER_COMPILER_CORE_OPTIMIZE_WINOGRAD_TRANSFORM_H_

#include "compiler_core/ir/host_tensor.h"
#include "llvm/ADT/SmallVector.h"
#include "mlir/IR/Builders.h"

namespace sinter::optimize {

using WinogradLine = llvm::SmallVector<mlir::Value, 6>;

// B^T s: m + 2 values of as many. The points are 0, 1, -1 (, 2, -2) and infinity.
WinogradLine WinogradInputLine(mlir::OpBuilder& builder, mlir::Location loc, int m,
                               llvm::ArrayRef<mlir::Value> s);
// A^T s: m values of m + 2.
WinogradLine WinogradOutputLine(mlir::OpBuilder& builder, mlir::Location loc, int m,
                                llvm::ArrayRef<mlir::Value> s);

// [f, c, 3, 3] float32 -> U[a, b, c, f] = (G w G^T)[a, b], computed in double and rounded once.
ir::HostTensor WinogradWeights(int m, const ir::HostTensor& weights);

}  // namespace sinter::optimize

#endif  // SINTER_COMPILER_CORE_OPTIMIZE_WINOGRAD_TRANSFORM_H_
