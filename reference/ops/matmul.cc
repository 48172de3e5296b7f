#include "reference/ops/matmul.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/product.h"

namespace sinter::reference {
namespace {

struct Sizes {
  int64_t rows;
  int64_t inner;
  int64_t columns;
};

// y += a b for matrices at the given pointers. Element by element the sum goes over the inner axis
// in its order; the loops are such that memory is read along rows.
template <typename T>
void MultiplyAdd(const T* a, const T* b, T* y, Sizes sizes) {
  for (int64_t i = 0; i < sizes.rows; ++i) {
    for (int64_t k = 0; k < sizes.inner; ++k) {
      const T left = a[i * sizes.inner + k];
      for (int64_t j = 0; j < sizes.columns; ++j) {
        T& element = y[i * sizes.columns + j];
        element = Sum(element, Product(left, b[k * sizes.columns + j]));
      }
    }
  }
}

// The offsets of the matrices of a tensor whose leading axes are broadcast to `batch`.
std::vector<int64_t> MatrixOffsets(const Dims& leading, const Dims& batch, int64_t matrix_size) {
  std::vector<int64_t> offsets;
  for (IndexWalk walk(batch, {BroadcastStrides(leading, batch)}); !walk.done(); walk.Next()) {
    offsets.push_back(walk.offset(0) * matrix_size);
  }
  return offsets;
}

}  // namespace

absl::StatusOr<Tensor> MatMul(const Tensor& a, const Tensor& b) {
  const absl::Status mismatch = absl::InvalidArgumentError(
      absl::StrCat("shapes ", Text(a.dims()), " and ", Text(b.dims()), " can't be multiplied"));
  Dims a_dims = a.dims();
  Dims b_dims = b.dims();
  if (a_dims.empty() || b_dims.empty()) return mismatch;
  if (a.rank() == 1) a_dims.insert(a_dims.begin(), 1);
  if (b.rank() == 1) b_dims.push_back(1);
  const Sizes sizes{a_dims[a_dims.size() - 2], a_dims.back(), b_dims.back()};
  if (b_dims[b_dims.size() - 2] != sizes.inner) return mismatch;

  const Dims a_leading(a_dims.begin(), a_dims.end() - 2);
  const Dims b_leading(b_dims.begin(), b_dims.end() - 2);
  SINTER_ASSIGN_OR_RETURN(const Dims batch, BroadcastDims({a_leading, b_leading}));
  Dims dims = batch;
  if (a.rank() > 1) dims.push_back(sizes.rows);
  if (b.rank() > 1) dims.push_back(sizes.columns);
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));

  Tensor y(a.dtype(), dims);
  const auto a_offsets = MatrixOffsets(a_leading, batch, sizes.rows * sizes.inner);
  const auto b_offsets = MatrixOffsets(b_leading, batch, sizes.inner * sizes.columns);
  const int64_t y_size = sizes.rows * sizes.columns;
  for (size_t i = 0; i < a_offsets.size(); ++i) {
    if (a.HoldsReals()) {
      MultiplyAdd(a.reals().data() + a_offsets[i], b.reals().data() + b_offsets[i],
                  y.reals().data() + i * y_size, sizes);
    } else {
      MultiplyAdd(a.integers().data() + a_offsets[i], b.integers().data() + b_offsets[i],
                  y.integers().data() + i * y_size, sizes);
    }
  }
  return y;
}

}  // namespace sinter::reference
