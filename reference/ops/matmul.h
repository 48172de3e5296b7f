// Products of matrices, for all operators that are made of them.
#ifndef SINTER_REFERENCE_OPS_MATMUL_H_
#define SINTER_REFERENCE_OPS_MATMUL_H_

#include "absl/status/statusor.h"
#include "reference/value.h"

namespace sinter::reference {

// numpy's matmul: matrices in the last two axes, the others broadcast; a vector stands for a row on
// the left and a column on the right. Both tensors hold reals or both integers, whose types may
// differ; the result has that of `a` and is not rounded to it.
// ERRORS: INVALID_ARGUMENT for shapes that don't fit.
absl::StatusOr<Tensor> MatMul(const Tensor& a, const Tensor& b);

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_OPS_MATMUL_H_
