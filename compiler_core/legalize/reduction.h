// Reductions that several lowerings share.
#ifndef SINTER_COMPILER_CORE_LEGALIZE_REDUCTION_H_
#define SINTER_COMPILER_CORE_LEGALIZE_REDUCTION_H_

#include <vector>

#include "compiler_core/legalize/emitter.h"

namespace sinter::legalize {

// `source` summed along `axes` (sorted) in ComputeType(); those dimensions are 1 in the result.
mlir::Value SumOver(Emitter& emit, mlir::Value source, const std::vector<int64_t>& axes);
// As SumOver(), the greatest element; in the source's type.
mlir::Value MaxOver(Emitter& emit, mlir::Value source, const std::vector<int64_t>& axes);
// SumOver() divided by the number of elements.
mlir::Value MeanOver(Emitter& emit, mlir::Value source, const std::vector<int64_t>& axes);

// The position of the greatest (or least) element along `axis`, the last of several if `last`: an
// i64 tensor without that dimension.
mlir::Value ArgOver(Emitter& emit, mlir::Value source, int64_t axis, bool greatest, bool last);

// The size of `source` along `axes`, for use in bodies. Made before the generic that uses it.
class Count {
 public:
  Count(Emitter& emit, const ir::SymExpr& size);
  // As a number of `type`.
  mlir::Value In(Scalars& s, mlir::Type type) const;

 private:
  std::optional<int64_t> known_;
  mlir::Value value_;
};

// `shape` with 1 along `axes`.
ir::SymShape KeepDims(ir::SymShape shape, const std::vector<int64_t>& axes);
// The number of elements along `axes`.
ir::SymExpr SizeAlong(const ir::SymShape& shape, const std::vector<int64_t>& axes);

}  // namespace sinter::legalize

#endif  // SINTER_COMPILER_CORE_LEGALIZE_REDUCTION_H_
